/** `sluice status`: what the running instance is doing; exit code 1 when none is running. */
import type { HealthEntry, PauseState } from '../../../shared/contract/app.ts';
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { connect, placeOf } from '../client.ts';
import { counted, duration, localTime, wait } from '../output.ts';
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
  if (args.flag('json')) shell.out(JSON.stringify({ running: true, ...facts }));
  else {
    const { budgets } = await client.ask('budgets.list', {});
    shell.out(render({ facts, budgets, now: shell.now(), timeZone: shell.timezone }));
  }
  return 0;
}

interface Told {
  readonly facts: CallOutput<'app.status'>;
  readonly budgets: readonly BudgetEntry[];
  readonly now: number;
  readonly timeZone: string;
}

function render({ facts, budgets, now, timeZone }: Told): string {
  const { pid, version, uptime_ms, data_directory, gateway, config, ledger } = facts;
  const { paused } = facts;
  const lines = [
    `Sluice ${version} is running: process ${pid}, for ${duration(uptime_ms)}`,
    `gateway    ${gateway.urls.join('  ')}`,
    `data       ${data_directory}`,
    `serving    ${[counted(gateway.running, 'request'), counted(gateway.providers, 'provider'), counted(gateway.routes, 'route'), counted(gateway.keys, 'key')].join(', ')}`,
    ...(paused === null ? [] : [`paused     ${pauseOf(paused, now, timeZone)}`]),
    `config     ${config.problems.length === 0 ? `${config.file} is in force` : `${config.file} cannot be used; the last good one is in force`}`,
    ...[...config.problems, ...config.warnings].map((problem) => `           ${renderProblem(problem)}`),
    `ledger     ${ledger.state}${ledger.reason === null ? '' : `: ${ledger.reason}`}`,
  ];
  const dropped = ledger.dropped_opens + ledger.dropped_closes;
  if (ledger.waiting > 0)
    lines.push(`           waiting to be written: ${counted(ledger.waiting, 'entry', 'entries')}`);
  if (dropped > 0) lines.push(`           given up: ${counted(dropped, 'entry', 'entries')}`);
  if (ledger.journal.state === 'failing') lines.push(`           ${ledger.journal.reason ?? 'its journal fails'}`);
  if (ledger.interrupted > 0)
    lines.push(`           interrupted before this start: ${counted(ledger.interrupted, 'request')}`);
  return [...lines, ...bundleLines(facts), ...budgetLines(budgets), ...targetLines(facts, now)]
    .map(printable)
    .join('\n');
}

/** `by you until 2026-11-25 14:30:00, for another 12 min: new requests are refused`. */
function pauseOf({ mode, until }: PauseState, now: number, timeZone: string): string {
  const end =
    until === null
      ? 'until `sluice resume`'
      : `until ${localTime(until, timeZone)}, for another ${wait(Date.parse(until) - now)}`;
  const meanwhile = mode === 'block' ? 'are refused' : 'go to the model they name, by no route and unmasked';
  return `by you ${end}: new requests ${meanwhile}`;
}

/** Team bundles with how they stand, and why where they are not well. */
function bundleLines({ bundles }: CallOutput<'app.status'>): string[] {
  return bundles.map(({ name, state, reason }, index) => {
    const why = reason === null ? '' : ` (${reason})`;
    return `${index === 0 ? 'team       ' : '           '}${name}: ${state.replaceAll('_', ' ')}${why}`;
  });
}

/** Only those that refuse for want of knowledge; what was spent is told by `sluice budgets`. */
function budgetLines(budgets: readonly BudgetEntry[]): string[] {
  const refusing = new Map<string, Set<string>>();
  for (const { id, action, reason } of budgets) {
    if (reason === null || action === 'alert') continue;
    refusing.set(reason, (refusing.get(reason) ?? new Set()).add(id));
  }
  const texts = [...refusing].map(([reason, ids]) => `${[...ids].join(', ')} refuse: ${reason}`);
  if (texts.length > 0) texts.push('`sluice budgets accept` goes on with what is known');
  return texts.map((text, index) => `${index === 0 ? 'budgets    ' : '           '}${text}`);
}

/** Only what is not well: targets that rest, are limited or need somebody, and a network that is down. */
function targetLines({ health, offline }: CallOutput<'app.status'>, now: number): string[] {
  const told = health.filter(({ state, needs_attention }) => state !== 'closed' || needs_attention);
  const texts = [
    ...(offline ? ['this machine is offline: every provider failed on the way to it'] : []),
    // What waits for somebody stands above what recovers on its own.
    ...told.toSorted((a, b) => Number(b.needs_attention) - Number(a.needs_attention)).map((one) => stateOf(one, now)),
  ];
  return [...new Set(texts)].map((text, index) => `${index === 0 ? 'targets    ' : '           '}${text}`);
}

const states: Readonly<Record<HealthEntry['state'], string>> = {
  closed: 'is in use',
  open: 'rests',
  half_open: 'is tried again after a rest',
  limited: 'rests',
  refused: 'is asked last',
};

/** `openai/gpt-5 (key main) rests for another 25 s: 5 of 8 calls failed (503)`. */
function stateOf(
  { provider, model, credential, state, why, until, needs_attention }: HealthEntry,
  now: number,
): string {
  const left = until === null ? 0 : Date.parse(until) - now;
  // A refused key is refused for every model.
  const target = state === 'refused' ? provider : `${provider}/${model}`;
  const time = left > 0 ? ` for another ${wait(left)}` : '';
  return [
    `${target} (key ${credential}) ${states[state]}${time}${why === null ? '' : `: ${why}`}`,
    ...(needs_attention ? ['needs your attention'] : []),
  ].join('; ');
}
