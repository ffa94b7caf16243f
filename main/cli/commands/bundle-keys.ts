/** `sluice bundle keygen`: a key of a publisher, the private one sealed with a passphrase. */
import { resolve, sep } from 'node:path';
import { generateSigningKey } from '../../bundles/keys.ts';
import type { Arguments } from '../arguments.ts';
import { UsageError, type Shell } from '../shell.ts';
import { authored, newPassphrase, wordsOfKey, writeKey } from './bundle-support.ts';

const roles = ['root', 'signer', 'freshness'] as const;

/** What becomes of the public key. */
const next: Readonly<Record<(typeof roles)[number], string>> = {
  root: 'Keep it offline. It signs trust documents: sluice bundle rotate --root-key',
  signer: 'A root key lets it sign bundles: sluice bundle rotate --add-signer',
  freshness: 'A root key lets it say that a bundle is the newest: sluice bundle rotate --freshness-key',
};

export const makeKey = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const role = roles.find((one) => one === args.text('role'));
  if (role === undefined) throw new UsageError('--role says what the key is for: root, signer or freshness.');
  const file = args.text('out') ?? `${role}.key`;
  if (role === 'root' && args.flag('no-passphrase'))
    throw new UsageError(
      'A root key without a passphrase would let whoever finds the file speak for you. Leave --no-passphrase out.',
    );
  const passphrase = await newPassphrase(args, shell);
  const key = generateSigningKey();
  await writeKey(key, file, passphrase, shell);
  const words = wordsOfKey(key.publicKey);
  if (args.flag('json')) {
    shell.out(JSON.stringify({ role, id: key.id, public_key: key.publicKey, words, file: resolve(shell.cwd, file) }));
    return 0;
  }
  shell.out(key.publicKey);
  shell.err(`Id     ${key.id}`);
  shell.err(`Words  ${words}`);
  shell.err(`Written to ${resolve(shell.cwd, file)}${passphrase === undefined ? '' : ', sealed with the passphrase'}.`);
  shell.err(`${next[role]} ${file.includes(sep) ? file : `.${sep}${file}`}${role === 'root' ? '' : '.pub'}`);
  return 0;
});
