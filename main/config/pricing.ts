/** What models cost: the catalogue's list prices, and what the user says of them instead. */
import type { Config } from '../../shared/config/config.ts';
import type { ModelSettings } from '../../shared/config/provider-settings.ts';
import { usdToPico } from '../../shared/domain/money.ts';
import type { Price } from '../../shared/domain/price.ts';
import { matchesGlob } from '../kit/glob.ts';

type PriceEntry = Config['pricing'][number];
/** Prices as they are written, at a model or in the list `pricing`. */
export type WrittenPrice = NonNullable<ModelSettings['pricing']>;

/** A million tokens: what list prices are for. */
const listPer = 1_000_000;

const letters = { r: 'cacheRead', w: 'cacheWrite', h: 'cacheWrite1h', a: 'inputAudio' } as const;

/** A price as the catalogue writes it: `3 15 r0.3 w3.75 > 200000 6 22.5`. See `columns` and `prices` in the file. */
export function listPrice(text: string): Price | undefined {
  const [base, ...tiers] = text.split(' > ').map((part) => part.split(' '));
  const price = base === undefined ? undefined : ratesOf(base);
  if (price === undefined) return undefined;
  const above = tiers.flatMap(([tokens, ...words]) => {
    const rates = ratesOf(words);
    return rates === undefined ? [] : [{ tokens: Number(tokens), ...rates }];
  });
  return above.length === 0 ? price : { ...price, above };
}

function ratesOf([input = '', output = '', ...more]: readonly string[]): Omit<Price, 'above'> | undefined {
  const rates: Rates = { input: usdToPico(input, listPer), output: usdToPico(output, listPer) };
  for (const [letter, name] of Object.entries(letters)) {
    const word = more.find((one) => one.startsWith(letter));
    if (word !== undefined) rates[name] = usdToPico(word.slice(1), listPer);
  }
  return complete(rates);
}

/** The entries of `pricing` that hold at this moment, in the order in which they are asked: the latest first, of equal ones the upper. */
export function pricesInForce(entries: readonly PriceEntry[], now: number): readonly PriceEntry[] {
  return entries.filter((entry) => startOf(entry) <= now).sort((a, b) => startOf(b) - startOf(a));
}

/** When the next entry of `pricing` takes effect. */
export function nextPriceChangeAt(entries: readonly PriceEntry[], now: number): number | undefined {
  const coming = entries.map(startOf).filter((at) => at > now);
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
 * A price with what the user wrote over it. What he left out stays as it is listed; prices of cached tokens, of audio and of
 * long inputs keep their proportion to the price they belong to, so that a discount is one on all of them and free is free.
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
  const over = (rates: Rates | undefined, base: Rates): Rates => {
    const scaled: Rates = {};
    for (const name of rateNames) {
      const rate = rates?.[name];
      scaled[name] = base[name] ?? (rate === undefined ? undefined : Math.round(rate * factorOf(name)));
    }
    return scaled;
  };
  const price = complete(over(listed, own));
  const above = listed?.above?.flatMap((tier) => {
    const missing = Object.fromEntries(
      rateNames.flatMap((name) => (tier[name] === undefined ? [[name, own[name]]] : [])),
    );
    const rates = complete(over(tier, missing));
    return rates === undefined ? [] : [{ tokens: tier.tokens, ...rates }];
  });
  return price === undefined || above === undefined ? price : { ...price, above };
}

type RateName = Exclude<keyof Price, 'above'>;
type Rates = { [Name in RateName]?: number | undefined };

const rateNames = ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'inputAudio'] as const;

/** Whose change a price follows that the user does not write himself. */
const belongsTo: Readonly<Partial<Record<RateName, RateName>>> = {
  cacheRead: 'input',
  cacheWrite: 'input',
  cacheWrite1h: 'cacheWrite',
  inputAudio: 'input',
};

function writtenRates({ input, output, cache_read, cache_write, per }: WrittenPrice): Rates {
  // The schema has taken decimals only: what is left is a price no number holds, and the largest one it does is as absurd.
  const pico = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : (usdToPico(text, per) ?? Number.MAX_SAFE_INTEGER);
  return { input: pico(input), output: pico(output), cacheRead: pico(cache_read), cacheWrite: pico(cache_write) };
}

function complete({ input, output, ...more }: Rates): Omit<Price, 'above'> | undefined {
  if (input === undefined || output === undefined) return undefined;
  const known = Object.entries(more).filter(([, rate]) => rate !== undefined);
  return { input, output, ...Object.fromEntries(known) };
}
