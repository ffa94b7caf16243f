/** The names found in one text: overlaps joined, suffixes and neighbours of theirs added. */

/** Tells of a name: its place and how sure it is. */
export type Tell = (start: number, end: number, score: number) => void;

export interface FoundName {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** No text has more names that we look for everywhere else. */
const mostNames = 5_000;

export class Found {
  readonly text: string;
  readonly #names: FoundName[] = [];

  constructor(text: string) {
    this.text = text;
  }

  get count(): number {
    return this.#names.length;
  }

  add(start: number, end: number, score: number): void {
    if (end > start && this.#names.length < mostNames) this.#names.push({ start, end, score });
  }

  /** In the order of the text, overlapping ones joined. */
  all(): FoundName[] {
    const sorted = [...this.#names].sort((a, b) => a.start - b.start || b.end - a.end);
    const joined: FoundName[] = [];
    for (const one of sorted) {
      const last = joined.at(-1);
      if (last === undefined || one.start >= last.end) joined.push(one);
      else
        joined[joined.length - 1] = {
          start: last.start,
          end: Math.max(last.end, one.end),
          score: Math.max(last.score, one.score),
        };
    }
    return joined;
  }
}
