/** Programs that are in no catalogue: a key under a name of one's own, and the addresses of each API family. */
import { useMemo, useState, type ReactNode } from 'react';
import type { ClientSetting } from '../../../shared/contract/clients.ts';
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useFirstRequest } from '../../state/first-request.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { ClientSettings, NewKey } from '../../ui/client-settings.tsx';
import { Button, Field, Input } from '../../ui/controls.tsx';
import { FirstRequest } from '../../ui/first-request.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Confirm, Dialog } from '../../ui/overlay.tsx';
import { KeyFacts } from './client-sheet.tsx';
import { genericSettings, keyPlaceholder, rootOf } from './generic.ts';
import type { Handed } from './handed.ts';
import { Heartbeat } from './heartbeat-mark.tsx';
import { clientWord } from './listing.ts';

function useGenericSettings(): (key: string) => readonly ClientSetting[] {
  const { t } = useText();
  const urls = useLive((state) => state.snapshot?.status.gateway.urls);
  return useMemo(
    () => (key: string) =>
      genericSettings(rootOf(urls ?? []), key, {
        addresses: t('clients.generic.addresses'),
        addressesPlace: t('clients.generic.addressesPlace'),
        variables: t('clients.generic.variables'),
        variablesPlace: t('clients.generic.variablesPlace'),
        apiKey: t('clients.generic.apiKey'),
      }),
    [t, urls],
  );
}

/** Asks for a name, and makes a key under it. */
export function NewProgramSheet({
  onMade,
  onClose,
}: {
  readonly onMade: (made: Handed) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useText();
  const [name, setName] = useState('');
  const settings = useGenericSettings();
  const create = useAction('keys.create', ['clients.list', 'keys.list']);
  const trimmed = name.trim();
  return (
    <Dialog
      open
      shape="sheet"
      onClose={onClose}
      title={t('clients.another')}
      description={t('clients.another.description')}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (trimmed === '') return;
          create.mutate(
            { name: trimmed, metadata: { client: clientWord(trimmed) } },
            {
              onSuccess: ({ id, key }) => onMade({ keyId: id, value: key, before: null, settings: settings(key) }),
            },
          );
        }}
      >
        <Field label={t('clients.another.name')} hint={t('clients.another.hint')} problem={create.error?.error.message}>
          {(ids) => (
            <Input {...ids} value={name} maxLength={64} autoFocus onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
        <div>
          <Button type="submit" variant="primary" busy={create.isPending} disabled={trimmed === ''}>
            {t('clients.connect')}
          </Button>
        </div>
      </form>
      <details className="client-foreign">
        <summary>{t('clients.connect.preview')}</summary>
        <ClientSettings settings={settings(keyPlaceholder)} restart="" check="" />
      </details>
    </Dialog>
  );
}

export interface OtherKeySheetProps {
  /** `undefined`: there is no such key (yet, or any more). */
  readonly entry: KeyEntry | undefined;
  readonly handed: Handed | undefined;
  readonly onHanded: (handed: Handed | undefined) => void;
  readonly onClose: () => void;
}

export function OtherKeySheet({ entry, handed, onHanded, onClose }: OtherKeySheetProps): ReactNode {
  const { t } = useText();
  const fresh = handed !== undefined && (entry === undefined || handed.keyId === entry.id) ? handed : undefined;
  const name = entry?.name ?? fresh?.keyId ?? t('clients.another');
  return (
    <Dialog open shape="sheet" onClose={onClose} title={name} description={t('clients.another.isOne')}>
      {fresh !== undefined ? (
        <FreshKey name={name} handed={fresh} />
      ) : entry === undefined ? (
        <p className="muted">{t('clients.another.gone')}</p>
      ) : (
        <KnownKey entry={entry} onHanded={onHanded} onClose={onClose} />
      )}
    </Dialog>
  );
}

function FreshKey({ name, handed }: { readonly name: string; readonly handed: Handed }): ReactNode {
  const { t } = useText();
  const first = useFirstRequest(handed.keyId, handed.before);
  return (
    <>
      <FirstRequest name={name} entry={first} hint={t('clients.first.hintOf', { name })} />
      <NewKey value={handed.value} />
      <ClientSettings settings={handed.settings} restart="" check={t('clients.generic.check')} />
    </>
  );
}

function KnownKey({
  entry,
  onHanded,
  onClose,
}: Omit<OtherKeySheetProps, 'entry' | 'handed'> & { readonly entry: KeyEntry }): ReactNode {
  const { t } = useText();
  const { id, name, state } = entry;
  const settings = useGenericSettings();
  const [asks, setAsks] = useState<'key' | 'revoke'>();
  const last = useCall('traffic.list', { limit: 1, filter: { key: id } }).data?.entries[0] ?? null;
  const rotate = useAction('keys.rotate', ['keys.list']);
  const revoke = useAction('keys.revoke', ['keys.list', 'clients.list']);
  const close = (): void => setAsks(undefined);
  const failure = rotate.error ?? revoke.error;
  return (
    <>
      <Heartbeat keyId={id} keyState={state} last={last} />
      <KeyFacts keyId={id} name={name} />
      <div className="row wrap">
        <Button onClick={() => setAsks('key')}>{t('clients.newKey')}</Button>
        <Button variant="danger" onClick={() => setAsks('revoke')}>
          {t('clients.disconnect')}
        </Button>
      </div>
      {failure !== null && <Banner tone="error">{failure.error.message}</Banner>}
      <div className="stack tight">
        <h3>{t('clients.settings')}</h3>
        <p className="small muted">{t('clients.settings.placeholder')}</p>
      </div>
      <ClientSettings settings={settings(keyPlaceholder)} restart="" check={t('clients.generic.check')} />
      <Confirm
        open={asks === 'key'}
        onClose={close}
        title={t('clients.newKey.title', { name })}
        text={t('clients.newKey.text')}
        action={t('clients.newKey')}
        busy={rotate.isPending}
        onConfirm={() =>
          rotate.mutate(
            { id },
            {
              onSuccess: ({ key }) =>
                onHanded({ keyId: id, value: key, before: last?.request_id ?? null, settings: settings(key) }),
              onSettled: close,
            },
          )
        }
      />
      <Confirm
        open={asks === 'revoke'}
        onClose={close}
        title={t('clients.disconnect.title', { name })}
        text={t('clients.disconnect.text', { name })}
        action={t('clients.disconnect')}
        danger
        busy={revoke.isPending}
        onConfirm={() => revoke.mutate({ id }, { onSuccess: onClose, onSettled: close })}
      />
    </>
  );
}
