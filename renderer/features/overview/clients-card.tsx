/** Connected clients and their last sign of life. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useCall } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText, type Text } from '../../text/text.ts';
import { Card } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/states.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { useClock } from '../../ui/use-clock.ts';
import { heartbeats, type Heartbeat } from './heartbeat.ts';

const most = 6;

export function ClientsCard(): ReactNode {
  const { t } = useText();
  const query = useCall('clients.list', {});
  return (
    <Card title={t('overview.clients')} actions={<Link href="/clients">{t('overview.clients.all')}</Link>}>
      <Loaded query={query}>{({ clients }) => <Clients clients={clients} />}</Loaded>
    </Card>
  );
}

function Clients({ clients }: { readonly clients: Parameters<typeof heartbeats>[0] }): ReactNode {
  const { t } = useText();
  const recent = useLive((state) => state.recent);
  const beats = heartbeats(clients, recent);
  const now = useClock(beats[0]?.at);
  if (beats.length === 0)
    return (
      <p>
        <span className="muted">{t('overview.clients.none')}</span>{' '}
        <Link href="/clients">{t('overview.clients.connect')}</Link>
      </p>
    );
  return (
    <>
      <ul className="stack tight">
        {beats.slice(0, most).map((beat) => (
          <Beat key={beat.client.id} beat={beat} now={now} />
        ))}
      </ul>
      {beats.length > most && (
        <p className="small muted">{t('overview.clients.more', { count: beats.length - most })}</p>
      )}
    </>
  );
}

function Beat({ beat, now }: { readonly beat: Heartbeat; readonly now: number }): ReactNode {
  const text = useText();
  const { client, requestId, at, status } = beat;
  // The same marks as on Clients.
  const mark = at === undefined ? 'idle' : status !== undefined && status >= 400 ? 'attention' : 'running';
  const said = beatText(text, beat, now);
  return (
    <li className="overview-client">
      <Link href={`/activity?key=${encodeURIComponent(client.key?.id ?? '')}`} className="overview-client-name">
        <StatusMark state={mark} label={client.name} />
      </Link>
      {requestId === undefined ? (
        <span className="small muted">{said}</span>
      ) : (
        <Link href={`/activity?id=${encodeURIComponent(requestId)}`} className="small muted wrap-anywhere">
          {said}
        </Link>
      )}
    </li>
  );
}

function beatText({ t, relative }: Text, { at, target, status, isRunning }: Heartbeat, now: number): string {
  if (isRunning) return t('overview.clients.running');
  if (at === undefined) return t('overview.clients.waiting');
  // The clock may be a moment behind what just came.
  const ago = relative(at, Math.max(now, at));
  if (status !== undefined && status >= 400) return t('overview.clients.failed', { ago, status });
  return target === undefined ? t('overview.clients.last', { ago }) : t('overview.clients.served', { ago, target });
}
