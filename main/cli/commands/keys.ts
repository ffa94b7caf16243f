/** `sluice keys`: the virtual keys that clients present. */
import type { Arguments } from '../arguments.ts';
import { withClient } from '../client.ts';
import { table } from '../output.ts';
import { UsageError, type Shell } from '../shell.ts';

export async function createKey(args: Arguments, shell: Shell): Promise<number> {
  const name = args.text('name');
  if (name === undefined || name === '') throw new UsageError('A key needs a name: --name N.', 'keys create');
  const models = args.list('models');
  if (models?.length === 0)
    throw new UsageError('--models is empty: give globs, e.g. "claude-*,gpt-5".', 'keys create');
  return withClient(args, shell, async (client) => {
    const made = await client.ask('keys.create', { name, ...(models === undefined ? {} : { models }) });
    if (args.flag('json')) shell.out(JSON.stringify(made));
    else {
      shell.out(made.key);
      shell.err(`Key "${made.id}" was made. It is shown this once: only its digest is kept.`);
    }
    return 0;
  });
}

export async function listKeys(args: Arguments, shell: Shell): Promise<number> {
  return withClient(args, shell, async (client) => {
    const { keys } = await client.ask('keys.list', {});
    if (args.flag('json')) shell.out(JSON.stringify({ keys }));
    else if (keys.length === 0) shell.err('There is no key. Make one with `sluice keys create --name N`.');
    else {
      const rows = keys.map(({ id, name, allowed_models, expires_at }) => [
        id,
        name,
        allowed_models.join(' '),
        expires_at ?? 'never',
      ]);
      shell.out(table([{ title: 'ID' }, { title: 'NAME' }, { title: 'MODELS', max: 60 }, { title: 'EXPIRES' }], rows));
    }
    return 0;
  });
}

export async function revokeKey(args: Arguments, shell: Shell): Promise<number> {
  const id = args.operands[0] ?? '';
  return withClient(args, shell, async (client) => {
    await client.ask('keys.revoke', { id });
    if (args.flag('json')) shell.out(JSON.stringify({ id, revoked: true }));
    else shell.err(`Key "${id}" is revoked.`);
    return 0;
  });
}
