import { describe, expect, it } from 'vitest';
import type { DataPolicy, PolicyRule, Provider, Requirement } from '../../../../main/gateway/ports.ts';
import type { ModelAccess } from '../../../../shared/domain/access.ts';
import { accessIn, denialOf, policyAccessOf, type RuledSnapshot } from '../../../../main/gateway/policies/access.ts';

type Known = Pick<Provider, 'id' | 'kind' | 'dataPolicy'>;

const acme = { rule: 'acme-core@12:/models/deny', origin: 'team bundle acme-core@12, line 58' };
const words = { reason: 'No previews with customer data', contact: '#llm-platform' };

type Rules = ModelAccess & PolicyRule;

function rules(more: Partial<Rules>): Rules {
  const open = { allowedModels: ['*'], deniedModels: [], allowedProviders: ['*'], deniedProviders: [] };
  return { ...acme, ...words, ...open, ...more };
}

function snapshot(
  access: readonly Rules[],
  requires: readonly Requirement[] = [],
  providers: readonly Known[] = [],
): RuledSnapshot {
  return { policy: { access, requires }, providers: new Map(providers.map((one) => [one.id, one])) };
}

function deniedBy(access: readonly ModelAccess[], target: string, asked = target): string | undefined {
  const slash = target.indexOf('/');
  const denial = denialOf(access, [target, target.slice(slash + 1), asked], target.slice(0, slash));
  return denial?.rule;
}

describe('rules for every key', () => {
  it('cost nothing where there are none', () => {
    const own = [rules({ rule: 'key:ide' })];
    expect(accessIn({ providers: new Map() }, own)).toBe(own);
    expect(policyAccessOf(snapshot([rules({})]))).toEqual([]);
  });

  it('hold together with those of the key, come first, and are put together once', () => {
    const own = [rules({ rule: 'key:ide', deniedModels: ['b'] })];
    const ruled = snapshot([rules({ deniedModels: ['*/a'] })]);
    const access = accessIn(ruled, own);
    expect(accessIn(ruled, own)).toBe(access);
    expect(deniedBy(access, 'p/a')).toBe(acme.rule);
    expect(deniedBy(access, 'p/b')).toBe('key:ide');
    expect(deniedBy(access, 'p/c')).toBeUndefined();
  });

  it('allow by what is asked in the end, whatever name a route gives it', () => {
    const access = policyAccessOf(snapshot([rules({ allowedModels: ['anthropic/*'] })]));
    expect(deniedBy(access, 'anthropic/claude')).toBeUndefined();
    expect(deniedBy(access, 'evil/x', 'anthropic/claude')).toBe(acme.rule);
    // Resellers call models by such names.
    expect(deniedBy(access, 'openrouter/anthropic/claude')).toBe(acme.rule);
  });

  it('allow a bare name at every provider', () => {
    const access = policyAccessOf(snapshot([rules({ allowedModels: ['gpt-*'] })]));
    expect(deniedBy(access, 'azure/gpt-5')).toBeUndefined();
    expect(deniedBy(access, 'azure/o3')).toBe(acme.rule);
  });

  it('deny in any case and under any name', () => {
    const access = policyAccessOf(snapshot([rules({ deniedModels: ['*/*-preview*'] })]));
    for (const target of ['openai/gpt-x-preview', 'openai/GPT-X-Preview-2'])
      expect(deniedBy(access, target)).toBe(acme.rule);
    expect(deniedBy(access, 'openai/gpt-x', 'openai/gpt-x-preview')).toBe(acme.rule);
    expect(deniedBy(access, 'openai/gpt-x')).toBeUndefined();
  });

  it('come out the same from memory, hundreds of them as well', () => {
    const deniedModels = Array.from({ length: 500 }, (_, at) => `*/model-${String(at)}-*`);
    const access = policyAccessOf(snapshot([rules({ deniedModels })]));
    for (const again of [1, 2]) {
      expect(deniedBy(access, `p/model-${String(again)}-x`)).toBe(acme.rule);
      expect(deniedBy(access, 'p/other')).toBeUndefined();
    }
  });

  it('of the file are named by their place in it', () => {
    const file = rules({
      rule: 'config:/models',
      origin: 'sluice.yaml, line 4',
      reason: undefined,
      contact: undefined,
    });
    const access = policyAccessOf(snapshot([{ ...file, deniedProviders: ['p'] }]));
    expect(denialOf(access, ['p/a', 'a'], 'p')).toMatchObject({
      rule: 'config:/models/deny_providers',
      why: 'models.deny_providers (sluice.yaml, line 4)',
    });
  });
});

describe('what is required of a provider', () => {
  const needs = (more: Partial<Requirement>): Requirement => ({
    ...{ rule: 'acme-core@12:/models/require', origin: 'team bundle acme-core@12, line 60' },
    ...{ noTraining: false, retentionDays: undefined, regions: [], ...more },
  });
  const knows = (more: Partial<DataPolicy>, kind: Provider['kind'] = 'openai'): Known => ({
    ...{ id: 'p', kind },
    dataPolicy: { training: undefined, retentionDays: undefined, region: undefined, ...more },
  });
  const lack = (requirement: Partial<Requirement>, provider: Known, model = 'm'): string | undefined => {
    const access = policyAccessOf(snapshot([], [needs(requirement)], [provider]));
    const denial = denialOf(access, [`p/${model}`, model, 'asked'], 'p');
    return denial === undefined ? undefined : (denial.lack ?? denial.rule);
  };

  it('is not met by what nobody knows', () => {
    const unknown: Known = { id: 'p', kind: 'openai-compatible' };
    expect(lack({ noTraining: true }, unknown)).toBe('"p" is not known to leave what it is sent out of training');
    expect(lack({ retentionDays: 30 }, unknown)).toBe('"p" is not known for how long it keeps what it is sent');
    expect(lack({ regions: ['eu'] }, unknown)).toBe('"p" is not known to compute in one region');
    expect(lack({}, unknown)).toBeUndefined();
  });

  it('is held against training and days', () => {
    expect(lack({ noTraining: true }, knows({ training: true }))).toBe('"p" trains models on what it is sent');
    expect(lack({ noTraining: true }, knows({ training: false }))).toBeUndefined();
    expect(lack({ retentionDays: 7 }, knows({ retentionDays: 30 }))).toContain('30 days; at most 7');
    expect(lack({ retentionDays: 30 }, knows({ retentionDays: 30 }))).toBeUndefined();
  });

  it.each([
    ['eu-central-1', ['eu'], true],
    ['europe-west4', ['eu'], true],
    ['eu', ['eu'], true],
    ['eu-west-2', ['eu'], false],
    ['europe-west6', ['eu'], false],
    ['eu-west-2', ['eu-west-2'], true],
    ['us-east-1', ['eu', 'us'], true],
    ['use-east-1', ['us'], false],
    ['global', ['eu'], false],
    ['local', ['eu'], true],
  ] as const)('in a region: %s for %s', (region, regions, isMet) => {
    expect(lack({ regions }, knows({ region })) === undefined).toBe(isMet);
  });

  it('keeps profiles of Bedrock out that compute elsewhere', () => {
    const bedrock = knows({ region: 'eu-central-1' }, 'bedrock');
    for (const model of ['anthropic.claude', 'eu.anthropic.claude'])
      expect(lack({ regions: ['eu'] }, bedrock, model)).toBeUndefined();
    for (const model of [
      'us.anthropic.claude',
      'global.anthropic.claude',
      'arn:aws:bedrock:eu-central-1:1:application-inference-profile/x',
    ])
      expect(lack({ regions: ['eu'] }, bedrock, model)).toBe('acme-core@12:/models/require');
    expect(lack({ regions: ['eu-central-1'] }, bedrock, 'eu.anthropic.claude')).toBe('acme-core@12:/models/require');
    expect(lack({ noTraining: true }, knows({ training: false }, 'bedrock'), 'us.anthropic.claude')).toBeUndefined();
  });

  it('keeps what a local server passes on to its cloud out', () => {
    const ollama = knows({ training: false, retentionDays: 0, region: 'local' }, 'ollama');
    expect(lack({ noTraining: true }, ollama, 'llama3')).toBeUndefined();
    expect(lack({ noTraining: true }, ollama, 'gpt-oss:120b-cloud')).toBe('acme-core@12:/models/require');
  });
});
