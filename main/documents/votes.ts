/** Counts what blind comparisons came to; the same models with the same end are one row. */
import type { CallOutput } from '../../shared/contract/contract.ts';
import type { StoredVotes } from './app-document.ts';

/** Rows, of which the least recently used go. */
const maxRows = 10_000;

export function withVote(
  votes: readonly StoredVotes[],
  given: readonly string[],
  winner: string | null,
): readonly StoredVotes[] {
  const models = [...new Set(given)].sort();
  const isIt = (row: StoredVotes): boolean =>
    row.winner === winner && row.models.length === models.length && row.models.every((one, at) => one === models[at]);
  const before = votes.find(isIt);
  const row = before === undefined ? { models, winner, count: 1 } : { ...before, count: before.count + 1 };
  return [...votes.filter((one) => one !== before), row].slice(-maxRows);
}

export function totalOf(votes: readonly StoredVotes[]): number {
  return votes.reduce((total, { count }) => total + count, 0);
}

/** The most preferred first. */
export function summaryOf(votes: readonly StoredVotes[]): CallOutput<'votes.list'> {
  const models = new Map<string, { model: string; compared: number; won: number; drawn: number }>();
  for (const { models: names, winner, count } of votes) {
    for (const model of names) {
      const sums = models.get(model) ?? { model, compared: 0, won: 0, drawn: 0 };
      models.set(model, sums);
      sums.compared += count;
      if (winner === model) sums.won += count;
      if (winner === null) sums.drawn += count;
    }
  }
  const sorted = [...models.values()].sort(
    (a, b) => b.won - a.won || b.compared - a.compared || (a.model < b.model ? -1 : 1),
  );
  return { models: sorted, total: totalOf(votes) };
}
