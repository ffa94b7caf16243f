/** The form of a new provider: its key, and where it is not the usual one, its address and name. */
import { useState, type ReactNode } from 'react';
import type { ProviderKindEntry } from '../../../shared/contract/providers.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Field, Input } from '../../ui/controls.tsx';
import { Found } from './found.tsx';
import { FormButtons, KeyField } from './provider-dialogs.tsx';

export interface AddFormProps {
  readonly kind: ProviderKindEntry;
  readonly onBack: () => void;
  readonly onAdded: (id: string) => void;
}

interface Typed {
  readonly key: string;
  readonly address: string;
  readonly name: string;
}

type Problems = Readonly<Partial<Record<'key' | 'address' | 'all', string>>>;

/** Checks what was typed and adds the provider. */
function useAdding(
  kind: ProviderKindEntry,
  onAdded: AddFormProps['onAdded'],
): { readonly problems: Problems; readonly busy: boolean; readonly submit: (typed: Typed) => void } {
  const { t } = useText();
  const [problems, setProblems] = useState<Problems>({});
  const add = useAction('providers.add', ['providers.list', 'setup.found']);
  const submit = (typed: Typed): void => {
    const [key, address, name] = [typed.key.trim(), typed.address.trim(), typed.name.trim()];
    const found = {
      ...(!kind.keyless && key === '' ? { key: t('providers.apiKey.empty') } : {}),
      ...(kind.base_url === null && address === '' ? { address: t('providers.add.address.needed') } : {}),
    };
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    add.mutate(
      {
        kind: kind.kind,
        ...(key === '' ? {} : { key }),
        ...(address === '' ? {} : { base_url: address }),
        ...(name === '' ? {} : { id: name }),
      },
      { onSuccess: ({ id }) => onAdded(id), onError: ({ error }) => setProblems({ all: error.message }) },
    );
  };
  return { problems, busy: add.isPending, submit };
}

export function AddForm({ kind, onBack, onAdded }: AddFormProps): ReactNode {
  const { t } = useText();
  const [typed, setTyped] = useState<Typed>({ key: '', address: '', name: '' });
  const { problems, busy, submit } = useAdding(kind, onAdded);
  const change = (part: Partial<Typed>): void => setTyped((before) => ({ ...before, ...part }));
  const address = (
    <AddressField
      kind={kind}
      value={typed.address}
      problem={problems.address}
      onChange={(value) => change({ address: value })}
    />
  );
  const key = (
    <KeyField
      label={t(kind.keyless ? 'providers.add.keyOptional' : 'providers.apiKey')}
      value={typed.key}
      problem={problems.key}
      onChange={(value) => change({ key: value })}
      hint={
        kind.key_env.length === 0
          ? t('providers.add.keyHintPlain')
          : t('providers.add.keyHint', { variables: kind.key_env.join(', ') })
      }
    />
  );
  // What this kind cannot do without stands first; the rest can be opened.
  const isAddressFirst = kind.base_url === null || kind.local;
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit(typed);
      }}
    >
      {!kind.keyless && <Found kind={kind.kind} onAdded={([id = '']) => onAdded(id)} />}
      {isAddressFirst && address}
      {!kind.local && key}
      <details className="provider-details">
        <summary>{t('providers.add.more')}</summary>
        <div className="stack">
          {!isAddressFirst && address}
          {kind.local && key}
          <NameField kind={kind} value={typed.name} onChange={(value) => change({ name: value })} />
        </div>
      </details>
      {problems.all !== undefined && (
        <p className="provider-reason wrap-anywhere" role="alert">
          {problems.all}
        </p>
      )}
      <FormButtons action={t('providers.add.action')} busy={busy} cancel={t('common.back')} onCancel={onBack} />
    </form>
  );
}

function NameField({
  kind,
  value,
  onChange,
}: {
  readonly kind: ProviderKindEntry;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const { t } = useText();
  return (
    <Field
      label={t('providers.add.name')}
      hint={t('providers.add.name.hint', { example: `${value.trim() || kind.kind}/…` })}
    >
      {(ids) => (
        <Input {...ids} value={value} placeholder={kind.kind} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}

function AddressField({
  kind,
  value,
  problem,
  onChange,
}: {
  readonly kind: ProviderKindEntry;
  readonly value: string;
  readonly problem: string | undefined;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const { t } = useText();
  const usual = kind.base_url;
  return (
    <Field
      label={t('providers.address')}
      problem={problem}
      {...(usual === null ? {} : { hint: t('providers.add.address.usual') })}
    >
      {(ids) => (
        <Input
          {...ids}
          type="url"
          value={value}
          placeholder={usual ?? 'https://'}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
