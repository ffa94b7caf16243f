/** Prices: what is enforced goes before the user's, and those before what is suggested, whenever each of them takes effect. */
import { priceSettings } from '../../../shared/config/policy.ts';
import type { ProviderSettings } from '../../../shared/config/provider-settings.ts';
import type { Config } from '../../../shared/config/config.ts';
import { matchesGlob } from '../../kit/glob.ts';
import { byUser, type Draft, type Written } from './draft.ts';
import { entriesOf, type Part } from './parts.ts';

type Price = Config['pricing'][number];
type Tier = readonly Written<Price>[];

export function applyPricing(draft: Draft): void {
  const enforced = pricesOf(draft.parts.enforced);
  const own = byUser(draft.config.pricing);
  const suggested = pricesOf(draft.parts.defaults);
  if (enforced.length + suggested.length > 0) {
    const list = inPriority([...enforced, own, ...suggested].filter((tier) => tier.length > 0));
    draft.config = {
      ...draft.config,
      pricing: draft.list('pricing', list),
      providers: withoutOwnPrices(draft.config.providers, enforced.flat()),
    };
  }
  tell(draft, [...enforced.flat(), ...suggested.flat()]);
}

/** One tier for each part: the stronger wins. */
function pricesOf(parts: readonly Part[]): readonly Tier[] {
  return parts.map((part) =>
    entriesOf(part, ['pricing'], part.says.pricing, ({ model }) => model).flatMap(({ entry, source }) => {
      const parsed = priceSettings.safeParse(entry);
      return parsed.success ? [{ entry: parsed.data, by: { kind: 'bundle', source } } as const] : [];
    }),
  );
}

/**
 * Of prices the latest is asked first, and of those from the same moment the upper one. So whenever a price of a weaker tier takes
 * effect, those of the stronger ones that hold then take effect anew above it.
 */
function inPriority(tiers: readonly Tier[]): readonly Written<Price>[] {
  const starts = tiers.map((tier) => new Set(tier.map(({ entry }) => entry.effective_from)));
  return tiers.flatMap((tier, index) => {
    const weaker = new Set(starts.slice(index + 1).flatMap((some) => [...some]));
    const moments = [...new Set([...(starts[index] ?? []), ...weaker])];
    return moments.flatMap((from) => {
      if (!weaker.has(from)) return tier.filter(({ entry }) => entry.effective_from === from);
      const inForce = tier.filter(({ entry }) => startOf(entry.effective_from) <= startOf(from));
      const latest = inForce.sort((a, b) => startOf(b.entry.effective_from) - startOf(a.entry.effective_from));
      return latest.map(({ entry, by }) => ({
        entry: from === undefined ? entry : { ...entry, effective_from: from },
        by,
      }));
    });
  });
}

function startOf(from: string | undefined): number {
  return from === undefined ? 0 : Date.parse(from);
}

/** What the user wrote at a model would go before any list. */
function withoutOwnPrices(
  providers: readonly ProviderSettings[],
  enforced: readonly Written<Price>[],
): ProviderSettings[] {
  return providers.map((provider) => {
    const isPriced = (id: string): boolean =>
      enforced.some(({ entry }) => matchesGlob(entry.model, id) || matchesGlob(entry.model, `${provider.id}/${id}`));
    if (
      !provider.models.some((model) => typeof model !== 'string' && model.pricing !== undefined && isPriced(model.id))
    )
      return provider;
    const models = provider.models.map((model) =>
      typeof model === 'string' || !isPriced(model.id) ? model : { ...model, pricing: undefined },
    );
    return { ...provider, models };
  });
}

function tell({ told, own, parts }: Draft, bundled: readonly Written<Price>[]): void {
  for (const { entry, by } of bundled) if (by.kind === 'bundle') told.bundle(by.source, entry);
  for (const [index, price] of own.config.pricing.entries()) {
    const covering = parts.enforced.filter(({ says }) =>
      (says.pricing ?? []).some((one) => matchesGlob(one.model, price.model)),
    );
    // Where a budget is enforced no price of the user counts for less than the list's.
    const bounding = parts.enforced.filter(({ says }) => (says.budgets ?? []).some((one) => one?.action !== 'ask'));
    const others = [...covering, ...bounding].map(({ name }) => name);
    told.user(`/pricing/${price.model.replaceAll('~', '~0').replaceAll('/', '~1')}`, price, ['pricing', index], {
      others,
    });
  }
}
