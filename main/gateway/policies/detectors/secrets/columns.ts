/** Finds the secrets of a table whose head names their column: `user,password` and `bob,…` in CSV, TSV and Markdown. */

/** Rows that are looked at below a head, and the longest line of them. */
const mostRows = 64;
const longestLine = 1024;

/** Of Markdown's heads the next line is a rule; the heads of other tables are labels and nothing else. */
const rule = /^\r?\n[ \t]{0,4}\|?[ \t]{0,2}:?-{2,}/;
const labels = /^[\w .\-"';,\t]{3,}\r?$/;

/** Calls back with each cell below the name that ends at `nameEnd`, if its line is the head of a table. */
export function cellsBelow(
  text: string,
  nameStart: number,
  nameEnd: number,
  report: (start: number, end: number) => void,
): void {
  const lineStart = text.lastIndexOf('\n', nameStart - 1) + 1;
  const lineEnd = endOfLine(text, nameEnd);
  if (lineEnd === text.length || nameStart - lineStart > longestLine || lineEnd - nameEnd > longestLine) return;
  const separator = separatorOf(text, nameStart, nameEnd, lineStart, lineEnd);
  if (separator === undefined) return;
  const head = text.slice(lineStart, lineEnd);
  if (!(separator === '|' ? rule.test(text.slice(lineEnd, lineEnd + 16)) : labels.test(head))) return;
  const columns = head.split(separator).length;
  const column = text.slice(lineStart, nameStart).split(separator).length - 1;
  // A sentence with a comma in it is not the head of a table: its cells would be phrases.
  // Nor is a line of a list in a program.
  if (separator !== '|' && (/^\s/.test(head) || /[,;\t]\s*$/.test(head))) return;
  if (columns < 2 || columns > 40 || head.split(separator).some((cell) => cell.trim().split(' ').length > 4)) return;
  let at = lineEnd + 1;
  for (let row = 0; row < mostRows && at < text.length; row++) {
    const end = endOfLine(text, at);
    if (end - at > longestLine) return;
    const cells = text.slice(at, end).split(separator);
    if (cells.length !== columns) return;
    let start = at;
    for (let n = 0; n < column; n++) start += (cells[n] as string).length + 1;
    reportCell(text, start, start + (cells[column] as string).length, report);
    at = end + 1;
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The sign on either side of the name, with nothing but blanks and quotes between. */
function separatorOf(
  text: string,
  nameStart: number,
  nameEnd: number,
  lineStart: number,
  lineEnd: number,
): string | undefined {
  const before = /([,;|\t])[ "'`*]{0,4}$/.exec(text.slice(Math.max(lineStart, nameStart - 24), nameStart));
  const after = /^[ "'`*\r]{0,4}([,;|\t]|$)/.exec(text.slice(nameEnd, Math.min(lineEnd, nameEnd + 24)));
  if (after === null) return undefined;
  if (before === null)
    return /^[\s"'`*|]*$/.test(text.slice(lineStart, nameStart)) && after[1] !== '' ? after[1] : undefined;
  return after[1] === '' || after[1] === before[1] ? before[1] : undefined;
}

function reportCell(text: string, from: number, to: number, report: (start: number, end: number) => void): void {
  let start = from;
  let end = to;
  while (start < end && ' \t\r"\'`*'.includes(text[start] as string)) start++;
  while (end > start && ' \t\r"\'`*'.includes(text[end - 1] as string)) end--;
  if (end - start >= 4) report(start, end);
}
