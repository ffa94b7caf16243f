/** How a provider does, out of how each of its targets does: the worst of them, and what they take together. */
import type { HealthEntry } from '../../../shared/contract/app.ts';
import type { ProviderEntry } from '../../../shared/contract/providers.ts';

/** `no_key`: nothing can be asked. `idle`: nothing was asked lately. `failing`: it is still asked, and nothing came of it. */
export type ProviderState = 'closed' | 'failing' | 'half_open' | 'limited' | 'open' | 'refused' | 'no_key' | 'idle';

export interface ProviderHealth {
  readonly state: ProviderState;
  /** Of the target that does worst. */
  readonly why: string | null;
  /** ISO 8601: when that one is asked again. */
  readonly until: string | null;
  /** `provider/model` of it. */
  readonly target: string | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly tokensPerSecond: number | null;
  readonly running: number;
  readonly calls: number;
  readonly failures: number;
  /** The worst first. */
  readonly targets: readonly HealthEntry[];
}

const badness: Readonly<Record<HealthEntry['state'], number>> = {
  refused: 4,
  open: 3,
  limited: 2,
  half_open: 1,
  closed: 0,
};

export function healthOf({ id, keys, keyless }: ProviderEntry, entries: readonly HealthEntry[]): ProviderHealth {
  const targets = entries
    .filter(({ provider }) => provider === id)
    .toSorted((a, b) => badnessOf(b) - badnessOf(a) || a.model.localeCompare(b.model));
  const [worst] = targets;
  const missing = keyless || keys.some(({ available }) => available) ? undefined : keys[0];
  const isKeyless = keyless || keys.some(({ available }) => available);
  const calls = sum(targets.map((target) => target.calls));
  const failures = sum(targets.map((target) => target.failures));
  return {
    ...(isKeyless
      ? {
          state: worst === undefined ? 'idle' : stateOf({ state: worst.state, calls, failures }),
          why: worst?.why ?? null,
          until: worst?.until ?? null,
          target: worst === undefined ? null : `${worst.provider}/${worst.model}`,
        }
      : { state: 'no_key', why: missing?.reason ?? null, until: null, target: null }),
    p50Ms: weighted(targets, ({ ttft_p50_ms }) => ttft_p50_ms),
    p95Ms: largest(targets.map(({ ttft_p95_ms }) => ttft_p95_ms)),
    tokensPerSecond: weighted(targets, ({ tokens_per_second }) => tokens_per_second),
    running: sum(targets.map(({ running }) => running)),
    ...{ calls, failures, targets },
  };
}

/** Of what is not held back yet, but failed as often as it was asked, nobody would say that it is healthy. */
export function stateOf({
  state,
  calls,
  failures,
}: Pick<HealthEntry, 'state' | 'calls' | 'failures'>): HealthEntry['state'] | 'failing' {
  return state === 'closed' && calls > 0 && failures === calls ? 'failing' : state;
}

function badnessOf({ state, needs_attention }: HealthEntry): number {
  return badness[state] + (needs_attention ? 5 : 0);
}

/** The mean over targets, each as often as it was called; `null` where none tells. */
function weighted(targets: readonly HealthEntry[], figure: (entry: HealthEntry) => number | null): number | null {
  let [total, weight] = [0, 0];
  for (const target of targets) {
    const value = figure(target);
    if (value === null) continue;
    const calls = Math.max(target.calls, 1);
    total += value * calls;
    weight += calls;
  }
  return weight === 0 ? null : total / weight;
}

function largest(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>((best, one) => (one === null ? best : Math.max(best ?? one, one)), null);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}
