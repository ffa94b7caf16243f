import { describe, expect, it } from 'vitest';
import { canBeEntered, keyringAdvice, keyringTitle } from '../../../../renderer/features/settings/keyring-state.ts';
import type { Keyring, SecretEntry } from '../../../../shared/contract/secrets.ts';

const t = (key: string, values?: object): string => `${key}${values === undefined ? '' : JSON.stringify(values)}`;
const keyring = (given: Partial<Keyring>): Keyring => ({
  ...{ kind: 'keychain', name: 'KWallet 6', state: 'open', was: null, message: null },
  ...given,
});
const entry = (given: Partial<SecretEntry>): SecretEntry => ({
  ...{ id: 'a', stored: true, readable: false, reason: null, used_by: [] },
  ...given,
});

describe('the state of the keyring in words', () => {
  it.each([
    [{}, 'keyring.open{"name":"KWallet 6"}', undefined],
    [{ message: 'not from your programs' }, 'keyring.open{"name":"KWallet 6"}', 'keyring.open.user'],
    [{ kind: 'passphrase' }, 'keyring.open.passphrase', undefined],
    [{ state: 'locked', message: 'x' }, 'keyring.locked{"name":"KWallet 6"}', 'keyring.locked.text'],
    [{ kind: 'passphrase', state: 'locked' }, 'keyring.locked.passphrase', 'keyring.locked.passphrase.text'],
    [
      { state: 'changed', was: 'GNOME keyring', message: 'x' },
      'keyring.changed.from{"was":"GNOME keyring","name":"KWallet 6"}',
      'keyring.changed.text',
    ],
    [{ state: 'changed', message: 'keychain.json is damaged.' }, 'keyring.changed', 'keychain.json is damaged.'],
    [
      { kind: 'key_file', name: '/data/secrets.key', state: 'unprotected' },
      'keyring.unprotected',
      'keyring.unprotected.text{"path":"/data/secrets.key"}',
    ],
  ] as const)('of %j', (given, title, advice) => {
    expect(keyringTitle(keyring(given), t)).toBe(title);
    expect(keyringAdvice(keyring(given), t)).toBe(advice);
  });
});

describe('a secret', () => {
  it.each([
    [entry({ readable: true }), keyring({}), false],
    [entry({}), keyring({ state: 'changed' }), true],
    [entry({ stored: false }), keyring({}), true],
    [entry({}), keyring({ state: 'locked' }), false],
    [entry({ stored: false }), keyring({ state: 'locked' }), true],
    [entry({ stored: false }), keyring({ kind: 'passphrase', state: 'locked' }), false],
  ])('that is %j with %j can be entered: %s', (secret, state, can) => {
    expect(canBeEntered(secret, state)).toBe(can);
  });
});
