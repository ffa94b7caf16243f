/** How much of what a minute: the limits, and a form for one. */
import { Gauge, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { RateLimitSettings } from '../../../shared/config/policy.ts';
import { useText } from '../../text/text.ts';
import { Button, Field, IconButton, Input, Select } from '../../ui/controls.tsx';
import { Banner, Card } from '../../ui/layout.tsx';
import { Origin } from '../../ui/origin.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { whoOf } from '../../ui/policy-words.ts';
import { EmptyState } from '../../ui/states.tsx';
import { freshId } from './budget-draft.ts';
import { usePolicyConfig, useSaving } from './config-context.tsx';
import { TeamLimits } from './locked-rows.tsx';
import { draftOfLimit, freshLimit, limitOfDraft, limitScopes, type LimitDraft } from './limit-draft.ts';

export function LimitsTab(): ReactNode {
  const { t } = useText();
  const { part, origin, team } = usePolicyConfig();
  const limits = part('rate_limits');
  const hasTeam = team.below('/rate_limits').length > 0;
  const [editing, setEditing] = useState<number | 'new'>();
  const add = (
    <Button variant="primary" disabled={origin(['rate_limits'])?.locked === true} onClick={() => setEditing('new')}>
      <Plus size={15} aria-hidden />
      {t('policies.limit.add')}
    </Button>
  );
  return (
    <Card title={t('policies.limits')} actions={limits.length > 0 && add}>
      <TeamLimits own={limits.length} />
      {limits.length === 0 && hasTeam ? (
        <div>{add}</div>
      ) : limits.length === 0 ? (
        <EmptyState icon={<Gauge size={26} aria-hidden />} title={t('policies.limits.none')} actions={add}>
          {t('policies.limits.none.text')}
        </EmptyState>
      ) : (
        <>
          <p className="muted small">{t('policies.limits.text')}</p>
          <LimitTable limits={limits} onEdit={setEditing} />
        </>
      )}
      {editing !== undefined && <LimitEditor index={editing} onClose={() => setEditing(undefined)} />}
    </Card>
  );
}

function LimitTable({
  limits,
  onEdit,
}: {
  readonly limits: readonly RateLimitSettings[];
  readonly onEdit: (index: number) => void;
}): ReactNode {
  const { t, count } = useText();
  const { origin, change, busy } = usePolicyConfig();
  const figure = (value: number | undefined): string => (value === undefined ? '—' : count(value));
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label={t('locked.rows.own')}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('policies.field.id')}</th>
            <th scope="col">{t('policies.field.scope')}</th>
            <th scope="col" className="number">
              {t('policies.limit.rpm')}
            </th>
            <th scope="col" className="number">
              {t('policies.limit.tpm')}
            </th>
            <th scope="col" className="number">
              {t('policies.limit.parallel')}
            </th>
            <th scope="col">{t('policies.decided')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('palette.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {limits.map((limit, index) => {
            const decided = origin(['rate_limits', index]);
            const fixed = decided?.locked === true || busy;
            return (
              <tr key={limit.id}>
                <td>{limit.id}</td>
                <td>{whoOf(limit.scope, limit.match ?? null, t)}</td>
                <td className="number">{figure(limit.rpm)}</td>
                <td className="number">{figure(limit.tpm)}</td>
                <td className="number">{figure(limit.max_parallel_requests)}</td>
                <td>
                  <Origin origin={decided} />
                </td>
                <td>
                  <IconButton
                    size="small"
                    label={t('policies.edit', { name: limit.id })}
                    disabled={fixed}
                    onClick={() => onEdit(index)}
                  >
                    <Pencil size={14} aria-hidden />
                  </IconButton>
                  <IconButton
                    size="small"
                    label={t('policies.remove', { name: limit.id })}
                    disabled={fixed}
                    onClick={() =>
                      void change([{ op: 'remove', path: ['rate_limits', index] }], {
                        told: t('policies.removed', { name: limit.id }),
                      })
                    }
                  >
                    <Trash2 size={14} aria-hidden />
                  </IconButton>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const shownFields = ['id', 'match', 'rpm', 'tpm', 'max_parallel_requests'];

function LimitEditor({ index, onClose }: { readonly index: number | 'new'; readonly onClose: () => void }): ReactNode {
  const { t } = useText();
  const limits = usePolicyConfig().part('rate_limits');
  const at = index === 'new' ? limits.length : index;
  const before = limits[at];
  const saving = useSaving(['rate_limits', at]);
  const [draft, setDraft] = useState<LimitDraft>(() => (before === undefined ? freshLimit : draftOfLimit(before)));
  const suggested = freshId(
    draft.match === '' ? draft.scope : draft.match,
    limits.map(({ id }) => id),
  );
  const id = draft.id.trim() === '' ? suggested : draft.id.trim();
  const save = async (): Promise<void> => {
    const op = before === undefined ? 'insert' : 'set';
    const value = limitOfDraft({ ...draft, id }, before);
    if (await saving.save([{ op, path: ['rate_limits', at], value }], t('policies.saved', { name: id }))) onClose();
  };
  const text = (
    name: 'match' | 'rpm' | 'tpm' | 'parallel' | 'id',
    label: string,
    field: string,
    more: { hint?: string; placeholder?: string } = {},
  ): ReactNode => (
    <Field label={label} hint={more.hint} problem={saving.problem(field)}>
      {(ids) => (
        <Input
          {...ids}
          placeholder={more.placeholder}
          inputMode={name === 'match' || name === 'id' ? 'text' : 'numeric'}
          value={draft[name]}
          onChange={(event) => setDraft({ ...draft, [name]: event.target.value })}
        />
      )}
    </Field>
  );
  const rest = saving.rest(shownFields);
  return (
    <Dialog
      open
      form
      onClose={onClose}
      title={before === undefined ? t('policies.limit.add') : t('policies.edit', { name: before.id })}
      description={t('policies.limit.text')}
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
      <div className="policy-form columns">
        <Field label={t('policies.field.scope')}>
          {(ids) => (
            <Select
              {...ids}
              value={draft.scope}
              choices={limitScopes.map((value) => ({ value, label: t(`policies.scope.${value}`) }))}
              onChange={(scope) => setDraft({ ...draft, scope })}
            />
          )}
        </Field>
        {draft.scope !== 'global' &&
          text('match', t('policies.field.match'), 'match', { hint: t('policies.field.match.hint') })}
        {text('rpm', t('policies.limit.rpm'), 'rpm')}
        {text('tpm', t('policies.limit.tpm'), 'tpm')}
        {text('parallel', t('policies.limit.parallel'), 'max_parallel_requests')}
        {text('id', t('policies.field.id'), 'id', { placeholder: suggested })}
      </div>
    </Dialog>
  );
}
