/** Why a request did not work, in words: what happened, whose fault it is, what mends it (UX-52). */
import type { MessageKey } from '../text/text.ts';

const known: Readonly<Record<string, MessageKey>> = {
  'admit.key_expired': 'clients.problem.keyExpired',
  'admit.key_disabled': 'clients.problem.keyDisabled',
  'admit.key_conflict': 'clients.problem.keyConflict',
  'admit.model_denied': 'clients.problem.denied',
  'admit.surface_denied': 'clients.problem.denied',
  'admit.budget_exhausted': 'clients.problem.budget',
  'relay.budget_exhausted': 'clients.problem.budget',
  'admit.rate_limited': 'clients.problem.limit',
  'admit.paused': 'clients.problem.paused',
  'admit.firewall_blocked': 'clients.problem.blocked',
  'admit.masking_blocked': 'clients.problem.blocked',
  'admit.masking_uncovered': 'clients.problem.blocked',
  'relay.masking_blocked': 'clients.problem.blocked',
  'relay.firewall_blocked': 'clients.problem.blocked',
  'route.model_not_found': 'clients.problem.model',
  'route.ambiguous_model': 'clients.problem.model',
  'route.no_credential': 'clients.problem.credential',
  'attempt.credential': 'clients.problem.credential',
  'attempt.rate_limited': 'clients.problem.providerLimit',
  'relay.key_revoked': 'clients.problem.revoked',
};

const byStage: readonly (readonly [prefix: string, message: MessageKey])[] = [
  ['admit.', 'clients.problem.refused'],
  ['route.', 'clients.problem.route'],
  ['attempt.', 'clients.problem.provider'],
  ['relay.', 'clients.problem.answer'],
];

/** `status`: what the client saw. `undefined`: nothing went wrong. */
export function problemOf(error: string | null, status: number | null): MessageKey | undefined {
  if (error !== null) {
    // The provider's own no is passed on as it came.
    if ((status === 401 || status === 403) && error.endsWith('.upstream_error')) return 'clients.problem.providerKey';
    return known[error] ?? byStage.find(([prefix]) => error.startsWith(prefix))?.[1] ?? 'clients.problem.other';
  }
  if (status === null || status < 400) return undefined;
  return status === 401 || status === 403 ? 'clients.problem.providerKey' : 'clients.problem.provider';
}
