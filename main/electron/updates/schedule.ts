/** When updates are looked for by themselves: once a day, and not while the app is still starting. */

export const firstCheckAfterMs = 5 * 60_000;
export const checkEveryMs = 24 * 60 * 60_000;

export interface ScheduleFacts {
  readonly now: number;
  readonly startedAt: number;
  readonly lastCheckedAt: number | null;
}

/** Milliseconds until the next check; 0 when it is due. */
export function nextCheckInMs({ now, startedAt, lastCheckedAt }: ScheduleFacts): number {
  // A check in the future was made by a clock that was wrong.
  const last = lastCheckedAt === null || lastCheckedAt > now ? -Infinity : lastCheckedAt;
  return Math.max(0, startedAt + firstCheckAfterMs - now, last + checkEveryMs - now);
}

/** Calls `run` once after so long, unless what it returns is called before. */
export type Timer = (ms: number, run: () => void) => () => void;

/** Does not keep the process alive. */
export const systemTimer: Timer = (ms, run) => {
  const timeout = setTimeout(run, ms).unref();
  return () => clearTimeout(timeout);
};
