/** Reads a request body within bounds: size, time, encoding. Nothing is kept of a body that is refused. */
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { createDecompressor, encodingsOf } from './relay/decompress.ts';

/** SEC-62: first body byte within 120 s, then never 30 s of silence. */
const firstByteMs = 120_000;
const bodyIdleMs = 30_000;

/** The whole body, unpacked. Rejects with `read.*` or `receive.body_timeout`. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const claimed = Number(request.headers['content-length'] ?? 0);
  const encodings = encodingsOf(request.headers['content-encoding']);
  if (claimed > maxBytes) return Promise.reject(tooLarge(maxBytes, claimed));
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    let settled = false;
    let timer = setTimeout(onTime, firstByteMs);

    function onTime(): void {
      fail(new GatewayError('receive.body_timeout', 'The request body did not arrive in time.'));
    }
    function finish(): void {
      settled = true;
      clearTimeout(timer);
      request.off('data', onChunk);
    }
    function fail(error: GatewayError): void {
      if (settled) return;
      finish();
      unpack?.destroy();
      reject(error);
    }
    function add(chunk: Buffer): void {
      bytes += chunk.length;
      if (bytes > maxBytes) fail(tooLarge(maxBytes, undefined));
      else pieces.push(chunk);
    }
    function done(): void {
      if (settled) return;
      finish();
      resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, bytes));
    }
    const unpack =
      encodings.length === 0
        ? undefined
        : createDecompressor(encodings, {
            onData: add,
            onEnd: done,
            onError: (reason) => {
              fail(notUnpacked(encodings, reason));
            },
          });
    if (encodings.length > 0 && unpack === undefined) {
      fail(unknownEncoding(encodings));
      return;
    }
    let armedIdle = false;
    function onChunk(chunk: Buffer): void {
      if (!armedIdle) {
        armedIdle = true;
        clearTimeout(timer);
        timer = setTimeout(onTime, bodyIdleMs);
      } else timer.refresh();
      if (unpack === undefined) add(chunk);
      else unpack.write(chunk);
    }
    request.on('data', onChunk);
    request.once('end', () => {
      if (unpack === undefined) done();
      else unpack.end();
    });
    request.once('error', (error) => {
      fail(new GatewayError('read.body_truncated', 'The connection broke while the body was sent.', { cause: error }));
    });
    request.once('close', () => {
      fail(new GatewayError('read.body_truncated', 'The connection closed before the body was complete.'));
    });
  });
}

function notUnpacked(encodings: readonly string[], reason: string): GatewayError {
  return new GatewayError('read.decompression', `The body could not be unpacked (${encodings.join(', ')}): ${reason}.`);
}

function unknownEncoding(encodings: readonly string[]): GatewayError {
  return new GatewayError(
    'read.unsupported_encoding',
    `The Content-Encoding "${encodings.join(', ')}" is not supported. Use gzip, deflate, br, zstd or none, at most two.`,
  );
}

function tooLarge(maxBytes: number, claimed: number | undefined): GatewayError {
  const size = claimed === undefined ? 'larger' : `${String(claimed)} bytes, larger`;
  return new GatewayError(
    'read.body_too_large',
    `The body is ${size} than the ${String(maxBytes)} bytes of listen.max_body_bytes.`,
  );
}
