/** What a model costs, in whole pico-USD a token: 3 USD per million tokens are 3_000_000 (BUD-01). */
import { totalInputTokens, type ServiceTier, type Usage } from './usage.ts';

/** Pico-USD a token. What is absent costs what it is part of: cached, spoken and seen input as input, all output as output. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number | undefined;
  /** Writes with the short lifetime (five minutes). */
  readonly cacheWrite?: number | undefined;
  /** Writes with the one-hour lifetime; absent: as the short ones. */
  readonly cacheWrite1h?: number | undefined;
  /** Audio among the uncached input. */
  readonly inputAudio?: number | undefined;
  /** Audio read from the cache; absent: as other cached input. */
  readonly cacheReadAudio?: number | undefined;
  readonly inputImage?: number | undefined;
  /** Reasoning among the output; nearly every vendor charges it like the rest. */
  readonly outputReasoning?: number | undefined;
  readonly outputAudio?: number | undefined;
  readonly outputImage?: number | undefined;
}

/** Rates of requests of every size. */
export interface Sheet extends Rates {
  /** Rates of a request whose whole input is larger than `tokens`, smallest first; the last one that applies counts. */
  readonly above?: readonly (Rates & { readonly tokens: number })[] | undefined;
}

/** Hours of the day in which other rates hold, in minutes since midnight UTC, `to` not included. */
export interface Hours {
  readonly from: number;
  /** Smaller than `from`: the next day. */
  readonly to: number;
  /** Not on Saturdays and Sundays (UTC, the day on which the minute is). */
  readonly weekdays?: boolean | undefined;
}

export interface Price extends Sheet {
  /** Rates of requests served in another than the standard tier; a tier that is absent costs what the standard one does. */
  readonly service?: Readonly<Partial<Record<ServiceTier, Sheet>>> | undefined;
  /** Rates of the standard tier at these hours; the first that fits counts. */
  readonly hours?: readonly (Sheet & Hours)[] | undefined;
  /** What all tokens cost of an answer that was kept in the United States, in thousandths of the rate: 1100. */
  readonly usOnly?: number | undefined;
  /** Fee for a request, whatever its size: the dearest there is. */
  readonly request?: number | undefined;
  /** Fees for requests that searched little or middling; absent: `request`. */
  readonly requestLow?: number | undefined;
  readonly requestMedium?: number | undefined;
  /** Fee for a web search the provider made. */
  readonly webSearch?: number | undefined;
  /** A token of pages that were read beside the input. */
  readonly citation?: number | undefined;
}

/** Charged for nothing: a model on this machine. */
export const freePrice: Price = { input: 0, output: 0 };

/**
 * What a request cost, in whole pico-USD. Each token is charged once: the counts of `usage` are disjoint, and those that are
 * part of another take its place. `at` (milliseconds since 1970) is when it was sent: without it the rates outside special
 * hours count. Costs beyond what a number holds exactly (about 9,007 US dollars) stop there.
 */
export function costOf(usage: Usage, price: Price, at?: number): number {
  const rates = ratesOf(usage, price, at);
  const written1h = Math.min(usage.cacheWrite1hTokens ?? 0, usage.cacheWriteTokens);
  const cacheWrite = rates.cacheWrite ?? rates.input;
  const tokens =
    usage.inputTokens * rates.input +
    usage.cacheReadTokens * (rates.cacheRead ?? rates.input) +
    (usage.cacheWriteTokens - written1h) * cacheWrite +
    written1h * (rates.cacheWrite1h ?? cacheWrite) +
    usage.outputTokens * rates.output +
    extraOfParts(usage, rates);
  const surcharge = usage.usOnly === true && price.usOnly !== undefined ? surchargeOf(tokens, price.usOnly) : 0;
  return whole(tokens + surcharge + feesOf(usage, price));
}

/** What tokens that are a part of others cost on top of the rates of those: nothing where no rate of their own is known. */
function extraOfParts(usage: Usage, rates: Rates): number {
  let extra = 0;
  const audio = Math.min(usage.inputAudioTokens ?? 0, usage.inputTokens);
  if (audio > 0 && rates.inputAudio !== undefined) extra += audio * (rates.inputAudio - rates.input);
  const image = Math.min(usage.inputImageTokens ?? 0, usage.inputTokens - audio);
  if (image > 0 && rates.inputImage !== undefined) extra += image * (rates.inputImage - rates.input);
  const cachedAudio = Math.min(usage.cacheReadAudioTokens ?? 0, usage.cacheReadTokens);
  if (cachedAudio > 0 && rates.cacheReadAudio !== undefined)
    extra += cachedAudio * (rates.cacheReadAudio - (rates.cacheRead ?? rates.input));
  const spoken = Math.min(usage.outputAudioTokens ?? 0, usage.outputTokens);
  if (spoken > 0 && rates.outputAudio !== undefined) extra += spoken * (rates.outputAudio - rates.output);
  const drawn = Math.min(usage.outputImageTokens ?? 0, usage.outputTokens - spoken);
  if (drawn > 0 && rates.outputImage !== undefined) extra += drawn * (rates.outputImage - rates.output);
  if (rates.outputReasoning === undefined) return extra;
  const reasoned = Math.min(usage.reasoningTokens ?? 0, usage.outputTokens - spoken - drawn);
  return extra + reasoned * (rates.outputReasoning - rates.output);
}

function surchargeOf(tokens: number, thousandths: number): number {
  return Math.round((tokens * (thousandths - 1000)) / 1000);
}

/** All that is not counted in tokens of the conversation. */
function feesOf(usage: Usage, price: Price): number {
  return (
    requestFee(usage, price) +
    (usage.webSearches ?? 0) * (price.webSearch ?? 0) +
    (usage.citationTokens ?? 0) * (price.citation ?? 0)
  );
}

function requestFee({ searchContext }: Usage, price: Price): number {
  const fee = price.request ?? 0;
  if (searchContext === 'low') return price.requestLow ?? fee;
  return searchContext === 'medium' ? (price.requestMedium ?? fee) : fee;
}

function ratesOf(usage: Usage, price: Price, at: number | undefined): Rates {
  const sheet = sheetOf(usage.serviceTier, price, at);
  return sheet.above === undefined ? sheet : atSize(sheet, totalInputTokens(usage));
}

function sheetOf(tier: ServiceTier | undefined, price: Price, at: number | undefined): Sheet {
  if (tier !== undefined) return price.service?.[tier] ?? price;
  if (price.hours === undefined || at === undefined) return price;
  return price.hours.find((hours) => isWithin(hours, at)) ?? price;
}

function atSize(sheet: Sheet, inputTokens: number): Rates {
  return sheet.above?.findLast((tier) => inputTokens > tier.tokens) ?? sheet;
}

const dayMs = 86_400_000;
const minutesPerDay = 1440;

/** Whether a moment, in milliseconds since 1970, is within these hours. */
export function isWithin({ from, to, weekdays }: Hours, at: number): boolean {
  const minute = Math.floor(at / 60_000) % minutesPerDay;
  if (from <= to ? minute < from || minute >= to : minute < from && minute >= to) return false;
  // 1 January 1970 was a Thursday; 0 is Sunday.
  const day = (Math.floor(at / dayMs) + 4) % 7;
  return weekdays !== true || (day !== 0 && day !== 6);
}

export type CostPart =
  | 'input'
  | 'input_audio'
  | 'input_image'
  | 'cache_read'
  | 'cache_read_audio'
  | 'cache_write'
  | 'cache_write_1h'
  | 'output'
  | 'output_reasoning'
  | 'output_audio'
  | 'output_image'
  | 'us_only'
  | 'request'
  | 'web_search'
  | 'citation';

/** One step of the arithmetic: `count` times `rate` is `amount`, all money in whole pico-USD. */
export interface CostLine {
  readonly what: CostPart;
  /** Tokens; of fees, how many times. */
  readonly count: number;
  readonly rate: number;
  readonly amount: number;
}

/** How a cost is made up. The amounts add up to `costOf` exactly; what was not used has no line. */
export function costLines(usage: Usage, price: Price, at?: number): CostLine[] {
  const steps = tokenSteps(usage, ratesOf(usage, price, at));
  if (usage.usOnly === true && price.usOnly !== undefined) {
    const tokens = steps.reduce((sum, [, count, rate]) => sum + count * rate, 0);
    steps.push(['us_only', 1, surchargeOf(tokens, price.usOnly)]);
  }
  steps.push(
    ['request', 1, requestFee(usage, price)],
    ['web_search', usage.webSearches ?? 0, price.webSearch ?? 0],
    ['citation', usage.citationTokens ?? 0, price.citation ?? 0],
  );
  let left = Number.MAX_SAFE_INTEGER;
  return steps
    .filter(([what, count, rate]) => count > 0 && (rate !== 0 || !isFee(what)))
    .map(([what, count, rate]) => {
      // Beyond what a number holds the sum stops, and so do its parts.
      const amount = Math.min(count * rate, left);
      left -= amount;
      return { what, count, rate, amount };
    });
}

type Step = [what: CostPart, count: number, rate: number];

function isFee(what: CostPart): boolean {
  return what === 'request' || what === 'us_only' || what === 'web_search' || what === 'citation';
}

/** Each token once, at the rate that `costOf` gives it. */
function tokenSteps(usage: Usage, rates: Rates): Step[] {
  const apart = (rate: number | undefined, part: number | undefined, of: number): number =>
    rate === undefined ? 0 : Math.min(part ?? 0, of);
  // A part that has no rate of its own still takes its share of the whole, as in `extraOfParts`.
  const heard = Math.min(usage.inputAudioTokens ?? 0, usage.inputTokens);
  const audio = rates.inputAudio === undefined ? 0 : heard;
  const image = apart(rates.inputImage, usage.inputImageTokens, usage.inputTokens - heard);
  const cachedAudio = apart(rates.cacheReadAudio, usage.cacheReadAudioTokens, usage.cacheReadTokens);
  const written1h = Math.min(usage.cacheWrite1hTokens ?? 0, usage.cacheWriteTokens);
  const spoken = Math.min(usage.outputAudioTokens ?? 0, usage.outputTokens);
  const drawn = Math.min(usage.outputImageTokens ?? 0, usage.outputTokens - spoken);
  const reasoned = apart(rates.outputReasoning, usage.reasoningTokens, usage.outputTokens - spoken - drawn);
  const outputAudio = rates.outputAudio === undefined ? 0 : spoken;
  const outputImage = rates.outputImage === undefined ? 0 : drawn;
  const cacheRead = rates.cacheRead ?? rates.input;
  const cacheWrite = rates.cacheWrite ?? rates.input;
  return [
    ['input', usage.inputTokens - audio - image, rates.input],
    ['input_audio', audio, rates.inputAudio ?? 0],
    ['input_image', image, rates.inputImage ?? 0],
    ['cache_read', usage.cacheReadTokens - cachedAudio, cacheRead],
    ['cache_read_audio', cachedAudio, rates.cacheReadAudio ?? 0],
    ['cache_write', usage.cacheWriteTokens - written1h, cacheWrite],
    ['cache_write_1h', written1h, rates.cacheWrite1h ?? cacheWrite],
    ['output', usage.outputTokens - reasoned - outputAudio - outputImage, rates.output],
    ['output_reasoning', reasoned, rates.outputReasoning ?? 0],
    ['output_audio', outputAudio, rates.outputAudio ?? 0],
    ['output_image', outputImage, rates.outputImage ?? 0],
  ];
}

/** What a request can come to at most: `costBound` holds for every usage within these counts. */
export interface UsageBound {
  /** The whole input, cached or not. */
  readonly inputTokens: number;
  /** The whole output, reasoning included. */
  readonly outputTokens: number;
  /** How often the fee for a request can fall due: 1 unless told. */
  readonly requests?: number | undefined;
  readonly webSearches?: number | undefined;
  readonly citationTokens?: number | undefined;
}

/**
 * The most a request can cost, in whole pico-USD: the dearest rate for each token, over the tiers its input can reach, all
 * service tiers and all hours (BUD-06, BUD-07).
 */
export function costBound(bound: UsageBound, price: Price): number {
  const { inputTokens, outputTokens, requests = 1, webSearches = 0, citationTokens = 0 } = bound;
  const tokens = inputTokens * inputRateBound(price, inputTokens) + outputTokens * outputRateBound(price, inputTokens);
  const fee = Math.max(price.request ?? 0, price.requestLow ?? 0, price.requestMedium ?? 0);
  const fees = requests * fee + webSearches * (price.webSearch ?? 0) + citationTokens * (price.citation ?? 0);
  return Math.min(Math.ceil(tokens + fees), Number.MAX_SAFE_INTEGER);
}

/** The most a token of input can cost, in pico-USD, while the whole input is at most this large. */
export function inputRateBound(price: Price, inputTokens: number): number {
  return dearest(price, inputTokens, inputRate);
}

/** The most a token of output can cost, in pico-USD, while the whole input is at most this large. */
export function outputRateBound(price: Price, inputTokens: number): number {
  return dearest(price, inputTokens, outputRate);
}

function inputRate(rates: Rates): number {
  return Math.max(
    rates.input,
    rates.cacheRead ?? 0,
    rates.cacheWrite ?? 0,
    rates.cacheWrite1h ?? 0,
    rates.inputAudio ?? 0,
    rates.cacheReadAudio ?? 0,
    rates.inputImage ?? 0,
  );
}

function outputRate(rates: Rates): number {
  return Math.max(rates.output, rates.outputReasoning ?? 0, rates.outputAudio ?? 0, rates.outputImage ?? 0);
}

function dearest(price: Price, inputTokens: number, rateOf: (rates: Rates) => number): number {
  let most = dearestOf(price, inputTokens, rateOf);
  for (const hours of price.hours ?? []) most = Math.max(most, dearestOf(hours, inputTokens, rateOf));
  for (const tier in price.service) {
    const sheet = price.service[tier as ServiceTier];
    if (sheet !== undefined) most = Math.max(most, dearestOf(sheet, inputTokens, rateOf));
  }
  // Rounded up for each token, it is never below what the sum is rounded to.
  return price.usOnly === undefined ? most : Math.ceil((most * Math.max(price.usOnly, 1000)) / 1000);
}

function dearestOf(sheet: Sheet, inputTokens: number, rateOf: (rates: Rates) => number): number {
  let most = rateOf(sheet);
  for (const tier of sheet.above ?? []) if (tier.tokens < inputTokens) most = Math.max(most, rateOf(tier));
  return most;
}

/** What is expected of a request before it is sent. */
export interface Expectation {
  /** The whole input. */
  readonly inputTokens: number;
  /** Part of the input that the provider is expected to find in its prompt cache. */
  readonly cachedTokens: number;
  /** Part of the input that is expected to be written to that cache, with the short lifetime. */
  readonly writtenTokens?: number | undefined;
  readonly outputTokens: number;
  readonly price: Price;
  /** When, in milliseconds since 1970; absent: outside special hours. */
  readonly at?: number | undefined;
}

/** What a request will probably cost, in whole pico-USD. Counts need not be whole. */
export function expectedCost(expected: Expectation): number {
  const { inputTokens, cachedTokens, writtenTokens, outputTokens, price, at } = expected;
  const cacheReadTokens = Math.min(cachedTokens, inputTokens);
  const cacheWriteTokens = Math.min(writtenTokens ?? 0, inputTokens - cacheReadTokens);
  const usage = {
    inputTokens: inputTokens - cacheReadTokens - cacheWriteTokens,
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens,
  };
  return costOf(usage, price, at);
}

function whole(cost: number): number {
  return Math.min(Math.round(cost), Number.MAX_SAFE_INTEGER);
}
