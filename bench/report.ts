/** Shows a run: a table for people, and the same as JSON. */
import { contendersOf, figure, ratio } from './results.ts';
import type { RowResult, Spread, Verdict } from './results.ts';
import type { ContenderName, FigureName } from './rows.ts';

const labels: Readonly<Record<FigureName, string>> = {
  cpuMicros: 'processor µs per',
  perSecond: 's per second',
  p50Ms: 'p50, ms',
  p99Ms: 'p99, ms',
  firstMs: 'first event, ms',
  contentMs: 'first content, ms',
  addedP50Ms: 'added p50, ms',
  addedP99Ms: 'added p99, ms',
  addedFirstMs: 'added to first event, ms',
  addedContentMs: 'added to first content, ms',
  residentMb: 'resident, MB',
  growth: 'end over quarter',
  readyMs: 'ready line, ms',
  healthMs: 'GET /health, ms',
  worstMs: 'slowest, ms',
  generatorShare: 'load generator busy',
  upstreamShare: 'upstream busy',
};

/** Above this share of one processor, the load generator or the upstream holds a contender back. */
const strainedShare = 0.9;

function labelOf(row: RowResult, name: FigureName): string {
  if (name === 'cpuMicros') return `${labels[name]} ${row.per}`;
  return name === 'perSecond' ? `${row.per}${labels[name]}` : labels[name];
}

function number(value: number): string {
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(size >= 10 ? 1 : 2);
}

function spread(value: Spread | undefined): string {
  if (value === undefined) return '–';
  if (value.min === value.max) return number(value.median);
  return `${number(value.median)} (${number(value.min)}–${number(value.max)})`;
}

/** Which contender of a row is divided by which. */
function compared(row: RowResult): { readonly above: ContenderName; readonly below: ContenderName } | undefined {
  const names = contendersOf(row);
  if (names.includes('sluice-bundle')) return { above: 'sluice-bundle', below: 'sluice-masked' };
  if (names.includes('sluice-many')) return { above: 'sluice-many', below: 'sluice' };
  if (names.includes('sluice-masked')) return { above: 'sluice-masked', below: 'bare' };
  return names.includes('bare') && names.includes('sluice') ? { above: 'sluice', below: 'bare' } : undefined;
}

/** One line a figure, one column a contender, the ratio last. */
function cellsOf(row: RowResult): string[][] {
  const names = contendersOf(row);
  const pair = compared(row);
  const head = ['', ...names, pair === undefined ? '' : `${pair.above} ÷ ${pair.below}`];
  const lines = row.shown.map((name) => [
    labelOf(row, name),
    ...names.map((contender) => (row.problems.has(contender) ? 'FAILED' : spread(figure(row, contender, name)))),
    pair === undefined ? '' : spread(ratio(row, pair.above, pair.below, name)),
  ]);
  return [head, ...lines];
}

/** What a reader must know about a row beside its figures. */
function remarks(row: RowResult): string[] {
  return contendersOf(row).flatMap((name) => {
    const problem = row.problems.get(name);
    if (problem !== undefined) return [`  ${name} FAILED: ${problem.replaceAll(/\s+/g, ' ').slice(0, 240)}`];
    if (name === 'direct') return [];
    return (['generatorShare', 'upstreamShare'] as const)
      .filter((share) => (figure(row, name, share)?.median ?? 0) > strainedShare)
      .map((share) => `  ${name}: ${labels[share]} all the time; this contender is faster than shown`);
  });
}

function widthsOf(tables: readonly (readonly (readonly string[])[])[]): number[] {
  const widths: number[] = [];
  for (const line of tables.flat()) line.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  return widths;
}

function table(cells: readonly (readonly string[])[], widths = widthsOf([cells])): string {
  const render = (line: readonly string[]): string =>
    line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('   ');
  return cells.map((line) => `  ${render(line).trimEnd()}`).join('\n');
}

/** Titles and a table for each row of the benchmark, medians with min and max in parentheses; columns line up over all rows. */
export function renderRows(rows: readonly RowResult[]): string {
  const tables = rows.map(cellsOf);
  const widths = widthsOf(tables);
  const blocks = rows.map((row, at) =>
    [`${row.title}  [${row.id}]`, table(tables[at] ?? [], widths), ...remarks(row)].join('\n'),
  );
  return blocks.join('\n\n');
}

/** Every goal, what it was measured at, and whether it was met. */
export function renderGoals(verdicts: readonly Verdict[]): string {
  const cells = verdicts.map(({ goal, state, value }) => {
    const over = goal.over === undefined ? '' : ` × ${goal.over}`;
    return [goal.text, `≤ ${goal.atMost}${over}`, spread(value), state];
  });
  return table([['goal', 'limit', 'measured', ''], ...cells]);
}

/** Where and how a run was made. */
export interface RunInfo {
  readonly at: string;
  readonly node: string;
  readonly system: string;
  readonly processors: number;
  readonly mode: 'quick' | 'full';
  readonly rounds: number;
  readonly build: 'dist' | 'source';
  readonly elapsedS: number;
}

function rowJson(row: RowResult): unknown {
  const figures = (name: ContenderName): unknown => ({
    problem: row.problems.get(name) ?? null,
    figures: Object.fromEntries(row.shown.map((one) => [one, figure(row, name, one) ?? null])),
    over_bare: Object.fromEntries(row.shown.map((one) => [one, ratio(row, name, 'bare', one) ?? null])),
    rounds: row.rounds.get(name) ?? [],
  });
  return {
    id: row.id,
    title: row.title,
    per: row.per,
    contenders: Object.fromEntries(contendersOf(row).map((name) => [name, figures(name)])),
  };
}

/** The whole run as JSON, the single rounds included. */
export function renderJson(info: RunInfo, rows: readonly RowResult[], verdicts: readonly Verdict[]): string {
  const goals = verdicts.map(({ goal, state, value }) => ({
    ...goal,
    over: goal.over ?? null,
    state,
    value: value ?? null,
  }));
  return `${JSON.stringify({ ...info, rows: rows.map(rowJson), goals }, undefined, 2)}\n`;
}
