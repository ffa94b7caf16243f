/** `sluice stop`: asks the running instance to end and waits until it has. */
import type { Arguments } from '../arguments.ts';
import { connect, placeOf } from '../client.ts';
import { CommandError, type Shell } from '../shell.ts';

/** Streams get ten seconds to drain, the ledger a few to be written. */
const patienceMs = 20_000;
const pauseMs = 50;

export async function stop(args: Arguments, shell: Shell): Promise<number> {
  const place = placeOf(args, shell);
  const client = await connect(place, shell);
  if (client === undefined) {
    if (args.flag('json')) shell.out(JSON.stringify({ stopped: false }));
    shell.err(`Sluice is not running on ${place.dataDir}.`);
    return 1;
  }
  const { pid } = await client.ask('app.stop', {});
  const tries = patienceMs / pauseMs;
  for (let count = 0; isAlive(pid); count += 1) {
    if (count >= tries)
      throw new CommandError(`Process ${pid} was told to stop and still runs after ${patienceMs / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  if (args.flag('json')) shell.out(JSON.stringify({ stopped: true, pid }));
  else shell.err(`Stopped process ${pid}.`);
  return 0;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
