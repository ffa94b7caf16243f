/** Which models of the list are shown: words that are searched for, and filters; all of it stands in the address. */
import type { ModelEntry } from '../../../shared/contract/models.ts';

export type Capability = ModelEntry['capabilities'][number];

export const capabilities: readonly Capability[] = ['tools', 'reasoning', 'image', 'audio', 'pdf', 'video'];

export interface ModelFilter {
  readonly text: string;
  /** Id of a provider; empty for all. */
  readonly provider: string;
  readonly favourites: boolean;
  readonly capability: Capability | undefined;
  /** Only what answers conversations. */
  readonly chat: boolean;
  /** Only what has a price that is known. */
  readonly priced: boolean;
}

/** What is shown when nothing was chosen. */
export const noFilter: ModelFilter = {
  text: '',
  provider: '',
  favourites: false,
  capability: undefined,
  chat: true,
  priced: false,
};

/** The parts of it that hide models, in the order in which they are named. */
export type FilterPart = 'text' | 'provider' | 'favourites' | 'capability' | 'chat' | 'priced';

/** What is in the address when nothing was chosen is not written there. */
export function filterOf(query: URLSearchParams): ModelFilter {
  return {
    text: query.get('q') ?? '',
    provider: query.get('of') ?? '',
    favourites: query.get('favourites') === '1',
    capability: capabilities.find((one) => one === query.get('can')),
    chat: query.get('all') !== '1',
    priced: query.get('priced') === '1',
  };
}

const names: Readonly<Record<FilterPart, string>> = {
  text: 'q',
  provider: 'of',
  favourites: 'favourites',
  capability: 'can',
  chat: 'all',
  priced: 'priced',
};

/** Changes of the address that make a filter out of the one that is there. */
export function queryOf(change: Partial<ModelFilter>): Readonly<Record<string, string | null>> {
  const query: Record<string, string | null> = {};
  for (const [part, value] of Object.entries(change) as [FilterPart, string | boolean | undefined][]) {
    const isSet = part === 'chat' ? value === false : value !== '' && value !== false && value !== undefined;
    query[names[part]] = !isSet ? null : typeof value === 'string' ? value : '1';
  }
  return query;
}

export function filterModels(models: readonly ModelEntry[], filter: ModelFilter): readonly ModelEntry[] {
  const fits = searcher(filter.text);
  return models.filter((model) => passes(model, filter) && fits(model));
}

function passes(model: ModelEntry, { provider, favourites, capability, chat, priced }: ModelFilter): boolean {
  return (
    (provider === '' || model.provider === provider) &&
    (!favourites || model.favourite) &&
    (capability === undefined || model.capabilities.includes(capability)) &&
    (!chat || model.chat) &&
    (!priced || model.price !== null)
  );
}

/** Every word must be somewhere in the name or among the capabilities; `gpt4o` finds `gpt-4o`. */
function searcher(text: string): (model: ModelEntry) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  const pairs = words.map((word) => [word, withoutMarks(word)] as const);
  return ({ id, capabilities: can }) => {
    const name = id.toLowerCase();
    const bare = withoutMarks(name);
    return pairs.every(
      ([word, plain]) =>
        name.includes(word) || (plain !== '' && bare.includes(plain)) || can.some((one) => one.startsWith(word)),
    );
  };
}

function withoutMarks(text: string): string {
  return text.replace(/[-._:/ ]/g, '');
}

/** Which parts hide models: what each of them alone would bring back, the most first (UX-50). */
export function hiddenBy(
  models: readonly ModelEntry[],
  filter: ModelFilter,
): readonly { readonly part: FilterPart; readonly count: number }[] {
  const shown = filterModels(models, filter).length;
  return Object.entries(withoutParts)
    .map(([part, without]) => ({
      part: part as FilterPart,
      count: filterModels(models, { ...filter, ...without }).length - shown,
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

/** Each part set to what hides nothing. */
export const withoutParts: Readonly<Record<FilterPart, Partial<ModelFilter>>> = {
  text: { text: '' },
  provider: { provider: '' },
  favourites: { favourites: false },
  capability: { capability: undefined },
  chat: { chat: false },
  priced: { priced: false },
};
