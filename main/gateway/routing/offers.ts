/** Every model worth offering: what the built-in aliases choose from. */
import { kindFacts } from '../../../shared/config/provider.ts';
import type { ModelFacts } from '../ports.ts';
import { hasCredential, type RoutingProvider, type RoutingSnapshot } from './routing-snapshot.ts';

export interface Offer {
  readonly provider: RoutingProvider;
  readonly facts: ModelFacts;
  /** `provider/model`. */
  readonly target: string;
}

/** More than this many are no better a choice, and each is looked at with every request. */
const maxOffers = 200;
/** Of each family in a catalogue: the newest, and one before it, which may be cheaper or in better health. */
const versionsOffered = 2;

const offersOf = new WeakMap<RoutingSnapshot, readonly Offer[]>();

/**
 * What the built-in aliases choose from: the settled chat models with a usable credential whose price is known or that the
 * user lists. Of a catalogue, the newest of each family. Those whose quality is known come first, then the newest. The demo
 * provider counts only when there is nothing else.
 */
export function offersIn(snapshot: RoutingSnapshot): readonly Offer[] {
  const known = offersOf.get(snapshot);
  if (known !== undefined) return known;
  const providers = [...snapshot.providers.values()];
  const real = offersFrom(providers.filter((one) => one.kind !== 'demo'));
  // Of the demo, the model that simply answers: the others dawdle and fail on purpose.
  const found = real.length > 0 ? real : offersFrom(providers).slice(0, 1);
  offersOf.set(snapshot, found);
  return found;
}

function offersFrom(providers: readonly RoutingProvider[]): readonly Offer[] {
  const ranked: { readonly offer: Offer; readonly rank: number }[] = [];
  for (const provider of providers) {
    // Where there is no catalogue, or the list is closed, somebody has written down every model there is.
    const listed = provider.local || provider.closedModels || kindFacts[provider.kind].catalogue === undefined;
    const able = [...provider.models.values()].filter((facts) => isOffered(provider, facts, listed));
    const ages = agesOf(able);
    for (const facts of able) {
      const age = ages.get(facts) ?? 0;
      if (age >= versionsOffered && !listed) continue;
      const rank = (facts.quality === undefined ? 0 : 2) + (age === 0 ? 1 : 0);
      ranked.push({ offer: { provider, facts, target: `${provider.id}/${facts.id}` }, rank });
    }
  }
  return ranked
    .sort((a, b) => b.rank - a.rank || compareNewest(a.offer.facts, b.offer.facts))
    .slice(0, maxOffers)
    .map(({ offer }) => offer);
}

function isOffered(provider: RoutingProvider, facts: ModelFacts, listed: boolean): boolean {
  if (facts.chat === false || facts.unsettled === true) return false;
  // Resold for nothing: a few calls a day, and the prompts are the price (openrouter.ai/docs, free variants).
  if (!listed && facts.id.endsWith(':free')) return false;
  if (!listed && (facts.price === undefined || isAnotherSpelling(provider, facts.id))) return false;
  return hasCredential(provider, facts.id);
}

/** Newest first; what has no date comes last. Equal dates: the shorter name is the plain model. */
function compareNewest(a: ModelFacts, b: ModelFacts): number {
  const [left, right] = [a.released ?? '', b.released ?? ''];
  if (left !== right) return left < right ? 1 : -1;
  return a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** The same model under its date: `claude-opus-4-5-20251101` beside `claude-opus-4-5`. */
function isAnotherSpelling(provider: RoutingProvider, id: string): boolean {
  const plain = id.replace(/[-@](?:\d{8}|\d{4}-\d{2}-\d{2})$/, '');
  return plain !== id && provider.models.has(plain);
}

/** How many of its family are newer. */
function agesOf(models: readonly ModelFacts[]): ReadonlyMap<ModelFacts, number> {
  const ages = new Map<ModelFacts, number>();
  const seen = new Map<string, number>();
  for (const facts of [...models].sort(compareNewest)) {
    const family = familyOf(facts.id);
    const age = seen.get(family) ?? 0;
    ages.set(facts, age);
    seen.set(family, age + 1);
  }
  return ages;
}

/** The name without version and date, in whatever order vendors put its words: `claude-3-5-haiku-20241022` → `claude haiku`. */
function familyOf(id: string): string {
  const words = id
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    // A size such as 70b is part of what a model is; other figures are versions: gpt-4o, o3, v2.
    .map((word) => (/^\d+x?\d*[bm]$/.test(word) ? word : word.replace(/\d+/g, '')))
    .filter((word) => word !== '' && word !== 'v' && word !== 'latest');
  return [...new Set(words)].sort().join(' ');
}
