/** Prices for a million tokens as people read them: with every digit that is charged, and cents at least. */

/** Keys of the words for each part of a price. */
export const fieldLabels = {
  input: 'models.column.input',
  output: 'models.column.outputPrice',
  cache_read: 'models.column.cacheRead',
  cache_write: 'models.column.cacheWrite',
} as const;

const formats = new Map<string, Intl.NumberFormat>();

/** Decimal string of US dollars: `$2.50`, `$0.075`; unknown is `—`, never 0. */
export function priceText(locale: string, usd: string | null | undefined): string {
  if (usd === null || usd === undefined) return '—';
  let format = formats.get(locale);
  if (format === undefined) {
    const style = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;
    format = new Intl.NumberFormat(locale, { ...style, minimumFractionDigits: 2, maximumFractionDigits: 6 });
    formats.set(locale, format);
  }
  return format.format(Number(usd));
}
