/** What is tried after the first target, where a name stands for every model there is: another provider before another model. */
import type { Considered } from './candidates.ts';

/** RTE-14: at most three attempts in all unless the route says otherwise; more targets than that are each tried once. */
const usualAttempts = 3;
/** And no more than this: who has waited for ten failures is better served by the news of them. */
const mostAttempts = 10;

export interface Spread {
  /** All of them; the first stays the first. */
  readonly order: readonly Considered[];
  /** Attempts that are worth making in all, where the route names no number. */
  readonly attempts: number;
}

/**
 * A provider that fails with its best model mostly fails with all of them. So what the user listed and the best model of each
 * provider go first, in their order, and they alone count for the number of attempts: dozens of models are no reason for
 * dozens of tries.
 */
export function spread(order: readonly Considered[]): Spread {
  if (!order.some((one) => one.isOffer)) return { order, attempts: attemptsFor(order.length) };
  const met = new Set<string>();
  const front: Considered[] = [];
  const rest: Considered[] = [];
  for (const one of order) {
    const { id } = one.provider;
    const isFront = !one.isOffer || (!met.has(id) && one.health?.state !== 'refused');
    if (one.isOffer) met.add(id);
    (isFront || front.length === 0 ? front : rest).push(one);
  }
  return { order: [...front, ...rest], attempts: attemptsFor(front.length) };
}

function attemptsFor(targets: number): number {
  return Math.min(Math.max(usualAttempts, targets), mostAttempts);
}
