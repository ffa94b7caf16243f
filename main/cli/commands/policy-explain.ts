/** `sluice policy explain`: what is in force, and who says so. */
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { withClient } from '../client.ts';
import { table } from '../output.ts';
import { CommandError, UsageError, type Shell } from '../shell.ts';

type Effective = CallOutput<'bundles.effective'>;
type Entry = Effective['entries'][number];

export async function explainPolicy(args: Arguments, shell: Shell): Promise<number> {
  const [pointer] = args.operands;
  if (pointer !== undefined && !pointer.startsWith('/'))
    throw new UsageError(`"${pointer}" is no pointer: give one such as /models/deny or /budgets/per-user-day.`);
  return withClient(args, shell, async (client) => {
    const found = await client.ask('bundles.effective', pointer === undefined ? {} : { pointer });
    if (args.flag('json')) shell.out(JSON.stringify(found));
    else if (pointer === undefined) tellAll(found, shell);
    else tellOne(found, pointer, shell);
    return pointer !== undefined && found.entries.length === 0 ? 1 : 0;
  });
}

/** What bundles say; of the rest only that it is there. */
function tellAll({ hash, bundles, entries }: Effective, shell: Shell): void {
  const ofBundles = entries.filter(({ bundle }) => bundle !== null);
  if (bundles.length === 0) shell.err('No bundle is followed: what holds is what the config file says.');
  if (ofBundles.length > 0) shell.out(table(columns, ofBundles.map(row)));
  shell.err(`Effective hash ${hash === '' ? '–' : hash}: equal on machines with the same bundles and the same file.`);
}

const columns = [
  { title: 'POINTER', max: 48 },
  { title: 'MODE' },
  { title: 'FROM', max: 44 },
  { title: 'VALUE', max: 72 },
];

function row({ pointer, value, mode, bundle, line }: Entry): string[] {
  return [pointer, mode, `${bundle ?? ''}${line === null ? '' : `, line ${line}`}`, textOf(value)];
}

function tellOne({ entries }: Effective, pointer: string, shell: Shell): void {
  if (entries.length === 0)
    throw new CommandError(`Nothing is set at ${pointer}. \`sluice policy explain\` shows all that bundles set.`);
  for (const entry of entries) for (const line of linesOf(entry)) shell.out(printable(line));
}

const modes: Readonly<Record<Entry['mode'], string>> = {
  enforced: 'enforced: nobody here can weaken it',
  default: 'default: a suggestion, and nobody here said otherwise',
  user: 'yours: the config file says so',
  app: 'built in',
};

function linesOf(entry: Entry): string[] {
  const { pointer, value, mode, bundle, origin, reason, ref, contact, yours, others } = entry;
  const whom = [contact?.text, contact?.url].filter((text) => text !== null && text !== undefined).join(' ');
  const lines: (readonly [name: string, text: string | null])[] = [
    ['value', textOf(value)],
    ['mode', modes[mode]],
    ['bundle', bundle],
    ['written in', origin],
    ['reason', reason === null ? null : `${reason}${ref === null ? '' : ` (${ref})`}`],
    ['ask', whom === '' ? null : whom],
    ['yours', yours === undefined ? null : `${textOf(yours)}, which does not hold`],
    ['also', others.length === 0 ? null : others.join(', ')],
  ];
  return [pointer, ...lines.flatMap(([name, text]) => (text === null ? [] : [`  ${name.padEnd(10)}  ${text}`]))];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
}
