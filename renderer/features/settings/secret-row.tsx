/** One secret of the box: who uses it, whether it opens, and what can be done with it. */
import { Eye, Trash2, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { toast } from 'sonner';
import type { Keyring, SecretEntry } from '../../../shared/contract/secrets.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText, type Text } from '../../text/text.ts';
import { Badge, Button, IconButton } from '../../ui/controls.tsx';
import { canBeEntered } from './keyring-state.ts';

interface SecretRowProps {
  readonly secret: SecretEntry;
  readonly keyring: Keyring;
  readonly onDelete: () => void;
  readonly onEnter: () => void;
}

export function SecretRow({ secret, keyring, onDelete, onEnter }: SecretRowProps): ReactNode {
  const { t } = useText();
  const { id, stored, readable, reason, used_by } = secret;
  const users = used_by.map((use) => userText(use, t)).join(', ');
  return (
    <li>
      <span className="row wrap">
        <code className="wrap-anywhere">{id}</code>
        {!readable && (
          <Badge tone="warning" icon={<TriangleAlert size={12} aria-hidden />} title={reason ?? undefined}>
            {t(stored ? 'settings.secrets.unreadable' : 'settings.secrets.missing')}
          </Badge>
        )}
      </span>
      <span className="muted wrap-anywhere">{users === '' ? t('settings.secrets.unused') : users}</span>
      <span className="settings-secret-actions">
        {canBeEntered(secret, keyring) && (
          <Button size="small" onClick={onEnter}>
            {t(stored ? 'settings.secrets.again' : 'settings.secrets.enter')}
          </Button>
        )}
        {readable && <RevealButton id={id} />}
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
      </span>
    </li>
  );
}

/** The desktop app shows it in a dialog of the system; a browser has no such button (UX-71). */
function RevealButton({ id }: { readonly id: string }): ReactNode {
  const { t } = useText();
  const isDesktop = useLive((state) => state.snapshot?.host.kind === 'desktop');
  const reveal = useAction('secrets.reveal');
  if (!isDesktop) return null;
  return (
    <IconButton
      size="small"
      label={t('settings.secrets.reveal', { id })}
      busy={reveal.isPending}
      onClick={() => reveal.mutate({ id }, { onError: (error) => toast.error(error.message) })}
    >
      <Eye size={14} aria-hidden />
    </IconButton>
  );
}

function userText({ provider, key }: SecretEntry['used_by'][number], t: Text['t']): string {
  return provider === null ? t('settings.secrets.ofKey', { key }) : t('settings.secrets.ofProvider', { provider, key });
}
