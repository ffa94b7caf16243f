/** `sluice open`: the window of the desktop app, or a new link to the one in the browser, which works once. */
import type { Arguments } from '../arguments.ts';
import { connect, placeOf, type Client } from '../client.ts';
import type { Shell } from '../shell.ts';

export async function open(args: Arguments, shell: Shell): Promise<number> {
  const place = placeOf(args, shell);
  const client = await connect(place, shell);
  const url = client === undefined ? null : (await client.ask('app.link', {})).url;
  const isDesktop = client !== undefined && url === null && (await isDesktopApp(client));
  const shown = isDesktop && (await client.ask('desktop.show', {})).shown;
  if (args.flag('json')) shell.out(JSON.stringify(shown ? { url, shown } : { url }));
  if (client === undefined) {
    shell.err(`Sluice is not running on ${place.dataDir}. Start it with \`sluice serve\`.`);
    return 1;
  }
  if (shown) {
    shell.err('The window of the desktop app is open.');
    return 0;
  }
  if (url === null) {
    shell.err('This instance has no window: it was started with --no-ui.');
    return 1;
  }
  if (!args.flag('json')) shell.out(url);
  shell.err('It opens the window in one browser of this machine, once.');
  return 0;
}

async function isDesktopApp(client: Pick<Client, 'ask'>): Promise<boolean> {
  return (await client.ask('app.snapshot', {})).host.kind === 'desktop';
}
