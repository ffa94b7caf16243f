/** When a bundle's host is looked at: spread over the fleet, slower after failures, soon after sleep (BND-51, FAULT-42). */
import type { Clock } from '../kit/clock.ts';
import { SteadyTime } from '../kit/steady-time.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** BND-51: no bundle may have its host asked more often than this, whatever it says, nor hardly ever. */
export const shortestPollMs = 5 * minuteMs;
export const longestPollMs = 24 * hourMs;
const longestBackOffMs = 6 * hourMs;
const jitter = 0.2;
/** So that all that woke up with a network again do not come at once. */
const soonMs = { least: 2_000, spread: 20_000 } as const;
/** Networks come and go in bursts: one look is enough for all of them. */
const wakeEveryMs = minuteMs;

export interface PollFacts {
  readonly pollMs: number;
  /** In a row, the last look included. */
  readonly failures: number;
  /** What its host asked for. */
  readonly retryAfterMs: number | undefined;
  /** 0 to 1. */
  readonly random: number;
}

/** Milliseconds until the next look. */
export function nextPoll({ pollMs, failures, retryAfterMs, random }: PollFacts): number {
  const poll = clamp(pollMs, shortestPollMs, longestPollMs);
  // The first failure costs nobody more than one poll; later ones double, and never make it more often than without them.
  const slower = poll * 2 ** clamp(failures - 1, 0, 20);
  const base = failures <= 0 ? poll : Math.min(slower, Math.max(poll, longestBackOffMs));
  const own = Math.round(base * (1 - jitter + 2 * jitter * random));
  if (retryAfterMs === undefined) return own;
  // A host that says "never" would keep everybody on old rules.
  const asked = clamp(retryAfterMs, 0, longestPollMs);
  return Math.max(own, Math.round(asked * (1 + jitter * random)));
}

function clamp(value: number, least: number, most: number): number {
  // Not a number counts as nothing.
  return value > least ? Math.min(value, most) : least;
}

export interface PollTimerOptions {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** Looks; sets the timer anew when it is done. */
  readonly run: () => void;
}

/** One timer of one bundle. Does not keep the process alive, and knows that machines sleep. */
export class PollTimer {
  readonly #options: PollTimerOptions;
  readonly #time: SteadyTime;
  #timeout: NodeJS.Timeout | undefined;
  /** On people's clock, for people. */
  #nextAt: number | undefined;
  /** On the steady clock. */
  #due: number | undefined;
  #notBefore = 0;
  /** Waking up while a look was on its way. */
  #soonerMs: number | undefined;
  #wokeAt = -Infinity;
  #isStopped = false;

  constructor(options: PollTimerOptions) {
    this.#options = options;
    this.#time = new SteadyTime(options.clock);
  }

  /** Milliseconds since 1970; `undefined` while nothing is planned. */
  get nextAt(): number | undefined {
    return this.#nextAt;
  }

  /** Looks once after so long, in place of what was planned. `atLeastMs`: what its host asked for, which waking up does not shorten. */
  set(ms: number, atLeastMs = 0): void {
    this.#notBefore = this.#time.now() + clamp(atLeastMs, 0, longestPollMs);
    const sooner = this.#soonerMs;
    this.#soonerMs = undefined;
    if (sooner === undefined) this.#plan(ms);
    else this.#planWithin(ms, sooner);
  }

  /** The machine woke up or has another network: soon, but not at once, and once for many calls. */
  wake(): void {
    const now = this.#time.now();
    if (now - this.#wokeAt < wakeEveryMs) return;
    this.#wokeAt = now;
    const soon = soonMs.least + soonMs.spread * this.#options.random();
    // A look is on its way, perhaps by a connection that is dead: whatever comes of it, another one follows soon.
    if (this.#due === undefined) this.#soonerMs = soon;
    else this.#planWithin(this.#due - now, soon);
  }

  /** For good. */
  stop(): void {
    this.#isStopped = true;
    this.#clear();
  }

  #planWithin(ms: number, soon: number): void {
    const asked = this.#notBefore - this.#time.now();
    this.#plan(Math.max(asked, ms > 0 ? Math.min(ms, soon) : soon));
  }

  #plan(ms: number): void {
    this.#clear();
    if (this.#isStopped) return;
    const { clock, run } = this.#options;
    this.#due = this.#time.now() + ms;
    this.#nextAt = clock.now() + ms;
    this.#timeout = setTimeout(() => {
      this.#clear();
      run();
    }, ms).unref();
  }

  #clear(): void {
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
    this.#due = undefined;
    this.#nextAt = undefined;
  }
}
