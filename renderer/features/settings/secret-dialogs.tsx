/** Dialogs of the box of secrets: a passphrase for all of it, a value for one. */
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { SecretEntry } from '../../../shared/contract/secrets.ts';
import { minPassphraseLength } from '../../../shared/domain/passphrase.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText, type Text } from '../../text/text.ts';
import { Button, Field, Input } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/overlay.tsx';

interface ProtectProps {
  /** There is one already: nothing on the page tells that it is another now. */
  readonly isChange: boolean;
  readonly onClose: () => void;
}

export function ProtectSecrets({ isChange, onClose }: ProtectProps): ReactNode {
  const { t } = useText();
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const [problem, setProblem] = useState<PassphraseProblem>();
  const protect = useAction('secrets.protect', ['secrets.list']);
  const submit = (): void => {
    const found = passphraseProblem(first, second);
    setProblem(found);
    if (found !== undefined) return;
    const onSuccess = (): void => {
      if (isChange) toast.success(t('keyring.protect.done'));
      onClose();
    };
    protect.mutate({ passphrase: first }, { onSuccess });
  };
  const failed = protect.error?.message;
  return (
    <Dialog open form title={t('keyring.protect.title')} description={t('keyring.protect.text')} onClose={onClose}>
      <SecretForm action={t('keyring.protect.action')} busy={protect.isPending} onSubmit={submit} onClose={onClose}>
        <HiddenField
          label={t('keyring.passphrase')}
          value={first}
          onChange={setFirst}
          hint={t('keyring.protect.hint', { count: minPassphraseLength })}
          problem={problem === 'short' ? t('keyring.protect.short', { count: minPassphraseLength }) : failed}
          isFirst
        />
        <HiddenField
          label={t('keyring.protect.again')}
          value={second}
          onChange={setSecond}
          problem={problem === 'different' ? t('keyring.protect.different') : undefined}
        />
      </SecretForm>
    </Dialog>
  );
}

export type PassphraseProblem = 'short' | 'different';

export function passphraseProblem(first: string, second: string): PassphraseProblem | undefined {
  if (first.length < minPassphraseLength) return 'short';
  return first === second ? undefined : 'different';
}

/** A value for one that is missing or does not open. */
export function EnterSecret({
  secret,
  onClose,
}: {
  readonly secret: SecretEntry;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useText();
  const { id, stored, reason } = secret;
  const [value, setValue] = useState('');
  const [isEmpty, setEmpty] = useState(false);
  const set = useAction('secrets.set', ['secrets.list', 'providers.list']);
  const submit = (): void => {
    setEmpty(value.trim() === '');
    if (value.trim() === '') return;
    const onSuccess = (): void => {
      toast.success(t('settings.secrets.again.done', { id }));
      onClose();
    };
    set.mutate({ id, value: value.trim() }, { onSuccess });
  };
  return (
    <Dialog
      open
      form
      title={t(stored ? 'settings.secrets.again.title' : 'settings.secrets.enter.title', { id })}
      description={stored ? <AgainText reason={reason} t={t} /> : undefined}
      onClose={onClose}
    >
      <SecretForm action={t('settings.secrets.store')} busy={set.isPending} onSubmit={submit} onClose={onClose}>
        <HiddenField
          label={t('settings.secrets.value')}
          value={value}
          onChange={setValue}
          problem={isEmpty ? t('settings.secrets.again.empty') : set.error?.message}
          isFirst
        />
      </SecretForm>
    </Dialog>
  );
}

function AgainText({ reason, t }: { readonly reason: string | null; readonly t: Text['t'] }): ReactNode {
  return (
    <>
      <p>{t('settings.secrets.again.text')}</p>
      {reason !== null && <p className="small wrap-anywhere">{reason}</p>}
    </>
  );
}

interface SecretFormProps {
  readonly action: string;
  readonly busy: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

function SecretForm({ action, busy, onSubmit, onClose, children }: SecretFormProps): ReactNode {
  const { t } = useText();
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <div className="settings-buttons">
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={busy}>
          {action}
        </Button>
      </div>
    </form>
  );
}

interface HiddenFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly problem: string | undefined;
  readonly isFirst?: boolean;
}

/** Hidden as it is typed, and kept by no browser. */
function HiddenField({ label, value, onChange, hint, problem, isFirst = false }: HiddenFieldProps): ReactNode {
  return (
    <Field label={label} problem={problem} {...(hint === undefined ? {} : { hint })}>
      {(ids) => (
        <Input
          {...ids}
          type="password"
          autoComplete="new-password"
          autoFocus={isFirst}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
