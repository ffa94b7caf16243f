// Joins what the sources say of a model's price, notes where they disagree, and writes it as the catalogue does.

/**
 * @typedef {import('./price-readers.mjs').Dated} Dated
 * @typedef {import('./price-readers.mjs').Sheet} Sheet
 * @typedef {import('./price-readers.mjs').Rates} Rates
 * @typedef {{ field: string, older: number, newer: number }} Difference
 */

/** In the order in which they are written. */
const letters = ['r', 'w', 'h', 'a', 'b', 'i', 't', 'o', 'p', 's'];

/**
 * A number of a source as a decimal, as it stood there.
 * @param {number} rate
 */
function decimal(rate) {
  if (!Number.isFinite(rate) || rate < 0) throw new Error(`${rate} is no price`);
  // What a binary fraction adds after the ninth digit is none of the source's.
  const text = String(Number(rate.toFixed(9)));
  return /e/.test(text) ? rate.toFixed(12).replace(/\.?0+$/, '') : text;
}

/**
 * @param {string} id
 * @param {Record<string, number | undefined>} rates
 */
function ratesText(id, rates) {
  const { in: input = 0, out = 0 } = rates;
  const kept = { ...rates };
  // Below the price of input it is a slip, or what Gemini asks for keeping the cache, which no count of tokens tells.
  if (kept['w'] !== undefined && (kept['w'] < input || id.startsWith('gemini'))) delete kept['w'];
  // Neither source has the one-hour writes everywhere: they are twice the input in every price list of Anthropic.
  if (kept['w'] !== undefined && kept['h'] === undefined && /claude/.test(id)) kept['h'] = 2 * input;
  const more = letters.flatMap((letter) => {
    const rate = kept[letter];
    return rate === undefined ? [] : [`${letter}${decimal(rate)}`];
  });
  return [decimal(input), decimal(out), ...more].join(' ');
}

/**
 * @param {string} id
 * @param {Sheet} sheet
 */
function sheetText(id, { rates, tiers }) {
  // Fees do not depend on the size.
  const larger = tiers.map((tier) => `${tier.above} ${ratesText(id, { ...tier.rates, s: undefined })}`);
  return [ratesText(id, rates), ...larger].join(' > ');
}

/**
 * @param {string} id
 * @param {readonly Dated[]} dated
 * @param {string | undefined} added Other tiers: what stands behind each price.
 */
export function priceText(id, dated, added) {
  return dated
    .map(({ from, sheet }, index) => {
      // A tier that is half of nothing says nothing.
      const tail = added === undefined || sheet.rates['in'] === 0 ? '' : ` | ${added}`;
      return `${index === 0 || from === undefined ? '' : `${from} `}${sheetText(id, sheet)}${tail}`;
    })
    .join(' ; ');
}

/**
 * @param {readonly Dated[]} dated
 * @param {string} day
 * @returns {Sheet | undefined}
 */
function inForce(dated, day) {
  return [...dated].reverse().find(({ from }) => from === undefined || from <= day)?.sheet ?? dated[0]?.sheet;
}

/**
 * Why a price cannot be true, or `undefined`.
 * @param {string} id
 * @param {readonly Dated[]} dated
 */
export function implausible(id, dated) {
  for (const { sheet } of dated) {
    for (const { in: input = 0, out = 0, r } of [sheet.rates, ...sheet.tiers.map((tier) => tier.rates)]) {
      if (input === 0 && !/free/.test(id)) return 'nothing for input';
      if (r !== undefined && r > input) return 'cached input dearer than input';
      if (out > 0 && out < input / 2) return 'output far cheaper than input';
      if (input > 1000 || out > 2000) return 'more than anybody asks';
    }
  }
  return undefined;
}

/**
 * The newer source's price, unless it cannot be true; what only the older one says of it is kept where both agree on input
 * and output. Differences are those on the older source's day.
 * @param {string} id
 * @param {readonly Dated[] | undefined} older
 * @param {readonly Dated[] | undefined} newer
 * @param {string} olderDay
 * @returns {{ dated: readonly Dated[] | undefined, took: 'older' | 'newer', differences: Difference[] }}
 */
export function mergePrices(id, older, newer, olderDay) {
  if (newer === undefined) return { dated: older, took: 'older', differences: [] };
  if (older === undefined) {
    return implausible(id, newer) === undefined
      ? { dated: newer, took: 'newer', differences: [] }
      : { dated: undefined, took: 'older', differences: [] };
  }
  const before = inForce(older, olderDay);
  const after = inForce(newer, olderDay);
  if (before === undefined || after === undefined) return { dated: older, took: 'older', differences: [] };
  const differences = compare(before, after);
  if (implausible(id, newer) !== undefined) return { dated: older, took: 'older', differences };
  const agree = before.rates['in'] === after.rates['in'] && before.rates['out'] === after.rates['out'];
  if (!agree || newer.length > 1) return { dated: newer, took: 'newer', differences };
  const tiers = after.tiers.length > 0 ? after.tiers : before.tiers;
  const sheet = {
    rates: { ...before.rates, ...after.rates },
    tiers: tiers.map((tier) => {
      const other = before.tiers.find(({ above }) => above === tier.above);
      return { above: tier.above, rates: { ...other?.rates, ...tier.rates } };
    }),
  };
  return { dated: [{ sheet }], took: 'newer', differences };
}

/**
 * @param {Sheet} before
 * @param {Sheet} after
 * @returns {Difference[]}
 */
function compare(before, after) {
  const pairs = [
    ...['in', 'out', 'r', 'w', 'a'].map((field) => ({ field, older: before.rates[field], newer: after.rates[field] })),
    ...after.tiers.flatMap((tier) => {
      const other = before.tiers.find(({ above }) => above === tier.above);
      return ['in', 'out'].map((field) => ({
        field: `${field} above ${tier.above}`,
        older: other?.rates[field] ?? before.rates[field],
        newer: tier.rates[field],
      }));
    }),
  ];
  return pairs.flatMap(({ field, older, newer }) =>
    older === undefined || newer === undefined || Math.abs(older - newer) <= 1e-9 * Math.max(older, newer)
      ? []
      : [{ field, older: Number(decimal(older)), newer: Number(decimal(newer)) }],
  );
}
