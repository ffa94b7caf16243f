/** The model's weights, unpacked when first asked for. */
import { bucketBits } from './classifier.ts';
import type { Weights } from './classifier.ts';
import { packed } from './weights-packed.ts';

let loaded: Weights | undefined;

/** Always the same object. */
export function loadWeights(): Weights {
  if (loaded !== undefined) return loaded;
  const bytes = Buffer.from(packed.values, 'base64');
  if (bytes.length !== 2 ** bucketBits) throw new RangeError('the weights belong to another model');
  loaded = {
    values: new Int8Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)),
    scale: packed.scale,
    bias: packed.bias,
  };
  return loaded;
}
