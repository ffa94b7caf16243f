/** Where the attempts of an exchange lie on one axis of time. */
import type { AttemptEntry } from '../../../shared/contract/traffic.ts';

export interface AttemptBar {
  readonly attempt: AttemptEntry;
  readonly index: number;
  readonly startMs: number;
  /** Where it began was not recorded: it is put after the one before. */
  readonly estimated: boolean;
  /** Percent of the axis. */
  readonly left: number;
  readonly width: number;
  /** Percent of the bar until its first content; `null` where there was none. */
  readonly waiting: number | null;
}

export interface Timeline {
  readonly bars: readonly AttemptBar[];
  /** End of the axis. */
  readonly totalMs: number;
  readonly ticks: readonly number[];
}

/** Five or fewer marks at round figures. */
const maxTicks = 5;
/** A bar that is narrower could not be seen. */
const minWidth = 0.6;

export function timelineOf(attempts: readonly AttemptEntry[], durationMs: number | null): Timeline {
  let end = 0;
  const placed = attempts.map((attempt, index) => {
    const startMs = Math.max(0, attempt.started_ms ?? end);
    end = Math.max(end, startMs + attempt.ms);
    return { attempt, index, startMs, estimated: attempt.started_ms === null };
  });
  const totalMs = Math.max(durationMs ?? 0, end, 1);
  const bars = placed.map((one) => {
    const width = Math.max(minWidth, (one.attempt.ms / totalMs) * 100);
    const { ttft_ms, ms } = one.attempt;
    return {
      ...one,
      left: Math.min((one.startMs / totalMs) * 100, 100 - width),
      width,
      waiting: ttft_ms === null || ms <= 0 ? null : Math.min(100, (ttft_ms / ms) * 100),
    };
  });
  return { bars, totalMs, ticks: ticksOf(totalMs) };
}

/** Round steps of 1, 2 or 5 times a power of ten. */
function ticksOf(totalMs: number): readonly number[] {
  const rough = totalMs / maxTicks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? power * 10;
  return Array.from({ length: Math.floor(totalMs / step) + 1 }, (_, index) => index * step);
}
