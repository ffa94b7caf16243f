/** Compiles what holds for every key: the sections `models` and `tools` of the file, and what team bundles enforce. Pure. */
import type { Config } from '../../shared/config/config.ts';
import type { ModelsSettings } from '../../shared/config/policy.ts';
import type { AccessPolicy, PolicyLimit, PolicyRule } from '../gateway/ports.ts';
import type { Findings } from './problems.ts';

const none: AccessPolicy = {
  hash: '',
  bundles: [],
  access: [],
  maxContext: undefined,
  maxOutput: undefined,
  requires: [],
  routesOnly: undefined,
  tools: [],
  noExport: undefined,
  proxyOnly: undefined,
  holdsThroughPause: [],
  audit: undefined,
};

/** `undefined` where nothing holds for every key. `team`: what bundles enforce, which comes first. */
export function compileAccess(
  { models, tools }: Pick<Config, 'models' | 'tools'>,
  findings: Findings,
  team: AccessPolicy | undefined,
): AccessPolicy | undefined {
  const ruleOf = (section: 'models' | 'tools', name: string): PolicyRule => ({
    rule: `config:/${section}/${name}`,
    origin: findings.origin([section, name]),
  });
  const maxContext = least(
    team?.maxContext,
    limitOf(models.max_context_tokens, ruleOf('models', 'max_context_tokens')),
  );
  const maxOutput = least(team?.maxOutput, limitOf(models.max_output_tokens, ruleOf('models', 'max_output_tokens')));
  const own = restricts(models)
    ? [
        {
          ...{ rule: 'config:/models', origin: findings.origin(['models']) },
          ...{ allowedModels: models.allow, deniedModels: models.deny },
          ...{ allowedProviders: models.allow_providers, deniedProviders: models.deny_providers },
        },
      ]
    : [];
  const ownTools =
    tools.allow.includes('*') && tools.deny.length === 0
      ? []
      : [{ ...{ rule: 'config:/tools', origin: findings.origin(['tools']) }, ...tools, servers: undefined }];
  const isEmpty = own.length === 0 && ownTools.length === 0 && maxContext === undefined && maxOutput === undefined;
  if (isEmpty) return team;
  const base = team ?? none;
  return { ...base, access: [...base.access, ...own], tools: [...base.tools, ...ownTools], maxContext, maxOutput };
}

function restricts({ allow, deny, allow_providers, deny_providers }: ModelsSettings): boolean {
  const allowsAll = allow.includes('*') && allow_providers.includes('*');
  return !allowsAll || deny.length > 0 || deny_providers.length > 0;
}

function limitOf(tokens: number | undefined, rule: PolicyRule): PolicyLimit | undefined {
  return tokens === undefined ? undefined : { ...rule, tokens };
}

function least(a: PolicyLimit | undefined, b: PolicyLimit | undefined): PolicyLimit | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.tokens < a.tokens ? b : a;
}
