// Structured clone as text, for messages between the process and its pages. Runs in both: it uses nothing from outside itself.

export interface Codec {
  /** Throws `An object could not be cloned.` as Electron does. */
  readonly encode: (value: unknown) => string;
  readonly decode: (text: string) => unknown;
}

type Tree = null | boolean | number | string | readonly [kind: string, ...rest: unknown[]];

/** Its source text is run in pages too. */
export function makeCodec(): Codec {
  const typed = [
    ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
    ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array],
  ] as const;
  const bytesOf = (buffer: ArrayBufferLike, from: number, length: number): string =>
    Array.from(new Uint8Array(buffer, from, length), (byte) => String.fromCharCode(byte)).join('');
  const bufferOf = (text: string): ArrayBuffer => Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer;

  function toTree(value: unknown, seen: Map<object, number>): Tree {
    if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number')
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : ['number', Object.is(value, -0) ? '-0' : `${value}`];
    if (typeof value === 'undefined') return ['undefined'];
    if (typeof value === 'bigint') return ['bigint', `${value}`];
    if (typeof value !== 'object') throw new Error('An object could not be cloned.');
    const known = seen.get(value);
    if (known !== undefined) return ['same', known];
    seen.set(value, seen.size);
    const inner = (one: unknown): Tree => toTree(one, seen);
    if (Array.isArray(value)) return ['array', Array.from(value, inner)];
    if (value instanceof Map) return ['map', Array.from(value, ([key, one]) => [inner(key), inner(one)])];
    if (value instanceof Set) return ['set', Array.from(value, inner)];
    if (value instanceof Date) return ['date', value.getTime()];
    if (value instanceof RegExp) return ['regexp', value.source, value.flags];
    if (value instanceof Error) return ['error', value.name, value.message, value.stack];
    if (value instanceof ArrayBuffer) return ['buffer', bytesOf(value, 0, value.byteLength)];
    if (value instanceof DataView) return ['view', bytesOf(value.buffer, value.byteOffset, value.byteLength)];
    for (const [index, kind] of typed.entries())
      if (value instanceof kind) return ['typed', index, bytesOf(value.buffer, value.byteOffset, value.byteLength)];
    return ['object', Object.entries(value).map(([key, one]) => [key, inner(one)])];
  }

  function fromTree(tree: Tree, seen: unknown[]): unknown {
    if (!Array.isArray(tree)) return tree;
    const [kind, first, second, third] = tree as [string, never, never, never];
    const keep = <Value>(made: Value): Value => {
      seen.push(made);
      return made;
    };
    const inner = (one: Tree): unknown => fromTree(one, seen);
    switch (kind) {
      case 'number':
        return Number(first);
      case 'undefined':
        return undefined;
      case 'bigint':
        return BigInt(first);
      case 'same':
        return seen[first];
      case 'array': {
        const made: unknown[] = keep([]);
        for (const one of first as Tree[]) made.push(inner(one));
        return made;
      }
      case 'map': {
        const made = keep(new Map<unknown, unknown>());
        for (const [key, one] of first as [Tree, Tree][]) made.set(inner(key), inner(one));
        return made;
      }
      case 'set': {
        const made = keep(new Set<unknown>());
        for (const one of first as Tree[]) made.add(inner(one));
        return made;
      }
      case 'date':
        return keep(new Date(first));
      case 'regexp':
        return keep(new RegExp(first, second));
      case 'error': {
        const made = keep(new Error(second));
        Object.defineProperty(made, 'stack', { value: third, configurable: true, writable: true });
        if (first !== 'Error') made.name = first;
        return made;
      }
      case 'buffer':
        return keep(bufferOf(first));
      case 'view':
        return keep(new DataView(bufferOf(first)));
      case 'typed': {
        const Kind = typed[first] as (typeof typed)[0];
        return keep(new Kind(bufferOf(second)));
      }
      default: {
        const made: Record<string, unknown> = keep({});
        for (const [key, one] of first as [string, Tree][])
          Object.defineProperty(made, key, { value: inner(one), enumerable: true, configurable: true, writable: true });
        return made;
      }
    }
  }

  return {
    encode(value) {
      let cloned: unknown;
      try {
        // Refuses what cannot be cloned, runs getters and drops prototypes, as on the real way.
        cloned = structuredClone(value);
      } catch {
        throw new Error('An object could not be cloned.');
      }
      return JSON.stringify(toTree(cloned, new Map()));
    },
    decode: (text) => fromTree(JSON.parse(text) as Tree, []),
  };
}
