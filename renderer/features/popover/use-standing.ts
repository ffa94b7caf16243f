/** How the instance stands, for the popover: from the window's own picture, at the moment somebody looks. */
import { useEffect, useState } from 'react';
import { standingOf, type Standing } from '../../../shared/contract/standing.ts';
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';

const hourMs = 3_600_000;
/** The hour begins at a whole one of these, so that what was asked once is not asked again with each look. */
const stepMs = 5 * 60_000;

export interface StandingNow {
  readonly standing: Standing;
  readonly now: number;
}

export function useStanding(snapshot: AppSnapshot): StandingNow {
  const at = useLive((state) => state.snapshotAt);
  const now = Math.max(useLook(), at);
  const since = Math.floor((now - hourMs) / stepMs) * stepMs;
  const { data } = useCall('usage.query', { since }, { keepPrevious: true });
  const { timeZone: timezone } = Intl.DateTimeFormat().resolvedOptions();
  return { standing: standingOf(snapshot, { at, now, timezone, failures: data?.total.errors ?? 0 }), now };
}

/** When it was last looked at: the window is made before it is shown. */
function useLook(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const look = (): void => setNow(Date.now());
    addEventListener('focus', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      removeEventListener('focus', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return now;
}
