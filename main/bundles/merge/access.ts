/** What may be used at all: lists that must all allow, the least of maxima, what must be known of a provider, tools. */
import type { BundleSections } from '../../../shared/bundle/sections.ts';
import type { ModelAccess } from '../../../shared/domain/access.ts';
import type { AccessPolicy, PolicyLimit, PolicyRule, Requirement, ToolPolicy } from '../../gateway/ports.ts';
import { distrustedBy } from './authority.ts';
import { ruleOf, sourceAt, type Part, type Source } from './parts.ts';

type Access = ModelAccess & PolicyRule;
export type Refusals = Pick<AccessPolicy, 'access' | 'maxContext' | 'maxOutput' | 'requires' | 'tools'>;

/** Denials first: they say more than a list in which something is missing. */
const lists = [
  ['providers', 'deny', 'deniedProviders'],
  ['models', 'deny', 'deniedModels'],
  ['providers', 'allow', 'allowedProviders'],
  ['models', 'allow', 'allowedModels'],
] as const;

/** One rule for each list of each bundle, so that a refusal names the line that refuses. All of them must allow. */
export function refusalsOf(parts: readonly Part[], definers: ReadonlyMap<string, Part>): Refusals {
  const distrusting = <Rule extends PolicyRule>(part: Part, rule: Rule): Rule => {
    const distrusts = distrustedBy([part], definers);
    return distrusts.length === 0 ? rule : { ...rule, distrusts };
  };
  return {
    access: lists.flatMap(([section, name, holds]) =>
      parts.flatMap((part): readonly Access[] => {
        const list = present(part.says[section]?.[name]);
        if (list === undefined) return [];
        return [distrusting(part, { ...open, ...ruleOf(sourceAt(part, section, name)), [holds]: list })];
      }),
    ),
    maxContext: limitOf(parts, 'max_context_tokens'),
    maxOutput: limitOf(parts, 'max_output_tokens'),
    requires: parts.flatMap((part) => requirementsOf(part).map((one) => distrusting(part, one))),
    tools: parts.flatMap(toolsOf),
  };
}

const open = { allowedModels: ['*'], deniedModels: [], allowedProviders: ['*'], deniedProviders: [] };

/** A list without what was taken out of it. */
export function present<T>(list: readonly (T | undefined)[] | undefined): readonly T[] | undefined {
  return list?.filter((one) => one !== undefined);
}

/** The part that says the least; of equal ones the strongest. */
export function leastOf(
  parts: readonly Part[],
  valueOf: (says: BundleSections) => number | undefined,
): { readonly part: Part; readonly value: number } | undefined {
  let least: { part: Part; value: number } | undefined;
  for (const part of parts) {
    const value = valueOf(part.says);
    if (value !== undefined && (least === undefined || value < least.value)) least = { part, value };
  }
  return least;
}

function limitOf(parts: readonly Part[], name: 'max_context_tokens' | 'max_output_tokens'): PolicyLimit | undefined {
  const least = leastOf(parts, ({ models }) => models?.[name]);
  return least === undefined ? undefined : { ...ruleOf(sourceAt(least.part, 'models', name)), tokens: least.value };
}

export const requirementNames = ['data_policy.training', 'data_policy.retention', 'region'] as const;

function requirementsOf(part: Part): readonly Requirement[] {
  const { require } = part.says.models ?? {};
  if (require === undefined) return [];
  const nothing = { noTraining: false, retentionDays: undefined, regions: [] };
  const asked: Readonly<Record<(typeof requirementNames)[number], Partial<Requirement> | undefined>> = {
    'data_policy.training': require['data_policy.training'] === false ? { noTraining: true } : undefined,
    'data_policy.retention':
      require['data_policy.retention'] === undefined ? undefined : { retentionDays: require['data_policy.retention'] },
    region: require.region === undefined ? undefined : { regions: present(require.region) ?? [] },
  };
  return requirementNames.flatMap((name) => {
    const one = asked[name];
    return one === undefined ? [] : [{ ...ruleOf(sourceAt(part, 'models', 'require', name)), ...nothing, ...one }];
  });
}

/** One for each list of tools, for the same reason. */
function toolsOf(part: Part): readonly ToolPolicy[] {
  const { tools } = part.says;
  const any = { allow: ['*'], deny: [], servers: undefined };
  const rule = (...steps: readonly string[]): PolicyRule => ruleOf(sourceAt(part, 'tools', ...steps));
  const servers = present(tools?.mcp?.allow);
  return [
    ...(tools?.deny === undefined ? [] : [{ ...rule('deny'), ...any, deny: present(tools.deny) ?? [] }]),
    ...(tools?.allow === undefined ? [] : [{ ...rule('allow'), ...any, allow: present(tools.allow) ?? [] }]),
    ...(servers === undefined ? [] : [{ ...rule('mcp', 'allow'), ...any, servers }]),
  ];
}

/** The first part that says so. */
export function firstSaying(parts: readonly Part[], says: (said: BundleSections) => boolean): Part | undefined {
  return parts.find((part) => says(part.says));
}

export function sayingSource(
  parts: readonly Part[],
  says: (said: BundleSections) => boolean,
  ...steps: readonly string[]
): Source | undefined {
  const part = firstSaying(parts, says);
  return part === undefined ? undefined : sourceAt(part, ...steps);
}
