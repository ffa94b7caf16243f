/** The present, told again while somebody looks and there is something of which seconds matter. */
import { useEffect, useState } from 'react';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** `latest`: the moment of what is told of; the older it is the less often its age changes, and after a day never. */
export function useClock(latest: number | undefined): number {
  const [now, setNow] = useState(() => Date.now());
  const stepMs = latest === undefined ? undefined : stepFor(now - latest);
  useEffect(() => {
    if (stepMs === undefined) return;
    let timer: ReturnType<typeof setInterval> | undefined;
    const tick = (): void => setNow(Date.now());
    const follow = (): void => {
      clearInterval(timer);
      if (document.hidden) return;
      tick();
      timer = setInterval(tick, stepMs);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', follow);
    };
  }, [stepMs, latest]);
  return now;
}

/** How often an age of so much is told differently. */
export function stepFor(age: number): number | undefined {
  if (age < minuteMs) return 1_000;
  if (age < hourMs) return minuteMs / 2;
  return age < 24 * hourMs ? hourMs / 2 : undefined;
}
