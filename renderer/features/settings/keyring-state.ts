/** What the state of the keyring means for people: in words, and in what they can do. */
import type { Keyring, SecretEntry } from '../../../shared/contract/secrets.ts';
import type { Text } from '../../text/text.ts';

/** Whether a value could be put in: it is missing, or does not open and will not by itself. */
export function canBeEntered({ stored, readable }: SecretEntry, { kind, state }: Keyring): boolean {
  if (readable) return false;
  // Behind a passphrase nothing goes in; a locked keyring is unlocked, not replaced.
  return state === 'locked' ? kind === 'keychain' && !stored : true;
}

/** In a few words. */
export function keyringTitle({ kind, name, state, was }: Keyring, t: Text['t']): string {
  switch (state) {
    case 'open':
      return kind === 'passphrase' ? t('keyring.open.passphrase') : t('keyring.open', { name });
    case 'locked':
      return kind === 'passphrase' ? t('keyring.locked.passphrase') : t('keyring.locked', { name });
    case 'changed':
      return was === null ? t('keyring.changed') : t('keyring.changed.from', { was, name });
    case 'unprotected':
      return t('keyring.unprotected');
  }
}

/** What to know or do about it; `undefined`: nothing. */
export function keyringAdvice({ kind, name, state, was, message }: Keyring, t: Text['t']): string | undefined {
  switch (state) {
    case 'open':
      return message === null ? undefined : t('keyring.open.user');
    case 'locked':
      return t(kind === 'passphrase' ? 'keyring.locked.passphrase.text' : 'keyring.locked.text');
    case 'changed':
      // It may as well be a file that is damaged or gone: the instance says which.
      return was === null && message !== null ? message : t('keyring.changed.text');
    case 'unprotected':
      return t('keyring.unprotected.text', { path: name });
  }
}
