/** Over every page: keys of providers cannot be had, because what guards them is locked or another one. */
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Banner } from '../../ui/layout.tsx';
import { keyringTitle } from './keyring-state.ts';

export function KeyringBanner(): ReactNode {
  const { t } = useText();
  const [location] = useLocation();
  const { data } = useCall('secrets.list', {});
  // Settings says by itself what is wrong, and has what mends it.
  if (data === undefined || location === '/settings') return null;
  const { keyring, secrets } = data;
  if (keyring.state !== 'locked' && keyring.state !== 'changed') return null;
  const closed = secrets.filter(({ stored, readable }) => stored && !readable).length;
  return (
    <Banner
      tone="warning"
      actions={
        <Link href="/settings?at=secrets" className="button small">
          {t(keyring.state === 'locked' ? 'keyring.banner.unlock' : 'keyring.banner.show')}
        </Link>
      }
    >
      <strong>{keyringTitle(keyring, t)}.</strong> {closed > 0 && t('keyring.banner', { count: closed })}
    </Banner>
  );
}
