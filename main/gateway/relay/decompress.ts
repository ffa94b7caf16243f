/** Undoes `Content-Encoding` as a stream, within bounds (SEC-61): at most two encodings, 64 MiB, 200:1. */
import { lookup } from '../../kit/lookup.ts';
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
  type InputType,
} from 'node:zlib';
import type { Transform } from 'node:stream';

const maxOutputBytes = 64 * 1024 * 1024;
const ratioAfterBytes = 1024 * 1024;
const maxRatio = 200;
const maxEncodings = 2;
/** Packed bytes that wait for the decoder; what unpacks to nothing at all is bounded by nothing else. */
const maxWaitingBytes = 16 * 1024 * 1024;

export interface DecompressorSink {
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** `reason` names the decoder's complaint. */
  onError(reason: string): void;
}

export interface Decompressor {
  write(chunk: Buffer): void;
  end(): void;
  destroy(): void;
}

const makers = lookup<() => Transform>({
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
});

/** Encodings in the order they were applied; `identity` counts for nothing. */
export function encodingsOf(header: string | undefined): readonly string[] {
  if (header === undefined) return [];
  return header
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
}

/** `undefined` when an encoding is unknown or there are more than two. */
export function createDecompressor(encodings: readonly string[], sink: DecompressorSink): Decompressor | undefined {
  if (encodings.length === 0 || encodings.length > maxEncodings) return undefined;
  const stages: Transform[] = [];
  for (const name of [...encodings].reverse()) {
    const make = makers[name];
    if (make === undefined) return undefined;
    stages.push(make());
  }
  const first = stages[0] as Transform;
  const last = stages[stages.length - 1] as Transform;
  let inBytes = 0;
  let outBytes = 0;
  let closed = false;

  const destroy = (): void => {
    closed = true;
    for (const stage of stages) stage.destroy();
  };
  const fail = (reason: string): void => {
    if (closed) return;
    destroy();
    sink.onError(reason);
  };
  for (const stage of stages)
    stage.on('error', (error: Error) => {
      fail(error.message);
    });
  if (stages.length === 2) first.pipe(last);
  last.on('data', (chunk: Buffer) => {
    if (closed) return;
    outBytes += chunk.length;
    if (outBytes > maxOutputBytes) fail(`it unpacks to more than ${String(maxOutputBytes)} bytes`);
    else if (outBytes > ratioAfterBytes && outBytes > inBytes * maxRatio)
      fail(`it unpacks more than ${String(maxRatio)}:1`);
    else sink.onData(chunk);
  });
  last.on('end', () => {
    if (closed) return;
    closed = true;
    sink.onEnd();
  });
  return {
    write(chunk) {
      if (closed) return;
      inBytes += chunk.length;
      first.write(chunk);
      if (first.writableLength > maxWaitingBytes) fail('it comes faster than it can be unpacked');
    },
    end() {
      if (!closed) first.end();
    },
    destroy,
  };
}

const wholeMakers = lookup<(bytes: InputType, options: { maxOutputLength: number }) => Buffer>({
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
});

/** A small body at once, for those that are whole anyway; `undefined` when it cannot be unpacked within `ratioAfterBytes`. */
export function unpack(bytes: Buffer, encodings: readonly string[]): Buffer | undefined {
  if (encodings.length > maxEncodings) return undefined;
  let plain = bytes;
  for (const name of [...encodings].reverse()) {
    const make = wholeMakers[name];
    if (make === undefined) return undefined;
    try {
      plain = make(plain, { maxOutputLength: ratioAfterBytes });
    } catch {
      // Cut off, corrupt or too large: to whoever asks it is all one.
      return undefined;
    }
  }
  return plain;
}
