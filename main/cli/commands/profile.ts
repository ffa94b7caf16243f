/** `sluice profile`: the profiles of the config file, and which of them is in force. */
import type { Arguments } from '../arguments.ts';
import { withClient, type Client } from '../client.ts';
import { table } from '../output.ts';
import { UsageError, type Shell } from '../shell.ts';

interface Profiles {
  readonly profiles: readonly { readonly id: string; readonly name: string }[];
  readonly profile: string | null;
}

export async function profile(args: Arguments, shell: Shell): Promise<number> {
  const [id] = args.operands;
  const none = args.flag('none');
  if (none && id !== undefined) throw new UsageError(`--none and "${id}" are two choices. Give one of them.`);
  return await withClient(args, shell, async (client) => {
    const chosen = none ? null : id;
    if (chosen === undefined) tell(await profilesOf(client), args, shell);
    else await choose(chosen, { client, args, shell });
    return 0;
  });
}

async function choose(
  wanted: string | null,
  { client, args, shell }: { readonly client: Client; readonly args: Arguments; readonly shell: Shell },
): Promise<void> {
  const { profile: chosen } = await client.ask('profiles.choose', { profile: wanted });
  if (args.flag('json')) shell.out(JSON.stringify({ profile: chosen }));
  else shell.err(chosen === null ? 'No profile: the rules of the file alone.' : `Profile ${chosen}.`);
}

/** As the file has them, which was checked. */
async function profilesOf(client: Client): Promise<Profiles> {
  const { config } = await client.ask('config.read', {});
  const written = config['profiles'] as readonly { readonly id: string; readonly name?: string | undefined }[];
  const used = config['use_profile'];
  return {
    profiles: written.map(({ id, name = id }) => ({ id, name })),
    profile: typeof used === 'string' ? used : null,
  };
}

function tell({ profiles, profile: inForce }: Profiles, args: Arguments, shell: Shell): void {
  if (args.flag('json')) {
    shell.out(JSON.stringify({ profiles, profile: inForce }));
    return;
  }
  if (profiles.length === 0) {
    shell.err('The config file has no profiles. What they can say: docs/configuration.md.');
    return;
  }
  const columns = [{ title: 'ID' }, { title: 'NAME' }, { title: 'IN FORCE' }];
  const rows = profiles.map(({ id, name }) => [id, name, id === inForce ? 'yes' : '']);
  shell.out(table(columns, rows));
}
