/** Masking and firewall of the running gateway as the control plane asks for them. */
import type { ReleaseEntry } from '../../shared/contract/bundles.ts';
import type { CallOutput } from '../../shared/contract/contract.ts';
import type { ConfigStore, SafetyRules } from '../config/store.ts';
import type { Gateway, Release } from '../gateway/gateway.ts';
import type { PolicyNeed } from './needs.ts';

interface Parts {
  readonly gateway: Pick<Gateway, 'examine' | 'examineText' | 'releases'>;
  readonly config: Pick<ConfigStore, 'snapshot' | 'rulesWith'>;
}

export function createPolicyControl({ gateway, config }: Parts): PolicyNeed {
  return {
    mask: async (text) => maskedText(await gateway.examineText(text), config.snapshot.masking !== undefined),
    async examine(request, given) {
      const rules = given as SafetyRules | undefined;
      const { target, body, counts, masked, safety, refusal } = await gateway.examine(request, rules);
      return {
        enabled: (rules ?? config.snapshot).masking !== undefined,
        target: target ?? null,
        body: body.toString('utf8'),
        ...{ masked, masked_kinds: counts, safety: [...safety], refusal: refusal ?? null },
      };
    },
    rulesWith: (candidate) => config.rulesWith(candidate),
    answerRules: () => new Set(config.snapshot.firewall.filter(({ inAnswer }) => inAnswer).map(({ id }) => id)),
    releases: () => gateway.releases.list().map(releaseEntryOf),
    release(id, reason) {
      const release = gateway.releases.release(id, reason);
      return release && releaseEntryOf(release);
    },
  };
}

export function releaseEntryOf({ at, client, ...rest }: Release): ReleaseEntry {
  return { ...rest, at: new Date(at).toISOString(), client: client ?? null };
}

/** As people see it. */
export function maskedText(
  { masked, findings }: Awaited<ReturnType<Gateway['examineText']>>,
  enabled: boolean,
): CallOutput<'policy.mask'> {
  return {
    enabled,
    masked,
    findings: findings.map(({ kind, subtype, start, end, mode, placeholder }) => ({
      ...{ kind, what: subtype, start, end, mode, placeholder: placeholder ?? null },
    })),
  };
}
