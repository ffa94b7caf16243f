/** Changes of lists and of single values: what may be used, what is recorded, how strictly. */
import type { BundleSections } from '../../shared/bundle/sections.ts';
import type { BundleChange } from '../../shared/contract/bundles.ts';
import { accessValues, settings, type ValueRow } from './change-tables.ts';
import {
  changeOf,
  countedWord,
  isSame,
  limitStep,
  missingIn,
  named,
  shown,
  stepOf,
  type Effect,
  type SectionChange,
} from './change-words.ts';

type Sections = BundleSections | undefined;

interface ListRow {
  readonly path: string;
  readonly of: (sections: Sections) => readonly unknown[] | undefined;
  /** Of one entry. */
  readonly word: string;
}

const allowed: readonly ListRow[] = [
  { path: '/providers/allow', of: (one) => one?.providers?.allow, word: 'provider' },
  { path: '/models/allow', of: (one) => one?.models?.allow, word: 'model' },
  { path: '/models/require/region', of: (one) => one?.models?.require?.region, word: 'region' },
  { path: '/tools/allow', of: (one) => one?.tools?.allow, word: 'tool' },
  {
    path: '/tools/mcp/allow',
    of: (one) => one?.tools?.mcp?.allow.map(({ name, identity }) => `${name} (${identity})`),
    word: 'tool server',
  },
];

const denied: readonly ListRow[] = [
  { path: '/providers/deny', of: (one) => one?.providers?.deny, word: 'provider' },
  { path: '/models/deny', of: (one) => one?.models?.deny, word: 'model' },
  { path: '/tools/deny', of: (one) => one?.tools?.deny, word: 'tool' },
];

/** What may be used at all. */
export function describeAccess(change: SectionChange): BundleChange[] {
  return [
    ...denied.flatMap((row) => deniedChanges(row, change)),
    ...allowed.flatMap((row) => allowedChanges(row, change)),
    ...valueChanges(accessValues, change),
    ...aliasChanges(change),
  ];
}

function deniedChanges(row: ListRow, { before, after, base }: SectionChange): BundleChange[] {
  const [old, now] = [row.of(before), row.of(after)];
  const told = (list: readonly unknown[], effect: Effect, words: string): BundleChange[] =>
    list.length === 0 ? [] : [listChange(`${base}${row.path}`, row, list, { effect, words, old, now })];
  return [
    ...told(missingIn(now, old), 'tightens', 'newly blocked'),
    ...told(missingIn(old, now), 'loosens', 'no longer blocked'),
  ];
}

/** A list of what is allowed keeps everything else out, and no list keeps nothing out. */
function allowedChanges(row: ListRow, { before, after, base }: SectionChange): BundleChange[] {
  const [old, now] = [row.of(before), row.of(after)];
  const pointer = `${base}${row.path}`;
  const { word } = row;
  if (old === undefined && now === undefined) return [];
  if (old === undefined) {
    const text =
      now?.length === 0
        ? `No ${word} is allowed any more`
        : `Only ${countedWord(now?.length ?? 0, word)} allowed: ${namesOf(now)}`;
    return [changeOf({ pointer, effect: 'tightens', text, after: now })];
  }
  if (now === undefined)
    return [
      changeOf({
        pointer,
        effect: 'loosens',
        text: `Every ${word} is allowed; before only ${namesOf(old)}`,
        before: old,
      }),
    ];
  const told = (list: readonly unknown[], effect: Effect, words: string): BundleChange[] =>
    list.length === 0 ? [] : [listChange(pointer, row, list, { effect, words, old, now })];
  return [
    ...told(missingIn(old, now), 'tightens', 'no longer allowed'),
    ...told(missingIn(now, old), 'loosens', 'newly allowed'),
  ];
}

interface ListTold {
  readonly effect: Effect;
  readonly words: string;
  readonly old: readonly unknown[] | undefined;
  readonly now: readonly unknown[] | undefined;
}

function listChange(pointer: string, { word }: ListRow, list: readonly unknown[], told: ListTold): BundleChange {
  const text = `${countedWord(list.length, word)} ${told.words}: ${namesOf(list)}`;
  return changeOf({ pointer, effect: told.effect, text, before: told.old, after: told.now });
}

function namesOf(list: readonly unknown[] | undefined): string {
  return list === undefined || list.length === 0 ? 'nothing' : named(list.map(shown));
}

function aliasChanges({ before, after, base }: SectionChange): BundleChange[] {
  const [old, now] = [before?.models?.aliases ?? {}, after?.models?.aliases ?? {}];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((alias) => {
    const [was, is] = [old[alias], now[alias]];
    if (was === is) return [];
    const text =
      is === undefined
        ? `Alias "${alias}" is gone; it was ${was ?? ''}`
        : `Alias "${alias}" is ${is}${was === undefined ? '' : `; before ${was}`}`;
    const pointer = `${base}/models/aliases/${alias.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return [changeOf({ pointer, effect: 'neutral', text, before: was, after: is })];
  });
}

// ---------------------------------------------------------------- single values

/** How strictly things are done. */
export function describeSettings(change: SectionChange): BundleChange[] {
  return [...valueChanges(settings, change), ...excludedChanges(change), ...termChanges(change)];
}

function valueChanges(rows: readonly ValueRow[], { before, after, base }: SectionChange): BundleChange[] {
  return rows.flatMap(({ path, of, name, order }) => {
    const [was, is] = [of(before), of(after)];
    if (isSame(was, is)) return [];
    const text =
      is === undefined
        ? `${name}: no longer set; before ${valueText(was)}`
        : `${name}: ${valueText(is)}${was === undefined ? '' : `; before ${valueText(was)}`}`;
    return [changeOf({ pointer: `${base}${path}`, effect: effectOf(order, was, is), text, before: was, after: is })];
  });
}

function effectOf(order: ValueRow['order'], was: unknown, is: unknown): Effect {
  if (order === undefined) return 'neutral';
  if (order !== 'less') return stepOf(order, was, is);
  return limitStep(typeof was === 'number' ? was : undefined, typeof is === 'number' ? is : undefined);
}

function valueText(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : shown(value);
}

/** What masking leaves alone: the less, the stricter. */
function excludedChanges({ before, after, base }: SectionChange): BundleChange[] {
  return (['providers', 'clients'] as const).flatMap((list) => {
    const [old, now] = [before?.masking?.exclude?.[list], after?.masking?.exclude?.[list]];
    const row: ListRow = { path: '', of: () => [], word: list === 'providers' ? 'provider' : 'client' };
    const told = (some: readonly unknown[], effect: Effect, words: string): BundleChange[] =>
      some.length === 0 ? [] : [listChange(`${base}/masking/exclude/${list}`, row, some, { effect, words, old, now })];
    return [
      ...told(missingIn(old, now), 'tightens', 'no longer left out of masking'),
      ...told(missingIn(now, old), 'loosens', 'newly left out of masking'),
    ];
  });
}

/** Terms are counted, not named: some are the secret themselves. */
function termChanges({ before, after, base }: SectionChange): BundleChange[] {
  const [old, now] = [before?.masking?.terms, after?.masking?.terms];
  const pointer = `${base}/masking/terms`;
  const told = (count: number, effect: Effect, words: string): BundleChange[] =>
    count === 0 ? [] : [{ ...{ pointer, effect, kind: 'changed' }, text: `${countedWord(count, 'term')} ${words}` }];
  return [
    ...told(missingIn(now, old).length, 'tightens', 'newly masked'),
    ...told(missingIn(old, now).length, 'loosens', 'no longer masked'),
  ];
}
