/** The tries of an exchange, in words for people. */
import type { AttemptEntry, ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { duration } from '../output.ts';

const remarks: Readonly<Record<AttemptEntry['kind'], string>> = {
  first: '',
  retry: ' again,',
  fallback: '',
  hedge: ' beside it,',
  continue: ' for the rest,',
};

/** `1. a/b 429 after 210 ms → 2. c/d 200 after 1.3 s`. */
export function attemptChain(attempts: readonly AttemptEntry[]): string {
  return attempts
    .map((attempt, index) => {
      const { target, kind, ms } = attempt;
      return `${index + 1}. ${target}${remarks[kind]} ${outcomeOf(attempt)} after ${duration(ms)}`;
    })
    .join(' → ');
}

/** `served by c/d (a/b: 429)`: who served it instead of those that were tried before; `undefined` when nobody else was. */
export function servedInstead({ target, attempts }: ExchangeEntry): string | undefined {
  const others = new Map(attempts.filter((one) => one.target !== target).map((one) => [one.target, outcomeOf(one)]));
  if (target === null || others.size === 0) return undefined;
  return `served by ${target} (${[...others].map(([name, outcome]) => `${name}: ${outcome}`).join(', ')})`;
}

/** What the codes of tries say to somebody who does not know them; the others are clear enough. */
const words: Readonly<Record<string, string>> = {
  'attempt.connect': 'no connection',
  'attempt.connect_timeout': 'no connection in time',
  'attempt.dns': 'name not found',
  'attempt.tls': 'TLS failed',
  'attempt.ttft_timeout': 'no words in time',
  'attempt.total_timeout': 'not done in time',
  'attempt.reset': 'connection reset',
  'attempt.rate_limited': 'rate limited',
  'relay.idle_timeout': 'fell silent',
  'relay.total_timeout': 'not done in time',
  'relay.stream_cut': 'broke off',
  'relay.stream_incomplete': 'broke off',
};

/** `429`, `broke off`; one that another overtook has neither status nor error. */
export function outcomeOf({ status, error }: AttemptEntry): string {
  if (status !== null && (error === null || status >= 400)) return String(status);
  if (error === null || error === 'hedge_lost') return 'overtaken';
  return words[error] ?? error.split('.').at(-1)?.replaceAll('_', ' ') ?? error;
}
