/** A map within bounds for what is worked out once and asked for often: what two rounds did not ask for is forgotten. */

export class GenerationMap<Value> {
  readonly #maxBytes: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();
  #bytes = 0;

  /** Holds at most about `maxBytes`, as `set` is told of them. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const older = this.#old.get(key);
    if (older === undefined) return undefined;
    // Moved without being counted again: a generation is bounded by what is new in it, and so are both.
    this.#old.delete(key);
    this.#young.set(key, older);
    return older;
  }

  set(key: string, value: Value, bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#maxBytes / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#bytes = bytes;
    }
    this.#young.set(key, value);
  }
}
