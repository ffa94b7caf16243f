/** The circuit breaker of one target with one credential: closed, open, half-open with one probe, slow start (RTE-42). */
import type { Verdict } from './health-blame.ts';
import { CallWindow, type WindowSums } from './health-window.ts';

const windowSeconds = 30;
/** It opens when at least half of at least so many calls failed … */
const leastCalls = 8;
const failureShare = 0.5;
/** … or when so many connections in a row did not come about. */
const connectionsInARow = 3;
/** First rest; each relapse doubles it. A local server is back as soon as somebody starts it. */
const firstRestMs = 10_000;
const firstLocalRestMs = 2_000;
export const longestOpenMs = 2 * 60_000;
/** Slow start lasts three times the rest before it, and not longer than this. */
const longestSlowStartMs = 30_000;
const leastShare = 0.1;

/** One call, from its beginning to its end. */
export interface BreakerCall {
  readonly isProbe: boolean;
  /** Which stretch of the breaker's life it belongs to: what was sent in an earlier one tells nothing of this one. */
  epoch: number;
  /** When its content came, and it was counted as well. */
  wellAt: number | undefined;
}

export interface OpenedState {
  /** Until when it rests, or rested. */
  readonly until: number;
  readonly restMs: number;
  readonly why: string;
  readonly byNetwork: boolean;
}

export type BreakerState =
  | { readonly kind: 'closed'; readonly share: number | undefined }
  | { readonly kind: 'open'; readonly leftMs: number; readonly why: string }
  | { readonly kind: 'half_open'; readonly probing: boolean; readonly why: string };

const healthy: BreakerState = { kind: 'closed', share: undefined };

export class Breaker {
  readonly #firstRestMs: number;
  readonly #window = new CallWindow(windowSeconds);
  #connectionsLost = 0;
  #epoch = 0;
  #opened: OpenedState | undefined;
  /** When the rests began: a relapse after a probe does not move it. */
  #openedAt = 0;
  #probe: BreakerCall | undefined;
  /** The rest before it closed, and when that was: a relapse within the slow start doubles the rest. */
  #slow: { readonly from: number; readonly ms: number; readonly restMs: number } | undefined;

  constructor(isLocal: boolean) {
    this.#firstRestMs = isLocal ? firstLocalRestMs : firstRestMs;
  }

  look(now: number): BreakerState {
    const opened = this.#opened;
    if (opened !== undefined) {
      if (now < opened.until) return { kind: 'open', leftMs: opened.until - now, why: opened.why };
      return { kind: 'half_open', probing: this.#probe !== undefined, why: opened.why };
    }
    const slow = this.#slow;
    if (slow === undefined || now >= slow.from + slow.ms) return healthy;
    return { kind: 'closed', share: Math.max(leastShare, (now - slow.from) / slow.ms) };
  }

  sums(now: number): WindowSums {
    return this.#window.sums(now);
  }

  /** Open or half-open, for keeping. */
  get opened(): OpenedState | undefined {
    return this.#opened;
  }

  restore(opened: OpenedState, now: number): void {
    this.#opened = { ...opened, restMs: Math.min(Math.max(opened.restMs, this.#firstRestMs), longestOpenMs) };
    this.#openedAt = now;
    this.#epoch++;
  }

  /** A call is sent. When a probe is due, and none runs, it is the probe. */
  begin(now: number): BreakerCall {
    const isProbe = this.#opened !== undefined && now >= this.#opened.until && this.#probe === undefined;
    const call: BreakerCall = { isProbe, epoch: this.#epoch, wellAt: undefined };
    if (isProbe) this.#probe = call;
    return call;
  }

  /** Its content came. */
  content(call: BreakerCall, now: number): void {
    if (call.epoch !== this.#epoch || call.wellAt !== undefined) return;
    if (this.#opened === undefined) this.#countWell(call, now);
    // The probe, or a call that a client insisted on: either way it is back.
    else this.#closeAfter(call, now);
  }

  end(call: BreakerCall, verdict: Verdict, now: number): void {
    if (call.epoch !== this.#epoch) return;
    if (call === this.#probe) this.#endProbe(call, verdict, now);
    else if (this.#opened === undefined) this.#endClosed(call, verdict, now);
    else if (verdict.kind === 'well') this.#closeAfter(call, now);
  }

  /** The network was down: what it opened since then is closed again, and what it counted forgotten. */
  forgive(since: number): void {
    if (this.#opened !== undefined && this.#openedAt < since) return;
    this.#opened = undefined;
    this.#leaveEpoch();
  }

  #endProbe(call: BreakerCall, verdict: Verdict, now: number): void {
    switch (verdict.kind) {
      case 'well':
        this.#closeAfter(call, now);
        return;
      case 'failure':
        this.#open(verdict, `it still fails: ${verdict.why}`, now, 2 * (this.#opened?.restMs ?? 0));
        return;
      case 'neutral':
        if (!verdict.reached) break;
        this.#endAnswered(now);
        return;
      case 'limited':
      case 'refused':
        this.#endAnswered(now);
        return;
    }
    // Nothing was found out: the next call is the probe.
    this.#probe = undefined;
  }

  /** An answer, though not the one hoped for, proves the connection and nothing else. */
  #endAnswered(now: number): void {
    if (this.#opened?.byNetwork === true) this.#close(now);
    else this.#probe = undefined;
  }

  #endClosed(call: BreakerCall, verdict: Verdict, now: number): void {
    switch (verdict.kind) {
      case 'well':
        if (call.wellAt === undefined) this.#countWell(call, now);
        return;
      case 'neutral':
        if (verdict.reached) this.#connectionsLost = 0;
        return;
      case 'limited':
      case 'refused':
        this.#connectionsLost = 0;
        return;
      case 'failure':
        break;
    }
    // It was taken for well when its content came.
    if (call.wellAt !== undefined) this.#window.takeBack(call.wellAt, now);
    this.#window.add(now, true);
    this.#connectionsLost = verdict.network ? this.#connectionsLost + 1 : 0;
    const rest = this.#restBefore(now);
    if (this.#connectionsLost >= connectionsInARow) {
      this.#open(verdict, `${String(this.#connectionsLost)} times in a row ${verdict.why}`, now, rest);
      return;
    }
    const { calls, marked } = this.#window.sums(now);
    if (calls >= leastCalls && marked >= calls * failureShare) {
      const counted = `${String(marked)} of ${String(calls)} calls failed within ${String(windowSeconds)} s`;
      this.#open(verdict, `${counted}, the last because ${verdict.why}`, now, rest);
    }
  }

  #countWell(call: BreakerCall, now: number): void {
    call.wellAt = now;
    this.#window.add(now, false);
    this.#connectionsLost = 0;
  }

  #restBefore(now: number): number {
    const slow = this.#slow;
    return slow !== undefined && now < slow.from + slow.ms ? 2 * slow.restMs : 0;
  }

  #open(verdict: Verdict & { kind: 'failure' }, why: string, now: number, atLeastMs: number): void {
    const restMs = Math.min(Math.max(atLeastMs, this.#firstRestMs), longestOpenMs);
    if (this.#opened === undefined) this.#openedAt = now;
    this.#opened = { until: now + restMs, restMs, why, byNetwork: verdict.network };
    this.#slow = undefined;
    this.#leaveEpoch();
  }

  #close(now: number): void {
    const restMs = this.#opened?.restMs ?? 0;
    this.#opened = undefined;
    this.#slow = { from: now, ms: Math.min(3 * restMs, longestSlowStartMs), restMs };
    this.#leaveEpoch();
  }

  /** The probe is the first call of the new stretch: when it breaks later, that counts. */
  #closeAfter(probe: BreakerCall, now: number): void {
    this.#close(now);
    probe.epoch = this.#epoch;
    this.#countWell(probe, now);
  }

  #leaveEpoch(): void {
    this.#epoch++;
    this.#probe = undefined;
    this.#connectionsLost = 0;
    this.#window.clear();
  }
}
