/** Reads `.env` files as their readers do (dotenv, docker, shells), for what they hold and not to set it. */

export interface EnvEntry {
  readonly name: string;
  readonly value: string;
}

/** `NAME=`, `export NAME=` and `NAME:`, at the beginning of a line. */
const assignment = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]{0,255})[ \t]*(?:=|:[ \t])[ \t]*/y;

const quotes: ReadonlySet<string> = new Set(['"', "'", '`']);

/**
 * Names and values in order. A value in quotes may have several lines; one in double quotes whose escapes stand for
 * something else comes twice, once as it is written: whoever shows the file shows that. Time in proportion to the text.
 */
export function envEntries(text: string): readonly EnvEntry[] {
  const entries: EnvEntry[] = [];
  /** Quotes of which none follows any more. */
  const unclosed = new Set<string>();
  for (let start = 0; start < text.length;) {
    assignment.lastIndex = start;
    const match = assignment.exec(text);
    if (match === null) {
      start = nextLine(text, start);
      continue;
    }
    const name = match[1] ?? '';
    const at = assignment.lastIndex;
    const quote = text[at] ?? '';
    const isQuoted = quotes.has(quote) && !unclosed.has(quote);
    const end = isQuoted ? closing(text, at, quote) : -1;
    if (end < 0) {
      if (isQuoted) unclosed.add(quote);
      const line = nextLine(text, at);
      entries.push({ name, value: bare(text.slice(at, line)) });
      start = line;
      continue;
    }
    const written = text.slice(at + 1, end);
    entries.push({ name, value: written });
    const meant = quote === '"' ? unescaped(written) : written;
    if (meant !== written) entries.push({ name, value: meant });
    start = nextLine(text, end);
  }
  return entries.filter(({ value }) => value !== '');
}

/** Where the next line begins; the end of the text counts as one. */
function nextLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

/** Where the quote that opens at `at` is closed; -1 where it never is. */
function closing(text: string, at: number, quote: string): number {
  for (let from = at + 1; ;) {
    const end = text.indexOf(quote, from);
    if (end < 0 || quote === "'") return end;
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return end;
    from = end + 1;
  }
}

/** Without quotes a comment begins after white space, not inside a word. */
function bare(line: string): string {
  const comment = /(?:^|[ \t])#/.exec(line);
  return (comment === null ? line : line.slice(0, comment.index)).trim();
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, (whole, next: string) => escapes[next] ?? ('"\\$`'.includes(next) ? next : whole));
}
