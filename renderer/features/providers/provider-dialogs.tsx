/** Questions about a provider that is there: a new key, another address, its removal. */
import { ArrowDown } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { CallError } from '../../../shared/contract/reply.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button, Field, Input, Select } from '../../ui/controls.tsx';
import { Facts } from '../../ui/layout.tsx';
import { Confirm, Dialog } from '../../ui/overlay.tsx';
import type { ProviderActions } from './actions.ts';
import { useDefinition } from './use-definition.ts';

interface DialogProps {
  readonly id: string;
  readonly actions: ProviderActions;
}

/** Takes a key, never shows it again, and tests it at once (UX-71). */
export function ReplaceKey({ id, actions }: DialogProps): ReactNode {
  const { t } = useText();
  const keys = useLive((state) => state.snapshot?.providers.find((one) => one.id === id)?.keys) ?? [];
  const [name, setName] = useState<string>();
  const [value, setValue] = useState('');
  const [problem, setProblem] = useState<string>();
  const save = useSaveKey(id);
  const chosen = keys.find((key) => key.name === name) ?? keys.find(({ available }) => !available) ?? keys[0];
  const close = (): void => actions.ask(undefined);
  const submit = (): void => {
    if (value.trim() === '') {
      setProblem(t('providers.apiKey.empty'));
      return;
    }
    save.run(value.trim(), keys.length < 2 ? undefined : chosen?.name, {
      onSuccess: () => {
        toast.success(t('providers.replaceKey.done', { name: id }));
        actions.tests.start(id);
        close();
      },
      onError: ({ error }) => setProblem(error.message),
    });
  };
  return (
    <Dialog
      open
      title={t('providers.replaceKey.title', { name: id })}
      description={t('providers.replaceKey.text')}
      onClose={close}
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {keys.length > 1 && chosen !== undefined && (
          <Field label={t('providers.replaceKey.which')}>
            {(ids) => (
              <Select
                {...ids}
                value={chosen.name}
                choices={keys.map((key) => ({ value: key.name, label: `${key.name} (${key.reference})` }))}
                onChange={setName}
              />
            )}
          </Field>
        )}
        <KeyField
          label={t('providers.apiKey')}
          value={value}
          onChange={setValue}
          problem={problem}
          hint={typeof chosen?.hint === 'string' ? t('providers.apiKey.ends', { hint: `…${chosen.hint}` }) : undefined}
        />
        <FormButtons action={t('providers.replaceKey.action')} busy={save.busy} onCancel={close} />
      </form>
    </Dialog>
  );
}

interface Saved {
  readonly onSuccess: () => void;
  readonly onError: (failure: { readonly error: CallError }) => void;
}

/** The key of a provider that a bundle defines goes into the slot of the bundle; the config file has nothing of it. */
function useSaveKey(id: string): {
  readonly run: (value: string, name: string | undefined, saved: Saved) => void;
  readonly busy: boolean;
} {
  const secret = useDefinition(id)?.secret;
  const own = useAction('providers.set_key', ['providers.list']);
  const slot = useAction('secrets.set', ['providers.list', 'secrets.list', 'bundles.list']);
  return {
    busy: own.isPending || slot.isPending,
    run: (value, name, saved) => {
      if (secret === undefined) own.mutate({ id, value, ...(name === undefined ? {} : { name }) }, saved);
      else slot.mutate({ id: secret, value }, saved);
    },
  };
}

/** A field for a secret: hidden as it is typed, and kept by no browser. */
export function KeyField({
  label,
  value,
  onChange,
  problem,
  hint,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly problem: string | undefined;
  readonly hint?: ReactNode;
}): ReactNode {
  return (
    <Field label={label} problem={problem} {...(hint === undefined ? {} : { hint })}>
      {(ids) => (
        <Input
          {...ids}
          type="password"
          // The browser offers to keep the passwords of other fields.
          autoComplete="new-password"
          autoFocus
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export function FormButtons({
  action,
  busy,
  onCancel,
  cancel,
}: {
  readonly action: string;
  readonly busy: boolean;
  readonly onCancel: () => void;
  readonly cancel?: string;
}): ReactNode {
  const { t } = useText();
  return (
    <div className="provider-buttons">
      <Button onClick={onCancel}>{cancel ?? t('common.cancel')}</Button>
      <Button type="submit" variant="primary" busy={busy}>
        {action}
      </Button>
    </div>
  );
}

/** A key belongs to the origin it was entered for: to send it elsewhere is a question of its own (SEC-40). */
export function MoveProvider({ id, actions }: DialogProps): ReactNode {
  const { t } = useText();
  const before = useLive((state) => state.snapshot?.providers.find((one) => one.id === id)?.base_url) ?? '';
  const [address, setAddress] = useState(before);
  const [problem, setProblem] = useState<string>();
  const [origins, setOrigins] = useState<Origins>();
  const move = useAction('providers.move', ['providers.list']);
  const close = (): void => actions.ask(undefined);
  const send = (confirm: boolean): void =>
    move.mutate(
      { id, base_url: address.trim(), confirm },
      {
        onSuccess: () => {
          toast.success(t('providers.move.done', { name: id }));
          close();
        },
        onError: ({ error }) => {
          const asked = originsOf(error);
          setOrigins(asked);
          setProblem(asked === undefined ? error.message : undefined);
        },
      },
    );
  if (origins !== undefined)
    return (
      <Confirm
        open
        danger
        title={t('providers.move.confirm.title')}
        text={<OriginChange name={id} origins={origins} />}
        action={t('providers.move.action')}
        busy={move.isPending}
        onConfirm={() => send(true)}
        onClose={() => setOrigins(undefined)}
      />
    );
  return (
    <Dialog open title={t('providers.move.title', { name: id })} onClose={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (address.trim() === '') setProblem(t('providers.add.address.needed'));
          else send(false);
        }}
      >
        <Field label={t('providers.address')} problem={problem}>
          {(ids) => (
            <Input {...ids} type="url" autoFocus value={address} onChange={(event) => setAddress(event.target.value)} />
          )}
        </Field>
        <FormButtons action={t('common.save')} busy={move.isPending} onCancel={close} />
      </form>
    </Dialog>
  );
}

interface Origins {
  readonly from: string | null;
  readonly to: string | null;
}

function originsOf({ code, detail }: CallError): Origins | undefined {
  if (code !== 'control.refused' || typeof detail !== 'object' || detail === null) return undefined;
  const { from, to } = detail as Readonly<Record<string, unknown>>;
  if (from === undefined && to === undefined) return undefined;
  return { from: typeof from === 'string' ? from : null, to: typeof to === 'string' ? to : null };
}

function OriginChange({
  name,
  origins: { from, to },
}: {
  readonly name: string;
  readonly origins: Origins;
}): ReactNode {
  const { t } = useText();
  return (
    <div className="stack">
      <p>{t('providers.move.confirm.text', { name })}</p>
      <div className="provider-origins">
        <Facts facts={[[t('providers.move.from'), <code key="from">{from ?? '—'}</code>]]} />
        <ArrowDown size={16} aria-hidden />
        <Facts facts={[[t('providers.move.to'), <code key="to">{to ?? '—'}</code>]]} />
      </div>
    </div>
  );
}

export function RemoveProvider({ id, actions }: DialogProps): ReactNode {
  const { t } = useText();
  const [refused, setRefused] = useState<string>();
  const remove = useAction('providers.remove', ['providers.list', 'setup.found']);
  return (
    <Confirm
      open
      danger
      title={t('providers.remove.title', { name: id })}
      text={
        <div className="stack">
          <p>{t('providers.remove.text')}</p>
          {refused !== undefined && (
            <p className="provider-reason wrap-anywhere" role="alert">
              {refused}
            </p>
          )}
        </div>
      }
      action={t('providers.remove.action')}
      busy={remove.isPending}
      onClose={() => actions.ask(undefined)}
      onConfirm={() =>
        remove.mutate(
          { id },
          {
            onSuccess: () => {
              toast.success(t('providers.remove.done', { name: id }));
              actions.tests.dismiss(id);
              actions.ask(undefined);
            },
            onError: ({ error }) => setRefused(error.message),
          },
        )
      }
    />
  );
}
