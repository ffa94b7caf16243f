/** What is remembered of single texts: what was found in them, and where that stands. */
import type { Finding } from '../detectors/detector.ts';

/** What was found in one text: the same object wherever and whenever that text stands, as long as it is remembered. */
export interface KnownText {
  readonly findings: readonly Finding[];
}

/** What stands behind the placeholder of an address, so that it is one: a name that nobody can have (RFC 2606, 2). */
export const maskedHost = '@masked.invalid';

/** A finding with its value, and where that stands in the bytes of its leaf. */
export interface PlacedFinding extends Finding {
  readonly text: string;
  /** What stands for it in this conversation. */
  readonly placeholder: string;
  /** A number of JSON in the text: its placeholder needs quotes. */
  readonly isBare: boolean;
  /** From the leaf's first byte on. */
  readonly from: number;
  readonly to: number;
}

/** What stands in one text, as far as a conversation knows. */
export interface Places {
  /** Of the conversation's known values, when they were looked for last. */
  readonly version: number;
  readonly known: readonly Finding[];
  /** What was found in it and what is known, together. */
  readonly all: readonly PlacedFinding[];
}
