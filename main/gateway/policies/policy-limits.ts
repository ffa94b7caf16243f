/** Policy limits: how much a request may say, and how much an answer may. */
import { policyBlocked, policyName } from '../../../shared/domain/policy-words.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { PolicyLimit } from '../ports.ts';

/** What is known of a request's size without counting. */
export interface RequestSize {
  /** Of its body, less the base64 of pictures and the like. */
  readonly textBytes: number;
  /** Tokens that pictures and the like usually cost. */
  readonly mediaTokens: number;
}

/** No text is so thin that a tokenizer finds less in it. */
const mostBytesPerToken = 8;

/** Every token has a byte at least: `within` and `above` are certain, in between somebody has to count. */
export function sizeAgainst({ tokens }: PolicyLimit, size: RequestSize): 'within' | 'above' | 'unclear' {
  if (size.textBytes + size.mediaTokens <= tokens) return 'within';
  return size.textBytes / mostBytesPerToken > tokens ? 'above' : 'unclear';
}

/** `tokens`: how many it says, about. */
export function contextDenied(limit: PolicyLimit, tokens: number): GatewayError {
  const what = `this request says about ${grouped(tokens)} tokens, and at most ${grouped(limit.tokens)} may be said at once. Send less, or begin a new conversation`;
  return new GatewayError('admit.context_denied', policyBlocked(limit, what), { details: { rule: limit.rule } });
}

/** Of a target that cannot be told how much it may say. */
export function unlimited(limit: PolicyLimit, target: string): GatewayError {
  const what = `${target} cannot be told to say at most ${grouped(limit.tokens)} tokens`;
  return new GatewayError('admit.model_denied', policyBlocked(limit, what), { details: { rule: limit.rule } });
}

/** Why an answer's limit was lowered, for the losses. */
export function loweredBy(limit: PolicyLimit): string {
  return policyName(limit);
}

function grouped(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
