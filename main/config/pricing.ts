/** What models cost: the catalogue's list prices, and what the user says of them instead. */
import type { Config } from '../../shared/config/config.ts';
import type { ModelSettings } from '../../shared/config/provider-settings.ts';
import { usdToPico } from '../../shared/domain/money.ts';
import type { Price, Rates, Sheet } from '../../shared/domain/price.ts';
import type { ServiceTier } from '../../shared/domain/usage.ts';
import { matchesGlob } from '../kit/glob.ts';
import { rateNames, scaledSheet, type RateName } from './price-text.ts';

type PriceEntry = Config['pricing'][number];
/** Prices as they are written, at a model or in the list `pricing`. */
export type WrittenPrice = NonNullable<ModelSettings['pricing']> & { readonly tiers?: PriceEntry['tiers'] | undefined };

/** The entries of `pricing` that hold at this moment, in the order in which they are asked: the latest first, of equal ones the upper. */
export function pricesInForce(entries: readonly PriceEntry[], now: number): readonly PriceEntry[] {
  return entries.filter((entry) => startOf(entry) <= now).sort((a, b) => startOf(b) - startOf(a));
}

/** When the next price takes effect: of the entries, or of the catalogue, whose `changes` are moments in milliseconds. */
export function nextPriceChangeAt(
  entries: readonly PriceEntry[],
  now: number,
  changes: readonly number[] = [],
): number | undefined {
  const coming = [...entries.map(startOf), ...changes].filter((at) => at > now);
  return coming.length === 0 ? undefined : Math.min(...coming);
}

/** A day begins at midnight UTC. An entry without a date has always held. */
function startOf(entry: PriceEntry): number {
  return entry.effective_from === undefined ? 0 : Date.parse(entry.effective_from);
}

/** The entry for a model, named alone or as `provider/model`. `inForce` comes from `pricesInForce`. */
export function entryFor(inForce: readonly PriceEntry[], providerId: string, model: string): PriceEntry | undefined {
  const full = `${providerId}/${model}`;
  return inForce.find(({ model: pattern }) => matchesGlob(pattern, model) || matchesGlob(pattern, full));
}

/**
 * A price with what the user wrote over it. What he left out stays as it is listed; prices of cached tokens, of audio, images
 * and reasoning, of long inputs, of other tiers and hours keep their proportion to the price they belong to, so that a discount
 * is one on all of them and free is free. Prices of long inputs that he writes take the place of those that are listed.
 * `undefined` while input or output is known from neither.
 */
export function priceWith(listed: Price | undefined, written: WrittenPrice | undefined): Price | undefined {
  if (written === undefined) return listed;
  const own = writtenRates(written);
  const factorOf = (name: RateName): number => {
    const from = listed?.[name];
    const to = own[name];
    if (to !== undefined && from !== undefined && from > 0) return to / from;
    const parent = belongsTo[name];
    return parent === undefined ? 1 : factorOf(parent);
  };
  const scaled = (rates: Rates): Rates => over(own, rates, (name, rate) => Math.round(rate * factorOf(name)));
  const base = complete({ ...(listed === undefined ? {} : scaled(listed)), ...known(own) });
  if (base === undefined) return undefined;
  const ownTiers = tiersOf(written, base);
  const scaledWithTiers = (sheet: Sheet): Sheet => {
    const rates = scaled(sheet);
    const above =
      ownTiers?.map(({ tokens, ...tier }) => ({ tokens, ...inProportion(rates, { from: base, to: tier }) })) ??
      sheet.above?.map((tier) => ({ tokens: tier.tokens, ...scaled(tier) }));
    return { ...rates, ...(above === undefined ? {} : { above }) };
  };
  const above = ownTiers ?? listed?.above?.map((tier) => ({ tokens: tier.tokens, ...scaled(tier) }));
  const sheet: Sheet = above === undefined ? base : { ...base, above };
  return {
    ...sheet,
    ...serviceWith(listed, written, sheet, scaledWithTiers),
    ...(listed?.hours === undefined
      ? {}
      : { hours: listed.hours.map((hours) => ({ ...hours, ...scaledWithTiers(hours) })) }),
    ...feesWith(listed, written, own),
  };
}

/** Smallest first. Of cached tokens, audio and the like the proportion to input and output stays. `undefined`: he wrote none. */
function tiersOf({ tiers = [], per }: WrittenPrice, base: Rates): Sheet['above'] {
  if (tiers.length === 0) return undefined;
  return [...tiers]
    .sort((a, b) => a.above_tokens - b.above_tokens)
    .map((tier) => {
      const to = { input: picoOf(tier.input, per) ?? 0, output: picoOf(tier.output, per) ?? 0 };
      return { tokens: tier.above_tokens, ...inProportion(base, { from: base, to }) };
    });
}

/** Rates changed as input and output change from one to the other. */
function inProportion(
  rates: Rates,
  { from, to }: { readonly from: Rates; readonly to: Pick<Rates, 'input' | 'output'> },
): Rates {
  const factors = { input: ratio(from.input, to.input), output: ratio(from.output, to.output) };
  const made: OwnRates = {};
  for (const name of rateNames) {
    const rate = rates[name];
    if (rate === undefined) continue;
    const isNamed = (name === 'input' || name === 'output') && rate === from[name];
    made[name] = isNamed ? to[name] : scaledRate(rate, factors[rootOf(name)]);
  }
  return { ...known(made), input: made.input ?? to.input, output: made.output ?? to.output };
}

/** What costs nothing has no proportion to anything. */
function ratio(from: number, to: number): number {
  return from > 0 ? to / from : 1;
}

function scaledRate(rate: number, factor: number): number {
  return Math.min(Math.round(rate * factor), Number.MAX_SAFE_INTEGER);
}

function rootOf(name: RateName): 'input' | 'output' {
  const parent = belongsTo[name];
  if (parent !== undefined) return rootOf(parent);
  return name === 'output' ? 'output' : 'input';
}

type OwnRates = { [Name in RateName]?: number | undefined };

/** Listed rates in proportion; one that only the user knows is added as he wrote it. */
function over(own: OwnRates, rates: Rates, scale: (name: RateName, rate: number) => number): Rates {
  const made: OwnRates = {};
  for (const name of rateNames) {
    const rate = rates[name];
    made[name] = rate === undefined ? own[name] : scale(name, rate);
  }
  return { ...known(made), input: made.input ?? 0, output: made.output ?? 0 };
}

const ownTiers = ['batch', 'flex', 'priority'] as const;

function serviceWith(
  listed: Price | undefined,
  written: WrittenPrice,
  sheet: Sheet,
  scaledWithTiers: (sheet: Sheet) => Sheet,
): Pick<Price, 'service'> {
  const service: Partial<Record<ServiceTier, Sheet>> = {};
  for (const [tier, rates] of Object.entries(listed?.service ?? {}))
    service[tier as ServiceTier] = scaledWithTiers(rates);
  for (const tier of ownTiers) {
    const factor = written[tier];
    if (factor !== undefined) service[tier] = scaledSheet(sheet, Number(factor));
  }
  return Object.keys(service).length === 0 ? {} : { service };
}

/** Fees are the user's where he writes one; a model he makes free asks for none. */
function feesWith(listed: Price | undefined, written: WrittenPrice, own: OwnRates): Partial<Price> {
  const isFree = own.input === 0 && own.output === 0;
  const { request, requestLow, requestMedium, webSearch, citation, usOnly } = listed ?? {};
  if (written.request !== undefined) {
    return known({ request: picoOf(written.request, 1), ...(isFree ? {} : { webSearch, citation }), usOnly });
  }
  return known(isFree ? { usOnly } : { request, requestLow, requestMedium, webSearch, citation, usOnly });
}

/** Whose change a price follows that the user does not write himself. */
const belongsTo: Readonly<Partial<Record<RateName, RateName>>> = {
  cacheRead: 'input',
  cacheWrite: 'input',
  cacheWrite1h: 'cacheWrite',
  inputAudio: 'input',
  cacheReadAudio: 'inputAudio',
  inputImage: 'input',
  outputReasoning: 'output',
  outputAudio: 'output',
  outputImage: 'output',
};

function writtenRates(written: WrittenPrice): OwnRates {
  const { per } = written;
  return {
    input: picoOf(written.input, per),
    output: picoOf(written.output, per),
    cacheRead: picoOf(written.cache_read, per),
    cacheWrite: picoOf(written.cache_write, per),
    cacheWrite1h: picoOf(written.cache_write_1h, per),
    inputAudio: picoOf(written.input_audio, per),
    inputImage: picoOf(written.input_image, per),
    outputReasoning: picoOf(written.output_reasoning, per),
    outputAudio: picoOf(written.output_audio, per),
    outputImage: picoOf(written.output_image, per),
  };
}

/** The schema has taken decimals only: what is left is a price no number holds, and the largest one it does is as absurd. */
function picoOf(text: string | undefined, per: number): number | undefined {
  return text === undefined ? undefined : (usdToPico(text, per) ?? Number.MAX_SAFE_INTEGER);
}

function complete({ input, output, ...more }: OwnRates): Rates | undefined {
  return input === undefined || output === undefined ? undefined : { input, output, ...known(more) };
}

function known<Values extends object>(values: Values): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Values>;
}
