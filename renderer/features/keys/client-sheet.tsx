/** One client: what it is, its key, what to set in it, and its first request. */
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { ClientEntry } from '../../../shared/contract/clients.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useFirstRequest } from '../../state/first-request.ts';
import { useText } from '../../text/text.ts';
import { ClientSettings, NewKey } from '../../ui/client-settings.tsx';
import { Badge, Button } from '../../ui/controls.tsx';
import { FirstRequest } from '../../ui/first-request.tsx';
import { Banner, Facts } from '../../ui/layout.tsx';
import { Confirm, Dialog } from '../../ui/overlay.tsx';
import { InstanceSays } from '../../ui/said.tsx';
import { ClientHints } from './client-hints.tsx';
import { KeyLinks } from './client-row.tsx';
import type { Handed } from './handed.ts';
import { Heartbeat } from './heartbeat-mark.tsx';

export interface ClientSheetProps {
  readonly client: ClientEntry;
  readonly handed: Handed | undefined;
  readonly onHanded: (handed: Handed | undefined) => void;
  readonly onClose: () => void;
}

export function ClientSheet({ client, handed, onHanded, onClose }: ClientSheetProps): ReactNode {
  const { t } = useText();
  const { name, support, reason, installed, key } = client;
  const fresh = handed !== undefined && handed.keyId === key?.id ? handed : undefined;
  const connect = useAction('clients.connect', ['clients.list', 'keys.list']);
  const makeKey = (onDone?: () => void): void =>
    connect.mutate(
      { id: client.id },
      {
        onSuccess: ({ key: made, key_value: value, settings, last }) => {
          if (made !== null) onHanded({ keyId: made.id, value, before: last?.request_id ?? null, settings });
          onDone?.();
        },
      },
    );
  return (
    <Dialog
      open
      shape="sheet"
      onClose={onClose}
      title={name}
      description={
        <span className="row wrap">
          {support !== 'full' && (
            <Badge tone={support === 'none' ? 'plain' : 'warning'}>
              {t(support === 'none' ? 'clients.support.none' : 'clients.support.partial')}
            </Badge>
          )}
          <span className="wrap-anywhere">
            {installed === null ? t('clients.notFound') : t('clients.foundAt', { where: installed })}
          </span>
        </span>
      }
    >
      {reason !== null && (
        <Banner tone={support === 'none' ? 'info' : 'warning'}>
          <InstanceSays text={reason} />
        </Banner>
      )}
      {support !== 'none' && <ClientHints client={client.id} />}
      {support === 'none' ? (
        <p className="muted">{t('clients.cannot', { name })}</p>
      ) : key === null ? (
        <NotConnected client={client} busy={connect.isPending} onConnect={() => makeKey()} />
      ) : fresh === undefined ? (
        <Connected client={client} busy={connect.isPending} onNewKey={makeKey} onGone={() => onHanded(undefined)} />
      ) : (
        <JustConnected client={client} handed={fresh} />
      )}
      {connect.error !== null && <Banner tone="error">{connect.error.error.message}</Banner>}
    </Dialog>
  );
}

function NotConnected({
  client,
  busy,
  onConnect,
}: {
  readonly client: ClientEntry;
  readonly busy: boolean;
  readonly onConnect: () => void;
}): ReactNode {
  const { t } = useText();
  return (
    <>
      <p>{t('clients.connect.text', { name: client.name })}</p>
      <div>
        <Button variant="primary" busy={busy} onClick={onConnect}>
          {t('clients.connect')}
        </Button>
      </div>
      <p className="small muted">{t('clients.connect.nothingWritten')}</p>
      <details className="client-foreign">
        <summary>{t('clients.connect.preview')}</summary>
        <ClientSettings settings={client.settings} restart={client.restart} check={client.check} />
      </details>
    </>
  );
}

function JustConnected({ client, handed }: { readonly client: ClientEntry; readonly handed: Handed }): ReactNode {
  const { t } = useText();
  const first = useFirstRequest(handed.keyId, handed.before);
  return (
    <>
      <FirstRequest name={client.name} entry={first} hint={t('clients.first.hintOf', { name: client.name })} />
      <NewKey value={handed.value} />
      <ClientSettings settings={handed.settings} restart={client.restart} check={client.check} />
    </>
  );
}

interface ConnectedProps {
  readonly client: ClientEntry;
  readonly busy: boolean;
  readonly onNewKey: (onDone: () => void) => void;
  readonly onGone: () => void;
}

function Connected({ client, busy, onNewKey, onGone }: ConnectedProps): ReactNode {
  const { t } = useText();
  const { id, name, key, last } = client;
  const [asks, setAsks] = useState<'key' | 'disconnect'>();
  const disconnect = useAction('clients.disconnect', ['clients.list', 'keys.list']);
  const first = useFirstRequest(last === null ? key?.id : undefined, null);
  if (key === null) return null;
  const close = (): void => setAsks(undefined);
  return (
    <>
      {last === null ? (
        <FirstRequest name={name} entry={first} hint={t('clients.first.hintOf', { name })} />
      ) : (
        <Heartbeat keyId={key.id} keyState={key.state} last={last} />
      )}
      <KeyFacts keyId={key.id} name={name} />
      <div className="row wrap">
        <Button onClick={() => setAsks('key')}>{t('clients.newKey')}</Button>
        <Button variant="danger" onClick={() => setAsks('disconnect')}>
          {t('clients.disconnect')}
        </Button>
      </div>
      {disconnect.error !== null && <Banner tone="error">{disconnect.error.error.message}</Banner>}
      <div className="stack tight">
        <h3>{t('clients.settings')}</h3>
        <p className="small muted">{t('clients.settings.placeholder')}</p>
      </div>
      <ClientSettings settings={client.settings} restart={client.restart} check={client.check} />
      <Confirm
        open={asks === 'key'}
        onClose={close}
        title={t('clients.newKey.title', { name })}
        text={t('clients.newKey.text')}
        action={t('clients.newKey')}
        busy={busy}
        onConfirm={() => onNewKey(close)}
      />
      <Confirm
        open={asks === 'disconnect'}
        onClose={close}
        title={t('clients.disconnect.title', { name })}
        text={t('clients.disconnect.text', { name })}
        action={t('clients.disconnect')}
        danger
        busy={disconnect.isPending}
        onConfirm={() => disconnect.mutate({ id }, { onSuccess: onGone, onSettled: close })}
      />
    </>
  );
}

/** Which key it is, and where its limits and its traffic are. */
export function KeyFacts({ keyId, name }: { readonly keyId: string; readonly name: string }): ReactNode {
  const { t } = useText();
  return (
    <Facts
      facts={[
        [t('clients.keyId'), <code key="id">{keyId}</code>],
        [
          t('clients.limits'),
          <Link key="limits" href={`/policies?tab=keys&key=${encodeURIComponent(keyId)}`}>
            {t('clients.limits.open')}
          </Link>,
        ],
        [t('clients.traffic'), <KeyLinks key="traffic" keyId={keyId} name={name} />],
      ]}
    />
  );
}
