/** The box of secrets: what guards it, what is in it, and who uses that. No value ever comes into this window. */
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { SecretEntry } from '../../../shared/contract/secrets.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Confirm } from '../../ui/overlay.tsx';
import { Loaded } from '../../ui/states.tsx';
import { EnterSecret } from './secret-dialogs.tsx';
import { SecretRow } from './secret-row.tsx';
import { SecretsGuard } from './secrets-guard.tsx';

export function Secrets(): ReactNode {
  const { t } = useText();
  const query = useCall('secrets.list', {});
  const [deleting, setDeleting] = useState<string>();
  const [entering, setEntering] = useState<SecretEntry>();
  return (
    <Loaded query={query} lines={3}>
      {({ keyring, secrets }) => (
        <div className="stack tight">
          <SecretsGuard keyring={keyring} />
          {secrets.length === 0 ? (
            <p className="muted">{t('settings.secrets.none')}</p>
          ) : (
            <ul className="settings-list">
              {secrets.map((secret) => (
                <SecretRow
                  key={secret.id}
                  secret={secret}
                  keyring={keyring}
                  onDelete={() => setDeleting(secret.id)}
                  onEnter={() => setEntering(secret)}
                />
              ))}
            </ul>
          )}
          <DeleteSecret id={deleting} onClose={() => setDeleting(undefined)} />
          {entering !== undefined && <EnterSecret secret={entering} onClose={() => setEntering(undefined)} />}
        </div>
      )}
    </Loaded>
  );
}

function DeleteSecret({ id, onClose }: { readonly id: string | undefined; readonly onClose: () => void }): ReactNode {
  const { t } = useText();
  const remove = useAction('secrets.delete', ['secrets.list']);
  return (
    <Confirm
      open={id !== undefined}
      onClose={onClose}
      title={t('settings.secrets.delete.title', { id: id ?? '' })}
      text={t('settings.secrets.delete.text')}
      action={t('settings.secrets.delete')}
      danger
      busy={remove.isPending}
      onConfirm={() => {
        if (id === undefined) return;
        remove.mutate({ id }, { onError: (error) => toast.error(error.message), onSettled: onClose });
      }}
    />
  );
}
