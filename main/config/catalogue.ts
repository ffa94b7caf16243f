/** The built-in catalogue of models: public facts with their date, looked up by vendor and name. */
import { isGlob, matchesGlob } from '../kit/glob.ts';
import type { ModelFacts } from '../gateway/ports.ts';
import { findSpelling } from './model-names.ts';
import { datedPrices, priceAt } from './price-text.ts';
import { createBounds } from './price-bounds.ts';
import { createPriors, type Priors } from './priors.ts';
import type { Price } from '../../shared/domain/price.ts';

type Input = NonNullable<ModelFacts['inputs']>[number];
/** Context tokens, output tokens, flags, inputs, release date, price: see `columns` in the file. */
type Row = readonly (string | number)[];

/** What the catalogue knows about a model, on top of the facts the gateway uses. */
export interface CatalogueEntry extends ModelFacts {
  /** `false`: the vendor refuses `temperature` and its like for this model. */
  readonly sampling: boolean;
  /** Deprecated, beta, preview. */
  readonly unsettled: boolean;
  /** `YYYY-MM-DD`, or empty. */
  readonly released: string;
  /** Its list prices with their days, as `priceAt` reads them; `price` is the one of the catalogue's day. */
  readonly prices?: string | undefined;
}

export interface Catalogue {
  /** Day of the data, `YYYY-MM-DD`. */
  readonly date: string;
  /** Models of a vendor by id; empty for an unknown vendor. */
  modelsOf(vendor: string | undefined): ReadonlyMap<string, CatalogueEntry>;
  /** List prices of a model that is on no list of its vendor's models, as `priceAt` reads them. */
  pricesOf(vendor: string | undefined, model: string): string | undefined;
  /** What the dearest relative of a model costs: of its family, else of its vendor, else of all there are. */
  boundFor(vendor: string | undefined, model: string): Price | undefined;
  /** Moments, in milliseconds since 1970, at which some list price changes. */
  readonly changes: readonly number[];
  /** How well models do, as far as it was measured or can be estimated. */
  readonly priors: Priors;
}

const inputNames: Readonly<Record<string, Input>> = { t: 'text', i: 'image', a: 'audio', p: 'pdf', v: 'video' };

let loaded: Promise<Catalogue> | undefined;

/** The catalogue, read from disk at the first call: a start with nothing but the demo provider does not need it. */
export function loadCatalogue(): Promise<Catalogue> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Catalogue> {
  const [models, measured] = await Promise.all([
    import('./catalogue.json', { with: { type: 'json' } }),
    import('./priors.json', { with: { type: 'json' } }),
  ]);
  return createCatalogue(models.default, createPriors(measured.default));
}

interface CatalogueFile {
  readonly date: string;
  readonly changes: readonly string[];
  readonly vendors: Readonly<Record<string, Readonly<Record<string, Row>>>>;
  /** Models of which only the price is known. */
  readonly prices_only: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function createCatalogue(file: CatalogueFile, priors: Priors): Catalogue {
  const { date, vendors, prices_only: pricesOnly } = file;
  const made = new Map<string, ReadonlyMap<string, CatalogueEntry>>();
  const day = Date.parse(date);
  const modelsOf = (vendor: string | undefined): ReadonlyMap<string, CatalogueEntry> => {
    if (vendor === undefined || !Object.hasOwn(vendors, vendor)) return new Map();
    const known = made.get(vendor);
    if (known !== undefined) return known;
    const models = new Map(Object.entries(vendors[vendor] ?? {}).map(([id, row]) => [id, entryOf(id, row, day)]));
    made.set(vendor, models);
    return models;
  };
  const onlyOf = (vendor: string): Readonly<Record<string, string>> =>
    Object.hasOwn(pricesOnly, vendor) ? (pricesOnly[vendor] ?? {}) : {};
  const bounds = createBounds(Object.keys(vendors), (vendor) => [
    ...[...modelsOf(vendor).values()].map(({ id, chat, prices }) => ({ id, chat, prices: datedPrices(prices ?? '') })),
    ...Object.entries(onlyOf(vendor)).map(([id, text]) => ({ id, chat: chatFor(id), prices: datedPrices(text) })),
  ]);
  return {
    date,
    priors,
    modelsOf,
    changes: file.changes.map((change) => Date.parse(change)),
    pricesOf(vendor, model) {
      const only = vendor === undefined ? {} : onlyOf(vendor);
      return findSpelling(model, (spelling) => (Object.hasOwn(only, spelling) ? only[spelling] : undefined));
    },
    boundFor: bounds,
  };
}

function chatFor(id: string): false | undefined {
  return chatsByName(id) ? undefined : false;
}

function entryOf(id: string, [context, output, flags, inputs, released, price]: Row, day: number): CatalogueEntry {
  const prices = typeof price === 'string' ? price : undefined;
  let listed: { readonly price: Price | undefined } | undefined;
  const has = (letter: string): boolean => String(flags).includes(letter);
  return {
    id,
    contextWindow: typeof context === 'number' && context > 0 ? context : undefined,
    maxOutputTokens: typeof output === 'number' && output > 0 ? output : undefined,
    tools: has('t'),
    reasoning: has('r'),
    inputs: [...String(inputs)].flatMap((letter) => inputNames[letter] ?? []),
    sampling: !has('n'),
    unsettled: has('x'),
    released: String(released ?? ''),
    // Few of a vendor's many models are ever asked for.
    get price() {
      listed ??= { price: prices === undefined ? undefined : priceAt(prices, day) };
      return listed.price;
    },
    prices,
    chat: has('o') ? false : chatFor(id),
  };
}

/**
 * Names of models that answer no conversation: vectors, rankings, pictures, sound, moderation, edits to apply, and those
 * that only research on their own for minutes.
 */
const otherWork = new RegExp(
  [
    ...[
      'embed',
      'bge-',
      'minilm',
      'rerank',
      'whisper',
      'transcri',
      '-tts',
      '-image(?!-to)',
      'gpt-image',
      'dall-e',
      'imagen',
    ],
    ...[
      'veo-',
      'sora-',
      'lyria',
      'gpt-audio',
      'native-audio',
      'orpheus',
      'imagine',
      'realtime',
      'moderation',
      '-guard',
    ],
    ...[
      'safeguard',
      'content-safety',
      '(?:morph|relace)-',
      'computer-use',
      'deep-research',
      'gpt-3\\.5-turbo-instruct',
    ],
  ].join('|'),
  'i',
);

/** Whether a model of this name answers conversations, as far as names tell. */
export function chatsByName(model: string): boolean {
  return !otherWork.test(model);
}

/** Whether a model of this name is no preview or trial, as far as names tell. */
export function isSettledName(model: string): boolean {
  return !/preview|beta|-exp\b/.test(model);
}

/**
 * The model a pattern in a route stands for: the newest settled one that fits, else the newest at all (RTE-11). Models that
 * answer no conversation are meant only where no other fits. A name without a star is itself. `undefined` when nothing known
 * fits.
 */
export function resolveModelGlob(models: ReadonlyMap<string, ModelFacts>, pattern: string): string | undefined {
  if (!isGlob(pattern)) return pattern;
  const matching = [...models.values()].filter((entry) => matchesGlob(pattern, entry.id));
  const chatting = matching.filter((entry) => entry.chat !== false);
  const fitting = chatting.length > 0 ? chatting : matching;
  const settled = fitting.filter((entry) => entry.unsettled !== true && isSettledName(entry.id));
  const candidates = settled.length > 0 ? settled : fitting;
  // Equal dates: the shorter name is the plain model, the longer one its variant.
  const newestFirst = candidates.toSorted(
    (a, b) =>
      (b.released ?? '').localeCompare(a.released ?? '') || a.id.length - b.id.length || a.id.localeCompare(b.id),
  );
  return newestFirst[0]?.id;
}
