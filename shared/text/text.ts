/** Words, numbers, money and dates in one language, for the window, the tray and notifications. Messages are ICU MessageFormat. */
import { IntlMessageFormat } from 'intl-messageformat';
import type { Language, Values } from './words.ts';

export interface Text<Key extends string> {
  readonly language: Language;
  readonly locale: string;
  /** The message with its values in place. */
  readonly t: (key: Key, values?: Values) => string;
  /** `1,234`. */
  readonly count: (value: number) => string;
  /** `1.2M`. */
  readonly compact: (value: number) => string;
  /** Decimal string of US dollars: `$3.42`, `$0.00042`; unknown is `—`, never 0 (UX-43). */
  readonly money: (usd: string | null | undefined) => string;
  /** A sum of which a part is not known is at least what is known of it: `≥ $3.42`. */
  readonly sum: (usd: string | null, known: string) => string;
  /** Milliseconds: `12 ms`, `3.4 s`, `2 min`. */
  readonly duration: (ms: number | null | undefined) => string;
  /** 0…1: `34%`. */
  readonly percent: (share: number | null | undefined, digits?: number) => string;
  readonly bytes: (value: number) => string;
  /** ISO 8601 or milliseconds: `14:03:12`. */
  readonly time: (at: string | number) => string;
  /** `29 Nov, 14:03`. */
  readonly dateTime: (at: string | number) => string;
  readonly date: (at: string | number) => string;
  /** `12 seconds ago`, `in 3 minutes`. */
  readonly relative: (at: string | number, now: number) => string;
}

const none = '—';

/** `locale`: how dates and numbers are written. What was formatted once is kept for as long as this is. */
export function createText<Key extends string>(
  language: Language,
  locale: string,
  messages: Readonly<Record<Key, string>>,
): Text<Key> {
  const formats = new Map<Key, IntlMessageFormat>();
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const unit = (name: string, digits: number): Intl.NumberFormat =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, maximumFractionDigits: digits });
  const [milliseconds, secondsFine, seconds, minutes, hours] = [
    unit('millisecond', 0),
    unit('second', 1),
    unit('second', 0),
    unit('minute', 0),
    unit('hour', 1),
  ];
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const dateTime = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return {
    language,
    locale,
    t(key, values) {
      const message = messages[key];
      if (!message.includes('{') && !message.includes("'")) return message;
      let made = formats.get(key);
      if (made === undefined) {
        made = new IntlMessageFormat(message, locale, undefined, { ignoreTag: true });
        formats.set(key, made);
      }
      // A value may end as a sentence does: `in 3,7 Sek.`.
      return String(made.format(values)).replace(/(?<=[^\s./])\.\.(?=\s|$)/g, '.');
    },
    count: (value) => whole.format(value),
    compact: (value) => (Math.abs(value) < 10_000 ? whole.format(value) : short.format(value)),
    money: (usd) => (usd === null || usd === undefined ? none : moneyText(usd, locale)),
    sum: (usd, known) =>
      usd !== null ? moneyText(usd, locale) : Number(known) > 0 ? `≥ ${moneyText(known, locale)}` : none,
    duration(ms) {
      if (ms === null || ms === undefined) return none;
      if (ms < 1_000) return milliseconds.format(ms);
      if (ms < 10_000) return secondsFine.format(ms / 1_000);
      if (ms < 120_000) return seconds.format(ms / 1_000);
      return ms < 7_200_000 ? minutes.format(ms / 60_000) : hours.format(ms / 3_600_000);
    },
    percent: (share, digits = 0) =>
      share === null || share === undefined
        ? none
        : new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(share),
    bytes(value) {
      const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
      const step = value < 1 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), units.length - 1);
      const style = { style: 'unit', unit: units[step] ?? 'byte', maximumFractionDigits: step === 0 ? 0 : 1 } as const;
      // Short, English has `134 byte`.
      const format = new Intl.NumberFormat(locale, { ...style, unitDisplay: step === 0 ? 'long' : 'short' });
      return format.format(value / 1_000 ** step);
    },
    time: (at) => clock.format(new Date(at)),
    dateTime: (at) => dateTime.format(new Date(at)),
    date: (at) => date.format(new Date(at)),
    relative: (at, now) => relativeText(new Date(at).getTime() - now, relative),
  };
}

/** Two digits behind the point from a cent on; below it two digits that say something. */
function moneyText(usd: string, locale: string): string {
  const value = Number(usd);
  const size = Math.abs(value);
  const digits = size === 0 || size >= 0.01 ? 2 : Math.min(12, 1 - Math.floor(Math.log10(size)));
  const style = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;
  return new Intl.NumberFormat(locale, {
    ...style,
    minimumFractionDigits: size >= 0.01 || size === 0 ? 2 : 0,
    maximumFractionDigits: digits,
  }).format(value);
}

function relativeText(ms: number, relative: Intl.RelativeTimeFormat): string {
  const size = Math.abs(ms);
  if (size < 60_000) return relative.format(Math.round(ms / 1_000), 'second');
  if (size < 3_600_000) return relative.format(Math.round(ms / 60_000), 'minute');
  if (size < 86_400_000) return relative.format(Math.round(ms / 3_600_000), 'hour');
  return relative.format(Math.round(ms / 86_400_000), 'day');
}
