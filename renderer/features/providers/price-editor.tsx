/** A form for one's own price of a model from a day on; it is written into the config file. */
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import type { ModelEntry } from '../../../shared/contract/models.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Field, Input } from '../../ui/controls.tsx';
import {
  emptyForm,
  overruledBy,
  priceEdits,
  priceFields,
  problemsOf,
  type OwnPrice,
  type PriceForm,
} from './price-edit.ts';
import { fieldLabels, priceText } from './price-text.ts';
import { FormButtons } from './provider-dialogs.tsx';
import { today } from './today.ts';

export interface PriceEditorProps {
  readonly model: ModelEntry;
  readonly read: CallOutput<'config.read'>;
  readonly own: readonly OwnPrice[];
  readonly onClose: () => void;
}

type Problems = ReturnType<typeof problemsOf>;

export function PriceEditor({ model, read, own, onClose }: PriceEditorProps): ReactNode {
  const { t } = useText();
  const held = own.find(({ from }) => from.slice(0, 10) <= today());
  const [form, setForm] = useState<PriceForm>(held?.form ?? emptyForm);
  const [from, setFrom] = useState(held?.from.slice(0, 10) ?? today());
  const [problems, setProblems] = useState<Problems>({});
  const [refused, setRefused] = useState<string>();
  const change = useAction('config.change', ['config.read', 'models.list']);
  const pattern = overruledBy(read.config, model.id, from, today());
  const submit = (): void => {
    const found = problemsOf(form, from, hasListPrice(model, held));
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    change.mutate(
      { edits: priceEdits(read.config, model.id, form, from), revision: read.revision },
      {
        onSuccess: () => {
          toast.success(t('models.price.saved', { name: model.id }));
          onClose();
        },
        onError: ({ error }) => setRefused(error.message),
      },
    );
  };
  return (
    <form
      className="stack"
      noValidate
      aria-label={t('models.price.title')}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className="muted">{t('models.price.text')}</p>
      <PriceInputs model={model} form={form} problems={problems} onChange={setForm} />
      <Field
        label={t('models.price.from')}
        hint={t('models.price.from.hint')}
        problem={problems.from === undefined ? undefined : t(`models.price.${problems.from}`)}
      >
        {(ids) => <Input {...ids} type="date" value={from} onChange={(event) => setFrom(event.target.value)} />}
      </Field>
      {pattern !== undefined && (
        <p className="models-warning" role="status">
          {t('models.price.overruled', { pattern })}
        </p>
      )}
      {refused !== undefined && (
        <p className="provider-reason wrap-anywhere" role="alert">
          {refused}
        </p>
      )}
      <FormButtons action={t('models.price.save')} busy={change.isPending} onCancel={onClose} />
    </form>
  );
}

/** A price of one's own that leaves something out shows that there is another below it. */
function hasListPrice({ price }: ModelEntry, held: OwnPrice | undefined): boolean {
  if (price === null) return false;
  return price.source !== 'you' || held === undefined || held.form.input === '' || held.form.output === '';
}

function PriceInputs({
  model: { price },
  form,
  problems,
  onChange,
}: {
  readonly model: ModelEntry;
  readonly form: PriceForm;
  readonly problems: Problems;
  readonly onChange: (form: PriceForm) => void;
}): ReactNode {
  const { t, locale } = useText();
  return (
    <div className="models-price-fields">
      {priceFields.map((field) => {
        const problem = problems[field];
        return (
          <Field
            key={field}
            label={t(fieldLabels[field])}
            hint={t('models.price.now', { price: priceText(locale, price?.[field]) })}
            problem={problem === undefined ? undefined : t(`models.price.${problem}`)}
          >
            {(ids) => (
              <Input
                {...ids}
                inputMode="decimal"
                value={form[field]}
                placeholder={price?.[field] ?? '0.00'}
                onChange={(event) => onChange({ ...form, [field]: event.target.value })}
              />
            )}
          </Field>
        );
      })}
    </div>
  );
}
