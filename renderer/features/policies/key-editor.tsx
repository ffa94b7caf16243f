/** A key in a form: a new one, or what one may do. */
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button, Field, Input } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { draftOfKey, draftProblems, freshKey, settingsOf, type KeyDraft, type KeyField } from './key-draft.ts';
import type { ShownKey } from './key-shown.tsx';

export interface KeyEditorProps {
  /** `undefined`: a new one. */
  readonly before: KeyEntry | undefined;
  readonly onClose: () => void;
  readonly onShown: (shown: ShownKey) => void;
}

export function KeyEditor({ before, onClose, onShown }: KeyEditorProps): ReactNode {
  const { t } = useText();
  const [draft, setDraft] = useState<KeyDraft>(() => (before === undefined ? freshKey : draftOfKey(before)));
  const [tried, setTried] = useState(false);
  const create = useAction('keys.create', ['keys.list', 'budgets.list']);
  const update = useAction('keys.update', ['keys.list', 'budgets.list']);
  const wrong = draftProblems(draft);
  const save = (): void => {
    setTried(true);
    if (wrong.length > 0) return;
    const name = draft.name.trim();
    if (before === undefined) {
      create.mutate(
        { name, ...settingsOf(draft) },
        {
          onSuccess: (made) => {
            onShown({ name: made.name, key: made.key });
            onClose();
          },
        },
      );
      return;
    }
    update.mutate(
      { id: before.id, ...(name === before.name ? {} : { name }), ...settingsOf(draft, before) },
      {
        onSuccess: () => {
          toast.success(t('policies.saved', { name }));
          onClose();
        },
      },
    );
  };
  const failure = create.error ?? update.error;
  return (
    <Dialog
      open
      form
      onClose={onClose}
      size="wide"
      title={before === undefined ? t('policies.key.add') : t('policies.edit', { name: before.name })}
      description={before === undefined ? t('policies.key.add.text') : t('policies.key.edit.text')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" busy={create.isPending || update.isPending} onClick={save}>
            {t(before === undefined ? 'policies.key.create' : 'common.save')}
          </Button>
        </>
      }
    >
      {failure !== null && <Banner tone="error">{failure.message}</Banner>}
      <KeyForm draft={draft} wrong={tried ? wrong : []} onChange={(change) => setDraft({ ...draft, ...change })} />
    </Dialog>
  );
}

interface KeyFormProps {
  readonly draft: KeyDraft;
  readonly wrong: readonly KeyField[];
  readonly onChange: (change: Partial<KeyDraft>) => void;
}

const problems: Partial<Record<KeyField, 'policies.key.name.bad' | 'policies.amount.bad' | 'policies.count.bad'>> = {
  ...{ name: 'policies.key.name.bad', perDay: 'policies.amount.bad', perMonth: 'policies.amount.bad' },
  ...{ rpm: 'policies.count.bad', tpm: 'policies.count.bad', parallel: 'policies.count.bad' },
};

function KeyForm({ draft, wrong, onChange }: KeyFormProps): ReactNode {
  const { t } = useText();
  const text = (
    name: KeyField,
    label: string,
    more: { hint?: string; placeholder?: string; type?: string } = {},
  ): ReactNode => {
    const problem = problems[name];
    const isFigure = problem === 'policies.amount.bad' || problem === 'policies.count.bad';
    return (
      <Field
        label={label}
        hint={more.hint}
        problem={wrong.includes(name) && problem !== undefined ? t(problem) : undefined}
      >
        {(ids) => (
          <Input
            {...ids}
            type={more.type ?? 'text'}
            inputMode={isFigure ? 'decimal' : undefined}
            placeholder={more.placeholder}
            value={draft[name]}
            onChange={(event) => onChange({ [name]: event.target.value })}
          />
        )}
      </Field>
    );
  };
  const unlimited = t('policies.key.unlimited');
  return (
    <>
      <div className="policy-form columns">
        {text('name', t('policies.key.name'), { placeholder: t('policies.key.name.placeholder') })}
        {text('client', t('policies.key.client'), { hint: t('policies.key.client.hint') })}
        {text('perDay', t('policies.key.perDay'), { placeholder: unlimited })}
        {text('perMonth', t('policies.key.perMonth'), { placeholder: unlimited })}
        {text('models', t('policies.key.models'), {
          placeholder: t('common.all'),
          hint: t('policies.key.models.hint'),
        })}
        {text('expires', t('policies.key.expires'), { type: 'date', hint: t('policies.key.expires.hint') })}
      </div>
      <details className="policy-more">
        <summary>{t('policies.key.more')}</summary>
        <div className="policy-form columns">
          {text('rpm', t('policies.limit.rpm'), { placeholder: unlimited })}
          {text('tpm', t('policies.limit.tpm'), { placeholder: unlimited })}
          {text('parallel', t('policies.limit.parallel'), { placeholder: unlimited })}
          {text('deniedModels', t('policies.key.deniedModels'))}
          {text('providers', t('policies.key.providers'), { placeholder: t('common.all') })}
          {text('deniedProviders', t('policies.key.deniedProviders'))}
          {text('team', t('policies.key.team'))}
          {text('user', t('policies.key.user'))}
        </div>
      </details>
    </>
  );
}
