/** What is known about a provider's models: the catalogue, what names tell, and the user's word over both. */
import type { Config } from '../../shared/config/config.ts';
import { kindFacts, runsForNothing } from '../../shared/config/provider.ts';
import type { ModelSettings, ProviderSettings } from '../../shared/config/provider-settings.ts';
import { freePrice, type Price } from '../../shared/domain/price.ts';
import type { ModelFacts } from '../gateway/ports.ts';
import { RecentMap } from '../kit/recent-map.ts';
import { chatsByName, isSettledName, type Catalogue, type CatalogueEntry } from './catalogue.ts';
import { findEntry } from './model-names.ts';
import { rulesFor } from './model-rules.ts';
import { dayOfPriceAt, priceAt } from './price-text.ts';
import { dearestOf } from './price-floor.ts';
import { entryFor, pricesInForce, priceWith } from './pricing.ts';
import type { ConfigPath, Findings } from './problems.ts';

export interface CompileModelsContext {
  readonly config: Pick<Config, 'pricing'>;
  readonly catalogue: Catalogue;
  readonly findings: Findings;
  readonly path: ConfigPath;
  /** Milliseconds since 1970: decides which prices hold. */
  readonly now: number;
  /** Nobody charges for its models: it runs them on this machine. */
  readonly free: boolean;
  /** Who answers at its address, whatever its kind. */
  readonly vendor?: ProviderSettings['kind'] | undefined;
  /** Entries of `pricing` that a team wrote which bounds what may be spent: others count no less than the list. */
  readonly teamPrices?: ReadonlySet<Config['pricing'][number]> | undefined;
}

export interface ProviderModels {
  /** The catalogue of this vendor with the user's list on top; the list alone when it is closed. */
  readonly listed: ReadonlyMap<string, ModelFacts>;
  /** Facts of any model; of one that is not listed, those of its nearest relative, the user's list first. */
  readonly factsFor: (model: string) => ModelFacts;
}

type OwnModel = Partial<Omit<ModelSettings, 'id'>> & { readonly id: string };

/** The user's list in its long form. */
export function userModels(settings: ProviderSettings): readonly OwnModel[] {
  return settings.models.map((model) => (typeof model === 'string' ? { id: model } : model));
}

/** Models that are on no list, whose facts are remembered. */
const maxRelatives = 500;

const demoModels = ['echo', 'slow', 'flaky'];

export function compileModels(settings: ProviderSettings, context: CompileModelsContext): ProviderModels {
  const known = context.catalogue.modelsOf(kindFacts[settings.kind].catalogue);
  const own = new Map(userModels(settings).map((model) => [model.id, model]));
  const factsOf = createFacts(settings, context);
  const listed = new Map<string, ModelFacts>();
  for (const id of settings.kind === 'demo' ? demoModels : []) {
    listed.set(id, factsOf(id, { tools: true, inputs: ['text'] }, undefined));
  }
  if (!settings.closed_models) {
    for (const [id, entry] of known) if (!own.has(id)) listed.set(id, factsOf(id, entry, undefined));
  }
  for (const [id, model] of own) listed.set(id, factsOf(id, findEntry(known, id), model));
  warnOfHalfPrices(settings, listed, context);
  // Asked several times for each request, and clients choose the names.
  const relatives = new RecentMap<ModelFacts>(maxRelatives);
  return {
    listed,
    factsFor(model) {
      const found = listed.get(model) ?? relatives.peek(model);
      if (found !== undefined) return found;
      const made = factsOf(model, findEntry(known, model), findEntry(own, model));
      relatives.set(model, made);
      return made;
    },
  };
}

type Entry = Partial<CatalogueEntry>;

/** What a model costs and who says so. */
export interface PriceFacts {
  readonly price: Price | undefined;
  readonly source: 'list' | 'you' | 'free';
  /** `YYYY-MM-DD` or a moment, as it is written; `undefined`: for as long as anyone knows. */
  readonly since: string | undefined;
}

type FindPrice = (id: string, entry: Entry | undefined, own: OwnModel | undefined) => PriceFacts;

export type PricesContext = Pick<
  CompileModelsContext,
  'config' | 'catalogue' | 'now' | 'free' | 'vendor' | 'teamPrices'
>;

/** Prices of a provider's listed models, and who says so. */
export function createPrices(settings: ProviderSettings, context: PricesContext): (id: string) => PriceFacts {
  const known = context.catalogue.modelsOf(kindFacts[settings.kind].catalogue);
  const own = new Map(userModels(settings).map((model) => [model.id, model]));
  const find = priceFinder(settings, context);
  return (id) => find(id, known.get(id) ?? (own.has(id) ? findEntry(known, id) : undefined), own.get(id));
}

function priceFinder(settings: ProviderSettings, context: PricesContext): FindPrice {
  const { config, catalogue, now, free, teamPrices } = context;
  const inForce = pricesInForce(config.pricing, now);
  const vendor = kindFacts[settings.kind].catalogue;
  // What this machine runs, and what OpenRouter gives away.
  const isFree = (id: string): boolean =>
    (free && runsForNothing(settings.kind, id)) || (settings.kind === 'openrouter' && id.endsWith(':free'));
  return (id, entry, own) => {
    const names = [id, own?.id ?? id, entry?.id ?? id];
    const written = names.map((name) => entryFor(inForce, settings.id, name)).find((found) => found !== undefined);
    const dated = entry?.prices ?? catalogue.pricesOf(vendor, id);
    const atList = dated === undefined ? undefined : priceAt(dated, now);
    const listed = atList ?? (isFree(id) ? freePrice : undefined);
    const asWritten = priceWith(priceWith(listed, written), own?.pricing);
    const isOwn = own?.pricing !== undefined || (written !== undefined && teamPrices?.has(written) !== true);
    const least = isOwn && teamPrices !== undefined ? leastPrice(dated ?? pricesAt(id, context), now) : undefined;
    const price = asWritten && least ? dearestOf(asWritten, least.price) : asWritten;
    // What people see is the one of both that counts.
    if (least !== undefined && price !== undefined && price.input + price.output > sumOf(asWritten))
      return { ...least, price };
    if (own?.pricing !== undefined) return { price, source: 'you', since: undefined };
    if (written !== undefined) return { price, source: 'you', since: written.effective_from };
    if (atList === undefined) return { price, source: 'free', since: undefined };
    return { price, source: 'list', since: dated === undefined ? undefined : dayOfPriceAt(dated, now) };
  };
}

type Dated = ReturnType<Catalogue['pricesOf']>;

/** By the list of whoever answers at the address. */
function pricesAt(id: string, { catalogue, vendor }: PricesContext): Dated {
  const at = vendor === undefined ? undefined : kindFacts[vendor].catalogue;
  return findEntry(catalogue.modelsOf(at), id)?.prices ?? catalogue.pricesOf(at, id);
}

function leastPrice(dated: Dated, now: number): (PriceFacts & { readonly price: Price }) | undefined {
  const price = dated === undefined ? undefined : priceAt(dated, now);
  if (dated === undefined || price === undefined) return undefined;
  return { price, source: 'list', since: dayOfPriceAt(dated, now) };
}

function sumOf(price: Price | undefined): number {
  return (price?.input ?? 0) + (price?.output ?? 0);
}

/** Puts the facts of one model together, from its entry in the catalogue and in the user's list, or those of a relative. */
function createFacts(
  settings: ProviderSettings,
  context: CompileModelsContext,
): (id: string, entry: Entry | undefined, own: OwnModel | undefined) => ModelFacts {
  const { catalogue } = context;
  const vendor = kindFacts[settings.kind].catalogue;
  const find = priceFinder(settings, context);
  return (id, entry, own) => {
    const chat = entry?.chat ?? (chatsByName(id) ? undefined : false);
    const { price } = find(id, entry, own);
    const facts: ModelFacts = {
      id,
      contextWindow: own?.context_window ?? entry?.contextWindow,
      maxOutputTokens: own?.max_output_tokens ?? entry?.maxOutputTokens,
      tools: own?.tools ?? entry?.tools,
      reasoning: own?.reasoning ?? entry?.reasoning,
      inputs: own?.inputs ?? entry?.inputs,
      price,
      chat,
      released: entry?.released === '' ? undefined : entry?.released,
      unsettled: entry?.unsettled === true || !isSettledName(id),
    };
    const listPrice = entry?.price;
    const quality =
      chat === false || settings.kind === 'demo'
        ? undefined
        : catalogue.priors.qualityFor(id, { ...facts, price: listPrice });
    const made = withRules(settings.kind, { ...facts, quality }, entry?.sampling);
    return price === undefined ? withBound(made, () => catalogue.boundFor(vendor, id)) : made;
  };
}

/**
 * Facts that know what an unknown price counts as. To find it, the prices of many models are read: not before it is asked
 * for, and not by who only copies facts.
 */
function withBound(facts: ModelFacts, boundOf: () => Price | undefined): ModelFacts {
  let found: { readonly price: Price | undefined } | undefined;
  const get = (): Price | undefined => (found ??= { price: boundOf() }).price;
  return Object.defineProperty(facts, 'boundPrice', { get, enumerable: false });
}

/** Facts with the rules of kind and name; what the catalogue or user says about reasoning and sampling wins over the name. */
function withRules(kind: ProviderSettings['kind'], facts: ModelFacts, sampling: boolean | undefined): ModelFacts {
  const { rules, dialects } = rulesFor(kind, facts.id);
  const firstParty = kind === 'openai' || kind === 'azure-openai' || kind === 'anthropic';
  return {
    ...facts,
    reasoning: facts.reasoning ?? rules.reasoning,
    rules: {
      ...rules,
      reasoning: rules.reasoning ?? facts.reasoning,
      maxOutputTokens: facts.maxOutputTokens,
      ...(firstParty && sampling === false ? { noSampling: true } : {}),
    },
    dialects,
  };
}

function warnOfHalfPrices(
  settings: ProviderSettings,
  listed: ReadonlyMap<string, ModelFacts>,
  { findings, path }: CompileModelsContext,
): void {
  for (const [at, model] of settings.models.entries()) {
    if (typeof model === 'string' || model.pricing === undefined || listed.get(model.id)?.price !== undefined) continue;
    findings.warning(
      [...path, 'models', at, 'pricing'],
      `the price of "${model.id}" stays unknown: input or output is missing`,
      'Give both input and output',
    );
  }
}
