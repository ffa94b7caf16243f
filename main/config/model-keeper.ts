/** What is told of models, and the one that is chosen for everything. */
import type { Config } from '../../shared/config/config.ts';
import { builtInAliases } from '../../shared/config/route.ts';
import { providerSettings } from '../../shared/config/provider-settings.ts';
import { modelCapabilities, type ModelEntry, type ModelPrice } from '../../shared/contract/models.ts';
import { picoToUsd } from '../../shared/domain/money.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { ModelFacts, Provider } from '../gateway/ports.ts';
import { isGlob } from '../kit/glob.ts';
import { nearestNames } from '../kit/nearest.ts';
import type { Catalogue } from './catalogue.ts';
import { createPrices, type PriceFacts } from './compile-models.ts';
import { chargesNothing } from './compile-provider.ts';
import { applyEdit } from './config-edits.ts';
import { rewritten, type FileChange, type FileChanged, type Loaded } from './file-change.ts';
import type { ParsedConfig } from './parse.ts';
import { teamPricesOf } from './price-floor.ts';
import { choiceTarget } from './route-target.ts';
import { appliedTo } from './team-layer.ts';

export interface ModelKeeperNeeds {
  readonly catalogue: Catalogue;
  readonly loaded: () => Loaded;
  /** In force when it resolves. */
  readonly change: (change: FileChange) => Promise<FileChanged>;
}

export interface ModelKeeper {
  /** Every model of every provider, those of one provider together. */
  list(): { readonly models: readonly Omit<ModelEntry, 'favourite'>[]; readonly catalogue_date: string };
  /** What answers every conversation; `null`: the rules decide. */
  choice(): string | null;
  /** In the file and in force when it resolves. Rejects with `control.not_found` when there is no such model or alias. */
  choose(model: string | null): Promise<void>;
}

export function createModelKeeper({ catalogue, loaded, change }: ModelKeeperNeeds): ModelKeeper {
  return {
    list() {
      const { sets, snapshot, at } = loaded();
      const { config } = sets[0];
      const teamPrices = teamPricesOf(config, appliedTo(sets[0]));
      const written = new Map(config.providers.map((settings) => [settings.id, settings]));
      const models = [...snapshot.providers.values()].flatMap((provider) => {
        const settings = written.get(provider.id) ?? providerSettings.parse({ id: provider.id, kind: provider.kind });
        const free = chargesNothing(provider.kind, provider.baseUrl);
        // The built-in one costs nothing whatever the file says of prices.
        const ofFile = written.has(provider.id) ? config : { pricing: [] };
        const priceOf = createPrices(settings, {
          ...{ config: ofFile, catalogue, now: at, free, vendor: (provider.unvouched ?? provider).vendor, teamPrices },
        });
        return [...provider.models.values()].map((facts) =>
          entryOf(provider, facts, priceOf(facts.id), catalogue.date),
        );
      });
      return { models, catalogue_date: catalogue.date };
    },
    choice: () => loaded().sets[0].config.use_model ?? null,
    async choose(model) {
      if (model !== null) checkChoice(model, loaded());
      await change({
        *rewrite(before, text) {
          const { document, habits } = before;
          if ((before.sets[0].config.use_model ?? null) === model) return text;
          const path = placeOfChoice(before, model);
          // Without one of its own a profile goes by that of the file.
          const isRemoved = model === null && path.length === 1;
          applyEdit(document, isRemoved ? { op: 'remove', path } : { op: 'set', path, value: model });
          return yield* rewritten(document, habits);
        },
      });
    },
  };
}

// ---------------------------------------------------------------- the list

function entryOf(
  { id: provider }: Provider,
  facts: ModelFacts,
  price: PriceFacts,
  catalogueDate: string,
): Omit<ModelEntry, 'favourite'> {
  const can = (name: (typeof modelCapabilities)[number]): boolean =>
    name === 'tools' || name === 'reasoning' ? facts[name] === true : facts.inputs?.includes(name) === true;
  return {
    id: `${provider}/${facts.id}`,
    provider,
    model: facts.id,
    context_window: facts.contextWindow ?? null,
    max_output_tokens: facts.maxOutputTokens ?? null,
    capabilities: modelCapabilities.filter(can),
    price: priceEntry(price, catalogueDate),
    chat: facts.chat !== false,
    unsettled: facts.unsettled === true,
    released: facts.released ?? null,
  };
}

function priceEntry({ price, source, since }: PriceFacts, catalogueDate: string): ModelPrice | null {
  if (price === undefined) return null;
  return {
    input: perMillion(price.input),
    output: perMillion(price.output),
    cache_read: perMillion(price.cacheRead),
    cache_write: perMillion(price.cacheWrite),
    source,
    since: since?.slice(0, 'YYYY-MM-DD'.length) ?? (source === 'list' ? catalogueDate : null),
  };
}

function perMillion(rate: number | undefined): string | null {
  return rate === undefined ? null : picoToUsd(BigInt(Math.round(rate)) * 1_000_000n);
}

// ---------------------------------------------------------------- the choice

/** In the profile in force where it says what is chosen, or only it knows the alias: else it would not count. */
function placeOfChoice({ config, sets: [{ profile }] }: ParsedConfig, model: string | null): (string | number)[] {
  const inForce = profile && config.profiles[profile.index];
  if (profile === undefined || inForce === undefined) return ['use_model'];
  const isAlias = (routes: Config['routes']): boolean => routes.some(({ alias }) => alias === model);
  const isItsOwn = isAlias(inForce.routes) && !isAlias(config.routes);
  return inForce.use_model !== undefined || isItsOwn ? ['profiles', profile.index, 'use_model'] : ['use_model'];
}

function checkChoice(model: string, { parsed, snapshot }: Loaded): void {
  const { providers } = snapshot;
  const written = parsed.sets[0].config.routes.map(({ alias }) => alias).filter((alias) => !isGlob(alias));
  const aliases = new Set([...written, ...builtInAliases]);
  const target = choiceTarget(model, { providers, aliases });
  if (target.kind === 'alias') {
    if (aliases.has(target.alias)) return;
  } else if (target.kind === 'model' && target.model !== '') {
    const provider = providers.get(target.provider);
    if (provider !== undefined && (!provider.closedModels || provider.models.has(target.model))) return;
  }
  const known = [...providers.values()].flatMap(({ id, models }) => [...models.keys()].map((name) => `${id}/${name}`));
  const near = nearestNames(model, [...aliases, ...known], 3);
  throw new GatewayError(
    'control.not_found',
    `There is no model or alias "${model.slice(0, 200)}".${near.length === 0 ? '' : ` Is it ${near.join(' or ')}?`}`,
  );
}
