/** `sluice status`: what the running instance is doing; exit code 1 when none is running. */
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { connect, placeOf } from '../client.ts';
import { counted, duration } from '../output.ts';
import { renderProblem } from '../problems.ts';
import type { Shell } from '../shell.ts';

export async function status(args: Arguments, shell: Shell): Promise<number> {
  const place = placeOf(args, shell);
  const client = await connect(place, shell);
  if (client === undefined) {
    if (args.flag('json')) shell.out(JSON.stringify({ running: false, data_directory: place.dataDir }));
    shell.err(`Sluice is not running on ${place.dataDir}. Start it with \`sluice serve\`.`);
    return 1;
  }
  const facts = await client.ask('app.status', {});
  shell.out(args.flag('json') ? JSON.stringify({ running: true, ...facts }) : render(facts));
  return 0;
}

function render({
  pid,
  version,
  uptime_ms,
  data_directory,
  gateway,
  config,
  ledger,
}: CallOutput<'app.status'>): string {
  const lines = [
    `Sluice ${version} is running: process ${pid}, for ${duration(uptime_ms)}`,
    `gateway    ${gateway.urls.join('  ')}`,
    `data       ${data_directory}`,
    `serving    ${[counted(gateway.running, 'request'), counted(gateway.providers, 'provider'), counted(gateway.routes, 'route'), counted(gateway.keys, 'key')].join(', ')}`,
    `config     ${config.problems.length === 0 ? `${config.file} is in force` : `${config.file} cannot be used; the last good one is in force`}`,
    ...[...config.problems, ...config.warnings].map((problem) => `           ${renderProblem(problem)}`),
    `ledger     ${ledger.state}${ledger.reason === null ? '' : `: ${ledger.reason}`}`,
  ];
  const dropped = ledger.dropped_opens + ledger.dropped_closes;
  if (ledger.waiting > 0)
    lines.push(`           waiting to be written: ${counted(ledger.waiting, 'entry', 'entries')}`);
  if (dropped > 0) lines.push(`           given up: ${counted(dropped, 'entry', 'entries')}`);
  if (ledger.interrupted > 0)
    lines.push(`           interrupted before this start: ${counted(ledger.interrupted, 'request')}`);
  return lines.map(printable).join('\n');
}
