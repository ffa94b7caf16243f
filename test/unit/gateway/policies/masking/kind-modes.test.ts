import { describe, expect, it } from 'vitest';
import {
  findingsWith,
  kindsSought,
  modeOf,
  modesAt,
  policiesOf,
} from '../../../../../main/gateway/policies/masking/kind-modes.ts';
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
    const isBlocked = findingsWith(modes, 'block');
    expect(isBlocked({ kind: 'secrets', subtype: 'some_key' })).toBe(true);
    expect(isBlocked({ kind: 'email', subtype: 'email' })).toBe(false);
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

describe('a pattern with a policy of its own', () => {
  const own: KindPolicy = { mode: 'block', restore: false, restoreInTools: [], replace: 'tag' };
  const patterns = [
    { id: 'employee', pattern: 'E-[0-9]+', policy: own },
    { id: 'quiet', pattern: 'Q-[0-9]+', policy: policy('off') },
    { id: 'other', pattern: 'O-[0-9]+' },
  ];
  const found = (subtype: string): Parameters<typeof modeOf>[1] => ({ kind: 'patterns', subtype });

  it('goes by that, and the others by what is said of patterns', () => {
    const settings = masking({ patterns: 'mask' }, { patterns });
    const modes = modesAt(settings, place);
    expect(modeOf(modes, found('employee'))).toBe('block');
    expect(modeOf(modes, found('other'))).toBe('mask');
    expect(modeOf(modes, found('quiet'))).toBeUndefined();
    expect(policiesOf(settings, { kind: 'patterns', rules: ['employee'] })).toEqual([own]);
    expect(policiesOf(settings, { kind: 'patterns', rules: ['other'] })).toEqual([policy('mask')]);
  });

  it('is made stricter by an exception for patterns, and never milder', () => {
    const exception = (mode: MaskMode): ReturnType<typeof modesAt> =>
      modesAt(masking({ patterns: 'mask' }, { patterns, overrides: [override({ kinds: ['patterns'], mode })] }), place);
    expect(modeOf(exception('off'), found('employee'))).toBe('block');
    expect(modeOf(exception('off'), found('other'))).toBeUndefined();
    expect(modeOf(exception('block'), found('quiet'))).toBe('block');
  });

  it('is looked for where all others are left alone', () => {
    const settings = masking({ patterns: 'off' }, { patterns });
    expect(kindsSought(settings)).toEqual(new Set(['patterns']));
    expect(modeOf(modesAt(settings, place), found('other'))).toBeUndefined();
  });

  it('must let a value come back, where nobody knows which pattern found it', () => {
    const settings = masking({ patterns: 'mask' }, { patterns });
    expect(policiesOf(settings, { kind: 'patterns' }).every(({ restore }) => restore)).toBe(false);
  });
});

describe('what lies over something else', () => {
  const also = [{ kind: 'iban', subtype: 'iban' }] as const;

  it('is treated no more mildly than that would be, where somebody wrote a pattern over it', () => {
    const modes = modesAt(masking({ patterns: 'warn', iban: 'mask' }), place);
    expect(modeOf(modes, { kind: 'patterns', subtype: 'anything', also })).toBe('mask');
    const strict = modesAt(masking({ patterns: 'mask', iban: 'block' }), place);
    expect(modeOf(strict, { kind: 'patterns', subtype: 'anything', also })).toBe('block');
  });

  it('is what it is, where it does not leave anyhow', () => {
    const modes = modesAt(masking({ credit_card: 'mask', iban: 'block' }), place);
    expect(modeOf(modes, { kind: 'credit_card', subtype: 'visa', also })).toBe('mask');
  });
});
