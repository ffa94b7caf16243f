/** Puts a change into a text as its author laid it out: lines that the change does not touch stay as they are. */

/**
 * `before` and `after` are one document, printed without and with the change; `original` is the text `before` was read
 * from. Answers `original` with the changed lines of `after` in place of those they replace, or `undefined` when the
 * layouts are too far apart to tell which lines these are. The caller checks that the answer still means `after`.
 */
export function keepLines(original: string, before: string, after: string): string | undefined {
  if (squash(original) !== squash(before)) return undefined;
  const was = filledLines(before);
  const is = filledLines(after);
  const most = Math.min(was.length, is.length);
  let head = 0;
  while (head < most && was[head] === is[head]) head += 1;
  let tail = 0;
  while (tail < most - head && was.at(-1 - tail) === is.at(-1 - tail)) tail += 1;
  const start = endOfLineAfter(original, length(was.slice(0, head)));
  const end = startOfLineBefore(original, length(tail === 0 ? [] : was.slice(-tail)));
  if (start === undefined || end === undefined || start > end) return undefined;
  const replaced = original.slice(start, end);
  // Blank lines before what follows belong to what follows.
  const blank = /(?:^|\n)((?:[ \t]*\n)*)$/.exec(replaced)?.[1] ?? '';
  const lines = mergeLines(replaced, was.slice(head, was.length - tail), changedLines(after, head, tail));
  return `${original.slice(0, start)}${lines.map((line) => `${line}\n`).join('')}${blank}${original.slice(end)}`;
}

/** Lines that were changed but not added or removed keep their own spacing around the change. */
function mergeLines(original: string, before: readonly string[], after: readonly string[]): readonly string[] {
  const own = filledLines(original);
  if (own.length !== before.length || after.length !== before.length) return after;
  return after.map((line, index) => mergeLine(own[index] ?? '', before[index] ?? '', line));
}

function mergeLine(original: string, before: string, after: string): string {
  const [was, is] = [squash(before), squash(after)];
  if (squash(original) !== was) return after;
  const most = Math.min(was.length, is.length);
  let head = 0;
  while (head < most && was[head] === is[head]) head += 1;
  let tail = 0;
  while (tail < most - head && was.at(-1 - tail) === is.at(-1 - tail)) tail += 1;
  const begin = offsetOfVisible(original, head);
  const end = tail === 0 ? original.length : offsetOfVisible(original, was.length - tail + 1, 'start');
  const middle = after.slice(offsetOfVisible(after, head), offsetOfVisible(after, is.length - tail + 1, 'start'));
  return `${original.slice(0, begin)}${spacedLike(middle, original.slice(begin, end), original.charAt(end))}${original.slice(end)}`.trimEnd();
}

/** New text with the spaces that stood around the old one, before `next`. */
function spacedLike(text: string, old: string, next: string): string {
  const [, leading = '', trailing = ''] = /^(\s*).*?(\s*)$/s.exec(text) ?? [];
  const [, oldLeading = '', oldTrailing = ''] = /^(\s*).*?(\s*)$/s.exec(old) ?? [];
  if (text.trim() === '') return text;
  const before = leading !== '' && oldLeading !== '' ? oldLeading : leading;
  const bracket = old === '' && /[\]}]/.test(next);
  const after = bracket || (trailing !== '' && oldTrailing !== '') ? oldTrailing : trailing;
  return `${before}${text.trim()}${after}`;
}

/** Offset behind (or of) the `count`-th visible character; the end of the text when there are fewer. */
function offsetOfVisible(text: string, count: number, part: 'start' | 'end' = 'end'): number {
  let seen = 0;
  if (count === 0) return 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    if (/\s/.test(text.charAt(offset))) continue;
    seen += 1;
    if (seen === count) return part === 'start' ? offset : offset + 1;
  }
  return text.length;
}

function squash(text: string): string {
  return text.replace(/\s+/g, '');
}

function length(lines: readonly string[]): number {
  return squash(lines.join('')).length;
}

function filledLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** The lines of `text` without the first `head` and last `tail` filled ones, blank ones at the end left out. */
function changedLines(text: string, head: number, tail: number): readonly string[] {
  const lines = text.split('\n');
  const filled = lines.flatMap((line, index) => (line.trim() === '' ? [] : [index]));
  const first = head === 0 ? 0 : (filled[head - 1] ?? -1) + 1;
  const last = filled[filled.length - tail - 1] ?? -1;
  return lines.slice(first, last + 1);
}

/** Offset of the line after the one in which the `count`-th visible character stands; it must be the last of its line. */
function endOfLineAfter(text: string, count: number): number | undefined {
  if (count === 0) return 0;
  let seen = 0;
  for (let offset = 0; offset < text.length; offset += 1) {
    if (/\s/.test(text.charAt(offset))) continue;
    seen += 1;
    if (seen < count) continue;
    const end = text.indexOf('\n', offset);
    if (end < 0) return undefined;
    return text.slice(offset + 1, end).trim() === '' ? end + 1 : undefined;
  }
  return undefined;
}

/** Offset of the line in which the last `count` visible characters begin; they must begin it. */
function startOfLineBefore(text: string, count: number): number | undefined {
  if (count === 0) return text.length;
  let seen = 0;
  for (let offset = text.length - 1; offset >= 0; offset -= 1) {
    if (/\s/.test(text.charAt(offset))) continue;
    seen += 1;
    if (seen < count) continue;
    const start = text.lastIndexOf('\n', offset) + 1;
    return text.slice(start, offset).trim() === '' ? start : undefined;
  }
  return undefined;
}
