/** Round figures for an axis, so that its lines say what people can read. */

const steps = [1, 2, 2.5, 4, 5, 8, 10];

/** The first round figure that is not below `value`. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const size = 10 ** Math.floor(Math.log10(value));
  const step = steps.find((one) => one * size >= value * (1 - 1e-9)) ?? 10;
  return Number((step * size).toPrecision(3));
}

/** From 0 to `top` in equal parts. */
export function ticksUpTo(top: number, parts: number): readonly number[] {
  return Array.from({ length: parts + 1 }, (_, index) => Number(((top * index) / parts).toPrecision(6)));
}
