/** Blind comparison: an order that tells nothing. */

/** A fair shuffle; `random` gives 0 up to, but not, 1. */
export function shuffled<Value>(values: readonly Value[], random: () => number = Math.random): readonly Value[] {
  const mixed = [...values];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other] as Value, mixed[at] as Value];
  }
  return mixed;
}

/** `A`, `B`, … */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + index);
}
