/** The built-in catalogue of models: public facts with their date, looked up by vendor and name. */
import { isGlob, matchesGlob } from '../kit/glob.ts';
import type { ModelFacts } from '../gateway/ports.ts';
import { listPrice } from './pricing.ts';
import { createPriors, type Priors } from './priors.ts';

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
}

export interface Catalogue {
  /** Day of the data, `YYYY-MM-DD`. */
  readonly date: string;
  /** Models of a vendor by id; empty for an unknown vendor. */
  modelsOf(vendor: string | undefined): ReadonlyMap<string, CatalogueEntry>;
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
  return createCatalogue(models.default.date, models.default.vendors, createPriors(measured.default));
}

function createCatalogue(
  date: string,
  vendors: Readonly<Record<string, Readonly<Record<string, Row>>>>,
  priors: Priors,
): Catalogue {
  const made = new Map<string, ReadonlyMap<string, CatalogueEntry>>();
  return {
    date,
    priors,
    modelsOf(vendor) {
      if (vendor === undefined || !Object.hasOwn(vendors, vendor)) return new Map();
      const known = made.get(vendor);
      if (known !== undefined) return known;
      const models = new Map(Object.entries(vendors[vendor] ?? {}).map(([id, row]) => [id, entryOf(id, row)]));
      made.set(vendor, models);
      return models;
    },
  };
}

function entryOf(id: string, [context, output, flags, inputs, released, price]: Row): CatalogueEntry {
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
    price: typeof price === 'string' ? listPrice(price) : undefined,
    chat: has('o') || !chatsByName(id) ? false : undefined,
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

/** The entry for a model name as people and clients write it: with a date, `-latest`, a region or publisher before it. */
export function findEntry<Entry>(models: ReadonlyMap<string, Entry>, name: string): Entry | undefined {
  for (const spelling of spellings(name)) {
    const entry = models.get(spelling);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** Names by which the catalogue may know a model, most exact first. */
function spellings(name: string): readonly string[] {
  // `models/gemini-…`, `publishers/google/models/gemini-…` (Google); `us.anthropic.…` (Bedrock inference profiles).
  const bare = name
    .replace(/^(?:publishers\/[^/]+\/)?models\//, '')
    .replace(/^(?:us|eu|apac|jp|au|global|us-gov)\./, '');
  const undated = bare.replace(/@(?:default|\d{8})$/, '').replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '');
  return [name, bare, undated, `${undated}-latest`, `${undated}@default`];
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
