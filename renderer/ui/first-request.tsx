/** Waiting for the first request of a client, and what it turns into when it is there (UX-14). */
import { CircleAlert, CircleCheck, LoaderCircle, Radio } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ExchangeEntry } from '../../shared/contract/traffic.ts';
import { useText } from '../text/text.ts';
import './client-parts.css';
import { problemOf } from './request-problem.ts';

export interface FirstRequestProps {
  /** Of the client. */
  readonly name: string;
  /** `undefined`: it has not come yet. */
  readonly entry: ExchangeEntry | undefined;
  /** What brings it. */
  readonly hint?: string | undefined;
  /** What is said of one that worked, where it is no client's. */
  readonly seen?: string | undefined;
}

export function FirstRequest({ name, entry, hint, seen }: FirstRequestProps): ReactNode {
  return (
    <div className="first-request" role="status">
      {entry === undefined ? <Waiting name={name} hint={hint} /> : <Seen name={name} entry={entry} seen={seen} />}
    </div>
  );
}

function Waiting({ name, hint }: Pick<FirstRequestProps, 'name' | 'hint'>): ReactNode {
  const { t } = useText();
  return (
    <div className="first-request-row waiting">
      <Radio size={18} aria-hidden />
      <div className="grow">
        <strong>{t('clients.first.waiting', { name })}</strong>
        <p className="small muted">{hint ?? t('clients.first.hint')}</p>
      </div>
      <span className="first-request-dots" aria-hidden>
        <i />
        <i />
        <i />
      </span>
    </div>
  );
}

function Seen({
  name,
  entry,
  seen,
}: Pick<FirstRequestProps, 'name' | 'seen'> & { readonly entry: ExchangeEntry }): ReactNode {
  const { t } = useText();
  const problem = entry.outcome === 'open' ? undefined : problemOf(entry.error, entry.status);
  const state = entry.outcome === 'open' ? 'open' : problem === undefined ? 'ok' : 'error';
  const Icon = { open: LoaderCircle, ok: CircleCheck, error: CircleAlert }[state];
  const title = {
    open: t('clients.first.running', { name }),
    ok: seen ?? t('clients.first.seen', { name }),
    error: t('clients.first.failed', { name }),
  }[state];
  return (
    <div className={`first-request-row ${state}`}>
      <Icon size={18} aria-hidden className={state === 'open' ? 'first-request-turning' : undefined} />
      <div className="grow stack tight">
        <strong>{title}</strong>
        {problem !== undefined && (
          <p className="wrap-anywhere">
            {t(problem)}{' '}
            <code className="small">{[entry.status, entry.error].filter((one) => one !== null).join(' ')}</code>
          </p>
        )}
        <RequestFigures entry={entry} />
      </div>
      <Link href={`/activity?id=${encodeURIComponent(entry.request_id)}`}>{t('clients.first.open')}</Link>
    </div>
  );
}

/** Model, tokens, cost and time of an exchange; what is not known is told as such. */
export function RequestFigures({ entry }: { readonly entry: ExchangeEntry }): ReactNode {
  const { t, count, money, duration } = useText();
  const { usage, usage_source: source, cost_usd: cost } = entry;
  const isEstimate = source === 'estimated' ? '≈ ' : '';
  const model = entry.target ?? entry.model_asked;
  return (
    <dl className="first-request-figures">
      <Figure
        name={t(entry.target === null ? 'clients.first.asked' : 'clients.first.model')}
        value={<code className="wrap-anywhere">{model ?? '—'}</code>}
      />
      <Figure
        name={t('clients.first.tokens')}
        value={
          usage === null
            ? '—'
            : `${isEstimate}${t('clients.first.inOut', { input: count(usage.input_tokens), output: count(usage.output_tokens) })}`
        }
      />
      <Figure name={t('clients.first.cost')} value={cost === null ? '—' : `${isEstimate}${money(cost)}`} />
      <Figure name={t('clients.first.time')} value={duration(entry.duration_ms)} />
    </dl>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
