/** Changes of entries that have an id: budgets, limits, rules, patterns, routes, providers and the like. */
import type { BundleBudget, BundleRateLimit, BundleSections } from '../../shared/bundle/sections.ts';
import { firewallActions } from '../../shared/bundle/sections.ts';
import type { BundleChange } from '../../shared/contract/bundles.ts';
import { foundKinds, kindsCovered } from '../../shared/domain/masking.ts';
import { usdToPicoExact } from '../../shared/domain/money.ts';
import {
  changeOf,
  isSame,
  limitStep,
  shown,
  stepOf,
  together,
  type Effect,
  type SectionChange,
} from './change-words.ts';
import { pointerOf } from './held.ts';

type Sections = BundleSections | undefined;
type Entry = Readonly<Record<string, unknown>>;

interface EntryRow {
  readonly path: readonly string[];
  readonly word: string;
  /** By their names, in the order they stand in. */
  readonly of: (sections: Sections) => readonly (readonly [id: string, entry: Entry])[];
  /** Of one that is there, in a few words; may be empty. */
  readonly told: (entry: Entry) => string;
  /** Of one that is new; the opposite of one that is gone. */
  readonly adds: (entry: Entry) => Effect;
  /** Of one that is another. */
  readonly moves: (before: Entry, after: Entry) => Effect;
}

const neutral = (): Effect => 'neutral';
const tightens = (): Effect => 'tightens';

const byId = (list: readonly Entry[] | undefined, name = 'id'): readonly (readonly [string, Entry])[] =>
  (list ?? []).map((entry) => [textOf(entry[name]), entry]);

const rows: readonly EntryRow[] = [
  {
    ...{ path: ['budgets'], word: 'Budget', of: (one) => byId(one?.budgets) },
    ...{ told: budgetText, adds: (entry) => (actionOf(entry) === 'alert' ? 'neutral' : 'tightens'), moves: budgetStep },
  },
  {
    ...{ path: ['rate_limits'], word: 'Rate limit', of: (one) => byId(one?.rate_limits) },
    ...{ told: rateText, adds: tightens, moves: rateStep },
  },
  {
    ...{ path: ['firewall'], word: 'Firewall rule', of: (one) => byId(one?.firewall) },
    told: ({ action }) => textOf(action ?? 'block'),
    adds: ({ action }) => (isMild(action) ? 'neutral' : 'tightens'),
    moves: (before, after) =>
      stepOf([...firewallActions].reverse(), before['action'] ?? 'block', after['action'] ?? 'block'),
  },
  {
    ...{
      path: ['masking', 'detectors'],
      word: 'Masking of',
      of: (one) => byId(one?.masking?.detectors?.map(asDetector)),
    },
    ...{ told: detectorText, adds: maskAdds, moves: maskStep },
  },
  {
    ...{ path: ['masking', 'patterns'], word: 'Masking pattern', of: (one) => byId(one?.masking?.patterns) },
    ...{ told: modeText, adds: maskAdds, moves: maskStep },
  },
  {
    ...{
      path: ['routes'],
      word: 'Route',
      of: (one) => (one?.routes ?? []).map((route) => [route.id ?? route.alias, route]),
    },
    ...{ told: ({ targets }) => shown(targets), adds: neutral, moves: neutral },
  },
  {
    ...{ path: ['providers', 'define'], word: 'Provider', of: (one) => Object.entries(one?.providers?.define ?? {}) },
    told: ({ kind, base_url }) =>
      [kind, base_url]
        .filter((text) => text !== undefined)
        .map(textOf)
        .join(', '),
    ...{ adds: neutral, moves: neutral },
  },
  {
    ...{ path: ['templates'], word: 'Template', of: (one) => byId(one?.templates) },
    ...{ told: ({ title }) => textOf(title), adds: neutral, moves: neutral },
  },
  {
    ...{
      path: ['pricing'],
      word: 'Price of',
      of: (one) => (one?.pricing ?? []).map((price) => [priceName(price), price]),
    },
    ...{ told: () => '', adds: neutral, moves: neutral },
  },
  {
    ...{ path: ['clients'], word: 'Settings for', of: (one) => byId(one?.clients, 'client') },
    ...{ told: ({ model }) => (model === undefined ? '' : textOf(model)), adds: neutral, moves: neutral },
  },
];

export function describeEntries(change: SectionChange): BundleChange[] {
  return rows.flatMap((row) => entryChanges(row, change));
}

function entryChanges(row: EntryRow, { before, after, base }: SectionChange): BundleChange[] {
  const [old, now] = [new Map(row.of(before)), new Map(row.of(after))];
  return [...new Set([...now.keys(), ...old.keys()])].flatMap((id) => {
    const [was, is] = [old.get(id), now.get(id)];
    if (isSame(was, is)) return [];
    const pointer = `${base}${pointerOf(...row.path, id)}`;
    const name = `${row.word} "${id}"`;
    return [changeOf({ pointer, ...toldOf(name, row, was, is), before: was, after: is })];
  });
}

function toldOf(
  name: string,
  { told, adds, moves }: EntryRow,
  was: Entry | undefined,
  is: Entry | undefined,
): { readonly effect: Effect; readonly text: string } {
  if (was !== undefined && is !== undefined) {
    const fields = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter((one) => !isSame(was[one], is[one]));
    const each = fields.map((one) => `${one} ${fieldText(is[one])} (before ${fieldText(was[one])})`);
    return { effect: moves(was, is), text: `${name}: ${each.join(', ')}` };
  }
  const words = told(is ?? was ?? {});
  const about = words === '' ? '' : `: ${words}`;
  if (is !== undefined) return { effect: adds(is), text: `${name} is new${about}` };
  const effect = was !== undefined && adds(was) === 'tightens' ? 'loosens' : 'neutral';
  return { effect, text: `${name} is gone${about}` };
}

function fieldText(value: unknown): string {
  return value === undefined ? 'not set' : shown(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

// ---------------------------------------------------------------- money and rates

/** From mild to strict. */
const budgetActions = ['alert', 'downgrade', 'ask', 'reject'];

function actionOf({ action }: Entry): string {
  return textOf(action ?? 'reject').split(':')[0] ?? '';
}

function budgetText(entry: Entry): string {
  const { limit_usd, period, scope, action } = entry as Partial<BundleBudget>;
  const whose = scope === 'global' ? '' : `, by ${scope ?? ''}`;
  return `$${limit_usd ?? ''} a ${period ?? ''}${whose}, then ${action ?? 'reject'}`;
}

function budgetStep(before: Entry, after: Entry): Effect {
  const limit = (entry: Entry): bigint => usdToPicoExact(textOf(entry['limit_usd'])) ?? 0n;
  const [was, is] = [limit(before), limit(after)];
  const byLimit: Effect = was === is ? 'neutral' : is < was ? 'tightens' : 'loosens';
  return together([byLimit, stepOf(budgetActions, actionOf(before), actionOf(after))]);
}

const rates = ['rpm', 'tpm', 'max_parallel_requests', 'burst'] as const;

function rateText(entry: Entry): string {
  const limit = entry as Partial<BundleRateLimit>;
  return rates.flatMap((name) => (limit[name] === undefined ? [] : [`${name} ${limit[name]}`])).join(', ');
}

function rateStep(before: Entry, after: Entry): Effect {
  const value = (entry: Entry, name: (typeof rates)[number]): number | undefined =>
    (entry as Partial<BundleRateLimit>)[name];
  return together(rates.map((name) => limitStep(value(before, name), value(after, name))));
}

function priceName({ model, effective_from }: Entry): string {
  return effective_from === undefined ? textOf(model) : `${textOf(model)} from ${textOf(effective_from)}`;
}

// ---------------------------------------------------------------- what leaves

function isMild(action: unknown): boolean {
  return action === 'warn' || action === 'log';
}

function asDetector(one: string | Entry): Entry {
  return typeof one === 'string' ? { id: one } : one;
}

function modeText({ mode }: Entry): string {
  return textOf(mode ?? 'mask');
}

/** With the kinds that it stands for, where they are not named themselves. */
function detectorText(entry: Entry): string {
  const kin = foundKinds.flatMap((kind) => (kind === entry['id'] ? (kindsCovered[kind] ?? []) : []));
  return kin.length === 0 ? modeText(entry) : `${modeText(entry)}, and what is not named of ${kin.join(', ')} with it`;
}

function maskAdds({ mode }: Entry): Effect {
  return mode === 'off' ? 'neutral' : 'tightens';
}

const modes = ['off', 'warn', 'mask', 'block'];

function maskStep(before: Entry, after: Entry): Effect {
  return stepOf(modes, before['mode'] ?? 'mask', after['mode'] ?? 'mask');
}
