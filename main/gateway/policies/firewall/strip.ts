/** Takes what a rule of the firewall found out of a text: where that stands, and what is left in its place. */
import { isData } from '../masking/escapes.ts';

/** A mark and not nothing: no provider takes an empty message, and what stood on both sides must not come together. */
export const removedMark = '[removed]';
/** A text this long is not parsed to find out whether it is JSON: some ten milliseconds of work. */
const maxJsonChars = 4_194_304;

/** A part of a text: UTF-16 offsets, `end` exclusive. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** A part of a text, and what is to stand there. */
export interface Cut extends TextSpan {
  readonly mark: string;
}

/** Disjoint and in order, however the spans lie. Of a text of JSON values lose what was found, and the JSON stays whole. */
export function cutsOf(text: string, spans: readonly TextSpan[]): readonly Cut[] {
  const joined = joinedSpans(spans);
  if (joined.length === 0) return [];
  if (isJson(text)) return jsonCuts(text, joined);
  return joined.map((span) => ({ ...span, mark: removedMark }));
}

/** The text as it is once that was taken out. */
export function withoutCuts(text: string, cuts: readonly Cut[]): string {
  let left = '';
  let at = 0;
  for (const { start, end, mark } of cuts) {
    left += text.slice(at, start) + mark;
    at = end;
  }
  return left + text.slice(at);
}

/** What overlaps or touches is one. */
export function joinedSpans(spans: readonly TextSpan[]): readonly TextSpan[] {
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    if (end <= start) continue;
    const last = joined.at(-1);
    if (last === undefined || last.end < start) joined.push({ start, end });
    else last.end = Math.max(last.end, end);
  }
  return joined;
}

function isJson(text: string): boolean {
  if (!isData(text) || text.length > maxJsonChars) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Strings, with their quotes, and bare values; of JSON that is known to be whole. */
const tokens = /"(?:[^"\\]|\\.)*"|[^\s,:[\]{}"]+/g;

/** Only inside strings, never through an escape; a bare value that is touched becomes a string. */
function jsonCuts(text: string, spans: readonly TextSpan[]): Cut[] {
  const cuts: Cut[] = [];
  let next = 0;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    const end = index + token.length;
    while ((spans[next]?.end ?? Infinity) <= index) next++;
    for (let at = next; (spans[at]?.start ?? Infinity) < end; at++) {
      const span = spans[at] as TextSpan;
      if (!token.startsWith('"')) {
        cuts.push({ start: index, end, mark: `"${removedMark}"` });
        break;
      }
      const inside = wholeEscapes(token, { start: span.start - index, end: span.end - index });
      const last = cuts.at(-1);
      const start = Math.max(index + inside.start, last?.end ?? 0);
      if (start < index + inside.end) cuts.push({ start, end: index + inside.end, mark: removedMark });
    }
  }
  return cuts;
}

/** Of a string with its quotes the part inside them, made longer by the halves of escapes at its ends. */
function wholeEscapes(token: string, { start, end }: TextSpan): TextSpan {
  let from = Math.max(start, 1);
  let to = Math.min(end, token.length - 1);
  for (const { 0: escape, index } of token.matchAll(/\\(?:u[\da-fA-F]{4}|.)/g)) {
    const behind = index + escape.length;
    if (index < from && from < behind) from = index;
    if (index < to && to < behind) to = behind;
    if (index >= to) break;
  }
  return { start: from, end: Math.max(from, to) };
}
