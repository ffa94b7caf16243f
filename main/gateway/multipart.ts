/** Finds the `model` field of a multipart form without parsing the rest: audio and image uploads are passed on as bytes. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Span } from './dialects/document.ts';

export interface MultipartModel {
  readonly model: string;
  readonly span: Span;
}

/** Throws `read.invalid_field` when the form has no boundary or no `model`. */
export function findMultipartModel(contentType: string, body: Buffer): MultipartModel {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (mark === undefined)
    throw new GatewayError('read.invalid_field', 'The multipart Content-Type names no boundary.', {
      param: 'content-type',
    });
  const delimiter = Buffer.from(`--${mark}`);
  let at = body.indexOf(delimiter);
  while (at !== -1) {
    const headStart = at + delimiter.length;
    const headEnd = body.indexOf('\r\n\r\n', headStart);
    const next = body.indexOf(delimiter, headStart);
    if (headEnd === -1 || next === -1 || headEnd > next) break;
    const head = body.toString('latin1', headStart, headEnd);
    if (/name="?model"?(?:;|\r|$)/im.test(head) && !/filename=/i.test(head)) {
      const start = headEnd + 4;
      const end = next - 2;
      return { model: body.toString('utf8', start, Math.max(start, end)), span: { start, end: Math.max(start, end) } };
    }
    at = next;
  }
  throw new GatewayError('read.invalid_field', 'The form has no field "model".', { param: 'model' });
}

export function spliceBuffer(body: Buffer, span: Span, replacement: string): Buffer {
  return Buffer.concat([body.subarray(0, span.start), Buffer.from(replacement), body.subarray(span.end)]);
}
