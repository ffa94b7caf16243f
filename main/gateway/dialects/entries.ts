/** The entries of a list in a checked body, from either end, each parsed when it is reached: the last message costs no more than itself. */
import type { Json } from './canonical.ts';
import type { JsonDocument, Span } from './document.ts';

const quote = 0x22;
const backslash = 0x5c;

/** `[` `{` open, `]` `}` close: in JSON that was checked it does not matter which belongs to which. */
function isOpening(byte: number | undefined): boolean {
  return byte === 0x5b || byte === 0x7b;
}

function isClosing(byte: number | undefined): boolean {
  return byte === 0x5d || byte === 0x7d;
}

/** White space and commas. */
function isBetween(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x2c;
}

/** The entries of a top-level list; an object that stands without its list is its only entry. Nothing for anything else. */
export function* entries(document: JsonDocument, field: string): Generator<Json> {
  const { bytes } = document;
  const list = document.span(field);
  if (list === undefined) return;
  if (bytes[list.start] !== 0x5b) {
    if (bytes[list.start] === 0x7b) yield parsed(bytes, list);
    return;
  }
  for (let at = list.start + 1; at < list.end - 1; at++) {
    if (isBetween(bytes[at])) continue;
    const end = endOf(bytes, at);
    yield parsed(bytes, { start: at, end });
    at = end - 1;
  }
}

/** The same from the last to the first. */
export function* entriesFromEnd(document: JsonDocument, field: string): Generator<Json> {
  const { bytes } = document;
  const list = document.span(field);
  if (list === undefined) return;
  if (bytes[list.start] !== 0x5b) {
    if (bytes[list.start] === 0x7b) yield parsed(bytes, list);
    return;
  }
  for (let at = list.end - 2; at > list.start; at--) {
    if (isBetween(bytes[at])) continue;
    const start = startOf(bytes, at, list.start);
    yield parsed(bytes, { start, end: at + 1 });
    at = start;
  }
}

/** A list with an entry, or an object with a field. */
export function isFilled(document: JsonDocument, field: string): boolean {
  const span = document.span(field);
  if (span === undefined || !isOpening(document.bytes[span.start])) return false;
  for (let at = span.start + 1; at < span.end - 1; at++) if (!isBetween(document.bytes[at])) return true;
  return false;
}

function parsed(bytes: Buffer, span: Span): Json {
  return JSON.parse(bytes.toString('utf8', span.start, span.end)) as Json;
}

/** Where the value that starts at `start` ends. */
function endOf(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; ; at++) {
    const byte = bytes[at];
    if (byte === quote) at = closingQuote(bytes, at);
    else if (isOpening(byte)) depth++;
    else if (isClosing(byte)) depth--;
    // A number or a word ends before what follows it.
    else if (depth === 0 && (isBetween(bytes[at + 1]) || isClosing(bytes[at + 1]))) return at + 1;
    else continue;
    if (depth === 0) return at + 1;
  }
}

function closingQuote(bytes: Buffer, opening: number): number {
  for (let at = opening + 1; ; at++) {
    if (bytes[at] === backslash) at++;
    else if (bytes[at] === quote) return at;
  }
}

/** Where the value starts whose last byte is at `last`. */
function startOf(bytes: Buffer, last: number, listStart: number): number {
  let depth = 0;
  for (let at = last; ; at--) {
    const byte = bytes[at];
    if (byte === quote) at = openingQuote(bytes, at);
    else if (isClosing(byte)) depth++;
    else if (isOpening(byte)) depth--;
    else if (depth === 0 && (at - 1 === listStart || isBetween(bytes[at - 1]))) return at;
    else continue;
    if (depth === 0) return at;
  }
}

/** A quote inside a string is always escaped and the one that opens it never, so the nearest that is not escaped is the one. */
function openingQuote(bytes: Buffer, closing: number): number {
  let at = bytes.lastIndexOf(quote, closing - 1);
  while (bytes[at - 1] === backslash) at = bytes.lastIndexOf(quote, at - 1);
  return at;
}
