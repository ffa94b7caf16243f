/** `sluice open`: a new link to the window, which works once. */
import type { Arguments } from '../arguments.ts';
import { connect, placeOf } from '../client.ts';
import type { Shell } from '../shell.ts';

export async function open(args: Arguments, shell: Shell): Promise<number> {
  const place = placeOf(args, shell);
  const client = await connect(place, shell);
  const url = client === undefined ? null : (await client.ask('app.link', {})).url;
  if (args.flag('json')) shell.out(JSON.stringify({ url }));
  if (client === undefined) {
    shell.err(`Sluice is not running on ${place.dataDir}. Start it with \`sluice serve\`.`);
    return 1;
  }
  if (url === null) {
    shell.err('This instance has no window: it was started with --no-ui.');
    return 1;
  }
  if (!args.flag('json')) shell.out(url);
  shell.err('It opens the window in one browser of this machine, once.');
  return 0;
}
