/** `sluice model`: what answers every conversation, whatever model a client names. */
import type { Arguments } from '../arguments.ts';
import { withClient } from '../client.ts';
import { UsageError, type Shell } from '../shell.ts';

export async function model(args: Arguments, shell: Shell): Promise<number> {
  const [id] = args.operands;
  const auto = args.flag('auto');
  if (auto && id !== undefined) throw new UsageError(`--auto and "${id}" are two choices. Give one of them.`);
  return await withClient(args, shell, async (client) => {
    const asked = auto ? null : id;
    const chosen =
      asked === undefined
        ? (await client.ask('config.read', {})).config['use_model']
        : (await client.ask('models.choose', { model: asked })).model;
    const name = typeof chosen === 'string' ? chosen : null;
    if (args.flag('json')) shell.out(JSON.stringify({ model: name }));
    else if (name === null) shell.err('No model is chosen: the rules decide for each request.');
    else shell.err(`${name} answers every conversation that does not name a provider's model itself.`);
    return 0;
  });
}
