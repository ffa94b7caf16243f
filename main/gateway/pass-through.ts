/** What requests run on while people pause and let them pass through: the snapshot without its routes and its masking. */
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { policyName } from '../../shared/domain/policy-words.ts';
import type { Pause } from './pause.ts';
import type { Snapshot } from './ports.ts';
import type { ExchangeDeps } from './serve-exchange.ts';

/**
 * Why requests may not pass through under a snapshot, for people: a rule that must hold would be skipped. The one place that
 * decides it. A config file holds nothing that its owner may not skip.
 */
export function passThroughRefused({ policy }: Pick<Snapshot, 'policy'>): string | undefined {
  if (policy === undefined) return undefined;
  const [first = policy.routesOnly, ...more] = policy.holdsThroughPause;
  if (first === undefined) return undefined;
  const others = more.length === 0 ? '' : ` and ${String(more.length)} more`;
  const ask = first.contact === undefined ? '' : ` Ask: ${first.contact}.`;
  return `${policyName(first)}${others} must hold meanwhile.${ask}`;
}

type Deps = ExchangeDeps & { readonly pause: Pause };

export class PassThrough {
  /** Made once for each snapshot, when it is first asked for. */
  readonly #made = new WeakMap<Snapshot, Snapshot>();
  readonly #deps: Deps;
  readonly #begin: (deps: Deps, made: Snapshot) => void;

  /** `begin`: requests may run on what was made from now on. */
  constructor(deps: Deps, begin: (deps: Deps, made: Snapshot) => void) {
    this.#deps = deps;
    this.#begin = begin;
  }

  /** What a request runs on that begins now: the snapshot itself unless people let requests pass through. */
  inForce(snapshot: Snapshot, request: Pick<IncomingMessage, 'headers'>): Snapshot {
    const { pause, judge } = this.#deps;
    if (pause.state?.mode !== 'pass_through') return snapshot;
    // A judge that the firewall asks is found by its route, whatever else passes through.
    return judge.isOwn({ request }) ? snapshot : this.#of(snapshot);
  }

  /** The whole snapshot where a rule of it must hold. */
  #of(snapshot: Snapshot): Snapshot {
    const known = this.#made.get(snapshot);
    if (known !== undefined) return known;
    const made = passThroughRefused(snapshot) === undefined ? passingThrough(snapshot) : snapshot;
    this.#made.set(snapshot, made);
    if (made !== snapshot) this.#begin(this.#deps, made);
    return made;
  }
}

/** Keys, budgets, limits and the firewall stay as they are. */
function passingThrough(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    id: `sha256:${hash('sha256', `passed through\0${snapshot.id}`, 'hex')}`,
    routes: [],
    resting: [...new Set(snapshot.routes.filter(({ choice }) => choice === undefined).map(({ alias }) => alias))],
    masking: undefined,
    // Nothing is masked, so nothing can be recorded in its masked form.
    recording: snapshot.recording === 'redacted' ? 'none' : snapshot.recording,
  };
}
