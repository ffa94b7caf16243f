/** `last request 12 seconds ago · served by X · 200`, live (CLI-61). */
import type { ReactNode } from 'react';
import type { ClientEntry } from '../../../shared/contract/clients.ts';
import { useLive } from '../../state/live.ts';
import { useText, type MessageKey } from '../../text/text.ts';
import { StatusMark, type MarkState } from '../../ui/status.tsx';
import { useClock } from '../../ui/use-clock.ts';
import { beatState, lastBeat, type BeatState } from './heartbeat.ts';

const faces: Readonly<Record<BeatState, readonly [mark: MarkState, label: MessageKey]>> = {
  running: ['running', 'clients.beat.running'],
  ok: ['running', 'clients.beat.ok'],
  failing: ['attention', 'clients.beat.failing'],
  never: ['idle', 'clients.beat.never'],
  closed: ['stopped', 'clients.beat.closed'],
};

export interface HeartbeatProps {
  readonly keyId: string;
  readonly keyState: string;
  /** As the ledger had it. */
  readonly last: ClientEntry['last'];
}

export function Heartbeat({ keyId, keyState, last }: HeartbeatProps): ReactNode {
  const { t } = useText();
  const recent = useLive((state) => state.recent);
  const beat = lastBeat(keyId, last, recent);
  const state = beatState(keyState, beat);
  const [mark, label] = faces[state];
  return (
    <div className="client-beat">
      <StatusMark state={mark} label={t(label)} />
      {beat !== undefined && (
        <p className="small muted">
          <Ago at={beat.at} />
          {beat.target !== null && (
            <>
              {' · '}
              {t('clients.beat.servedBy')} <code className="wrap-anywhere">{beat.target}</code>
            </>
          )}
          {beat.status !== null && <> · {beat.status}</>}
        </p>
      )}
    </div>
  );
}

function Ago({ at }: { readonly at: string }): ReactNode {
  const { t, relative, dateTime } = useText();
  const now = useClock(Date.parse(at));
  return (
    <time dateTime={at} title={dateTime(at)}>
      {t('clients.beat.last', { when: relative(at, Math.max(now, Date.parse(at))) })}
    </time>
  );
}
