/** Prices of one's own: what the config file says of a model, and the edits that make it say something else. */
import type { ConfigEdit } from '../../../shared/contract/config.ts';
import { picoToUsd, usdToPicoExact } from '../../../shared/domain/money.ts';

export const priceFields = ['input', 'output', 'cache_read', 'cache_write'] as const;
export type PriceField = (typeof priceFields)[number];
/** As it is typed: US dollars per million tokens; empty where nothing is said. */
export type PriceForm = Readonly<Record<PriceField, string>>;

export const emptyForm: PriceForm = { input: '', output: '', cache_read: '', cache_write: '' };

/** An entry of `pricing` for exactly this model. */
export interface OwnPrice {
  /** Its place in the list. */
  readonly index: number;
  /** `YYYY-MM-DD`; empty of one that has always held. */
  readonly from: string;
  readonly form: PriceForm;
  /** All that is written there. */
  readonly entry: Readonly<Record<string, unknown>>;
}

type Entry = Readonly<Record<string, unknown>>;

/** All prices in an entry that are for `per` tokens; the others are factors, or for a request. */
const tokenRates = [
  ...priceFields,
  ...(['cache_write_1h', 'output_reasoning', 'input_audio', 'output_audio', 'input_image', 'output_image'] as const),
];
const million = 1_000_000;

/** The entries of the config for one `provider/model`, the latest first. */
export function ownPrices(config: Entry, id: string): readonly OwnPrice[] {
  return entriesOf(config)
    .flatMap((entry, index) =>
      entry['model'] === id ? [{ index, from: dayOf(entry), form: formOf(entry), entry }] : [],
    )
    .sort((a, b) => b.from.localeCompare(a.from));
}

function entriesOf(config: Entry): readonly Entry[] {
  return Array.isArray(config['pricing']) ? (config['pricing'] as readonly Entry[]) : [];
}

function dayOf(entry: Entry): string {
  const from = entry['effective_from'];
  return typeof from === 'string' ? from : '';
}

function formOf(entry: Entry): PriceForm {
  const per = typeof entry['per'] === 'number' ? entry['per'] : million;
  const of = (name: PriceField): string => {
    const text = entry[name];
    return typeof text === 'string' ? perMillion(text, per) : '';
  };
  return { input: of('input'), output: of('output'), cache_read: of('cache_read'), cache_write: of('cache_write') };
}

/** A price for `per` tokens as one for a million; as it is where it is no amount. */
function perMillion(text: string, per: number): string {
  const pico = per === million ? undefined : usdToPicoExact(text);
  return pico === undefined ? text : picoToUsd((pico * BigInt(million)) / BigInt(per));
}

/** Decimals exactly as the config file takes them. */
const decimal = /^\d{1,12}(\.\d{1,12})?$/;

export type PriceProblem = 'decimal' | 'both' | 'nothing' | 'date';

/** What is wrong with a form, by field; `listed`: there is a price that what is left empty is taken from. */
export function problemsOf(
  form: PriceForm,
  from: string,
  listed: boolean,
): Readonly<Partial<Record<PriceField | 'from', PriceProblem>>> {
  const problems: Partial<Record<PriceField | 'from', PriceProblem>> = {};
  for (const field of priceFields) {
    const text = form[field].trim();
    if (text !== '' && !decimal.test(text)) problems[field] = 'decimal';
  }
  if (priceFields.every((field) => form[field].trim() === '')) problems.input = 'nothing';
  else if (!listed)
    for (const field of ['input', 'output'] as const) if (form[field].trim() === '') problems[field] = 'both';
  if (from !== '' && !isDay(from)) problems.from = 'date';
  return problems;
}

function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/**
 * The edits that give a model a price from a day on. An entry for the same model and day is changed, with what else it says;
 * without one a new entry goes first, for of entries of one day the upper holds.
 */
export function priceEdits(config: Entry, id: string, form: PriceForm, from: string): ConfigEdit[] {
  const same = ownPrices(config, id).find((own) => own.from === from);
  const entry: Record<string, unknown> = { model: id };
  for (const field of priceFields) {
    const text = form[field].trim();
    if (text !== '') entry[field] = text;
  }
  if (from !== '') entry['effective_from'] = from;
  if (same === undefined) return [{ op: 'insert', path: ['pricing', 0], value: entry }];
  const path = ['pricing', same.index];
  const edits: ConfigEdit[] = [{ op: 'set', path, value: { ...restOf(same.entry), ...entry } }];
  if (same.index > 0) edits.push({ op: 'move', path, to: 0 });
  return edits;
}

/** What an entry says that the form has no field for, per million as the form is. */
function restOf(entry: Entry): Record<string, unknown> {
  const per = typeof entry['per'] === 'number' ? entry['per'] : million;
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(entry)) {
    if (['per', 'currency', ...priceFields].includes(name) || value === undefined) continue;
    const isRate = (tokenRates as readonly string[]).includes(name);
    rest[name] = isRate && typeof value === 'string' ? perMillion(value, per) : value;
  }
  return rest;
}

/** Takes entries out, the last first, so that the places of the others stay what they are. */
export function removalEdits(prices: readonly OwnPrice[]): ConfigEdit[] {
  return prices
    .toSorted((a, b) => b.index - a.index)
    .map(({ index }) => ({ op: 'remove', path: ['pricing', index] }) as const);
}

/** An entry for several models that holds instead of one for this model from this day on; its pattern. */
export function overruledBy(config: Entry, id: string, from: string, today: string): string | undefined {
  const model = id.slice(id.indexOf('/') + 1);
  return entriesOf(config)
    .filter((entry) => entry['model'] !== id && dayOf(entry) > from && dayOf(entry).slice(0, 10) <= today)
    .map((entry) => String(entry['model']))
    .find((pattern) => fits(pattern, model) || fits(pattern, id));
}

/** `*` stands for any characters, everything else for itself. */
function fits(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at + last.length <= text.length;
}

/** Where a price is written at the provider's own list of models, which holds over the list `pricing`. */
export function priceAtProvider(config: Entry, id: string): string | undefined {
  const providers = Array.isArray(config['providers']) ? (config['providers'] as readonly Entry[]) : [];
  for (const [index, provider] of providers.entries()) {
    if (!id.startsWith(`${String(provider['id'])}/`) || !Array.isArray(provider['models'])) continue;
    const at = (provider['models'] as readonly unknown[]).findIndex(
      (model) =>
        isEntry(model) && model['pricing'] !== undefined && `${String(provider['id'])}/${String(model['id'])}` === id,
    );
    if (at !== -1) return `/providers/${index}/models/${at}/pricing`;
  }
  return undefined;
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null;
}
