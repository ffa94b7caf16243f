/** An answer that grows beyond what a hard budget kept back for it: it gets more, or it ends (BUD-11). */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { overrunMessage } from './policies/budget-wording.ts';
import type { Seat } from './seat.ts';

/** Kept back beyond what was seen, so that not every piece has to ask again. */
const headroom = 1.25;

/**
 * To be asked after each piece of a stream: why it must end now. `undefined` where no budget can refuse more, so that it costs
 * nothing there.
 *
 * What was seen may be a little more or less than its bytes tell. More is kept back as soon as it may be needed; an answer is
 * ended only when it is certainly longer than what was paid for, so that one that keeps to its limit is never cut at its end.
 */
export function overrunOf(
  seat: Pick<Seat, 'permit' | 'seenOutputTokens' | 'leastOutputTokens' | 'finishReason'>,
): (() => GatewayError | undefined) | undefined {
  const { permit } = seat;
  if (permit.paidOutputTokens === undefined) return undefined;
  return () => {
    const seen = seat.seenOutputTokens;
    if (seen <= (permit.paidOutputTokens ?? Infinity)) return undefined;
    if (permit.extend(Math.ceil(seen * headroom)) || permit.extend(seen)) return undefined;
    // One that has said how it ends writes no more.
    if (seat.leastOutputTokens <= (permit.paidOutputTokens ?? Infinity) || seat.finishReason !== undefined)
      return undefined;
    return new GatewayError('relay.budget_exhausted', overrunMessage(permit.refusedBy));
  };
}
