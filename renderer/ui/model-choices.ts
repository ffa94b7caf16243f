/** What can be asked for by a name: favourites, aliases, and every model that answers conversations. */
import type { ModelEntry } from '../../shared/contract/models.ts';
import type { AppSnapshot } from '../../shared/contract/snapshot.ts';
import type { Text } from '../text/text.ts';

/** Nobody reads more lines than this; a word narrows them. */
const shownModels = 60;

type Aliases = Pick<AppSnapshot, 'routes'>;

export interface ModelSources {
  readonly snapshot: (Aliases & Pick<AppSnapshot, 'favourites'>) | undefined;
  /** `undefined` while they are asked for. */
  readonly models: readonly ModelEntry[] | undefined;
}

export interface ModelChoice {
  readonly id: string;
  readonly detail: string;
}

export type ChoiceGroups = readonly (readonly [
  heading: 'favourites' | 'aliases' | 'models',
  choices: readonly ModelChoice[],
])[];

/** Favourites first, then aliases, then everything else. */
export function choicesOf({ snapshot, models = [] }: ModelSources, search: string, text: Text): ChoiceGroups {
  const words = search.toLowerCase().split(/\s+/);
  const fits = ({ id }: ModelChoice): boolean => words.every((word) => id.toLowerCase().includes(word));
  const known = new Map(models.map((model) => [model.id, model]));
  const favourites = snapshot?.favourites ?? [];
  const choice = (id: string): ModelChoice => ({ id, detail: detailOf(known.get(id), text) });
  const aliases = namedAliases(snapshot).map(({ alias, targets }) => ({ id: alias, detail: targets.join(' → ') }));
  const others = models.filter(({ id, chat }) => chat && !favourites.includes(id)).map(({ id }) => choice(id));
  return [
    ['favourites', favourites.map(choice).filter(fits)],
    ['aliases', aliases.filter(fits)],
    ['models', others.filter(fits).slice(0, shownModels)],
  ];
}

/** Aliases that can be asked for by their name, each once: several routes may share one. */
export function namedAliases(snapshot: Aliases | undefined): AppSnapshot['routes'] {
  const routes = snapshot?.routes ?? [];
  return routes.filter(
    ({ alias }, index) => !/[*?]/.test(alias) && routes.findIndex((other) => other.alias === alias) === index,
  );
}

function detailOf(model: ModelEntry | undefined, { t, money, compact }: Text): string {
  if (model === undefined) return '—';
  const { price, context_window: context } = model;
  const cost =
    price === null
      ? '—'
      : price.source === 'free'
        ? t('picker.free')
        : t('picker.price', { input: money(price.input), output: money(price.output) });
  return context === null ? cost : `${cost} · ${t('picker.context', { tokens: compact(context) })}`;
}
