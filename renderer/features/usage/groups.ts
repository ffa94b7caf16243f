/** The groups of a range as a ranked list: the largest, and the rest together. */
import type { UsageGroup, UsageSums } from '../../../shared/contract/usage.ts';
import type { UsageDimension } from '../../../shared/contract/words.ts';
import type { Measure } from './address.ts';

export interface RankedGroup {
  /** `null`: what has no such name. */
  readonly name: string | null;
  /** So many names together; 0 of a single one. */
  readonly others: number;
  readonly sums: UsageSums;
  /** Of all that is ranked, 0…1. */
  readonly share: number;
  /** Against the range before: `null` where it had nothing, or a price is unknown. */
  readonly change: number | null;
}

export const tokensOf = (sums: UsageSums): number =>
  sums.input_tokens + sums.output_tokens + sums.cache_read_tokens + sums.cache_write_tokens;

/** Of a cost, what is known of it. */
export function sizeOf(sums: UsageSums, measure: Measure): number {
  if (measure === 'requests') return sums.requests;
  return measure === 'tokens' ? tokensOf(sums) : Number(sums.known_cost_usd);
}

/** How much more it is than before, as a share; `null` where that says nothing. */
export function changeOf(now: UsageSums, before: UsageSums | undefined, measure: Measure): number | null {
  if (before === undefined) return null;
  if (measure === 'cost' && (now.cost_usd === null || before.cost_usd === null)) return null;
  const was = sizeOf(before, measure);
  return was === 0 ? null : sizeOf(now, measure) / was - 1;
}

export interface Ranking {
  readonly by: UsageDimension;
  readonly rank: Measure;
  /** What the change is told of. */
  readonly measure: Measure;
  readonly limit: number;
}

export function rankGroups(
  groups: readonly UsageGroup[],
  before: readonly UsageGroup[],
  { by, rank, measure, limit }: Ranking,
): readonly RankedGroup[] {
  const nameOf = (group: UsageGroup): string | null => group[by] ?? null;
  const earlier = new Map(before.map((group) => [nameOf(group), group]));
  const sorted = groups.toSorted((a, b) => sizeOf(b, rank) - sizeOf(a, rank) || b.requests - a.requests);
  const whole = sorted.reduce((sum, group) => sum + sizeOf(group, rank), 0);
  const shareOf = (sums: UsageSums): number => (whole === 0 ? 0 : sizeOf(sums, rank) / whole);
  const shown = sorted.slice(0, limit).map((sums) => ({
    name: nameOf(sums),
    others: 0,
    sums,
    share: shareOf(sums),
    change: changeOf(sums, earlier.get(nameOf(sums)), measure),
  }));
  const rest = sorted.slice(limit);
  if (rest.length === 0) return shown;
  const sums = addSums(rest);
  const restBefore = rest.flatMap((group) => earlier.get(nameOf(group)) ?? []);
  const change = restBefore.length === 0 ? null : changeOf(sums, addSums(restBefore), measure);
  return [...shown, { name: null, others: rest.length, sums, share: shareOf(sums), change }];
}

/** Sums of several groups; a cost is unknown where one of them is. */
export function addSums(all: readonly UsageSums[]): UsageSums {
  const sum = (of: (sums: UsageSums) => number): number => all.reduce((total, sums) => total + of(sums), 0);
  const known = String(sum(({ known_cost_usd }) => Number(known_cost_usd)));
  const [input, read, write] = [
    sum((sums) => sums.input_tokens),
    sum((sums) => sums.cache_read_tokens),
    sum((sums) => sums.cache_write_tokens),
  ];
  const unknown = sum((sums) => sums.unknown_costs);
  return {
    requests: sum((sums) => sums.requests),
    errors: sum((sums) => sums.errors),
    input_tokens: input,
    output_tokens: sum((sums) => sums.output_tokens),
    cache_read_tokens: read,
    cache_write_tokens: write,
    cost_usd: unknown > 0 ? null : known,
    known_cost_usd: known,
    unknown_costs: unknown,
    cache_hit_rate: input + read + write === 0 ? null : read / (input + read + write),
    cached: sum((sums) => sums.cached),
    cache_saved_usd: String(sum((sums) => Number(sums.cache_saved_usd))),
  };
}

/** The name that grew most against the range before, with by how much. */
export function risenMost(
  groups: readonly UsageGroup[],
  before: readonly UsageGroup[],
  { by, measure }: Pick<Ranking, 'by' | 'measure'>,
): { readonly name: string; readonly by: number } | undefined {
  const earlier = new Map(before.map((group) => [group[by] ?? null, sizeOf(group, measure)]));
  let most: { name: string; by: number } | undefined;
  for (const group of groups) {
    const name = group[by];
    if (name === null || name === undefined) continue;
    const rise = sizeOf(group, measure) - (earlier.get(name) ?? 0);
    if (rise > (most?.by ?? 0)) most = { name, by: rise };
  }
  return most;
}
