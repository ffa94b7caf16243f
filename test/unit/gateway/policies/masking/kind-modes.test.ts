import { describe, expect, it } from 'vitest';
import { kindsSought, kindsWith, modesAt } from '../../../../../main/gateway/policies/masking/kind-modes.ts';
import type { KindPolicy, Masking, MaskOverride } from '../../../../../main/gateway/ports.ts';
import type { FoundKind, MaskMode } from '../../../../../shared/domain/masking.ts';

const policy = (mode: MaskMode): KindPolicy => ({ mode, restore: true, restoreInTools: ['*'], replace: 'tag' });

function masking(kinds: Partial<Record<FoundKind, MaskMode>>, given: Partial<Masking> = {}): Masking {
  return {
    kinds: new Map(Object.entries(kinds).map(([kind, mode]) => [kind as FoundKind, policy(mode)])),
    ...{ overrides: [], exact: [], terms: [], patterns: [], allowed: [], excludedProviders: [], excludedClients: [] },
    ...{ restore: true, answers: 'off', definitions: false, media: 'pass', onFailure: 'block', timeBudgetMs: 5_000 },
    ...given,
  };
}

const override = (given: Partial<MaskOverride>): MaskOverride => ({
  ...{ providers: [], routes: [], clients: [], kinds: [], mode: 'off' },
  ...given,
});

const place = { provider: 'openai', route: 'smart', client: 'cursor' };

describe('modes', () => {
  it('are those of the settings, without what is off', () => {
    const modes = modesAt(masking({ secrets: 'block', email: 'mask', person: 'off' }), place);
    expect([...modes]).toEqual([
      ['secrets', 'block'],
      ['email', 'mask'],
    ]);
    expect(kindsWith(modes, 'block')).toEqual(new Set(['secrets']));
  });

  it('are none for excluded providers and clients, by id or glob', () => {
    const settings = masking({ email: 'mask' }, { excludedProviders: ['olla*'], excludedClients: ['trusted'] });
    expect(modesAt(settings, { ...place, provider: 'ollama' }).size).toBe(0);
    expect(modesAt(settings, { ...place, client: 'trusted' }).size).toBe(0);
    expect(modesAt(settings, { ...place, client: undefined }).size).toBe(1);
  });

  it('change where an exception fits in all it names, the last one of several', () => {
    const settings = masking(
      { email: 'mask', secrets: 'mask' },
      {
        overrides: [
          override({ providers: ['openai'], kinds: ['email'], mode: 'warn' }),
          override({ routes: ['sm*'], clients: ['cursor'], kinds: ['email'], mode: 'block' }),
          override({ routes: ['other'], mode: 'off' }),
        ],
      },
    );
    expect(modesAt(settings, place)).toEqual(
      new Map([
        ['email', 'block'],
        ['secrets', 'mask'],
      ]),
    );
    expect(modesAt(settings, { ...place, client: 'zed' })).toEqual(
      new Map([
        ['email', 'warn'],
        ['secrets', 'mask'],
      ]),
    );
    // A route is named, and there is none.
    expect(modesAt(settings, { ...place, route: undefined })).toEqual(
      new Map([
        ['email', 'warn'],
        ['secrets', 'mask'],
      ]),
    );
  });

  it('leave what is off alone where an exception names no kind', () => {
    const settings = masking({ email: 'off', secrets: 'mask' }, { overrides: [override({ mode: 'block' })] });
    expect(modesAt(settings, place)).toEqual(new Map([['secrets', 'block']]));
    expect(kindsSought(settings)).toEqual(new Set(['secrets']));
  });

  it('say what has to be looked for at all', () => {
    const settings = masking(
      { email: 'off', person: 'off', secrets: 'mask' },
      { overrides: [override({ providers: ['openai'], kinds: ['email'], mode: 'mask' })] },
    );
    expect(kindsSought(settings)).toEqual(new Set(['email', 'secrets']));
  });
});
