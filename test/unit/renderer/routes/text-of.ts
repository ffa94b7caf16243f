/** The words of one language without a window around them. */
import { IntlMessageFormat } from 'intl-messageformat';
import type { Messages, Text } from '../../../../renderer/text/text.ts';

export function textIn(locale: 'en' | 'de', messages: Messages): Text {
  const number = new Intl.NumberFormat(locale);
  return {
    language: locale,
    locale,
    t: (key, values) =>
      String(new IntlMessageFormat(messages[key], locale, undefined, { ignoreTag: true }).format(values)),
    count: (value) => number.format(value),
    compact: (value) => number.format(value),
    money: (usd) => (usd === null || usd === undefined ? '—' : `$${usd}`),
    sum: (usd, known) => (usd === null ? `≥ $${known}` : `$${usd}`),
    duration: (ms) => (ms === null || ms === undefined ? '—' : `${String(ms / 1000)} s`),
    percent: (share) =>
      share === null || share === undefined ? '—' : new Intl.NumberFormat(locale, { style: 'percent' }).format(share),
    bytes: String,
    time: String,
    dateTime: String,
    date: String,
    relative: String,
  };
}
