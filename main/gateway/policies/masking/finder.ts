/** All detectors over one text: segment by segment, so that a text that grew is looked through where it is new. */
import { hash } from 'node:crypto';
import type { FoundKind } from '../../../../shared/domain/masking.ts';
import { GenerationMap } from '../../../kit/generations.ts';
import type { Detector, Finding, ScannedText } from '../detectors/detector.ts';
import { isAscii, KeywordScan } from '../detectors/keyword-scan.ts';
import { resolveOverlaps } from '../detectors/overlaps.ts';
import { readEscapes } from './escapes.ts';

/** A segment ends at the first blank line behind this many characters … */
const segmentChars = 8_192;
/** … at the first line end behind this many, … */
const lineChars = 24_576;
/** … and at this many whatever stands there. */
const maxSegmentChars = 32_768;
/** Of shorter texts copying costs more than it saves. */
const minCopiedChars = 1_024;
/** What a segment shows of its neighbours where it was cut in the middle of something: more than the longest value but a key block. */
const overlapChars = 4_096;

/** Findings of some hundred thousand segments. They are places and kinds, no text. */
const memoBytes = 32 * 1024 * 1024;
const entryBytes = 160;
const findingBytes = 96;

const none: readonly Finding[] = [];

/** A detector threw: nothing it was asked about can be said to be clean. */
export class DetectorFailure extends Error {
  constructor(detector: string, cause: unknown) {
    super(`The detector "${detector}" failed.`, { cause });
    this.name = 'DetectorFailure';
  }
}

export class Finder {
  readonly #detectors: readonly Detector[];
  readonly #kinds: ReadonlySet<FoundKind>;
  readonly #isAllowed: ((value: string) => boolean) | undefined;
  readonly #keywords: KeywordScan;
  readonly #memo = new GenerationMap<readonly Finding[]>(memoBytes);

  /** `kinds`: those that are asked for; detectors of other kinds are left out. `isAllowed`: what may be found and is left alone. */
  constructor(
    detectors: readonly Detector[],
    kinds: ReadonlySet<FoundKind>,
    isAllowed: ((value: string) => boolean) | undefined = undefined,
  ) {
    this.#kinds = kinds;
    this.#isAllowed = isAllowed;
    this.#detectors = detectors.filter((one) => one.kinds.some((kind) => kinds.has(kind)));
    this.#keywords = new KeywordScan(this.#detectors.map((one) => one.keywords));
  }

  /** Disjoint findings in order. `field` as of `ScannedText`. Throws `DetectorFailure`. */
  find(text: string, field: string | undefined): readonly Finding[] {
    const steps = this.steps(text, field);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** The same in steps of some tenths of a millisecond, for those who have to let others through. */
  *steps(written: string, field: string | undefined): Generator<undefined, readonly Finding[]> {
    const read = readEscapes(written);
    if (read === undefined) return yield* this.#steps(written, field);
    const found = yield* this.#steps(read.text, field);
    return found.map((one) => ({ ...one, start: read.at(one.start), end: read.at(one.end) }));
  }

  *#steps(text: string, field: string | undefined): Generator<undefined, readonly Finding[]> {
    if (text.length <= segmentChars) return this.#segment(text, field);
    const found: Finding[] = [];
    let isSplit = false;
    for (let start = 0; start < text.length;) {
      const { end, isCleanStart, isCleanEnd } = segmentAt(text, start);
      const from = isCleanStart ? start : start - overlapChars;
      const to = isCleanEnd ? end : Math.min(text.length, end + overlapChars);
      isSplit ||= !isCleanEnd;
      for (const one of this.#segment(text.slice(from, to), field)) {
        const moved = { ...one, start: one.start + from, end: one.end + from };
        if (moved.end > start && moved.start < end) found.push(moved);
      }
      start = end;
      yield undefined;
    }
    return isSplit ? resolveOverlaps(found) : found;
  }

  #segment(text: string, field: string | undefined): readonly Finding[] {
    const key = `${field ?? ''}\0${hash('sha256', text, 'base64')}`;
    const known = this.#memo.get(key);
    if (known !== undefined) return known;
    const ascii = isAscii(text);
    const found = this.#look({
      text: text.length > minCopiedChars ? copied(text, ascii) : text,
      isAscii: ascii,
      field,
    });
    this.#memo.set(key, found, entryBytes + found.length * findingBytes);
    return found;
  }

  #look(scanned: ScannedText): readonly Finding[] {
    const found: Finding[] = [];
    const hits = this.#keywords.scan(scanned.text, scanned.isAscii);
    this.#detectors.forEach((detector, index) => {
      const own = hits[index];
      if (own === undefined) return;
      try {
        detector.find(scanned, own, (finding) => {
          if (!this.#kinds.has(finding.kind)) return;
          const { start, end } = finding;
          if (this.#isAllowed?.(scanned.text.slice(start, end)) !== true) found.push(finding);
        });
      } catch (error) {
        throw new DetectorFailure(detector.id, error);
      }
    });
    return found.length === 0 ? none : resolveOverlaps(found);
  }
}

/** A part of a longer text is read through it, one character after the other: a text of its own is read faster. */
function copied(text: string, ascii: boolean): string {
  const encoding = ascii ? 'latin1' : 'utf16le';
  return Buffer.from(text, encoding).toString(encoding);
}

interface Segment {
  readonly end: number;
  /** Nothing stands across its beginning, or its end. */
  readonly isCleanStart: boolean;
  readonly isCleanEnd: boolean;
}

/** The segment that begins at `start`. The same for every text that begins alike: what follows later does not move its end. */
function segmentAt(text: string, start: number): Segment {
  const isCleanStart = start === 0 || text.charCodeAt(start - 1) === 0x0a;
  if (text.length - start <= segmentChars) return { end: text.length, isCleanStart, isCleanEnd: true };
  const blank = text.slice(start + segmentChars, start + lineChars).indexOf('\n\n');
  if (blank !== -1) return { end: start + segmentChars + blank + 2, isCleanStart, isCleanEnd: true };
  const line = text.slice(start + lineChars, start + maxSegmentChars).indexOf('\n');
  const end = line === -1 ? start + maxSegmentChars : start + lineChars + line + 1;
  return { end: Math.min(text.length, end), isCleanStart, isCleanEnd: end >= text.length };
}
