/** What a detector is given and what it gives back. Detectors are pure: the same text gives the same findings. */
import type { FoundKind } from '../../../../shared/domain/masking.ts';
import type { KeywordHits } from './keyword-scan.ts';

/** A piece of text that should not leave: UTF-16 offsets, `end` exclusive. */
export interface Finding {
  readonly start: number;
  readonly end: number;
  readonly kind: FoundKind;
  /** What exactly it is: `aws_access_key_id`, `uk_nino`; shown to people, never the value. */
  readonly subtype: string;
  /** In (0, 1]: how sure. A checksum or a unique prefix is 0.95 or more, a context word 0.8, a shape alone below 0.7. */
  readonly score: number;
  /** What else stands there, wholly or in part, where several were found: rules for it hold as well. */
  readonly also?: readonly FoundName[] | undefined;
}

export type FoundName = Pick<Finding, 'kind' | 'subtype'>;

/** All kinds that stand where it does. */
export function kindsIn({ kind, also }: Pick<Finding, 'kind' | 'also'>): readonly FoundKind[] {
  return also === undefined ? [kind] : [kind, ...also.map((one) => one.kind)];
}

/** One text, and what the scan for key words found in it, shared by all detectors. */
export interface ScannedText {
  readonly text: string;
  /** Nothing but ASCII in it. */
  readonly isAscii: boolean;
  /** Name of the object field whose value the text is, where that is data and not a protocol's: `ssn` of `{"ssn": "…"}`. */
  readonly field: string | undefined;
}

export interface Detector {
  /** Stable name, for errors and tests. */
  readonly id: string;
  /** The kinds it reports: it is left out where none of them is asked for. */
  readonly kinds: readonly FoundKind[];
  /**
   * Lower-case words whose places it wants to know: prefixes of tokens, words that stand beside what it looks for. All detectors'
   * words are looked for in one pass, without regard to case, wherever they stand (also inside longer words).
   */
  readonly keywords: readonly string[];
  /** Reports what it finds. Time in proportion to the text, whatever the text is. `hits` are those of its own key words. */
  find(scanned: ScannedText, hits: KeywordHits, report: (finding: Finding) => void): void;
}
