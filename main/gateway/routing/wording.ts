/** Figures as people read them in reasons. */
import { picoToUsd } from '../../../shared/domain/money.ts';
import type { LanguageCode } from '../../kit/language.ts';

/** `12,000`. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `$0.0012`: two digits that say something, exact where the ledger needs it and not here. */
export function usd(pico: number): string {
  if (pico === 0) return 'nothing';
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(pico))) - 1);
  return `${pico < 0 ? '-' : ''}$${picoToUsd(Math.abs(Math.round(pico / step) * step))}`;
}

/** `850 ms`, `1.4 s`, `2 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1_000).toFixed(ms < 10_000 ? 1 : 0))} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** A share of 1, such as a quality or a score: `0.62`. */
export function share(value: number): string {
  return value.toFixed(2);
}

/** A share of 1 as `70 %`. */
export function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

const languages: Readonly<Record<LanguageCode, string>> = {
  ...{ en: 'English', de: 'German', fr: 'French', es: 'Spanish', it: 'Italian', pt: 'Portuguese', nl: 'Dutch' },
  ...{ pl: 'Polish', sv: 'Swedish', tr: 'Turkish', ru: 'Russian', uk: 'Ukrainian', el: 'Greek', he: 'Hebrew' },
  ...{ ar: 'Arabic', hi: 'Hindi', th: 'Thai', zh: 'Chinese', ja: 'Japanese', ko: 'Korean' },
};

/** `German` for `de`. Not from ICU: a kept decision must read the same under another version of it. */
export function languageName(code: string): string {
  const known = Object.entries(languages).find(([one]) => one === code.toLowerCase());
  return known?.[1] ?? code;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
