/** What a client is told of a request that masking or the firewall refuses: what it holds by kind and rule, never the value. */
import type { FoundKind } from '../../shared/domain/masking.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { FirewallHit } from './policies/firewall/firewall.ts';

export function firewallBlocked({ rule, detail }: FirewallHit, requestId: string): GatewayError {
  return new GatewayError(
    'admit.firewall_blocked',
    `${messageOf(rule)}Refused by the firewall rule "${rule.id}"${whose(rule)} (${detail}). Nothing was sent.`,
    { details: { rule: rule.id, requestId } },
  );
}

/** `hits`: of each rule that asks for a reason. */
export function justificationRequired(hits: readonly FirewallHit[], requestId: string): GatewayError {
  const told = hits.map(({ rule }) => messageOf(rule)).join('');
  const rules = hits.map(({ rule, detail }) => `"${rule.id}"${whose(rule)} (${detail})`).join(' and ');
  return new GatewayError(
    'admit.justification_required',
    `${told}Refused by the firewall ${hits.length === 1 ? 'rule' : 'rules'} ${rules} until a reason is given. Nothing was sent. Open Sluice, choose Policies › Firewall, give a reason for this request, then send it again.`,
    { details: { rule: hits.map(({ rule }) => rule.id).join(', '), requestId } },
  );
}

/** In the words of who made the rule, as a sentence before others. */
function messageOf({ message }: FirewallHit['rule']): string {
  if (message === undefined) return '';
  return `${message}${/[.!?…]$/.test(message.trimEnd()) ? '' : '.'} `;
}

function whose({ origin }: FirewallHit['rule']): string {
  return origin.startsWith('team bundle ') ? ` of ${origin}` : '';
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
