// Chance that can be had again: every draw follows from the seed and from what it is drawn for, never from when.

export interface Draws {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, count). */
  below(count: number): number;
  /** In [from, to]. */
  between(from: number, to: number): number;
  chance(share: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
}

/** The same parts give the same draws, in the same order. */
export function draws(...parts: readonly (string | number)[]): Draws {
  let state = hashOf(parts.join('\n'));
  const next = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const below = (count: number): number => Math.floor(next() * count);
  return {
    next,
    below,
    between: (from, to) => from + below(to - from + 1),
    chance: (share) => next() < share,
    pick: (items) => items[below(items.length)] ?? items[0],
  };
}

/** One of `table` by its weights. */
export function weighted<Item extends { readonly weight: number }>(
  table: readonly [Item, ...Item[]],
  draw: number,
): Item {
  let at = draw * table.reduce((sum, { weight }) => sum + weight, 0);
  for (const item of table) {
    at -= item.weight;
    if (at < 0) return item;
  }
  return table[0];
}

/** FNV-1a, stirred: neighbours in number are no neighbours in what they draw. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
