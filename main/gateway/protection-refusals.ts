/** What a client is told of a request that masking or the firewall refuses: what it holds by kind and rule, never the value. */
import type { FoundKind } from '../../shared/domain/masking.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { FirewallHit } from './policies/firewall/firewall.ts';

export function firewallBlocked({ rule, detail }: FirewallHit, requestId: string): GatewayError {
  const told = rule.message === undefined ? '' : `${rule.message} `;
  return new GatewayError(
    'admit.firewall_blocked',
    `${told}Refused by the firewall rule "${rule.id}" (${detail}). Nothing was sent.`,
    { details: { rule: rule.id, requestId } },
  );
}

/** `told`: how many of what. */
export function maskingBlocked(kind: FoundKind, told: string): GatewayError {
  return new GatewayError(
    'admit.masking_blocked',
    `This request holds what must not leave this machine (${told}), so nothing was sent. masking.detectors says what is refused and what is replaced.`,
    { details: { rule: kind } },
  );
}

/** `count`: of pictures and the like; `undefined` for an upload. */
export function mediaUncovered(count: number | undefined): GatewayError {
  const what = count === undefined ? 'an upload' : `${String(count)} pictures, sounds or documents`;
  return new GatewayError(
    'admit.masking_uncovered',
    `This request holds ${what} that cannot be looked through, and masking.media is "block".`,
  );
}

export function inAWord(kind: FoundKind): GatewayError {
  return new GatewayError(
    'admit.masking_uncovered',
    `Something that must not leave this machine (${kind}) stands where nothing can be put in its place: in an id, a name or another word of the protocol. Take it out there.`,
    { details: { rule: kind } },
  );
}
