/** What happened, in a sentence and in facts. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { useTeamValues } from '../../state/team.ts';
import { useText, type MessageKey, type Text } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Banner, Facts } from '../../ui/layout.tsx';
import { costText, extraAttempts, tokensText } from './cells.tsx';
import type { SetParams } from './filters.ts';
import { faceOf, outcomeLabels } from './outcome.tsx';
import { teamRefusal } from './team-refusal.ts';
import { TeamRefusal, Watched } from './team-rule.tsx';
import type { Exchange } from './use-exchange.ts';

interface SummaryProps {
  readonly entry: ExchangeEntry;
  /** `undefined` while it is asked for. */
  readonly whole?: Exchange | undefined;
  readonly set: SetParams;
}

export function SummaryTab({ entry, whole, set }: SummaryProps): ReactNode {
  const text = useText();
  const { t } = text;
  return (
    <>
      <p className="traffic-sentence">{sentenceOf(entry, text)}</p>
      {entry.error !== null && <ErrorBanner entry={entry} set={set} />}
      <TeamRefusal exchange={entry} />
      <Watched safety={whole?.safety ?? noSafety} />
      {entry.downgrade !== null && (
        <Banner tone="warning">
          {t('traffic.downgrade', { budget: entry.downgrade.budget, alias: entry.downgrade.alias })}
        </Banner>
      )}
      <Facts facts={factsOf(entry, text, set)} />
      {entry.losses.length > 0 && <Losses entry={entry} />}
    </>
  );
}

const noSafety: Exchange['safety'] = [];

function sentenceOf(entry: ExchangeEntry, { t, duration }: Text): string {
  const { fallbacks } = extraAttempts(entry);
  const who = entry.client ?? entry.key ?? t('traffic.sentence.someone');
  const model = entry.model_asked ?? t('traffic.sentence.noModel');
  const face = faceOf(entry);
  const values = { who, model, target: entry.target ?? '—', time: duration(entry.duration_ms), count: fallbacks };
  if (face === 'complete' && entry.cache !== null) return t('traffic.sentence.cached', values);
  if (face === 'complete') return t(fallbacks > 0 ? 'traffic.sentence.fallback' : 'traffic.sentence.complete', values);
  return t(sentences[face], values);
}

const sentences: Readonly<Record<Exclude<ReturnType<typeof faceOf>, 'complete'>, MessageKey>> = {
  open: 'traffic.sentence.open',
  incomplete: 'traffic.sentence.incomplete',
  aborted: 'traffic.sentence.aborted',
  failed: 'traffic.sentence.failed',
  interrupted: 'traffic.sentence.interrupted',
  refused: 'traffic.sentence.refused',
};

/** Stages of our own errors, and the provider's, in words. */
const meanings: Readonly<Record<string, MessageKey>> = {
  receive: 'traffic.error.receive',
  identify: 'traffic.error.identify',
  read: 'traffic.error.read',
  admit: 'traffic.error.admit',
  route: 'traffic.error.route',
  attempt: 'traffic.error.attempt',
  relay: 'traffic.error.relay',
  upstream: 'traffic.error.upstream',
};

function ErrorBanner({ entry, set }: SummaryProps): ReactNode {
  const { t } = useText();
  const { error, rule, target } = entry;
  const isByTeam = teamRefusal(entry, useTeamValues()) !== undefined;
  if (error === null) return null;
  const [stage = ''] = error.split('.');
  const meaning = (Object.hasOwn(meanings, stage) ? meanings[stage] : undefined) ?? 'traffic.error.other';
  return (
    <Banner
      tone="error"
      actions={
        <Button size="small" onClick={() => set({ error, id: undefined, tab: undefined })}>
          {t('traffic.error.alike')}
        </Button>
      }
    >
      <strong className="mono">{error}</strong>
      <br />
      {isByTeam ? t('locked.refused.text') : t(meaning, { target: target ?? '—' })}
      {rule !== null && !isByTeam && <> {t('traffic.error.rule', { rule })}</>}
    </Banner>
  );
}

function factsOf(entry: ExchangeEntry, text: Text, set: SetParams): readonly (readonly [ReactNode, ReactNode])[] {
  const { t, bytes, dateTime, time, count, duration } = text;
  const filter = (name: string, value: string | null): ReactNode =>
    value === null ? (
      '—'
    ) : (
      <Button variant="link" onClick={() => set({ [name]: value })}>
        {value}
      </Button>
    );
  const { usage } = entry;
  const all: readonly (readonly [MessageKey, ReactNode] | false)[] = [
    [
      'traffic.fact.id',
      <span key="id" className="row">
        <code>{entry.request_id}</code>
        <CopyButton text={entry.request_id} />
      </span>,
    ],
    ['traffic.fact.at', `${dateTime(entry.at)} (${time(entry.at)})`],
    ['traffic.fact.outcome', t(outcomeLabels[faceOf(entry)])],
    ['traffic.fact.status', entry.status === null ? '—' : String(entry.status)],
    ['traffic.fact.asked', filter('model', entry.model_asked)],
    ['traffic.fact.target', filter('target', entry.target)],
    ['traffic.fact.key', filter('key', entry.key)],
    ['traffic.fact.client', filter('client', entry.client)],
    ['traffic.fact.session', filter('session', entry.session)],
    (entry.user !== null || entry.team !== null) && [
      'traffic.fact.user',
      [entry.user, entry.team].filter((one) => one !== null).join(' · '),
    ],
    ['traffic.fact.why', entry.route_reason ?? '—'],
    ['traffic.fact.duration', duration(entry.duration_ms)],
    ['traffic.ttft', duration(entry.ttft_ms)],
    ['traffic.column.tokens', tokensText(entry, text)],
    usage !== null &&
      (usage.cache_read_tokens > 0 || usage.cache_write_tokens > 0) && [
        'traffic.fact.cacheTokens',
        t('traffic.fact.cacheTokens.text', {
          read: count(usage.cache_read_tokens),
          written: count(usage.cache_write_tokens),
        }),
      ],
    ['traffic.column.cost', costText(entry, text)],
    ['traffic.fact.masked', entry.masked_kinds === null ? t('traffic.fact.notLooked') : count(entry.masked)],
    [
      'traffic.fact.dialect',
      [entry.dialect ?? entry.surface, entry.target_dialect].filter((one) => one !== null).join(' → '),
    ],
    ['traffic.fact.finish', entry.finish_reason ?? '—'],
    ['traffic.fact.bytes', `${bytes(entry.request_bytes)} → ${bytes(entry.response_bytes)}`],
  ];
  return all.filter((one) => one !== false).map(([name, value]) => [t(name), value]);
}

function Losses({ entry: { losses } }: { readonly entry: ExchangeEntry }): ReactNode {
  const { t } = useText();
  return (
    <section className="stack tight">
      <h3>{t('traffic.losses')}</h3>
      <p className="muted small">
        {t('traffic.losses.text')} <Link href="/routes">{t('traffic.losses.link')}</Link>
      </p>
      <ul className="traffic-list">
        {losses.map(({ path, why }) => (
          <li key={`${path} ${why}`}>
            <code>{path}</code> {why}
          </li>
        ))}
      </ul>
    </section>
  );
}
