/** One client, one click, its settings; or a test request where none is at hand (UX-13, UX-14). */
import { useEffect, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { ClientEntry, ClientSetting } from '../../../shared/contract/clients.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { hasWorked, useFirstRequest } from '../../state/first-request.ts';
import { useSaid, useText } from '../../text/text.ts';
import { ClientSettings, NewKey } from '../../ui/client-settings.tsx';
import { Badge, Button } from '../../ui/controls.tsx';
import { FirstRequest } from '../../ui/first-request.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/states.tsx';
import { offered } from './offered.ts';
import { testChoice, type TestChoice, type Waiting } from './progress.ts';
import { StepFrame } from './step-frame.tsx';
import type { ProgressControl } from './use-progress.ts';
import { useTestRequest } from './use-test-request.ts';

/** A key of a moment ago with its settings; gone with a reload. */
interface Handed {
  readonly client: string;
  readonly value: string;
  readonly settings: readonly ClientSetting[];
}

export interface StepClientProps extends ProgressControl {
  /** Id of the first request. */
  readonly onSeen: (requestId: string) => void;
  readonly onNext: () => void;
}

export function StepClient({ progress, change, onSeen, onNext }: StepClientProps): ReactNode {
  const { t } = useText();
  const [handed, setHanded] = useState<Handed>();
  const clients = useCall('clients.list', {});
  const connect = useAction('clients.connect', ['clients.list', 'keys.list']);
  const { waiting } = progress;
  const start = ({ id, name }: Pick<ClientEntry, 'id' | 'name'>): void =>
    connect.mutate(
      { id },
      {
        onSuccess: ({ key, key_value: value, settings, last }) => {
          if (key === null) return;
          setHanded({ client: id, value, settings });
          change({ waiting: { client: id, name, keyId: key.id, before: last?.request_id ?? null } });
        },
      },
    );
  return (
    <StepFrame
      title={waiting === null ? t('welcome.client.title') : t('welcome.client.connect', { name: waiting.name })}
      text={t(waiting === null ? 'welcome.client.text' : 'welcome.client.copy')}
      actions={
        <>
          {waiting !== null && <Button onClick={() => change({ waiting: null })}>{t('welcome.client.another')}</Button>}
          <Button onClick={onNext}>{t('welcome.skipStep')}</Button>
        </>
      }
    >
      {connect.error !== null && <Banner tone="error">{connect.error.error.message}</Banner>}
      <Loaded query={clients} lines={4}>
        {({ clients: all }) =>
          waiting === null ? (
            <Choose clients={all} busy={connect.isPending ? connect.variables.id : undefined} onConnect={start} />
          ) : (
            <WaitFor
              waiting={waiting}
              client={all.find(({ id }) => id === waiting.client)}
              handed={handed?.client === waiting.client ? handed : undefined}
              busy={connect.isPending}
              onNewKey={() => start({ id: waiting.client, name: waiting.name })}
              onSeen={onSeen}
            />
          )
        }
      </Loaded>
      <TestInstead {...testChoice(progress)} onSeen={onSeen} />
    </StepFrame>
  );
}

function Choose({
  clients,
  busy,
  onConnect,
}: {
  readonly clients: readonly ClientEntry[];
  /** Id of the one that is being connected. */
  readonly busy: string | undefined;
  readonly onConnect: (client: ClientEntry) => void;
}): ReactNode {
  const { t } = useText();
  const said = useSaid();
  const [showsAll, setShowsAll] = useState(false);
  const { first, others, isFound } = offered(clients);
  return (
    <>
      {!isFound && <p className="small muted">{t('welcome.client.noneFound')}</p>}
      <ul className="welcome-list">
        {[...first, ...(showsAll ? others : [])].map((client) => (
          <li key={client.id} className="welcome-client">
            <span className="grow">
              <strong>{client.name}</strong>{' '}
              {client.support === 'partial' && (
                <Badge tone="warning" title={client.reason === null ? undefined : said(client.reason).text}>
                  {t('clients.support.partial')}
                </Badge>
              )}
              {client.installed !== null && (
                <span className="small muted wrap-anywhere"> {t('clients.foundAt', { where: client.installed })}</span>
              )}
            </span>
            {client.key === null ? (
              <Button
                size="small"
                busy={busy === client.id}
                disabled={busy !== undefined}
                aria-label={t('welcome.client.connect', { name: client.name })}
                onClick={() => onConnect(client)}
              >
                {t('welcome.client.connectIt')}
              </Button>
            ) : (
              <Link className="small" href={`/clients?client=${encodeURIComponent(client.id)}`}>
                {t('welcome.client.hasKey')}
              </Link>
            )}
          </li>
        ))}
      </ul>
      {others.length > 0 && !showsAll && (
        <div>
          <Button size="small" onClick={() => setShowsAll(true)}>
            {t('welcome.client.more', { count: others.length })}
          </Button>
        </div>
      )}
    </>
  );
}

interface WaitForProps {
  readonly waiting: Waiting;
  readonly client: ClientEntry | undefined;
  readonly handed: Handed | undefined;
  readonly busy: boolean;
  readonly onNewKey: () => void;
  readonly onSeen: (requestId: string) => void;
}

function WaitFor({ waiting, client, handed, busy, onNewKey, onSeen }: WaitForProps): ReactNode {
  const { t } = useText();
  const { name, keyId, before } = waiting;
  const first = useFirstRequest(keyId, before);
  const seen = first !== undefined && hasWorked(first) ? first.request_id : undefined;
  useEffect(() => {
    if (seen !== undefined) onSeen(seen);
  }, [seen, onSeen]);
  return (
    <>
      <FirstRequest name={name} entry={first} />
      {handed === undefined ? (
        <Banner
          actions={
            <Button size="small" busy={busy} onClick={onNewKey}>
              {t('clients.newKey')}
            </Button>
          }
        >
          {t('welcome.client.keyGone')}
        </Banner>
      ) : (
        <NewKey value={handed.value} />
      )}
      {client !== undefined && (
        <ClientSettings settings={handed?.settings ?? client.settings} restart={client.restart} check={client.check} />
      )}
    </>
  );
}

function TestInstead({
  model,
  isFree,
  onSeen,
}: TestChoice & {
  readonly onSeen: (requestId: string) => void;
}): ReactNode {
  const { t } = useText();
  const { busy, problem, send } = useTestRequest(onSeen);
  return (
    <div className="welcome-test">
      <div className="grow">
        <strong>{t('welcome.test.title')}</strong>
        <p className="small muted wrap-anywhere">{t(isFree ? 'welcome.test.free' : 'welcome.test.text', { model })}</p>
        {problem !== undefined && (
          <p className="welcome-problem wrap-anywhere" role="alert">
            {problem}
          </p>
        )}
      </div>
      <Button busy={busy} onClick={() => send(model)}>
        {t('welcome.test.send')}
      </Button>
    </div>
  );
}
