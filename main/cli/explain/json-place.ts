/** Where a text stops being JSON: the parser itself often does not say. */

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

const space = /[ \t\n\r]*/y;
const token =
  /[{}[\],:]|"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Offset of the first character that cannot stand where it stands; the text's length where something is missing at its end. */
export function endOfJson(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected | undefined = 'value';
  let at = after(space, text, 0);
  while (at < text.length && expected !== undefined) {
    const end = after(token, text, at);
    expected = end === at ? undefined : next(text.slice(at, Math.min(end, at + 1)), expected, open);
    if (expected !== undefined) at = after(space, text, end);
    // The document is whole: whatever follows is too much.
    if (open.length === 0 && expected === ', or end') break;
  }
  return at;
}

function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** What may come after a token, told by its first character; `undefined` when the token itself may not come. */
function next(first: string, expected: Expected, open: ('{' | '[')[]): Expected | undefined {
  if (first === '}' || first === ']') return close(first, expected, open);
  if (first === ',' && expected === ', or end') return open.at(-1) === '{' ? 'key' : 'value';
  if (first === ':' && expected === ':') return 'value';
  if (first === ',' || first === ':') return undefined;
  if (expected === 'key' || expected === 'key or }') return first === '"' ? ':' : undefined;
  if (expected !== 'value' && expected !== 'value or ]') return undefined;
  if (first !== '{' && first !== '[') return ', or end';
  open.push(first);
  return first === '{' ? 'key or }' : 'value or ]';
}

function close(first: '}' | ']', expected: Expected, open: ('{' | '[')[]): Expected | undefined {
  const [opening, empty] = first === '}' ? (['{', 'key or }'] as const) : (['[', 'value or ]'] as const);
  if (open.at(-1) !== opening || (expected !== ', or end' && expected !== empty)) return undefined;
  open.pop();
  return ', or end';
}
