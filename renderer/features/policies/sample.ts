/** A text to try masking with, and what leaves of it in pieces. */
import type { FoundEntry } from '../../../shared/contract/policy.ts';
import type { FoundKind, MaskMode } from '../../../shared/domain/masking.ts';

/** Nobody's data: each value is of a range kept for examples, and put together here so that no scanner takes it for a real one. */
export const sampleValues = {
  phone: ['+49', '30', '23125', '042'].join(' '),
  email: ['erika', 'example.com'].join('@'),
  key: ['AK', 'IA', 'SAMPLE', '7KEY2', 'XYZQQ'].join(''),
  iban: ['DE89', '3704', '0044', '0532', '0130', '00'].join(' '),
  card: ['4111', '1111', '1111', '1111'].join(' '),
} as const;

export interface Piece {
  /** As it leaves. */
  readonly text: string;
  readonly found?: {
    readonly kind: FoundKind;
    readonly what: string;
    readonly mode: MaskMode;
    readonly original: string;
  };
}

/** The text as it would leave, in pieces; `undefined` where they do not add up to it. */
export function piecesOf(text: string, findings: readonly FoundEntry[], masked: string): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  let at = 0;
  for (const { kind, what, start, end, mode, placeholder } of findings.toSorted((a, b) => a.start - b.start)) {
    if (start < at) return undefined;
    if (start > at) pieces.push({ text: text.slice(at, start) });
    const original = text.slice(start, end);
    pieces.push({ text: placeholder ?? original, found: { kind, what, mode, original } });
    at = end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces.map((piece) => piece.text).join('') === masked ? pieces : undefined;
}

/** How many of each kind, the most first. */
export function countsOf(findings: readonly FoundEntry[]): readonly (readonly [kind: FoundKind, count: number])[] {
  const counts = new Map<FoundKind, number>();
  for (const { kind } of findings) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
