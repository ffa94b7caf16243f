/** Prices that somebody wrote for himself, where a team bounds what may be spent: no budget of a bundle is stretched by a lower price. */
import type { Config } from '../../shared/config/config.ts';
import type { Price, Rates, Sheet } from '../../shared/domain/price.ts';
import type { ServiceTier } from '../../shared/domain/usage.ts';
import type { ConfigPath } from './problems.ts';
import { rateNames } from './price-text.ts';

type PriceEntry = Config['pricing'][number];

interface Bounding {
  readonly enforcedBudgets?: ReadonlyMap<string, unknown> | undefined;
  readonly isLastWord?: ((path: ConfigPath) => boolean) | undefined;
}

/** The entries of `pricing` that count as they are, where a bundle enforces budgets; `undefined` where everyone's word counts. */
export function teamPricesOf(
  { pricing }: Pick<Config, 'pricing'>,
  team: Bounding | undefined,
): ReadonlySet<PriceEntry> | undefined {
  if ((team?.enforcedBudgets?.size ?? 0) === 0) return undefined;
  return new Set(pricing.filter((_, index) => team?.isLastWord?.(['pricing', index]) === true));
}

/** A price at which no request costs less than at either. */
export function dearestOf(a: Price, b: Price): Price {
  const services = new Set([a, b].flatMap(({ service = {} }) => Object.keys(service) as ServiceTier[]));
  const service = [...services].map((tier) => [tier, dearestSheet(a.service?.[tier] ?? a, b.service?.[tier] ?? b)]);
  const hours = b.hours?.map((some, index) => ({ ...some, ...dearestSheet(a.hours?.[index] ?? a, some) }));
  return {
    ...dearestSheet(a, b),
    ...(service.length === 0 ? {} : { service: Object.fromEntries(service) as Price['service'] }),
    ...(hours === undefined ? {} : { hours }),
    ...feesOf(a, b),
  };
}

/** At any size of the input. */
function dearestSheet(a: Sheet, b: Sheet): Sheet {
  const sizes = new Set([a, b].flatMap(({ above = [] }) => above.map(({ tokens }) => tokens)));
  const above = [...sizes]
    .sort((one, other) => one - other)
    .map((tokens) => ({ tokens, ...dearestRates(atSize(a, tokens + 1), atSize(b, tokens + 1)) }));
  return { ...dearestRates(a, b), ...(above.length === 0 ? {} : { above }) };
}

function atSize(sheet: Sheet, size: number): Rates {
  return sheet.above?.findLast(({ tokens }) => size > tokens) ?? sheet;
}

function dearestRates(a: Rates, b: Rates): Rates {
  const dearest = (name: RateName): number => Math.max(rateOf(a, name), rateOf(b, name));
  const named = rateNames.filter((name) => a[name] !== undefined || b[name] !== undefined);
  const rates = Object.fromEntries(named.map((name) => [name, dearest(name)]));
  return { ...rates, input: dearest('input'), output: dearest('output') };
}

type RateName = (typeof rateNames)[number];

/** What is absent costs what it is part of. */
function rateOf(rates: Rates, name: RateName): number {
  const rate = rates[name];
  if (rate !== undefined) return rate;
  if (name === 'cacheWrite1h') return rates.cacheWrite ?? rates.input;
  if (name === 'cacheReadAudio') return rates.cacheRead ?? rates.input;
  return name.startsWith('output') ? rates.output : rates.input;
}

const fees = ['request', 'webSearch', 'citation', 'usOnly'] as const;
/** Absent: what any request costs. */
const lowerFees = ['requestLow', 'requestMedium'] as const;

function feesOf(a: Price, b: Price): Partial<Price> {
  const most = (one: number | undefined, other: number | undefined): number => Math.max(one ?? 0, other ?? 0);
  const isNamed = (name: keyof Price): boolean => a[name] !== undefined || b[name] !== undefined;
  return Object.fromEntries([
    ...fees.filter(isNamed).map((name) => [name, most(a[name], b[name])] as const),
    ...lowerFees.filter(isNamed).map((name) => [name, most(a[name] ?? a.request, b[name] ?? b.request)] as const),
  ]);
}
