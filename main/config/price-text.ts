/**
 * Prices as the catalogue writes them, in US dollars: `3 15 r0.3 w3.75 > 200000 6 22.5 | batch *0.5 ; 2026-08-17 2 10`. One
 * price after another from its day on (`;`), each with rates for larger inputs (`>`) and for other ways of being served (`|`).
 */
import { serviceTiers, type ServiceTier } from '../../shared/domain/usage.ts';
import { usdToPico } from '../../shared/domain/money.ts';
import type { Hours, Price, Rates, Sheet } from '../../shared/domain/price.ts';

/** A price and the moment from which it holds, milliseconds since 1970. */
export interface DatedPrice {
  readonly from: number;
  readonly price: Price;
}

/** A million tokens, a thousand requests: what list prices are for. */
const perMillion = 1_000_000;
const perThousand = 1_000;

export type RateName = keyof Rates;
type Fee = 'request' | 'requestLow' | 'requestMedium' | 'webSearch' | 'citation';

/** The letter before a rate or fee; input and output come first and have none. */
const letters: Readonly<Record<string, readonly [name: RateName | Fee, per: number]>> = {
  r: ['cacheRead', perMillion],
  w: ['cacheWrite', perMillion],
  h: ['cacheWrite1h', perMillion],
  a: ['inputAudio', perMillion],
  b: ['cacheReadAudio', perMillion],
  i: ['inputImage', perMillion],
  t: ['outputReasoning', perMillion],
  o: ['outputAudio', perMillion],
  p: ['outputImage', perMillion],
  c: ['citation', perMillion],
  q: ['request', perThousand],
  l: ['requestLow', perThousand],
  m: ['requestMedium', perThousand],
  s: ['webSearch', perThousand],
};

/** All prices in a text, earliest first: the first has held for as long as anyone knows. Empty where there is none. */
export function datedPrices(text: string): readonly DatedPrice[] {
  return segmentsOf(text).flatMap(({ from, text: one }) => {
    const price = listPrice(one);
    return price === undefined ? [] : [{ from, price }];
  });
}

/** The price in a text that holds at a moment, in milliseconds since 1970. Reads no other. */
export function priceAt(text: string, at: number): Price | undefined {
  if (!text.includes(' ; ')) return listPrice(text);
  const segments = segmentsOf(text);
  return listPrice((segments.findLast(({ from }) => from <= at) ?? segments[0])?.text ?? '');
}

/** The day from which that price has held, `YYYY-MM-DD`; `undefined` for the first one. */
export function dayOfPriceAt(text: string, at: number): string | undefined {
  const from = segmentsOf(text).findLast((segment) => segment.from <= at)?.from ?? 0;
  return from === 0 ? undefined : new Date(from).toISOString().slice(0, 10);
}

function segmentsOf(text: string): readonly { from: number; text: string }[] {
  return text.split(' ; ').map((part, index) => {
    const day = index === 0 ? undefined : /^\d{4}-\d{2}-\d{2}/.exec(part)?.[0];
    return day === undefined ? { from: 0, text: part } : { from: Date.parse(day), text: part.slice(day.length + 1) };
  });
}

/** A price without a date. */
export function listPrice(text: string): Price | undefined {
  const [main = '', ...others] = text.split(' | ');
  const sheet = sheetOf(main);
  if (sheet === undefined) return undefined;
  const service: Partial<Record<ServiceTier, Sheet>> = {};
  const hours: (Sheet & Hours)[] = [];
  let usOnly: number | undefined;
  for (const other of others) {
    const at = other.indexOf(' ');
    const [name, rest] = [other.slice(0, at), other.slice(at + 1)];
    const factor = rest.startsWith('*') ? Number(rest.slice(1)) : undefined;
    if (name === 'us') usOnly = factor === undefined ? undefined : Math.round(factor * 1000);
    const served = factor === undefined ? sheetOf(rest) : scaledSheet(sheet, factor);
    if (served === undefined) continue;
    const tier = serviceTiers.find((known) => known === name);
    if (tier !== undefined) service[tier] = served;
    const time = hoursOf(name);
    if (time !== undefined) hours.push({ ...time, ...served });
  }
  return {
    ...sheet,
    ...(Object.keys(service).length === 0 ? {} : { service }),
    ...(hours.length === 0 ? {} : { hours }),
    ...(usOnly === undefined ? {} : { usOnly }),
  };
}

/** `01:00-04:00`, with `wd` before it where Saturdays and Sundays are left out. */
function hoursOf(name: string): Hours | undefined {
  const found = /^(wd)?(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(name);
  if (found === null) return undefined;
  const [from, to] = [minutes(found[2], found[3]), minutes(found[4], found[5])];
  return found[1] === undefined ? { from, to } : { from, to, weekdays: true };
}

function minutes(hour = '0', minute = '0'): number {
  return Number(hour) * 60 + Number(minute);
}

function sheetOf(text: string): Sheet | undefined {
  const [base, ...tiers] = text.split(' > ').map((part) => part.split(' '));
  const rates = base === undefined ? undefined : ratesOf(base);
  if (rates === undefined) return undefined;
  const above = tiers.flatMap(([tokens, ...words]) => {
    const larger = ratesOf(words);
    return larger === undefined ? [] : [{ tokens: Number(tokens), ...larger }];
  });
  return above.length === 0 ? rates : { ...rates, above };
}

function ratesOf([input = '', output = '', ...more]: readonly string[]): Rates | undefined {
  const first = usdToPico(input, perMillion);
  const second = usdToPico(output, perMillion);
  if (first === undefined || second === undefined) return undefined;
  const rates: Mutable<Rates> & Partial<Record<Fee, number>> = emptyRates(first, second);
  for (const word of more) {
    const [name, per] = letters[word.charAt(0)] ?? [];
    const pico = name === undefined ? undefined : usdToPico(word.slice(1), per);
    if (name !== undefined && pico !== undefined) rates[name] = pico;
  }
  return rates;
}

type Mutable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

/** Objects of one shape: each request's cost is worked out from them, and an engine reads what looks alike several times faster. */
function emptyRates(input: number, output: number): Mutable<Rates> {
  return {
    input,
    output,
    cacheRead: undefined,
    cacheWrite: undefined,
    cacheWrite1h: undefined,
    inputAudio: undefined,
    cacheReadAudio: undefined,
    inputImage: undefined,
    outputReasoning: undefined,
    outputAudio: undefined,
    outputImage: undefined,
  };
}

export const rateNames = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
  'inputAudio',
  'cacheReadAudio',
  'inputImage',
  'outputReasoning',
  'outputAudio',
  'outputImage',
] as const satisfies readonly RateName[];

/** All rates of a sheet, and of its tiers, times a factor. */
export function scaledSheet(sheet: Sheet, factor: number): Sheet {
  const above = sheet.above?.map((tier) => ({ tokens: tier.tokens, ...scaled(tier, factor) }));
  return { ...scaled(sheet, factor), ...(above === undefined ? {} : { above }) };
}

function scaled(rates: Rates, factor: number): Rates {
  const made = emptyRates(0, 0);
  for (const name of rateNames) {
    const rate = rates[name];
    if (rate !== undefined) made[name] = Math.min(Math.round(rate * factor), Number.MAX_SAFE_INTEGER);
  }
  return made;
}
