/** Shows a run: a table for people, ratios first, and the same as JSON. */
import { contendersOf, figure, ratio } from './results.ts';
import type { RowResult, Spread, Verdict } from './results.ts';
import type { ContenderName, FigureName } from './rows.ts';

const labels: Readonly<Record<FigureName, string>> = {
  cpuMicros: 'cpu µs',
  perSecond: 'per second',
  p50Ms: 'p50 ms',
  p99Ms: 'p99 ms',
  firstMs: 'first event ms',
  addedP50Ms: 'added p50 ms',
  addedP99Ms: 'added p99 ms',
  addedFirstMs: 'added ms',
  residentMb: 'MB',
  growth: 'end over quarter',
  readyMs: 'ready ms',
  healthMs: 'health ms',
};

/** What the leading column divides, by the first of these that a row shows. */
const leading: readonly FigureName[] = ['addedP50Ms', 'cpuMicros', 'residentMb', 'readyMs'];

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

/** The figure by which contenders of a row are compared first. */
function leadingFigure(row: RowResult): FigureName | undefined {
  return leading.find((name) => row.shown.includes(name) && figure(row, 'bare', name) !== undefined);
}

function lines(row: RowResult): string[][] {
  const lead = leadingFigure(row);
  const unit = (name: FigureName): string => (name === 'cpuMicros' ? `cpu µs/${row.per}` : labels[name]);
  const head = ['', lead === undefined ? '' : `${labels[lead]} ÷ bare`, ...row.shown.map(unit)];
  const body = contendersOf(row).map((name) => {
    const problem = row.problems.get(name);
    if (problem !== undefined) return [name, `FAILED: ${problem.replaceAll(/\s+/g, ' ').slice(0, 240)}`];
    const compared = lead === undefined ? undefined : ratio(row, name, 'bare', lead);
    return [
      name,
      lead === undefined ? '' : spread(compared),
      ...row.shown.map((figureName) => spread(figure(row, name, figureName))),
    ];
  });
  return [head, ...body];
}

function table(cells: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const line of cells) {
    // A message may be longer than its column and stretches nothing.
    line.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.startsWith('FAILED') ? 0 : cell.length)));
  }
  const render = (line: readonly string[]): string =>
    line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('   ');
  return cells.map((line) => `  ${render(line).trimEnd()}`).join('\n');
}

/** Titles, one table a row of the benchmark, medians with min and max in parentheses. */
export function renderRows(rows: readonly RowResult[]): string {
  return rows.map((row) => `${row.title}  [${row.id}]\n${table(lines(row))}`).join('\n\n');
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
