/** `sluice keys`: the virtual keys that clients present. */
import { readFile } from 'node:fs/promises';
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import type { Arguments } from '../arguments.ts';
import { placeOf, withClient, type Client } from '../client.ts';
import { dataFiles } from '../../kit/data-directory.ts';
import { printable } from '../../kit/printable.ts';
import { readKeyOptions, readOverlap } from '../key-options.ts';
import { duration, grouped, localTime, money, table, wait } from '../output.ts';
import { renderProblem } from '../problems.ts';
import { CommandError, UsageError, type Shell } from '../shell.ts';
import { spentOf } from './budgets.ts';

export async function createKey(args: Arguments, shell: Shell): Promise<number> {
  const name = args.text('name');
  if (name === undefined || name === '') throw new UsageError('A key needs a name: --name N.', 'keys create');
  const settings = readKeyOptions(args, shell.now(), false);
  return withClient(args, shell, async (client) => {
    const made = await client.ask('keys.create', { name, ...settings });
    if (args.flag('json')) shell.out(JSON.stringify(made));
    else {
      shell.out(made.key);
      shell.err(`Key "${made.id}" was made. It is shown this once: only its digest is kept.`);
      await tellUnknownNames(made, args, shell);
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
      const columns = [
        { title: 'ID' },
        { title: 'NAME', max: 32 },
        { title: 'STATE' },
        { title: 'MODELS', max: 48 },
        { title: 'BUDGETS', max: 40 },
        { title: 'LIMITS', max: 40 },
        { title: 'TEAM', max: 24 },
        { title: 'EXPIRES' },
      ];
      shell.out(
        table(
          columns,
          keys.map((key) => rowOf(key, shell)),
        ),
      );
    }
    return 0;
  });
}

export async function showKey(args: Arguments, shell: Shell): Promise<number> {
  const id = args.operands[0] ?? '';
  return withClient(args, shell, async (client) => {
    const { keys } = await client.ask('keys.list', {});
    const key = keys.find((one) => one.id === id);
    if (key === undefined)
      throw new CommandError(`There is no key "${id}". \`sluice keys list\` shows the ids.`, {
        code: 'control.not_found',
      });
    if (args.flag('json')) shell.out(JSON.stringify(key));
    else shell.out(describe(key, await standingsOf(client), shell));
    return 0;
  });
}

export async function rotateKey(args: Arguments, shell: Shell): Promise<number> {
  const id = args.operands[0] ?? '';
  const overlap = readOverlap(args) ?? 0;
  return withClient(args, shell, async (client) => {
    const made = await client.ask('keys.rotate', { id, overlap_ms: overlap });
    if (args.flag('json')) shell.out(JSON.stringify(made));
    else {
      shell.out(made.key);
      const before =
        made.previous_until === null
          ? 'The one before opens nothing any more.'
          : `The one before opens until ${localTime(made.previous_until, shell.timezone)} (${wait(overlap)}).`;
      shell.err(`Key "${id}" has a new secret. It is shown this once: only its digest is kept. ${before}`);
    }
    return 0;
  });
}

export async function updateKey(args: Arguments, shell: Shell): Promise<number> {
  const id = args.operands[0] ?? '';
  const name = args.text('name');
  if (name === '') throw new UsageError('--name is empty.', 'keys update');
  const settings = readKeyOptions(args, shell.now(), true);
  const change = { ...(name === undefined ? {} : { name }), ...settings };
  if (Object.keys(change).length === 0)
    throw new UsageError('Nothing is to be changed: give what should be, e.g. --budget 5/day.', 'keys update');
  return withClient(args, shell, async (client) => {
    const key = await client.ask('keys.update', { id, ...change });
    tell(key, 'is changed', args, shell);
    if (!args.flag('json')) await tellUnknownNames(key, args, shell);
    return 0;
  });
}

export async function disableKey(args: Arguments, shell: Shell): Promise<number> {
  const id = args.operands[0] ?? '';
  return withClient(args, shell, async (client) => {
    const key = await client.ask('keys.disable', { id });
    return tell(key, 'is disabled, and its running streams are ended', args, shell);
  });
}

export async function enableKey(args: Arguments, shell: Shell): Promise<number> {
  const id = args.operands[0] ?? '';
  return withClient(args, shell, async (client) => {
    const key = await client.ask('keys.enable', { id });
    return tell(key, key.state === 'expired' ? 'is enabled, but has expired' : 'is enabled', args, shell);
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

function tell(key: KeyEntry, what: string, args: Arguments, shell: Shell): number {
  if (args.flag('json')) shell.out(JSON.stringify(key));
  else shell.err(`Key "${key.id}" ${what}.`);
  return 0;
}

/** A team or provider that is nowhere in the file may be a slip, or come later: it is told, and no error. */
async function tellUnknownNames(key: KeyEntry, args: Arguments, shell: Shell): Promise<void> {
  const { dataDir, configFile } = placeOf(args, shell);
  const file = configFile ?? dataFiles(dataDir).config;
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const { warnings } = await shell.product.checkConfig(text, file);
  const team = key.metadata['team'];
  const unknown = new Set([
    ...(team === undefined ? [] : [`there is no team "${team}"`]),
    ...[...key.allowed_providers, ...key.denied_providers].map((name) => `there is no provider "${name}"`),
  ]);
  // The same name may stand in several places; once is enough.
  for (const warning of warnings)
    if (unknown.delete(warning.problem)) shell.err(printable(`${renderProblem(warning)} (warning)`));
}

// ---------------------------------------------------------------- texts

function rowOf(key: KeyEntry, shell: Shell): string[] {
  return [
    key.id,
    key.name,
    key.state,
    rulesOf(key.allowed_models, key.denied_models),
    key.budgets.map(spelt).join(' ') || '–',
    limitsOf(key).join(' ') || '–',
    key.metadata['team'] ?? '–',
    key.expires_at === null ? 'never' : localTime(key.expires_at, shell.timezone),
  ];
}

function rulesOf(allowed: readonly string[], denied: readonly string[]): string {
  return [...allowed, ...denied.map((pattern) => `not:${pattern}`)].join(' ') || 'nothing';
}

/** `$5/day`. */
function spelt({ limit_usd, period }: KeyEntry['budgets'][number]): string {
  return `${money(limit_usd)}/${period}`;
}

function limitsOf({ rate_limits: { rpm, tpm, max_parallel_requests } }: KeyEntry): string[] {
  return [
    ...(rpm === null ? [] : [`${grouped(rpm)} rpm`]),
    ...(tpm === null ? [] : [`${grouped(tpm)} tpm`]),
    ...(max_parallel_requests === null ? [] : [`${grouped(max_parallel_requests)} parallel`]),
  ];
}

function describe(key: KeyEntry, standings: readonly BudgetEntry[], shell: Shell): string {
  const until = (iso: string): string => {
    const ms = Date.parse(iso) - shell.now();
    return `${localTime(iso, shell.timezone)}${ms > 0 ? ` (in ${ms < 7_200_000 ? wait(ms) : duration(ms)})` : ''}`;
  };
  const labels = Object.entries(key.metadata).map(([name, value]) => `${name}=${value}`);
  const budgets = key.budgets.map((budget): [string, string] => {
    const standing = standings.find((one) => one.id === budget.id);
    const action = budget.action === 'reject' ? '' : `, ${budget.action}`;
    return ['budget', `${spelt(budget)}${action}${standing === undefined ? '' : `: ${spentOf(standing)}`}`];
  });
  const lines: [string, string][] = [
    ['id', key.id],
    ['name', key.name],
    ['state', key.state],
    ['models', rulesOf(key.allowed_models, key.denied_models)],
    ['providers', rulesOf(key.allowed_providers, key.denied_providers)],
    ['surfaces', rulesOf(key.allowed_surfaces, key.denied_surfaces)],
    ...budgets,
    ['limits', limitsOf(key).join(', ') || 'none'],
    ['labels', labels.join(', ') || 'none'],
    ['origins', key.allowed_origins.join(' ') || 'none'],
    ['expires', key.expires_at === null ? 'never' : until(key.expires_at)],
    ...(key.previous_until === null
      ? []
      : [['rotating', `the secret before opens until ${until(key.previous_until)}`] satisfies [string, string]]),
    ['written', key.origin],
  ];
  return lines.map(([name, text]) => `${name.padEnd(10)}${text}`).join('\n');
}

/** What its budgets spent, where an instance runs that counts. */
async function standingsOf(client: Client): Promise<readonly BudgetEntry[]> {
  if (!client.running) return [];
  try {
    return (await client.ask('budgets.list', {})).budgets;
  } catch (error) {
    if (error instanceof CommandError && error.code === 'control.unsupported') return [];
    throw error;
  }
}
