/** A map that remembers a bounded number of things: what was not used for longest goes first. */

export class RecentMap<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #max: number;
  readonly #onDrop: ((value: Value) => void) | undefined;

  /** `onDrop` hears of what had to go for want of room, not of what was deleted. */
  constructor(max: number, onDrop?: (value: Value) => void) {
    this.#max = max;
    this.#onDrop = onDrop;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Without counting as a use. */
  peek(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  /** Counts as a use. */
  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    while (this.#entries.size > this.#max) this.dropOldest();
  }

  delete(key: string): boolean {
    return this.#entries.delete(key);
  }

  dropOldest(): void {
    for (const [key, value] of this.#entries) {
      this.#entries.delete(key);
      this.#onDrop?.(value);
      return;
    }
  }

  /** Least recently used first. What is deleted meanwhile is skipped. */
  entries(): IterableIterator<[string, Value]> {
    return this.#entries.entries();
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  values(): IterableIterator<Value> {
    return this.#entries.values();
  }
}
