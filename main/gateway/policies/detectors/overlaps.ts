/** Of findings that lie over each other, makes one for each place: what any of them covers stays covered. */
import type { FoundKind } from '../../../../shared/domain/masking.ts';
import type { Finding, FoundName } from './detector.ts';
import { knownValue } from './exact.ts';

/** Below it a finding is a guess, which gives way to any other one that it touches. */
const guess = 0.5;
/** From here on a secret is one, and what sticks out of another finding is not given that one's rules. */
const likely = 0.8;

/** The user's own first, then what does harm at once, then what has a form, then what is language. */
const ranks: Readonly<Partial<Record<FoundKind, number>>> = {
  terms: 0,
  patterns: 0,
  secrets: 1,
  credit_card: 2,
  iban: 2,
  national_id: 2,
  tax_id: 2,
  medical_id: 2,
  vehicle_id: 2,
  device_id: 2,
  crypto_wallet: 2,
  email: 2,
};
const lastRank = 3;

function rankOf(finding: Finding): number {
  return finding.subtype === knownValue ? 0 : (ranks[finding.kind] ?? lastRank);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Negative when `a` is the better one. Only two findings that are the same in everything compare as equal. */
function compareWorth(a: Finding, b: Finding): number {
  return (
    b.score - a.score ||
    rankOf(a) - rankOf(b) ||
    b.end - b.start - (a.end - a.start) ||
    a.start - b.start ||
    compareText(a.kind, b.kind) ||
    compareText(a.subtype, b.subtype)
  );
}

/**
 * Sorted and disjoint. Findings that overlap, directly or by way of others, become one: it covers all of them and has the kind
 * of the best (the highest score, then the user's own, then secrets, then numbers with a form, then the longest). A likely secret
 * that is not wholly inside the best one makes the whole a secret: what may come back where depends on that. A guess (a score
 * below 0.5) is left out where anything better overlaps it. What else stood there is told by `also`. Findings that only touch stay
 * apart, and the order they come in does not matter.
 */
export function resolveOverlaps(findings: readonly Finding[]): Finding[] {
  const sure = joined(findings.filter(({ score, start, end }) => score >= guess && start < end));
  const guesses = joined(findings.filter(({ score, start, end }) => score < guess && start < end));
  if (guesses.length === 0) return sure;
  return [...sure, ...apartFrom(guesses, sure)].sort((a, b) => a.start - b.start);
}

/** The first list without what overlaps anything in the second; both are sorted and disjoint. */
function apartFrom(findings: readonly Finding[], others: readonly Finding[]): Finding[] {
  let at = 0;
  return findings.filter((finding) => {
    while ((others[at]?.end ?? Infinity) <= finding.start) at++;
    return (others[at]?.start ?? Infinity) >= finding.end;
  });
}

function joined(findings: Finding[]): Finding[] {
  findings.sort((a, b) => a.start - b.start);
  const result: Finding[] = [];
  for (let from = 0; from < findings.length;) {
    let end = findings[from]?.end ?? 0;
    let to = from + 1;
    for (let next = findings[to]; next !== undefined && next.start < end; next = findings[++to]) {
      if (next.end > end) end = next.end;
    }
    result.push(united(findings, { from, to, end }));
    from = to;
  }
  return result;
}

function united(findings: readonly Finding[], group: { from: number; to: number; end: number }): Finding {
  const first = findings[group.from] as Finding;
  if (group.to === group.from + 1) return first;
  let best = first;
  let secret: Finding | undefined;
  for (let i = group.from; i < group.to; i++) {
    const one = findings[i] as Finding;
    if (compareWorth(one, best) < 0) best = one;
    if (one.kind === 'secrets' && one.score >= likely && (secret === undefined || compareWorth(one, secret) < 0))
      secret = one;
  }
  if (best.kind !== 'secrets' && secret !== undefined && sticksOut(findings, group, best)) best = secret;
  const also = othersIn(findings, group, best);
  return { ...best, start: first.start, end: group.end, ...(also.length > 0 ? { also } : {}) };
}

/** What else there is, each once: of a kind one is enough, but each pattern is a rule by itself. A guess is no finding. */
function othersIn(
  findings: readonly Finding[],
  { from, to }: { from: number; to: number },
  best: Finding,
): FoundName[] {
  const also = new Map<string, FoundName>();
  for (const finding of findings.slice(from, to)) {
    if (finding.score < guess) continue;
    for (const { kind, subtype } of [finding, ...(finding.also ?? [])]) {
      const name = nameOf({ kind, subtype });
      const known = also.get(name);
      if (known === undefined || compareText(subtype, known.subtype) < 0) also.set(name, { kind, subtype });
    }
  }
  also.delete(nameOf(best));
  return [...also.values()].sort((a, b) => compareText(nameOf(a), nameOf(b)));
}

function nameOf({ kind, subtype }: FoundName): string {
  return kind === 'patterns' ? `${kind}/${subtype}` : kind;
}

function sticksOut(findings: readonly Finding[], group: { from: number; to: number }, best: Finding): boolean {
  for (let i = group.from; i < group.to; i++) {
    const { kind, score, start, end } = findings[i] as Finding;
    if (kind === 'secrets' && score >= likely && (start < best.start || end > best.end)) return true;
  }
  return false;
}
