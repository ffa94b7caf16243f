/** What differs between two texts, line by line, as a unified diff without head and without lines that are the same. */

/** Cells of the table of common lines: beyond, what lies between the first and the last difference is told as one. */
const maxCells = 4_000_000;

interface Hunk {
  /** Where it begins, counted from 0, and what stood and stands there. */
  readonly was: number;
  readonly is: number;
  readonly removed: string[];
  readonly added: string[];
}

/** Empty for equal texts. */
export function lineDiff(before: string, after: string): string {
  const [was, is] = [linesOf(before), linesOf(after)];
  const most = Math.min(was.length, is.length);
  let head = 0;
  while (head < most && was[head] === is[head]) head += 1;
  let tail = 0;
  while (tail < most - head && was.at(-1 - tail) === is.at(-1 - tail)) tail += 1;
  const hunks = hunksOf(was.slice(head, was.length - tail), is.slice(head, is.length - tail), head);
  return hunks.map(render).join('');
}

function linesOf(text: string): readonly string[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function hunksOf(was: readonly string[], is: readonly string[], head: number): readonly Hunk[] {
  if (was.length === 0 && is.length === 0) return [];
  if (was.length * is.length > maxCells) return [{ was: head, is: head, removed: [...was], added: [...is] }];
  const common = commonTable(was, is);
  const width = is.length + 1;
  const hunks: Hunk[] = [];
  let open: Hunk | undefined;
  let [at, to] = [0, 0];
  while (at < was.length || to < is.length) {
    const [old, fresh] = [was[at], is[to]];
    if (old !== undefined && old === fresh) {
      open = undefined;
      at += 1;
      to += 1;
      continue;
    }
    if (open === undefined) hunks.push((open = { was: head + at, is: head + to, removed: [], added: [] }));
    const goesFirst = (common[(at + 1) * width + to] ?? 0) >= (common[at * width + to + 1] ?? 0);
    if (old !== undefined && (fresh === undefined || goesFirst)) {
      open.removed.push(old);
      at += 1;
    } else if (fresh !== undefined) {
      open.added.push(fresh);
      to += 1;
    }
  }
  return hunks;
}

/** Length of the longest common run of lines of what is left from each pair of places on. */
function commonTable(was: readonly string[], is: readonly string[]): Uint32Array {
  const width = is.length + 1;
  const table = new Uint32Array((was.length + 1) * width);
  for (let at = was.length - 1; at >= 0; at -= 1) {
    for (let to = is.length - 1; to >= 0; to -= 1) {
      const here = at * width + to;
      table[here] =
        was[at] === is[to]
          ? (table[here + width + 1] ?? 0) + 1
          : Math.max(table[here + width] ?? 0, table[here + 1] ?? 0);
    }
  }
  return table;
}

function render({ was, is, removed, added }: Hunk): string {
  const lines = [...removed.map((line) => `-${line}\n`), ...added.map((line) => `+${line}\n`)];
  return `@@ -${range(was, removed.length)} +${range(is, added.length)} @@\n${lines.join('')}`;
}

/** As `diff -U0` counts: from 1, and of nothing the line before it. */
function range(start: number, count: number): string {
  return `${count === 0 ? start : start + 1}${count === 1 ? '' : `,${count}`}`;
}
