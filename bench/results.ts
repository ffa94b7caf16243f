/** Collects what rounds found, and makes medians, ratios and verdicts of it. */
import { contenderNames, goals } from './rows.ts';
import type { ContenderName, FigureName, Goal } from './rows.ts';

/** Middle value with the extremes beside it. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What one contender did in one round of a row; unknown figures are left out. */
export type Figures = Partial<Readonly<Record<FigureName, number>>>;

/** One row with everything that was measured in it. */
export interface RowResult {
  readonly id: string;
  readonly title: string;
  readonly shown: readonly FigureName[];
  /** What processor time is divided by. */
  readonly per: 'request' | 'event';
  /** Contender → its rounds in order; a round that failed is an empty record. */
  readonly rounds: ReadonlyMap<ContenderName, readonly Figures[]>;
  /** Contender → the first thing that went wrong. */
  readonly problems: ReadonlyMap<ContenderName, string>;
}

/** How a goal came out. */
export interface Verdict {
  readonly goal: Goal;
  readonly state: 'met' | 'missed' | 'not measured';
  readonly value: Spread | undefined;
}

/** Undefined when there is nothing to take the middle of. */
export function spreadOf(values: readonly (number | undefined)[]): Spread | undefined {
  const sorted = values
    .filter((value) => value !== undefined && Number.isFinite(value))
    .sort((a, b) => Number(a) - Number(b));
  const [min] = sorted;
  const max = sorted.at(-1);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)];
  const high = sorted[Math.ceil(middle)];
  if (min === undefined || max === undefined || low === undefined || high === undefined) return undefined;
  return { median: (low + high) / 2, min, max };
}

/** A contender's figure over all rounds of a row. */
export function figure(row: RowResult, contender: ContenderName, name: FigureName): Spread | undefined {
  return spreadOf((row.rounds.get(contender) ?? []).map((round) => round[name]));
}

/** Differences of latencies, each of which noise can bring to zero or below. */
const differences: ReadonlySet<FigureName> = new Set(['addedP50Ms', 'addedP99Ms', 'addedFirstMs', 'addedContentMs']);

/**
 * One contender's figure divided by another's, round by round, so that what slowed both counts for neither. Of differences,
 * the medians are divided instead: a single round's may be near zero or below it, and its ratio then says nothing.
 */
export function ratio(
  row: RowResult,
  contender: ContenderName,
  over: ContenderName,
  name: FigureName,
): Spread | undefined {
  if (differences.has(name)) {
    const [above, base] = [figure(row, contender, name)?.median, figure(row, over, name)?.median];
    // Zero or less means that noise was larger than what was to be measured.
    return above === undefined || base === undefined || above <= 0 || base <= 0 ? undefined : spreadOf([above / base]);
  }
  const below = row.rounds.get(over) ?? [];
  return spreadOf(
    (row.rounds.get(contender) ?? []).map((round, index) => {
      const [above, base] = [round[name], below[index]?.[name]];
      return above === undefined || base === undefined || base <= 0 ? undefined : above / base;
    }),
  );
}

/** Adds what lies between a contender and the direct call of the same round. */
export function withAdded(rounds: ReadonlyMap<ContenderName, readonly Figures[]>): Map<ContenderName, Figures[]> {
  const direct = rounds.get('direct') ?? [];
  const minus = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined || b === undefined ? undefined : a - b;
  const added = new Map<ContenderName, Figures[]>();
  for (const [name, found] of rounds) {
    added.set(
      name,
      found.map((round, index) => {
        if (name === 'direct') return round;
        const base = direct[index];
        const more = {
          addedP50Ms: minus(round.p50Ms, base?.p50Ms),
          addedP99Ms: minus(round.p99Ms, base?.p99Ms),
          addedFirstMs: minus(round.firstMs, base?.firstMs),
          addedContentMs: minus(round.contentMs, base?.contentMs),
        };
        return { ...round, ...known(more) };
      }),
    );
  }
  return added;
}

/** Leaves out what is unknown. */
export function known(figures: Readonly<Partial<Record<FigureName, number | undefined>>>): Figures {
  return Object.fromEntries(
    Object.entries(figures).filter(([, value]) => value !== undefined && Number.isFinite(value)),
  );
}

/** Every goal against what was measured. A row in which sluice gave a wrong answer meets nothing. */
export function verdicts(rows: readonly RowResult[]): Verdict[] {
  return goals.map((goal) => {
    const row = rows.find((one) => one.id === goal.row);
    if (row === undefined) return { goal, state: 'not measured', value: undefined };
    const value =
      goal.over === undefined
        ? figure(row, goal.contender, goal.figure)
        : ratio(row, goal.contender, goal.over, goal.figure);
    if (row.problems.has(goal.contender)) return { goal, state: 'missed', value };
    if (value === undefined) return { goal, state: 'not measured', value };
    return { goal, state: value.median <= goal.atMost ? 'met' : 'missed', value };
  });
}

/** Contenders of a row in their fixed order, whether they worked or not. */
export function contendersOf(row: RowResult): ContenderName[] {
  return contenderNames.filter((name) => row.rounds.has(name) || row.problems.has(name));
}
