/** The box of secrets: what protects it, what is in it, and who uses that. No value ever comes out of it. */
import { Trash2, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { SecretEntry } from '../../../shared/contract/secrets.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useText, type Text } from '../../text/text.ts';
import { Badge, IconButton } from '../../ui/controls.tsx';
import { Confirm } from '../../ui/overlay.tsx';
import { Loaded } from '../../ui/states.tsx';

export function Secrets(): ReactNode {
  const { t } = useText();
  const query = useCall('secrets.list', {});
  const [asking, setAsking] = useState<string>();
  const remove = useAction('secrets.delete', ['secrets.list']);
  return (
    <Loaded query={query} lines={3}>
      {({ protection, secrets }) => (
        <div className="stack tight">
          <p className="wrap-anywhere">
            {t('settings.secrets.protection', { protection: protectionText(protection, t) })}
          </p>
          {secrets.length === 0 ? (
            <p className="muted">{t('settings.secrets.none')}</p>
          ) : (
            <ul className="settings-list">
              {secrets.map((secret) => (
                <SecretRow key={secret.id} secret={secret} onDelete={() => setAsking(secret.id)} />
              ))}
            </ul>
          )}
          <Confirm
            open={asking !== undefined}
            onClose={() => setAsking(undefined)}
            title={t('settings.secrets.delete.title', { id: asking ?? '' })}
            text={t('settings.secrets.delete.text')}
            action={t('settings.secrets.delete')}
            danger
            busy={remove.isPending}
            onConfirm={() => {
              if (asking === undefined) return;
              remove.mutate(
                { id: asking },
                { onError: (error) => toast.error(error.message), onSettled: () => setAsking(undefined) },
              );
            }}
          />
        </div>
      )}
    </Loaded>
  );
}

/** What protects them, as the instance names it. */
function protectionText(protection: string, t: Text['t']): string {
  const [, path] = /^key file (.*)$/.exec(protection) ?? [];
  if (path !== undefined) return t('settings.secrets.keyFile', { path });
  return protection.startsWith('passphrase') ? t('settings.secrets.passphrase') : protection;
}

function SecretRow({ secret, onDelete }: { readonly secret: SecretEntry; readonly onDelete: () => void }): ReactNode {
  const { t } = useText();
  const { id, stored, used_by } = secret;
  const users = used_by.map((use) => userText(use, t)).join(', ');
  return (
    <li>
      <span className="row wrap">
        <code className="wrap-anywhere">{id}</code>
        {!stored && (
          <Badge tone="warning" icon={<TriangleAlert size={12} aria-hidden />}>
            {t('settings.secrets.missing')}
          </Badge>
        )}
      </span>
      <span className="muted wrap-anywhere">{users === '' ? t('settings.secrets.unused') : users}</span>
      {stored && (
        <IconButton
          size="small"
          label={used_by.length > 0 ? t('settings.secrets.inUse', { id }) : t('settings.secrets.deleteName', { id })}
          disabled={used_by.length > 0}
          onClick={onDelete}
        >
          <Trash2 size={14} aria-hidden />
        </IconButton>
      )}
    </li>
  );
}

function userText({ provider, key }: SecretEntry['used_by'][number], t: Text['t']): string {
  return provider === null ? t('settings.secrets.ofKey', { key }) : t('settings.secrets.ofProvider', { provider, key });
}
