/** `sluice usage`: sums of requests, tokens and cost. */
import type { UsageGroup, UsageReport, UsageSums } from '../../../shared/contract/usage.ts';
import { usageGroupings, type UsageGrouping } from '../../../shared/contract/words.ts';
import type { Arguments } from '../arguments.ts';
import { connectOrOpen, placeOf } from '../client.ts';
import { checkExport, usageCsv, withSink } from '../export.ts';
import { grouped, localTime, money, table, type ColumnSpec } from '../output.ts';
import { UsageError, type Shell } from '../shell.ts';
import { readMoment } from '../time.ts';

export async function usage(args: Arguments, shell: Shell): Promise<number> {
  const groupBy = readGroupings(args.list('group-by'));
  const range = readRange(args, shell.now());
  const csv = args.flag('csv');
  if (csv && args.flag('json')) throw new UsageError('Give --csv or --json, not both.', 'usage');
  if (!csv && args.text('output') !== undefined) throw new UsageError('--output is for --csv.', 'usage');
  const client = await connectOrOpen(placeOf(args, shell), shell);
  try {
    if (csv) await checkExport(client);
    const report = await client.ask('usage.query', { ...range, group_by: groupBy, timezone: shell.timezone });
    const names = usageGroupings.filter((name) => groupBy.includes(name));
    if (csv) await withSink(args, shell, ({ write }) => write(usageCsv(report.groups, names)));
    else shell.out(args.flag('json') ? JSON.stringify(report) : render(report, names, shell.timezone));
    return 0;
  } finally {
    await client.close();
  }
}

/** `since` and `until` of a command that has them. Throws UsageError when they are the wrong way round. */
export function readRange(args: Arguments, now: number): { since?: number; until?: number } {
  const [since, until] = ['since', 'until'].map((name) => {
    const text = args.text(name);
    return text === undefined ? undefined : Math.floor(readMoment(name, text, now));
  });
  if (since !== undefined && until !== undefined && since > until) {
    throw new UsageError(`--since ${args.text('since') ?? ''} is after --until ${args.text('until') ?? ''}.`);
  }
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

function readGroupings(names: readonly string[] | undefined): UsageGrouping[] {
  return (names ?? []).map((name) => {
    const known = usageGroupings.find((one) => one === name);
    if (known !== undefined) return known;
    throw new UsageError(`--group-by does not know "${name}": give any of ${usageGroupings.join(', ')}.`, 'usage');
  });
}

function render({ groups, total }: UsageReport, names: readonly UsageGrouping[], timezone: string): string {
  const saved = total.cached > 0;
  const sums = ['REQUESTS', 'ERRORS', 'INPUT', 'OUTPUT', 'CACHE READ', 'CACHE WRITE', 'HIT', 'COST'];
  const columns: ColumnSpec[] = [
    ...names.map((name) => ({ title: name.toUpperCase(), max: 48 })),
    ...[...sums, ...(saved ? ['SAVED'] : [])].map((title) => ({ title, right: true })),
  ];
  const row = (group: UsageSums, labels: string[]): string[] => [
    ...labels,
    grouped(group.requests),
    grouped(group.errors),
    grouped(group.input_tokens),
    grouped(group.output_tokens),
    grouped(group.cache_read_tokens),
    grouped(group.cache_write_tokens),
    group.cache_hit_rate === null ? '–' : `${Math.round(group.cache_hit_rate * 100)}%`,
    costOf(group),
    ...(saved ? [money(group.cache_saved_usd)] : []),
  ];
  const rows =
    names.length === 0
      ? []
      : groups.map((group) =>
          row(
            group,
            names.map((name) => labelOf(group, name, timezone)),
          ),
        );
  return table(columns, [
    ...rows,
    row(
      total,
      names.map((_, index) => (index === 0 ? 'total' : '')),
    ),
  ]);
}

/** At least what is known, where a part is not. */
function costOf({ cost_usd, known_cost_usd }: UsageSums): string {
  return cost_usd === null && known_cost_usd !== '0' ? `≥ ${money(known_cost_usd)}` : money(cost_usd);
}

function labelOf(group: UsageGroup, name: UsageGrouping, timezone: string): string {
  const label = group[name] ?? '–';
  return name === 'hour' && label !== '–' ? localTime(label, timezone).slice(0, 16) : label;
}
