/** The figures of one run: time, tokens, money, and where it went. */
import { VenetianMask } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { RunResult } from '../../../shared/contract/playground.ts';
import { useText, type MessageKey, type Text } from '../../text/text.ts';
import { inputTokens, tokensPerSecond } from './figures.ts';

export const figureNames = [
  ...(['ttft', 'duration', 'input', 'output', 'speed', 'cost', 'target', 'attempts', 'masked'] as const),
];
export type FigureName = (typeof figureNames)[number];

/** Of a figure that is not known it is `—`, never 0. */
export function figureText(name: FigureName, result: RunResult, { t, count, duration, money, locale }: Text): string {
  const { usage } = result;
  const speed = tokensPerSecond(result);
  const input = inputTokens(usage);
  switch (name) {
    case 'ttft':
      return duration(result.ttft_ms);
    case 'duration':
      return duration(result.duration_ms);
    case 'input':
      if (input === null || usage === null) return '—';
      return usage.cache_read_tokens === 0
        ? count(input)
        : t('playground.figure.cached', { tokens: count(input), cached: count(usage.cache_read_tokens) });
    case 'output':
      return usage === null ? '—' : count(usage.output_tokens);
    case 'speed':
      return speed === null ? '—' : new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(speed);
    case 'cost':
      return money(result.cost_usd);
    case 'target':
      return result.target ?? '—';
    case 'attempts':
      return result.attempts === null ? '—' : count(result.attempts);
    case 'masked':
      return count(result.masked);
  }
}

export const figureLabel = (name: FigureName): MessageKey => `playground.figure.${name}`;

export function RunFigures({ result }: { readonly result: RunResult }): ReactNode {
  const text = useText();
  const { t } = text;
  // Of what failed there is little to tell.
  const shown: readonly FigureName[] =
    result.error !== null && result.usage === null
      ? ['duration', 'cost']
      : ['ttft', 'duration', 'input', 'output', 'speed', 'cost'];
  const request = result.request_id === null ? undefined : `/activity?id=${encodeURIComponent(result.request_id)}`;
  return (
    <div className="playground-figures">
      <dl>
        {shown.map((name) => (
          <div key={name}>
            <dt>{t(figureLabel(name))}</dt>
            <dd>{figureText(name, result, text)}</dd>
          </div>
        ))}
      </dl>
      <p className="row wrap small">
        {result.target !== null && (
          <code className="ellipsis" title={t('playground.figure.target')}>
            {result.target}
          </code>
        )}
        {(result.attempts ?? 1) > 1 && <span>{t('playground.attempts', { count: result.attempts ?? 0 })}</span>}
        {result.masked > 0 && (
          <Link className="badge mask" href={request ?? '/activity'}>
            <VenetianMask size={12} aria-hidden />
            {t('playground.masked', { count: result.masked })}
          </Link>
        )}
        {request !== undefined && <Link href={request}>{t('playground.request')}</Link>}
      </p>
    </div>
  );
}
