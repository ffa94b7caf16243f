/** Whether this machine is offline: told by every provider failing on the way to it, and by none answering (RTE-43). */
import { RecentMap } from '../../kit/recent-map.ts';

/** What happened longer ago tells nothing, and offline is said for no longer than this after the last failure. */
const recentMs = 30_000;
/** So many failures in a row that only a dead network gives are enough from a single provider. */
const sureFailures = 2;
const maxHosts = 500;

interface HostState {
  /** Its last event. */
  at: number;
  failed: boolean;
  /** Failures since it last answered that only a dead network gives. */
  sure: number;
  /** It answered at some time: its name is right. */
  known: boolean;
}

export class NetworkWatch {
  readonly #hosts = new RecentMap<HostState>(maxHosts);
  #recognised = false;
  #lastFailureAt = -Infinity;
  #lastAnswerAt = -Infinity;

  /** Since when nothing has been reached. */
  get lastAnswerAt(): number {
    return this.#lastAnswerAt;
  }

  isOffline(now: number): boolean {
    return this.#recognised && now - this.#lastFailureAt < recentMs;
  }

  /** Something answered. `true` when that ends an outage. */
  reached(host: string, now: number): boolean {
    const state = this.#stateOf(host);
    state.at = now;
    state.failed = false;
    state.sure = 0;
    state.known = true;
    this.#lastAnswerAt = now;
    const ends = this.#recognised;
    this.#recognised = false;
    return ends;
  }

  /**
   * A connection to a remote host did not come about. `unresolved`: its name was not found, which for a name that answered
   * before says as much as `sure`. `true` when that makes the outage known.
   */
  failed(host: string, now: number, evidence: { readonly sure: boolean; readonly unresolved: boolean }): boolean {
    const state = this.#stateOf(host);
    state.at = now;
    state.failed = true;
    if (evidence.sure || (evidence.unresolved && state.known)) state.sure++;
    this.#lastFailureAt = now;
    if (this.#recognised) return false;
    this.#recognised = this.#everyoneFails(now);
    return this.#recognised;
  }

  #everyoneFails(now: number): boolean {
    let failing = 0;
    let sure = 0;
    for (const state of this.#hosts.values()) {
      if (now - state.at > recentMs) continue;
      if (!state.failed) return false;
      failing++;
      sure = Math.max(sure, state.sure);
    }
    return failing >= 2 || sure >= sureFailures;
  }

  #stateOf(host: string): HostState {
    let state = this.#hosts.get(host);
    if (state === undefined) {
      state = { at: 0, failed: false, sure: 0, known: false };
      this.#hosts.set(host, state);
    }
    return state;
  }
}
