// Reads the two sources of prices into one form: rates by the letters of the catalogue (`in`, `out`, `r`, `w`, …), US dollars.

/**
 * @typedef {Record<string, number>} Rates
 * @typedef {{ rates: Rates, tiers: { above: number, rates: Rates }[] }} Sheet
 * @typedef {{ from?: string, sheet: Sheet }} Dated
 */

// ---------------------------------------------------------------- models.dev

/**
 * @typedef {{ input?: number, output?: number, cache_read?: number, cached_input?: number, cache_write?: number,
 *   input_audio?: number }} DevRates
 * @typedef {DevRates & { request?: number, citation?: number, tiers?: (DevRates & { tier: { type?: string, size: number } })[] }} DevCost
 */

/**
 * `undefined` where it is unknown, or where tokens are not all that is paid for: fees for a request, pictures and sounds that
 * the list has at nothing, a router whose price comes on top of another model's.
 * @param {{ cost?: DevCost, family?: string, modalities?: { output?: string[] } }} model
 * @returns {Dated[] | undefined}
 */
export function readModelsDev({ cost, family, modalities }) {
  if (cost === undefined || cost.request !== undefined || cost.citation !== undefined) return undefined;
  if (family === 'model-router') return undefined;
  const onlyText = (modalities?.output ?? ['text']).every((name) => name === 'text');
  if (!onlyText && !((cost.input ?? 0) > 0)) return undefined;
  const rates = devRates(cost);
  if (rates === undefined) return undefined;
  const tiers = [...(cost.tiers ?? [])]
    .filter(({ tier }) => (tier.type ?? 'context') === 'context')
    .sort((a, b) => a.tier.size - b.tier.size)
    // What a larger tier leaves out costs the same.
    .flatMap((tier) => {
      const larger = devRates({ ...cost, ...tier });
      return larger === undefined ? [] : [{ above: tier.tier.size, rates: larger }];
    });
  return [{ sheet: { rates, tiers } }];
}

/**
 * @param {DevRates} cost
 * @returns {Rates | undefined}
 */
function devRates(cost) {
  const { input, output, cache_read, cached_input, cache_write, input_audio } = cost;
  if (input === undefined || output === undefined) return undefined;
  return defined({ in: input, out: output, r: cache_read ?? cached_input, w: cache_write, a: input_audio });
}

// ---------------------------------------------------------------- genai-prices

/** @type {Record<string, string>} */
const genaiLetters = {
  input_mtok: 'in',
  output_mtok: 'out',
  cache_read_mtok: 'r',
  cache_write_mtok: 'w',
  cache_write_1h_mtok: 'h',
  input_audio_mtok: 'a',
  cache_audio_read_mtok: 'b',
  input_image_mtok: 'i',
  output_audio_mtok: 'o',
  output_image_mtok: 'p',
  output_reasoning_mtok: 't',
  web_searches_kcount: 's',
};

/** What is charged by other than tokens and searches: a price of tokens alone would be wrong. */
const otherUnits = /hours|kpages|messages|video|requests|citation/;

/**
 * @typedef {number | { base: number, tiers: { start: number, price: number }[] }} GenaiRate
 * @typedef {{ constraint?: { type: string, start_date?: string }, prices: Record<string, GenaiRate> }} GenaiDated
 * @param {{ id: string, prices: Record<string, GenaiRate> | GenaiDated[] }} model
 * @returns {Dated[] | undefined}
 */
export function readGenai({ id, prices }) {
  const dated = Array.isArray(prices) ? prices : [{ prices }];
  // Hours of the day come from the vendor's own page (price-pages.mjs).
  if (dated.some(({ constraint }) => constraint?.type === 'time_of_date')) return undefined;
  const read = dated.map(({ constraint, prices: one }) => ({
    from: constraint?.start_date,
    sheet: genaiSheet(id, one),
  }));
  return read.every((one) => one.sheet !== undefined) ? /** @type {Dated[]} */ (read) : undefined;
}

/**
 * @param {string} id
 * @param {Record<string, GenaiRate>} prices
 * @returns {Sheet | undefined}
 */
function genaiSheet(id, prices) {
  const names = Object.keys(prices);
  // No price at all is what the source says of free models and of unknown ones.
  if (names.length === 0 || names.some((name) => otherUnits.test(name))) return undefined;
  const starts = [...new Set(names.flatMap((name) => tiersOf(prices[name]).map(({ start }) => start)))].sort(
    (a, b) => a - b,
  );
  /** @param {number | undefined} above */
  const at = (above) =>
    defined(
      Object.fromEntries(
        names.flatMap((name) => {
          const letter = genaiLetters[name];
          return letter === undefined ? [] : [[letter, rateAt(prices[name], above)]];
        }),
      ),
    );
  const rates = at(undefined);
  if (rates['in'] === undefined) return undefined;
  // Models that answer with vectors have no price of output.
  if (rates['out'] === undefined && !/embed/.test(id)) return undefined;
  // `start: 271999` is how the source says "272,000 and more" of a page that says "more than 272,000".
  const tiers = starts.map((start) => ({
    above: start % 1000 === 999 ? start + 1 : start,
    rates: { out: 0, ...at(start) },
  }));
  return { rates: { out: 0, ...rates }, tiers };
}

/** @param {GenaiRate | undefined} rate */
function tiersOf(rate) {
  return typeof rate === 'object' ? rate.tiers : [];
}

/**
 * @param {GenaiRate | undefined} rate
 * @param {number | undefined} above
 */
function rateAt(rate, above) {
  if (typeof rate !== 'object') return rate;
  if (above === undefined) return rate.base;
  return rate.tiers.filter(({ start }) => start <= above).sort((a, b) => b.start - a.start)[0]?.price ?? rate.base;
}

/**
 * @param {Record<string, number | undefined>} values
 * @returns {Rates}
 */
function defined(values) {
  return /** @type {Rates} */ (Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)));
}

/**
 * The exact names a genai-prices entry is for: patterns other than equality are left alone, since a prefix fits models that
 * came later and cost something else.
 * @param {{ id: string, match?: unknown }} model
 * @returns {string[]}
 */
export function genaiNames({ id, match }) {
  /** @type {string[]} */
  const names = [id];
  /** @param {unknown} one */
  const collect = (one) => {
    if (typeof one !== 'object' || one === null) return;
    const { or, equals, ends_with } = /** @type {Record<string, unknown>} */ (one);
    if (Array.isArray(or)) or.forEach(collect);
    for (const name of [equals, ends_with]) if (typeof name === 'string') names.push(name);
  };
  collect(match);
  return [...new Set(names)];
}
