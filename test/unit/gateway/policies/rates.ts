// Rate limits made by hand, and a clock that is set.
import { RateBook } from '../../../../main/gateway/policies/rate-book.ts';
import type { RateClaim, RateKeeper, RateLease, RateRefused } from '../../../../main/gateway/policies/rate-limit.ts';
import type { RateLimit } from '../../../../main/gateway/ports.ts';

export const noTokens = { input: 0, output: 0 };
export const hourMs = 3_600_000;

export class SetTime {
  ms = 0;

  now(): number {
    return this.ms;
  }
}

export function limitOf(id: string, more: Partial<RateLimit> = {}): RateLimit {
  return {
    ...{ id, scope: 'key', match: undefined, rpm: undefined, tpm: undefined, maxParallel: undefined },
    origin: 'sluice.yaml, line 12',
    ...more,
  };
}

export function claimOf(limit: Partial<RateLimit>, subject = 'ide'): RateClaim {
  return { limit: limitOf(limit.id ?? 'key:ide', limit), subject };
}

export function bookAt(ms = 0, max?: number): { readonly book: RateBook; readonly time: SetTime } {
  const time = new SetTime();
  time.ms = ms;
  return { book: new RateBook(time, max), time };
}

type Asked = readonly [claims: readonly RateClaim[], tokens?: { input: number; output: number }, holdMs?: number];

export function taken(book: RateKeeper, ...[claims, tokens = noTokens, holdMs = hourMs]: Asked): RateLease {
  const outcome = book.take(claims, tokens, holdMs);
  if (outcome.kind === 'refused') throw new Error(`refused by ${outcome.claim.limit.id}`);
  return outcome.lease;
}

export function refused(book: RateKeeper, ...[claims, tokens = noTokens, holdMs = hourMs]: Asked): RateRefused {
  const outcome = book.take(claims, tokens, holdMs);
  if (outcome.kind === 'taken') throw new Error('it was let in');
  return outcome;
}
