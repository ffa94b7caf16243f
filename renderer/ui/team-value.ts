/** What is said of a value that a team bundle decided, in words: for its mark, and for whoever is asked for an exception. */
import type { ProvenanceEntry } from '../../shared/contract/bundles.ts';
import type { OriginEntry } from '../../shared/contract/config.ts';
import { toldInWords, type ValueWords as Words } from './bundle-values.ts';

/** So many of a list are told of. */
const shownItems = 6;
const shownLength = 240;

/** A value as people read it: `on`, `32,000`, `claude-*, gpt-*`; in words where the place it stands in has some. */
export function valueText(value: unknown, words: Words, pointer = ''): string {
  const { t, count } = words;
  const told = toldInWords(pointer, value, words);
  if (told !== undefined) return shortened([told.text, partsText(told.rest, words)].filter(Boolean).join(' · '));
  if (value === null || value === undefined) return '—';
  if (typeof value === 'boolean') return t(value ? 'locked.on' : 'locked.off');
  if (typeof value === 'number') return Number.isInteger(value) ? count(value) : String(value);
  if (typeof value === 'string') return shortened(value);
  if (Array.isArray(value)) return listText(value, words);
  const terms = termsIn(value);
  if (terms !== undefined) return t('locked.terms', { count: terms });
  return shortened(partsText(value, words));
}

/** `scope: global · rpm: 600`: what it is called stands elsewhere, and what is empty says nothing. */
function partsText(value: object, words: Words): string {
  return Object.entries(value)
    .filter(([name, part]) => name !== 'id' && !(Array.isArray(part) && part.length === 0))
    .map(([name, part]) => `${name}: ${isObject(part) ? JSON.stringify(part) : valueText(part, words)}`)
    .join(' · ');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of words there are only so many, never which. */
function termsIn(value: object): number | undefined {
  if (Object.keys(value).length !== 1 || !('count' in value)) return undefined;
  return typeof value.count === 'number' ? value.count : undefined;
}

function listText(list: readonly unknown[], words: Words): string {
  if (list.length === 0) return words.t('locked.empty');
  const shown = list.slice(0, shownItems).map((one) => valueText(one, words));
  const more = list.length - shown.length;
  return more > 0 ? words.t('locked.more', { list: shown.join(', '), count: more }) : shown.join(', ');
}

function shortened(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

/** What to send to those who publish the bundle; what is wanted and why is left to whoever asks. */
export function exceptionText(entry: ProvenanceEntry, words: Words): string {
  const { t } = words;
  const { bundle, line, pointer, reason, ref, value, yours } = entry;
  const given = [
    t('locked.exception.title'),
    t('locked.exception.bundle', { bundle: placeText({ bundle, line }, t) }),
    ...(pointer === '' ? [] : [t('locked.exception.rule', { pointer })]),
    ...(value === undefined ? [] : [t('locked.exception.now', { value: valueText(value, words, pointer) })]),
    ...(reason === null ? [] : [t('locked.exception.reason', { reason })]),
    ...(ref === null ? [] : [t('locked.exception.ref', { ref })]),
  ];
  const wanted = yours === undefined ? '' : valueText(yours, words, pointer);
  const asked = [t('locked.exception.wanted', { value: wanted }), t('locked.exception.why')];
  return [...given, '', ...asked].map((row) => row.trimEnd()).join('\n');
}

/** `acme-core@12, line 58` */
export function placeText({ bundle, line }: Pick<ProvenanceEntry, 'bundle' | 'line'>, t: Words['t']): string {
  const name = bundle ?? t('locked.bundle');
  return line === null ? name : t('origin.line', { file: name, line: String(line) });
}

/** `sluice.yaml, line 12`, as the instance says it, in the language of the reader. */
export function whereText(where: string, t: Words['t']): string {
  const [, file, line] = /^(.*), line (\d+)$/.exec(where) ?? [];
  return file === undefined || line === undefined ? where : t('origin.line', { file, line });
}

/** An address people may be sent to; text of a bundle may be anything. */
export function webAddress(url: string | null | undefined): string | undefined {
  if (url === null || url === undefined || !URL.canParse(url)) return undefined;
  return /^https?:$/.test(new URL(url).protocol) ? url : undefined;
}

/** What is known from the reading of the config alone: who, where, and why. */
export function entryOfOrigin({ where, locked, reason }: OriginEntry): ProvenanceEntry {
  const [, bundle, line] = /^team bundle (\S+), line (\d+)$/.exec(where ?? '') ?? [];
  return {
    ...{ pointer: '', value: undefined, mode: locked ? 'enforced' : 'default', bundle: bundle ?? null, origin: where },
    ...{ line: line === undefined ? null : Number(line), reason, ref: null, contact: null, others: [] },
  };
}
