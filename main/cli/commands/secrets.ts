/** `sluice secrets`: fills the box that `secret:ID` in the config refers to. Values go in and are never shown. */
import type { SecretBoxState, SecretUse } from '../../../shared/contract/secrets.ts';
import { minPassphraseLength } from '../../../shared/domain/passphrase.ts';
import { secretIdPattern, secretIdRule } from '../../../shared/domain/secret-id.ts';
import type { Arguments } from '../arguments.ts';
import { withClient } from '../client.ts';
import { table } from '../output.ts';
import { CommandError, UsageError, type Shell } from '../shell.ts';

export async function setSecret(args: Arguments, shell: Shell): Promise<number> {
  const id = args.operands[0] ?? '';
  // Not repeated: it may be the secret in the place of the id.
  if (!secretIdPattern.test(id)) throw new UsageError(`ID is ${secretIdRule}.`, 'secrets set');
  const value = await shell.readSecret(`Secret "${id}" (it is not shown): `);
  if (value.trim() === '') throw new UsageError('The secret is empty. Nothing was stored.', 'secrets set');
  return withClient(args, shell, async (client) => {
    const stored = await client.ask('secrets.set', { id, value });
    if (!stored.in_force)
      shell.err('The config file has problems, so the configuration before them runs on: `sluice config validate`.');
    if (args.flag('json')) shell.out(JSON.stringify(stored));
    else shell.err(`Secret "${id}" is stored. ${usedBy(id, stored.used_by)}`);
    return 0;
  });
}

export async function listSecrets(args: Arguments, shell: Shell): Promise<number> {
  return withClient(args, shell, async (client) => {
    const box = await client.ask('secrets.list', {});
    if (args.flag('json')) {
      shell.out(JSON.stringify(box));
      return 0;
    }
    if (box.secrets.length === 0) shell.err('There is no secret. Put one in with `sluice secrets set ID`.');
    else {
      const rows = box.secrets.map(({ id, stored, readable, used_by }) => [
        id,
        stored ? (readable ? 'yes' : 'does not open') : 'missing',
        used_by.map(spelt).join(', ') || '–',
      ]);
      shell.out(table([{ title: 'ID' }, { title: 'STORED' }, { title: 'USED BY', max: 80 }], rows));
    }
    sayProtection(box, shell);
    return 0;
  });
}

/** A passphrase in place of the key file. */
export async function protectSecrets(args: Arguments, shell: Shell): Promise<number> {
  const passphrase = await shell.readSecret('New passphrase (it is not shown): ', 'Once more: ');
  if (passphrase.length < minPassphraseLength)
    throw new UsageError(
      `A passphrase has at least ${minPassphraseLength} characters. Nothing was changed.`,
      'secrets protect',
    );
  return withClient(args, shell, async (client) => {
    const box = await client.ask('secrets.protect', { passphrase });
    if (args.flag('json')) shell.out(JSON.stringify(box));
    else
      shell.err(
        'The secrets open with this passphrase alone from now on. After a start: `sluice secrets unlock`, or SLUICE_PASSPHRASE set to it before.',
      );
    return 0;
  });
}

/** Opens the box of the running instance. */
export async function unlockSecrets(args: Arguments, shell: Shell): Promise<number> {
  const passphrase = await shell.readSecret('Passphrase (it is not shown): ');
  if (passphrase === '') throw new UsageError('The passphrase is empty.', 'secrets unlock');
  return withClient(args, shell, async (client) => {
    if (!client.running)
      throw new CommandError(
        'No instance is running that could be unlocked. Commands that work without one take SLUICE_PASSPHRASE.',
      );
    const box = await client.ask('secrets.unlock', { passphrase });
    if (args.flag('json')) shell.out(JSON.stringify(box));
    else sayProtection(box, shell);
    return 0;
  });
}

function sayProtection({ protection, keyring, secrets }: SecretBoxState, shell: Shell): void {
  shell.err(`Protected by: ${protection}.`);
  if (keyring.message !== null) shell.err(keyring.message);
  for (const { id, reason } of secrets) {
    if (reason !== null && reason !== keyring.message) shell.err(`${id}: ${reason}`);
  }
}

export async function deleteSecret(args: Arguments, shell: Shell): Promise<number> {
  const id = args.operands[0] ?? '';
  return withClient(args, shell, async (client) => {
    const { used_by } = await client.ask('secrets.delete', { id, force: args.flag('force') });
    if (args.flag('json')) shell.out(JSON.stringify({ id, deleted: true, used_by }));
    else {
      const lost = used_by.length === 0 ? '' : ` These are without it now: ${used_by.map(spelt).join(', ')}.`;
      shell.err(`Secret "${id}" is deleted.${lost}`);
    }
    return 0;
  });
}

function usedBy(id: string, uses: readonly SecretUse[]): string {
  return uses.length === 0
    ? `Nothing refers to it yet: write secret:${id} in the config where a key is wanted.`
    : `It is used by ${uses.map(spelt).join(', ')}.`;
}

/** `openai/main`, as doctor names a credential. */
function spelt({ provider, key }: SecretUse): string {
  return provider === null ? `virtual key ${key}` : `${provider}/${key}`;
}
