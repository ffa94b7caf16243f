/** More for the running window of a budget, once. */
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button, Chip, Field, Input } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';

const usual = '5';
const amounts = ['5', '10', '20'] as const;

function inputOf({ id, subject }: BudgetEntry): { readonly id: string; readonly subject?: string } {
  return subject === null ? { id } : { id, subject };
}

/** One click where the money is gone. */
export function RaiseByFive({ entry }: { readonly entry: BudgetEntry }): ReactNode {
  const { t, money } = useText();
  const raise = useAction('budgets.raise', ['budgets.list']);
  const amount = money(usual);
  return (
    <Button
      size="small"
      variant="primary"
      busy={raise.isPending}
      onClick={() =>
        raise.mutate({ ...inputOf(entry), by_usd: usual }, { onError: (error) => toast.error(error.message) })
      }
    >
      {t(entry.period === 'day' ? 'policies.raise.today' : 'policies.raise.by', { amount })}
    </Button>
  );
}

export function RaiseBudget({
  entry,
  onClose,
}: {
  readonly entry: BudgetEntry;
  readonly onClose: () => void;
}): ReactNode {
  const { t, money, dateTime } = useText();
  const raise = useAction('budgets.raise', ['budgets.list']);
  const [by, setBy] = useState<string>(usual);
  const [note, setNote] = useState('');
  const isAmount = /^\d{1,12}(\.\d{1,12})?$/.test(by.trim()) && Number(by) > 0;
  const save = (): void =>
    raise.mutate(
      { ...inputOf(entry), by_usd: by.trim(), note: note.trim() },
      {
        onSuccess: () => {
          toast.success(t('policies.raise.done', { name: entry.id, amount: money(by.trim()) }));
          onClose();
        },
      },
    );
  const until =
    entry.resets_at === null
      ? t('policies.raise.noEnd')
      : t('policies.raise.until', { when: dateTime(entry.resets_at) });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('policies.raise.title', { name: entry.id })}
      description={until}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" busy={raise.isPending} disabled={!isAmount} onClick={save}>
            {t('policies.raise.by', { amount: isAmount ? money(by.trim()) : '—' })}
          </Button>
        </>
      }
    >
      {raise.error !== null && <Banner tone="error">{raise.error.message}</Banner>}
      <div className="row wrap">
        {amounts.map((amount) => (
          <Chip key={amount} pressed={by === amount} onClick={() => setBy(amount)}>
            {money(amount)}
          </Chip>
        ))}
      </div>
      <Field
        label={t('policies.raise.amount')}
        problem={isAmount || by.trim() === '' ? undefined : t('policies.amount.bad')}
      >
        {(ids) => <Input {...ids} inputMode="decimal" value={by} onChange={(event) => setBy(event.target.value)} />}
      </Field>
      <Field label={t('policies.raise.note')} hint={t('policies.raise.note.hint')}>
        {(ids) => <Input {...ids} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
    </Dialog>
  );
}
