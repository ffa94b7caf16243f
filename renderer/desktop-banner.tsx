/** What the desktop app has to say about itself: that it runs with the least it needs. */
import type { ReactNode } from 'react';
import { useCall } from './bridge/hooks.ts';
import { useLive } from './state/live.ts';
import { Banner } from './ui/layout.tsx';

export function DesktopBanner(): ReactNode {
  const isDesktop = useLive((state) => state.snapshot?.host.kind === 'desktop');
  const { data } = useCall('desktop.state', {}, { enabled: isDesktop });
  const reason = data?.safe_mode ?? null;
  return reason === null ? null : <Banner tone="warning">{reason}</Banner>;
}
