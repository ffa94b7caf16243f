/** Long texts made small on their way into the file, and read again on their way out. */
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** Lists of targets repeat themselves: from this length on a text shrinks to a fifth or less. */
const packedFrom = 4_096;
/** Half the effort of the default costs a fraction of its time and few percent in size. */
const quality = 5;
/** No text that was written is longer; a file that claims otherwise is broken. */
const maxOutputLength = 64_000_000;

/** The text itself while it is short. */
export function packLong(text: string): string | Uint8Array {
  return text.length < packedFrom ? text : pack(text);
}

export function pack(text: string): Uint8Array {
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
  return brotliCompressSync(text, { params });
}

/** The text that was packed; `undefined` for anything else. */
export function unpack(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    return brotliDecompressSync(value, { maxOutputLength }).toString('utf8');
  } catch {
    return undefined;
  }
}
