/** Reads what `sluice keys create` and `keys update` set of a key. Every slip is told with what would do. */
import type { CallInput } from '../../shared/contract/contract.ts';
import { surfaceWords } from '../../shared/config/surface.ts';
import { budgetPeriods } from '../../shared/contract/words.ts';
import { nearestNames } from '../kit/nearest.ts';
import type { Arguments } from './arguments.ts';
import { UsageError } from './shell.ts';
import { readDuration, readMoment } from './time.ts';

export type KeyChange = Omit<CallInput<'keys.update'>, 'id' | 'name'>;
type NewBudget = NonNullable<KeyChange['budgets']>[number];

/** Takes a setting back to where it was before it was set. */
const none = 'none';

/**
 * What the options say; what is not given is not there. `none` takes a setting back (`null`), where there is something to take
 * back: `changing` an existing key. Throws UsageError.
 */
export function readKeyOptions(args: Arguments, now: number, changing: boolean): KeyChange {
  const command = changing ? 'keys update' : 'keys create';
  const read = <Value>(name: string, readValue: (text: string) => Value): Value | null | undefined => {
    const text = args.text(name)?.trim();
    if (text === undefined) return undefined;
    if (text === '') throw new UsageError(`--${name} is empty.`, command);
    if (text !== none) return readValue(text);
    if (changing) return null;
    throw new UsageError(`--${name} is "none": leave it out.`, command);
  };
  const list = (name: string): string[] | null | undefined => read(name, (text) => listOf(name, text, command));
  // "none" could be read as nothing at all, which would be the opposite of what it does.
  const allowed = (name: string): string[] | undefined => {
    if (args.text(name)?.trim() !== none) return list(name) ?? undefined;
    throw new UsageError(`--${name} is "none": give "*" for all, or disable the key: sluice keys disable ID.`, command);
  };
  const count = (name: string): number | null | undefined =>
    read(name, () => args.number(name, { min: 1, max: 1_000_000_000 }) ?? null);
  const known = (name: string, words: string[] | null | undefined): KeyChange['surfaces'] =>
    words?.map((word) => surfaceOf(name, word, command)) ?? (words === null ? null : undefined);
  const labels = { team: read('team', String), user: read('user', String), client: read('client', String) };
  return given({
    models: allowed('models'),
    denied_models: list('deny-models'),
    providers: allowed('providers'),
    denied_providers: list('deny-providers'),
    surfaces: known('surfaces', allowed('surfaces')),
    denied_surfaces: known('deny-surfaces', list('deny-surfaces')),
    origins: list('origins'),
    budgets: read('budget', (text) => listOf('budget', text, command).map((one) => budgetOf(one, command))),
    rpm: count('rpm'),
    tpm: count('tpm'),
    max_parallel_requests: count('parallel'),
    expires_at: read('expires', (text) => expiryOf(text, now, command)),
    metadata: metadataOf(args, labels, command),
  });
}

/** `30m`, `1h`, `7d`. Throws UsageError. */
export function readOverlap(args: Arguments): number | undefined {
  const text = args.text('overlap');
  if (text === undefined) return undefined;
  const overlap = readDuration(text);
  if (overlap !== undefined && overlap <= 366 * 86_400_000) return overlap;
  throw new UsageError(`--overlap is "${text}": give a time such as 30m, 1h or 7d, at most 366d.`, 'keys rotate');
}

function listOf(name: string, text: string, command: string): string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length > 0) return items;
  throw new UsageError(`--${name} is empty: give one or more, with commas between.`, command);
}

type Surface = (typeof surfaceWords)[number];

function surfaceOf(name: string, word: string, command: string): Surface {
  const known = surfaceWords.find((one) => one === word);
  if (known !== undefined) return known;
  const near = nearestNames(word, surfaceWords, 1)[0];
  const mend = near === undefined ? `Give any of ${surfaceWords.slice(1).join(', ')}.` : `Did you mean ${near}?`;
  throw new UsageError(`--${name} does not know "${word}". ${mend}`, command);
}

function budgetOf(text: string, command: string): NewBudget {
  const [, amount, word] = /^\$?([^/]+)\/([^/]+)$/.exec(text) ?? [];
  const periods = budgetPeriods.join(', ');
  if (amount === undefined || word === undefined) {
    throw new UsageError(
      `--budget is "${text}": give US dollars and a period, e.g. 5/day. Periods: ${periods}.`,
      command,
    );
  }
  const period = budgetPeriods.find((one) => one === word.trim());
  if (period === undefined)
    throw new UsageError(`--budget does not know the period "${word.trim()}": give any of ${periods}.`, command);
  return { limit_usd: readUsd('--budget', amount.trim(), command), period };
}

/** A decimal amount as the contract has it. Throws UsageError. */
export function readUsd(what: string, text: string, command: string): string {
  const digits = text.replace(/^\$/, '');
  if (/^\d{1,12}(\.\d{1,12})?$/.test(digits)) return digits;
  throw new UsageError(`${what} is no amount: "${text}". Give US dollars as a decimal, e.g. 5 or 0.25.`, command);
}

function expiryOf(text: string, now: number, command: string): string {
  if (text === 'never') throw new UsageError('--expires is "never": a key without it never does.', command);
  const distance = readDuration(text);
  const moment = distance === undefined ? readMoment('expires', text, now) : now + distance;
  if (moment > now) return new Date(moment).toISOString().replace('.000Z', 'Z');
  throw new UsageError(`--expires is "${text}", which is over: give a later date or a distance such as 30d.`, command);
}

function metadataOf(
  args: Arguments,
  labels: Readonly<Record<string, string | null | undefined>>,
  command: string,
): KeyChange['metadata'] {
  const metadata: Record<string, string | null> = {};
  const text = args.text('metadata');
  for (const pair of text === undefined ? [] : listOf('metadata', text, command)) {
    const [, name, value] = /^([^=]+)=(.*)$/.exec(pair) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`--metadata has "${pair}": give NAME=VALUE, with commas between.`, command);
    metadata[name] = value === '' ? null : value;
  }
  for (const [name, value] of Object.entries(labels)) if (value !== undefined) metadata[name] = value;
  return Object.keys(metadata).length === 0 ? undefined : metadata;
}

function given(change: KeyChange): KeyChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
