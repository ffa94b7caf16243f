/** Usage in groups. */
import type { DatabaseSync } from 'node:sqlite';
import type { UsageGroup, UsageSums } from '../../shared/contract/usage.ts';
import { calendarGroupings, usageDimensions, usageGroupings, type UsageGrouping } from '../../shared/contract/words.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import { labelOf, unitsOf, type CalendarUnit, type Span } from './days.ts';
import type { UsageQuery, UsageSummary } from './ledger.ts';
import { addSums, createSums, emptySums, rawSince, recordedSpan, snap, type GrowingSums } from './sums-query.ts';
import { hourMs } from './sums.ts';

export const emptySummary = (): UsageSummary => ({ groups: [], total: toSums(emptySums()) });

/** A report longer than this is nothing that anybody reads; it would take up hundreds of megabytes. */
const maxGroups = 100_000;

export function readUsage(db: DatabaseSync, query: UsageQuery): UsageSummary {
  const asked = usageGroupings.filter((name) => query.group_by.includes(name));
  const span = recordedSpan(db, query);
  const groups = new Map<string, { readonly names: Partial<UsageGroup>; readonly sums: GrowingSums }>();
  const total = emptySums();
  const dimensions = usageDimensions.filter((name) => asked.includes(name));
  const byHour = asked.includes('hour');
  const ask = createSums(db, { dimensions, filter: query.filter, stepMs: byHour ? hourMs : undefined });
  for (const segment of segmentsOf(db, span, query, asked)) {
    for (const { names, step, sums } of ask(segment)) {
      const key = `${segment.label}\n${step}\n${names.map((name) => name ?? '\r').join('\n')}`;
      let group = groups.get(key);
      if (group === undefined) {
        if (groups.size >= maxGroups)
          throw new Error(`That is more than ${maxGroups} groups: ask for a shorter time, or group by less.`);
        const hour = byHour ? { hour: new Date(step * hourMs).toISOString() } : {};
        const named = Object.fromEntries(dimensions.map((name, index) => [name, names[index] ?? null]));
        group = { names: { ...segment.labels, ...hour, ...named }, sums: emptySums() };
        groups.set(key, group);
      }
      addSums(group.sums, sums);
      addSums(total, sums);
    }
  }
  const whole = toSums(total);
  // Without a grouping there is one group, the whole, also when it is empty.
  if (asked.length === 0) return { groups: [{ ...whole }], total: whole };
  const named = [...groups.values()].map(({ names, sums }) => ({ ...names, ...toSums(sums) }));
  return { groups: named.sort(byTimeThenSize), total: whole };
}

interface Segment extends Span {
  readonly label: string;
  readonly labels: Partial<Record<CalendarUnit, string>>;
}

/** The span in parts that are each in one of the units that are asked for. */
function segmentsOf(
  db: DatabaseSync,
  span: Span | undefined,
  { timezone }: UsageQuery,
  asked: readonly UsageGrouping[],
): Segment[] {
  if (span === undefined) return [];
  const units = (['month', 'week', 'day'] as const).filter((unit) => asked.includes(unit));
  const [only] = units;
  if (only === undefined) return snap([{ ...span, label: '', labels: {} }], rawSince(db));
  // Weeks and months do not fit into each other, days into both.
  const parts = unitsOf(span, timezone, units.length === 1 ? only : 'day');
  const segments = parts.map(({ from, to, day }) => {
    const labels = Object.fromEntries(units.map((unit) => [unit, labelOf(day, unit)]));
    return { from, to, label: Object.values(labels).join(' '), labels };
  });
  return snap(segments, rawSince(db));
}

/** One price that is unknown makes the sum unknown: it would say less than was spent. What is known stands beside it. */
function toSums(sums: GrowingSums): UsageSums {
  const wentIn = sums.input_tokens + sums.cache_read_tokens + sums.cache_write_tokens;
  return {
    requests: sums.requests,
    errors: sums.errors,
    input_tokens: sums.input_tokens,
    output_tokens: sums.output_tokens,
    cache_read_tokens: sums.cache_read_tokens,
    cache_write_tokens: sums.cache_write_tokens,
    cost_usd: sums.unknown_costs > 0 ? null : picoToUsd(sums.cost),
    known_cost_usd: picoToUsd(sums.cost),
    unknown_costs: sums.unknown_costs,
    cache_hit_rate: wentIn === 0 ? null : Math.round((sums.cache_read_tokens / wentIn) * 1e6) / 1e6,
    cached: sums.cached,
    cache_saved_usd: picoToUsd(sums.saved),
  };
}

function byTimeThenSize(a: UsageGroup, b: UsageGroup): number {
  for (const unit of calendarGroupings) {
    const [one = '', other = ''] = [a[unit] ?? '', b[unit] ?? ''];
    if (one !== other) return one < other ? -1 : 1;
  }
  return b.requests - a.requests;
}
