/** `sluice usage`: sums of requests, tokens and cost. */
import type { UsageGroup, UsageReport } from '../../../shared/contract/usage.ts';
import { usageGroupings, type UsageGrouping } from '../../../shared/contract/words.ts';
import type { Arguments } from '../arguments.ts';
import { connectOrOpen, placeOf } from '../client.ts';
import { grouped, money, table, type ColumnSpec } from '../output.ts';
import { UsageError, type Shell } from '../shell.ts';
import { readMoment } from '../time.ts';

export async function usage(args: Arguments, shell: Shell): Promise<number> {
  const groupBy = readGroupings(args.list('group-by'));
  const range = readRange(args, shell.now());
  const client = await connectOrOpen(placeOf(args, shell), shell);
  try {
    const report = await client.ask('usage.query', { ...range, group_by: groupBy, timezone: shell.timezone });
    shell.out(args.flag('json') ? JSON.stringify(report) : render(report, groupBy));
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

function render({ groups, total }: UsageReport, groupBy: readonly UsageGrouping[]): string {
  const names = usageGroupings.filter((name) => groupBy.includes(name));
  const columns: ColumnSpec[] = [
    ...names.map((name) => ({ title: name.toUpperCase(), max: 48 })),
    ...['REQUESTS', 'ERRORS', 'INPUT', 'OUTPUT', 'CACHE READ', 'CACHE WRITE', 'COST'].map((title) => ({
      title,
      right: true,
    })),
  ];
  const row = (group: UsageGroup, labels: string[]): string[] => [
    ...labels,
    grouped(group.requests),
    grouped(group.errors),
    grouped(group.input_tokens),
    grouped(group.output_tokens),
    grouped(group.cache_read_tokens),
    grouped(group.cache_write_tokens),
    money(group.cost_usd),
  ];
  const rows =
    names.length === 0
      ? []
      : groups.map((group) =>
          row(
            group,
            names.map((name) => group[name] ?? '–'),
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
