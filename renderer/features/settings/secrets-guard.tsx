/** What guards the box of secrets, said as it is: a shield only where it protects; and what opens or mends it. */
import { Lock, ShieldAlert, ShieldCheck, TriangleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { Keyring } from '../../../shared/contract/secrets.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button, Field, Input } from '../../ui/controls.tsx';
import { keyringAdvice, keyringTitle } from './keyring-state.ts';
import { ProtectSecrets } from './secret-dialogs.tsx';

const icons = { open: ShieldCheck, locked: Lock, changed: TriangleAlert, unprotected: ShieldAlert } as const;

export function SecretsGuard({ keyring }: { readonly keyring: Keyring }): ReactNode {
  const { t } = useText();
  const { kind, state } = keyring;
  const Icon = icons[state];
  const advice = keyringAdvice(keyring, t);
  return (
    <div className="settings-guard" data-state={state}>
      <Icon size={18} aria-hidden />
      <div className="stack tight">
        <div>
          <strong className="wrap-anywhere">{keyringTitle(keyring, t)}</strong>
          {advice !== undefined && <p className="muted small wrap-anywhere">{advice}</p>}
        </div>
        {state === 'locked' && kind === 'passphrase' && <Unlock />}
        {(state === 'changed' || (state === 'locked' && kind === 'keychain')) && <RetryKeyring />}
        {(state === 'unprotected' || (state === 'open' && kind === 'passphrase')) && <Protect keyring={keyring} />}
      </div>
    </div>
  );
}

function Unlock(): ReactNode {
  const { t } = useText();
  const [passphrase, setPassphrase] = useState('');
  const unlock = useAction('secrets.unlock', ['secrets.list', 'providers.list']);
  return (
    <form
      className="settings-unlock"
      onSubmit={(event) => {
        event.preventDefault();
        if (passphrase !== '') unlock.mutate({ passphrase }, { onSettled: () => setPassphrase('') });
      }}
    >
      <Field label={t('keyring.passphrase')} problem={unlock.error?.message}>
        {(ids) => (
          <Input
            {...ids}
            type="password"
            autoComplete="current-password"
            value={passphrase}
            onChange={(event) => setPassphrase(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" busy={unlock.isPending}>
        {t('keyring.unlock')}
      </Button>
    </form>
  );
}

/** Asks the system again. */
export function RetryKeyring(): ReactNode {
  const { t } = useText();
  const retry = useAction('secrets.retry', ['secrets.list', 'providers.list']);
  return (
    <span>
      <Button
        size="small"
        busy={retry.isPending}
        onClick={() =>
          retry.mutate(
            {},
            {
              onSuccess: ({ keyring }) => {
                if (keyring.state === 'locked' || keyring.state === 'changed') toast.error(t('keyring.retry.same'));
              },
              onError: (error) => toast.error(error.message),
            },
          )
        }
      >
        {t('keyring.retry')}
      </Button>
    </span>
  );
}

function Protect({ keyring: { state } }: { readonly keyring: Keyring }): ReactNode {
  const { t } = useText();
  const [isOpen, setOpen] = useState(false);
  return (
    <span>
      <Button size="small" onClick={() => setOpen(true)}>
        {t(state === 'open' ? 'keyring.protect.change' : 'keyring.protect')}
      </Button>
      {isOpen && <ProtectSecrets isChange={state === 'open'} onClose={() => setOpen(false)} />}
    </span>
  );
}
