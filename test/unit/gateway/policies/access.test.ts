import { describe, expect, it } from 'vitest';
import type { Denial } from '../../../../shared/domain/access.ts';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import { checkSurface, denialOf, modelAccessKept, modelAccessOf } from '../../../../main/gateway/policies/access.ts';
import type { AccessRules } from '../../../../main/gateway/ports.ts';

const open: AccessRules = {
  ...{ allowedModels: ['*'], allowedProviders: ['*'], allowedSurfaces: ['*'] },
  ...{ deniedModels: [], deniedProviders: [], deniedSurfaces: [] },
};

type Key = Parameters<typeof modelAccessOf>[0];

function keyOf(own: Partial<AccessRules> = {}, team?: Partial<AccessRules>): Key {
  const core = { ...open, ...team, id: 'core', origin: 'sluice.yaml, line 12' };
  return { ...open, ...own, id: 'ide', origin: 'sluice.yaml, line 3', team: team === undefined ? undefined : core };
}

const names = ['smart', 'openai/gpt-5', 'gpt-5'];

function denied(key: Key, of = names, providerId: string | undefined = 'openai'): Denial | undefined {
  return denialOf(modelAccessOf(key), of, providerId);
}

describe('a model', () => {
  it('may be used where nothing is said, and nothing is looked at', () => {
    expect(modelAccessOf(keyOf({}, {}))).toEqual([]);
    expect(denied(keyOf({}, {}))).toBeUndefined();
  });

  it('is allowed by any of its names: as asked, in full, bare', () => {
    for (const name of names) expect(denied(keyOf({ allowedModels: [name] }))).toBeUndefined();
    expect(denied(keyOf({ allowedModels: ['gpt-4*', 'claude-*'] }))).toEqual({
      rule: 'key:ide',
      why: 'it is not among allowed_models of key "ide" (sluice.yaml, line 3)',
    });
  });

  it('is denied by any of its names, whatever else is allowed', () => {
    for (const name of names)
      expect(denied(keyOf({ allowedModels: names, deniedModels: [name] }))?.rule).toBe('key:ide');
  });

  it('is denied in any case, and allowed in the one that is listed', () => {
    for (const spelt of ['openai/GPT-5', 'GPT-5', 'Gpt-5'])
      expect(denied(keyOf({ deniedModels: ['gpt-5', 'openai/gpt-*'] }), [spelt])?.rule).toBe('key:ide');
    expect(denied(keyOf({ deniedModels: ['GPT-*'] }))?.rule).toBe('key:ide');
    expect(denied(keyOf({ allowedModels: ['gpt-5'] }), ['GPT-5'])?.rule).toBe('key:ide');
  });

  it('needs the key and its team to allow it', () => {
    expect(denied(keyOf({ allowedModels: ['gpt-*'] }, { allowedModels: ['openai/*'] }))).toBeUndefined();
    expect(denied(keyOf({ allowedModels: ['gpt-*'] }, { allowedModels: ['claude-*'] }))?.rule).toBe('team:core');
    expect(denied(keyOf({ allowedModels: ['claude-*'] }, { allowedModels: ['gpt-*'] }))?.rule).toBe('key:ide');
  });

  it('is denied by the rule of a team over what the key allows, and told so', () => {
    expect(denied(keyOf({ allowedModels: ['gpt-5'] }, { deniedModels: ['openai/gpt-5'] }))).toEqual({
      rule: 'team:core',
      why: 'denied_models of team "core" (sluice.yaml, line 12)',
    });
  });
});

describe('a provider', () => {
  it('must be allowed, and not denied, by its id', () => {
    expect(denied(keyOf({ allowedProviders: ['open*'] }))).toBeUndefined();
    expect(denied(keyOf({ allowedProviders: ['openai'], deniedProviders: ['*'] }))?.why).toMatch(
      /^denied_providers of key/,
    );
    expect(denied(keyOf({}, { allowedProviders: ['azure'] }))?.why).toMatch(
      /^it is not among allowed_providers of team/,
    );
  });

  it('does not matter where nobody knows yet who serves', () => {
    const key = keyOf({ deniedProviders: ['openai'] });
    expect(denialOf(modelAccessOf(key), ['smart'], undefined)).toBeUndefined();
  });
});

describe('rules that a decision kept', () => {
  it('are the ones it was made with', () => {
    const key = keyOf({ deniedModels: ['o3'] }, { deniedProviders: ['azure'] });
    const access = modelAccessOf(key);
    const kept = { key: 'ide', allowedModels: ['*'], deniedModels: ['o3'], access };
    expect(access.map(({ rule }) => rule)).toEqual(['key:ide', 'team:core']);
    expect(modelAccessKept(kept)).toEqual(access);
    expect(modelAccessKept({ key: 'ide', allowedModels: ['*'], deniedModels: [] })).toEqual([]);
  });

  it('before teams had any are the key’s own models, and name no line', () => {
    const kept = modelAccessKept({ key: 'ide', allowedModels: ['*'], deniedModels: ['gpt-5'] });
    expect(denialOf(kept, names, 'openai')).toEqual({ rule: 'key:ide', why: undefined });
    expect(denialOf(kept, ['o3'], 'openai')).toBeUndefined();
  });
});

describe('a surface', () => {
  const chat = { id: 'chat', path: '/chat/completions' } as const;

  function refusal(key: Key, surface: Parameters<typeof checkSurface>[1] = chat): GatewayError | undefined {
    try {
      checkSurface(key, surface);
    } catch (error) {
      if (error instanceof GatewayError) return error;
      throw error;
    }
    return undefined;
  }

  it('may be used where nothing is said', () => {
    expect(refusal(keyOf({}, {}))).toBeUndefined();
    expect(refusal(keyOf({ allowedSurfaces: ['messages', 'chat'] }, { allowedSurfaces: ['chat'] }))).toBeUndefined();
  });

  it('that is not among the allowed is refused with the rule, its place and its path', () => {
    const error = refusal(keyOf({}, { allowedSurfaces: ['messages', 'models'] }));
    expect(error).toMatchObject({ code: 'admit.surface_denied', status: 403, details: { rule: 'team:core' } });
    expect(error?.message).toBe(
      'Key "ide" may not use the surface chat (/chat/completions): it is not among allowed_surfaces of team "core" (sluice.yaml, line 12).',
    );
  });

  it('that is denied is refused whatever is allowed', () => {
    const error = refusal(keyOf({ allowedSurfaces: ['chat'], deniedSurfaces: ['chat'] }));
    expect(error?.message).toMatch(/: denied_surfaces of key "ide" \(sluice\.yaml, line 3\)\.$/);
    expect(refusal(keyOf({ allowedSurfaces: [] }))?.details).toEqual({ rule: 'key:ide' });
  });
});
