/** The targets that were looked at, as a table. */
import type { CandidateEntry, DecisionEntry } from '../../../shared/contract/route.ts';
import { duration, grouped, money, table } from '../output.ts';

/** A page of a terminal; more of them nobody compares by eye. */
const maxRows = 25;

const tableColumns = [
  { title: '#', right: true, of: (_one: CandidateEntry, place: string) => place },
  { title: 'TARGET', max: 48, of: ({ target }: CandidateEntry) => target },
  { title: 'QUALITY', of: ({ quality }: CandidateEntry) => (quality === undefined ? '' : qualityText(quality)) },
  { title: 'COST', right: true, of: ({ cost_usd }: CandidateEntry) => (cost_usd === undefined ? '' : money(cost_usd)) },
  {
    title: 'FIRST WORDS',
    right: true,
    of: ({ ttft_ms }: CandidateEntry) => (ttft_ms === undefined ? '' : duration(ttft_ms)),
  },
  { title: 'SCORE', right: true, of: ({ score }: CandidateEntry) => (score === undefined ? '' : scoreText(score)) },
  { title: 'WHY NOT', max: 160, of: (one: CandidateEntry) => remarkOn(one) },
] as const;

/** In the order they are tried, then those that could be, then those that cannot. Columns that hold nothing are left out. */
export function candidateLines(decision: DecisionEntry): string[] {
  const rows = sorted(decision)
    .slice(0, maxRows)
    .map(({ candidate, place }) => tableColumns.map(({ of }) => of(candidate, place)));
  const used = tableColumns.map((_, index) => rows.some((row) => row[index] !== ''));
  const shown = table(
    tableColumns.filter((_, index) => used[index]),
    rows.map((row) => row.filter((_, index) => used[index])),
  );
  return [shown, ...leftOver(decision)];
}

function sorted({ candidates, order }: DecisionEntry): { candidate: CandidateEntry; place: string }[] {
  const places = new Map(order.map((target, index) => [target, index + 1]));
  const rank = ({ target, dropped }: CandidateEntry): number =>
    dropped === undefined ? (places.get(target) ?? order.length + 1) : Number.POSITIVE_INFINITY;
  return candidates
    .map((candidate) => ({ candidate, rank: rank(candidate) }))
    .toSorted((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank))
    .map(({ candidate, rank: at }) => ({ candidate, place: at > order.length ? '–' : String(at) }));
}

function leftOver({ candidates, omitted }: DecisionEntry): string[] {
  const more = candidates.length - maxRows;
  return [
    ...(more > 0 ? [`and ${grouped(more)} more: --json shows them all`] : []),
    ...(omitted > 0 ? [`and ${grouped(omitted)} more that were not kept`] : []),
  ];
}

function qualityText([mean, low, high]: NonNullable<CandidateEntry['quality']>): string {
  return `${mean.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

/** Nothing is minus nothing. */
function scoreText(score: number): string {
  return score.toFixed(2).replace(/^-(0\.00)$/, '$1');
}

function remarkOn({ dropped, note, health }: CandidateEntry): string {
  if (dropped !== undefined) return dropped;
  const state = health === undefined || health.state === 'closed' ? undefined : (health.why ?? health.state);
  // That its keys were refused is said with the key already.
  const remark = health?.state === 'refused' && state !== undefined ? undefined : note;
  return [state, remark].filter((part) => part !== undefined).join('; ');
}
