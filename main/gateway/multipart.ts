/**
 * Finds the `model` field of a multipart form without taking the rest apart: audio and image uploads are passed on as bytes. The
 * form must read the same to everyone: whoever judged one model and sent another would let a key use what it may not.
 */
import { isUtf8 } from 'node:buffer';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Span } from './dialects/document.ts';

export interface MultipartModel {
  readonly model: string;
  readonly span: Span;
}

/** More fields than any form of these surfaces has, images included. */
const maxParts = 1_000;
/** RFC 2046, 5.1.1. */
const boundaryPattern = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;
const lineEnd = '\r\n';

/** Throws `read.invalid_field` when the form cannot be read or has no `model`, `read.duplicate_key` when it has two. */
export function findMultipartModel(contentType: string, body: Buffer): MultipartModel {
  let found: MultipartModel | undefined;
  for (const { head, span } of parts(contentType, body)) {
    if (!isModel(head)) continue;
    if (found !== undefined)
      throw new GatewayError('read.duplicate_key', 'The field "model" occurs twice. Send it once.', {
        param: 'model',
      });
    found = { model: body.toString('utf8', span.start, span.end), span };
  }
  if (found === undefined)
    throw new GatewayError('read.invalid_field', 'The form has no field "model".', { param: 'model' });
  return found;
}

/** A text of a form, and where it stands. */
export interface FormText {
  readonly text: string;
  readonly span: Span;
}

/**
 * What people wrote, in the order in which it stands: fields such as the prompt, names of files, and files that are texts. The
 * model's name is none of them. Throws as above, and `admit.masking_uncovered` for a field that is encoded in a way of its own.
 */
export function formTexts(contentType: string, body: Buffer): FormText[] {
  const texts: FormText[] = [];
  for (const { head, headStart, span } of parts(contentType, body)) {
    if (isModel(head)) continue;
    checkEncoding(head);
    const name = fileNameIn(head, headStart);
    if (name !== undefined) texts.push({ text: body.toString('utf8', name.start, name.end), span: name });
    const isUpload = /^content-disposition[ \t]*:[^\r\n]*;[ \t]*filename[ \t]*=/im.test(head);
    if (!isUpload || isPlainText(body.subarray(span.start, span.end)))
      texts.push({ text: body.toString('utf8', span.start, span.end), span });
  }
  return texts;
}

/** RFC 7578, 4.7 and 4.2: neither is used any more, and what they hide is not looked through. */
function checkEncoding(head: string): void {
  const isEncoded =
    /^content-transfer-encoding[ \t]*:(?![ \t]*(?:7bit|8bit|binary)[ \t]*(?:\r|$))/im.test(head) ||
    /^content-type[ \t]*:[^\r\n]*;[ \t]*charset[ \t]*=(?![ \t]*"?(?:utf-?8|us-ascii)\b)/im.test(head) ||
    /^content-disposition[ \t]*:[^\r\n]*;[ \t]*filename\*/im.test(head);
  if (!isEncoded) return;
  throw new GatewayError(
    'admit.masking_uncovered',
    'A field of this form, or the name of its file, is encoded in a way of its own, so it cannot be looked through. Send it as plain UTF-8.',
  );
}

function fileNameIn(head: string, headStart: number): Span | undefined {
  const found = /^content-disposition[ \t]*:[^\r\n]*;[ \t]*filename[ \t]*=[ \t]*("(?:[^"\\\r\n]|\\.)*"|[^;\s]*)/im.exec(
    head,
  );
  const value = found?.[1];
  if (found === null || value === undefined) return undefined;
  const quotes = value.startsWith('"') ? 1 : 0;
  const end = headStart + found.index + found[0].length - quotes;
  return { start: end - value.length + 2 * quotes, end };
}

/** Sound and pictures hold bytes that no text has. */
function isPlainText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
}

/** The fields of a form: their heads, and where their contents stand. */
function* parts(
  contentType: string,
  body: Buffer,
): Generator<{ readonly head: string; readonly headStart: number; readonly span: Span }> {
  const delimiter = Buffer.from(`--${boundaryOf(contentType)}`);
  if (!body.subarray(0, delimiter.length).equals(delimiter)) throw broken('it does not begin with its boundary');
  const between = Buffer.concat([Buffer.from(lineEnd), delimiter]);
  let at = delimiter.length;
  for (let count = 0; !isEnd(body, at); count++) {
    if (count >= maxParts) throw broken(`it has more than ${String(maxParts)} fields`);
    const headStart = startOfLine(body, at);
    const next = body.indexOf(between, headStart - lineEnd.length);
    if (next === -1) throw broken('its last boundary is missing; was it cut off?');
    const headEnd = body.indexOf(lineEnd + lineEnd, headStart - lineEnd.length);
    if (headEnd === -1 || headEnd > next) throw broken('a field has no head');
    const start = headEnd + 2 * lineEnd.length;
    yield { head: body.toString('latin1', headStart, headEnd), headStart, span: { start, end: Math.max(start, next) } };
    at = next + between.length;
  }
}

export function spliceBuffer(body: Buffer, span: Span, replacement: string): Buffer {
  return Buffer.concat([body.subarray(0, span.start), Buffer.from(replacement), body.subarray(span.end)]);
}

function boundaryOf(contentType: string): string {
  const boundaries = parametersOf(contentType).filter(([name]) => name === 'boundary');
  const boundary = boundaries[0]?.[1];
  if (boundary !== undefined && boundaries.length === 1 && boundaryPattern.test(boundary)) return boundary;
  throw new GatewayError('read.invalid_field', 'The multipart Content-Type must name one boundary.', {
    param: 'content-type',
  });
}

/** Behind a boundary: `--` ends the form. */
function isEnd(body: Buffer, at: number): boolean {
  return body[at] === 0x2d && body[at + 1] === 0x2d;
}

/** Behind a boundary that does not end the form stand blanks, if anything, and a line end. */
function startOfLine(body: Buffer, at: number): number {
  let next = at;
  while (body[next] === 0x20 || body[next] === 0x09) next++;
  if (body[next] !== 0x0d || body[next + 1] !== 0x0a) throw broken('a boundary is not followed by a line end');
  return next + lineEnd.length;
}

/** Whether a field's head names it `model`. Throws when one reader could find the name there and another not. */
function isModel(head: string): boolean {
  const lines = head.split(lineEnd);
  const dispositions = lines.filter((line) => /^content-disposition[ \t]*:/i.test(line));
  if (dispositions.length > 1 || lines.some((line) => /^[ \t]/.test(line) || /[\r\n]/.test(line)))
    throw broken('the head of a field can be read in two ways');
  const parameters = parametersOf(dispositions[0] ?? '');
  const names = parameters.filter(([name]) => name === 'name' || name === 'name*');
  if (!names.some(([, value]) => value === 'model')) return false;
  const isPlain =
    parameters.length === 1 &&
    names[0]?.[0] === 'name' &&
    !lines.some((line) => /^content-transfer-encoding/i.test(line));
  if (!isPlain) throw broken('the field "model" must be plain text');
  return true;
}

/** `; name=value` and `; name="value"` of a header, names in lower case, in order. */
function parametersOf(header: string): [string, string][] {
  return [...header.matchAll(/;[ \t]*([^=;\s"]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^;\s]*)/g)].map((match) => {
    const value = match[2] ?? '';
    const bare = value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
    return [(match[1] ?? '').toLowerCase(), bare];
  });
}

function broken(why: string): GatewayError {
  return new GatewayError('read.invalid_field', `The multipart form cannot be read: ${why}.`);
}
