/** `sluice pause` and `sluice resume`: no new requests for a while, and again. */
import type { Arguments } from '../arguments.ts';
import { connect, placeOf, type Client } from '../client.ts';
import { localTime } from '../output.ts';
import { UsageError, type Shell } from '../shell.ts';

/** A day: longer is without an end. */
const longestMinutes = 1_440;

const meanwhile = {
  block: 'New requests are refused',
  pass_through: 'New requests go to the model they name, by no route and unmasked,',
} as const;

export async function pause(args: Arguments, shell: Shell): Promise<number> {
  const minutes = minutesOf(args.operands[0]);
  const mode = args.flag('pass-through') ? 'pass_through' : 'block';
  return await withRunning(args, shell, async (client) => {
    const { paused } = await client.ask('app.pause', { minutes, mode });
    if (args.flag('json')) shell.out(JSON.stringify({ paused }));
    else {
      const until = paused?.until ?? null;
      const end = until === null ? '`sluice resume`' : localTime(until, shell.timezone);
      shell.err(`${meanwhile[mode]} until ${end}. What runs goes on.`);
    }
    return 0;
  });
}

export async function resume(args: Arguments, shell: Shell): Promise<number> {
  return await withRunning(args, shell, async (client) => {
    const { paused } = await client.ask('app.resume', {});
    if (args.flag('json')) shell.out(JSON.stringify({ paused }));
    else shell.err('Requests are served.');
    return 0;
  });
}

function minutesOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const minutes = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (minutes >= 1 && minutes <= longestMinutes) return minutes;
  throw new UsageError(
    `"${text}" is no number of minutes from 1 to ${longestMinutes}. Leave it out to pause until \`sluice resume\`.`,
  );
}

/** A pause ends with the instance: there is none where nothing runs. */
async function withRunning(args: Arguments, shell: Shell, work: (client: Client) => Promise<number>): Promise<number> {
  const place = placeOf(args, shell);
  const client = await connect(place, shell);
  if (client === undefined) {
    if (args.flag('json')) shell.out(JSON.stringify({ paused: null }));
    shell.err(`Sluice is not running on ${place.dataDir}. Start it with \`sluice serve\`.`);
    return 1;
  }
  return await work(client);
}
