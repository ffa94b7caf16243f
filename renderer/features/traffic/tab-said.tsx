/** What was asked and what was answered, where it was recorded. */
import { FileQuestion, LockKeyhole } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { useText } from '../../text/text.ts';
import { Button, Segmented } from '../../ui/controls.tsx';
import { CodeBlock } from '../../ui/copy.tsx';
import { EmptyState, Skeleton } from '../../ui/states.tsx';
import { eventsOf, readable, textOf, type StreamEvent } from './bodies.ts';
import type { Exchange } from './use-exchange.ts';

export interface SaidProps {
  readonly entry: ExchangeEntry;
  readonly whole: Exchange | undefined;
}

export function RequestTab({ entry, whole }: SaidProps): ReactNode {
  const { t } = useText();
  if (whole === undefined || whole.request_body === null) return <NothingSaid entry={entry} whole={whole} />;
  return <Said text={whole.request_body} label={t('traffic.tab.request')} />;
}

export function AnswerTab({ entry, whole }: SaidProps): ReactNode {
  const { t } = useText();
  if (whole === undefined || whole.answer_body === null) return <NothingSaid entry={entry} whole={whole} />;
  return <Said text={whole.answer_body} label={t('traffic.tab.response')} />;
}

/** Why there is nothing to show, and what changes that. */
export function NothingSaid({ entry, whole }: SaidProps): ReactNode {
  const { t } = useText();
  const [, navigate] = useLocation();
  if (entry.outcome === 'open') return <p className="muted">{t('traffic.said.open')}</p>;
  if (whole === undefined) return <Skeleton lines={6} />;
  if (whole.bodies === 'unreadable')
    return (
      <EmptyState icon={<LockKeyhole size={24} aria-hidden />} title={t('traffic.said.unreadable')}>
        {t('traffic.said.unreadable.text')}
      </EmptyState>
    );
  if (whole.bodies === 'recorded')
    return (
      <EmptyState icon={<FileQuestion size={24} aria-hidden />} title={t('traffic.said.nothing')}>
        {t('traffic.said.nothing.text')}
      </EmptyState>
    );
  return (
    <EmptyState
      icon={<FileQuestion size={24} aria-hidden />}
      title={t('traffic.said.notRecorded')}
      actions={<Button onClick={() => navigate('/policies?tab=recording')}>{t('traffic.said.record')}</Button>}
    >
      {t('traffic.said.notRecorded.text')}
    </EmptyState>
  );
}

type Shape = 'text' | 'readable' | 'raw';

function Said({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  const { t, bytes } = useText();
  const shown = useMemo(() => {
    const events = eventsOf(text);
    return { events, said: events === undefined ? undefined : textOf(events), readable: readable(text) };
  }, [text]);
  const [chosen, setShape] = useState<Shape>();
  const shape = chosen ?? (shown.said === undefined ? 'readable' : 'text');
  return (
    <>
      <div className="row between wrap">
        <Segmented<Shape>
          label={t('traffic.said.shape')}
          value={shape}
          onChange={setShape}
          choices={[
            ...(shown.said === undefined ? [] : [{ value: 'text', label: t('traffic.said.text') } as const]),
            {
              value: 'readable',
              label: t(shown.events === undefined ? 'traffic.said.formatted' : 'traffic.said.events'),
            },
            { value: 'raw', label: t('traffic.said.raw') },
          ]}
        />
        <span className="muted small">{bytes(text.length)}</span>
      </div>
      {shape !== 'readable' || shown.events === undefined ? (
        <CodeBlock
          text={{ raw: text, text: shown.said ?? text, readable: shown.readable }[shape]}
          label={label}
          wrapped
        />
      ) : (
        <Events events={shown.events} label={label} />
      )}
    </>
  );
}

/** More events are not drawn; the raw text has them. */
const maxEvents = 500;

function Events({ events, label }: { readonly events: readonly StreamEvent[]; readonly label: string }): ReactNode {
  const { t } = useText();
  return (
    <>
      <p className="muted small">{t('traffic.said.eventCount', { count: events.length })}</p>
      <div className="code traffic-events" tabIndex={0} role="region" aria-label={label}>
        <ol>
          {events.slice(0, maxEvents).map(({ name, data }, index) => (
            <li key={index}>
              {name !== null && <strong className="mono">{name}</strong>}
              <code className="wrap-anywhere">{data}</code>
            </li>
          ))}
        </ol>
      </div>
      {events.length > maxEvents && (
        <p className="muted small">{t('traffic.said.eventsLeft', { count: events.length - maxEvents })}</p>
      )}
    </>
  );
}
