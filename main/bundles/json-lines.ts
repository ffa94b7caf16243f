/** In which line of JSON text a value stands. */

interface Container {
  /** Where each of its values begins, by name or index. */
  readonly at: ReadonlyMap<string, number>;
}

/**
 * Finds the line (from 1) of the value at a JSON Pointer, or of the nearest parent that is there, in text that was read before.
 * Each list or object is looked through once, when it is first asked about.
 */
export function jsonLines(text: string): (pointer: string) => number {
  const containers = new Map<number, Container>();
  let starts: readonly number[] | undefined;
  return (pointer) => {
    let at = skipSpace(text, 0);
    for (const step of pointer.split('/').slice(1)) {
      let container = containers.get(at);
      if (container === undefined) {
        container = { at: childrenOf(text, at) };
        containers.set(at, container);
      }
      const next = container.at.get(step.replaceAll('~1', '/').replaceAll('~0', '~'));
      if (next === undefined) break;
      at = next;
    }
    starts ??= lineStarts(text);
    return lineOf(starts, at);
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineOf(starts: readonly number[], at: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return Math.max(1, low);
}

function childrenOf(text: string, start: number): Map<string, number> {
  const found = new Map<string, number>();
  const opening = text[start];
  if (opening !== '{' && opening !== '[') return found;
  let at = skipSpace(text, start + 1);
  for (let index = 0; at < text.length && text[at] !== '}' && text[at] !== ']'; index += 1) {
    let name = String(index);
    if (opening === '{') {
      const end = skipValue(text, at);
      const written = text.slice(at + 1, end - 1);
      name = written.includes('\\') ? String(JSON.parse(`"${written}"`)) : written;
      at = skipSpace(text, skipSpace(text, end) + 1);
    }
    found.set(name, at);
    at = skipSpace(text, skipValue(text, at));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return found;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

/** Past the value that begins at `from`. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfText(text, at);
      if (depth === 0) return at + 1;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
    } else if (code === 0x7d || code === 0x5d) {
      // Of the list or object around it, where the value is a bare word.
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === 0x2c || code <= 0x20)) {
      return at;
    }
  }
  return text.length;
}

/** Where the text that begins at `from` has its closing quote. */
function endOfText(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at;
  }
  return text.length;
}
