/** A budget in a form, with what it would have done in the last month. */
import { useState, type ReactNode } from 'react';
import { budgetPeriods, budgetScopes } from '../../../shared/contract/words.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button, Field, Input, Select } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { budgetOfDraft, draftOfBudget, freshBudget, freshId, type BudgetDraft } from './budget-draft.ts';
import { BudgetWhatIf } from './budget-what-if.tsx';
import { usePolicyConfig, useSaving, type Saving } from './config-context.tsx';

const shownFields = ['id', 'match', 'limit_usd', 'period', 'timezone', 'reset_day', 'alert_at', 'action'];
const noRoutes: readonly { readonly alias: string }[] = [];

export function BudgetEditor({
  index,
  onClose,
}: {
  readonly index: number | 'new';
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useText();
  const budgets = usePolicyConfig().part('budgets');
  const at = index === 'new' ? budgets.length : index;
  const before = budgets[at];
  const saving = useSaving(['budgets', at]);
  const [draft, setDraft] = useState<BudgetDraft>(() => (before === undefined ? freshBudget : draftOfBudget(before)));
  const suggested = freshId(
    `${draft.match === '' ? draft.scope : draft.match}-${draft.period}`,
    budgets.map(({ id }) => id),
  );
  const id = draft.id.trim() === '' ? suggested : draft.id;
  const save = async (): Promise<void> => {
    const value = budgetOfDraft({ ...draft, id }, before);
    const op = before === undefined ? 'insert' : 'set';
    if (await saving.save([{ op, path: ['budgets', at], value }], t('policies.saved', { name: id }))) onClose();
  };
  const rest = saving.rest(shownFields);
  return (
    <Dialog
      open
      form
      onClose={onClose}
      size="wide"
      title={before === undefined ? t('policies.budget.add') : t('policies.edit', { name: before.id })}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" busy={saving.busy} onClick={() => void save()}>
            {t('common.save')}
          </Button>
        </>
      }
    >
      {rest !== undefined && <Banner tone="error">{rest}</Banner>}
      <BudgetForm
        draft={draft}
        suggested={suggested}
        isNew={before === undefined}
        saving={saving}
        onChange={(change) => setDraft({ ...draft, ...change })}
      />
      {draft.hasCondition && <p className="muted small">{t('policies.rule.when.kept')}</p>}
      <BudgetWhatIf draft={draft} />
    </Dialog>
  );
}

interface BudgetFormProps {
  readonly draft: BudgetDraft;
  readonly suggested: string;
  readonly isNew: boolean;
  readonly saving: Saving;
  readonly onChange: (change: Partial<BudgetDraft>) => void;
}

function BudgetForm({ draft, suggested, isNew, saving, onChange }: BudgetFormProps): ReactNode {
  const { t } = useText();
  return (
    <div className="policy-form columns">
      <Field label={t('policies.field.limit')} problem={saving.problem('limit_usd')}>
        {(ids) => (
          <Input
            {...ids}
            inputMode="decimal"
            value={draft.limit}
            onChange={(event) => onChange({ limit: event.target.value })}
          />
        )}
      </Field>
      <Field label={t('policies.field.period')} problem={saving.problem('period')}>
        {(ids) => (
          <Select
            {...ids}
            value={draft.period}
            choices={budgetPeriods.map((value) => ({ value, label: t(`policies.period.${value}`) }))}
            onChange={(period) => onChange({ period })}
          />
        )}
      </Field>
      <Field label={t('policies.field.scope')} hint={t('policies.field.scope.hint')}>
        {(ids) => (
          <Select
            {...ids}
            value={draft.scope}
            choices={budgetScopes.map((value) => ({ value, label: t(`policies.scope.${value}`) }))}
            onChange={(scope) => onChange({ scope })}
          />
        )}
      </Field>
      {draft.scope !== 'global' && (
        <Field
          label={t('policies.field.match')}
          hint={t(draft.scope === 'tag' ? 'policies.field.match.tag' : 'policies.field.match.hint')}
          problem={saving.problem('match')}
        >
          {(ids) => (
            <Input {...ids} value={draft.match} onChange={(event) => onChange({ match: event.target.value })} />
          )}
        </Field>
      )}
      <ActionFields draft={draft} saving={saving} onChange={onChange} />
      <Field
        label={t('policies.field.alertAt')}
        hint={t('policies.field.alertAt.hint')}
        problem={saving.problem('alert_at')}
      >
        {(ids) => (
          <Input {...ids} value={draft.alertAt} onChange={(event) => onChange({ alertAt: event.target.value })} />
        )}
      </Field>
      {draft.period !== 'session' && <ClockFields draft={draft} saving={saving} onChange={onChange} />}
      <Field
        label={t('policies.field.id')}
        hint={isNew ? undefined : t('policies.field.id.kept')}
        problem={saving.problem('id')}
      >
        {(ids) => (
          <Input
            {...ids}
            value={draft.id}
            placeholder={suggested}
            disabled={!isNew}
            onChange={(event) => onChange({ id: event.target.value })}
          />
        )}
      </Field>
    </div>
  );
}

type PartProps = Pick<BudgetFormProps, 'draft' | 'saving' | 'onChange'>;

function ActionFields({ draft, saving, onChange }: PartProps): ReactNode {
  const { t } = useText();
  const routes = useLive((state) => state.snapshot?.routes ?? noRoutes);
  const actions = ['reject', 'ask', 'alert', 'downgrade'] as const;
  const aliases = [...new Set(routes.map(({ alias }) => alias))].filter((alias) => !alias.includes('*'));
  return (
    <>
      <Field
        label={t('policies.field.action')}
        hint={t(`policies.field.action.${draft.action}`)}
        problem={draft.action === 'downgrade' ? undefined : saving.problem('action')}
      >
        {(ids) => (
          <Select
            {...ids}
            value={draft.action}
            choices={actions.map((value) => ({ value, label: t(`policies.budgetAction.${value}`) }))}
            onChange={(action) => onChange({ action, alias: draft.alias === '' ? (aliases[0] ?? '') : draft.alias })}
          />
        )}
      </Field>
      {draft.action === 'downgrade' && (
        <Field label={t('policies.field.alias')} problem={saving.problem('action')}>
          {(ids) => (
            <>
              <Input
                {...ids}
                list="policy-aliases"
                value={draft.alias}
                onChange={(event) => onChange({ alias: event.target.value })}
              />
              <datalist id="policy-aliases">
                {aliases.map((alias) => (
                  <option key={alias} value={alias} />
                ))}
              </datalist>
            </>
          )}
        </Field>
      )}
    </>
  );
}

function ClockFields({ draft, saving, onChange }: PartProps): ReactNode {
  const { t } = useText();
  const zones = Intl.supportedValuesOf('timeZone');
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const hasDay = draft.period === 'week' || draft.period === 'month';
  return (
    <>
      <Field
        label={t('policies.field.timezone')}
        hint={t('policies.field.timezone.hint')}
        problem={saving.problem('timezone')}
      >
        {(ids) => (
          <>
            <Input
              {...ids}
              list="policy-zones"
              value={draft.timezone}
              placeholder={timeZone}
              onChange={(event) => onChange({ timezone: event.target.value })}
            />
            <datalist id="policy-zones">
              {zones.map((zone) => (
                <option key={zone} value={zone} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      {hasDay && (
        <Field
          label={t('policies.field.resetDay')}
          hint={t(draft.period === 'week' ? 'policies.field.resetDay.week' : 'policies.field.resetDay.month')}
          problem={saving.problem('reset_day')}
        >
          {(ids) => (
            <Input
              {...ids}
              type="number"
              min={1}
              max={draft.period === 'week' ? 7 : 28}
              placeholder="1"
              value={draft.resetDay}
              onChange={(event) => onChange({ resetDay: event.target.value })}
            />
          )}
        </Field>
      )}
    </>
  );
}
