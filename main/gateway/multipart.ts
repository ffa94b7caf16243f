/**
 * Finds the `model` field of a multipart form without taking the rest apart: audio and image uploads are passed on as bytes. The
 * form must read the same to everyone: whoever judged one model and sent another would let a key use what it may not.
 */
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
  const delimiter = Buffer.from(`--${boundaryOf(contentType)}`);
  if (!body.subarray(0, delimiter.length).equals(delimiter)) throw broken('it does not begin with its boundary');
  const between = Buffer.concat([Buffer.from(lineEnd), delimiter]);
  let found: MultipartModel | undefined;
  let at = delimiter.length;
  for (let parts = 0; !isEnd(body, at); parts++) {
    if (parts >= maxParts) throw broken(`it has more than ${String(maxParts)} fields`);
    const headStart = startOfLine(body, at);
    const next = body.indexOf(between, headStart - lineEnd.length);
    if (next === -1) throw broken('its last boundary is missing; was it cut off?');
    const headEnd = body.indexOf(lineEnd + lineEnd, headStart - lineEnd.length);
    if (headEnd === -1 || headEnd > next) throw broken('a field has no head');
    const start = headEnd + 2 * lineEnd.length;
    if (isModel(body.toString('latin1', headStart, headEnd))) {
      if (found !== undefined)
        throw new GatewayError('read.duplicate_key', 'The field "model" occurs twice. Send it once.', {
          param: 'model',
        });
      const end = Math.max(start, next);
      found = { model: body.toString('utf8', start, end), span: { start, end } };
    }
    at = next + between.length;
  }
  if (found === undefined)
    throw new GatewayError('read.invalid_field', 'The form has no field "model".', { param: 'model' });
  return found;
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
