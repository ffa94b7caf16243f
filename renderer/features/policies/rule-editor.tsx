/** A rule of the firewall in a form: what it looks for, in whose words, what becomes of it, and what it would have done. */
import { useState, type ReactNode } from 'react';
import { foundKinds } from '../../../shared/domain/masking.ts';
import { useText } from '../../text/text.ts';
import { Button, Checkbox, Field, Input, Segmented, Select, TextArea } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { detectName } from '../../ui/policy-words.ts';
import { Backtest } from './backtest.tsx';
import { freshId } from './budget-draft.ts';
import { usePolicyConfig, useSaving, type Saving } from './config-context.tsx';
import {
  allPlaces,
  draftOfRule,
  freshRule,
  ruleOfDraft,
  rulesText,
  writtenRule,
  type RuleDraft,
} from './rule-draft.ts';

export interface RuleEditorProps {
  readonly index: number | 'new';
  readonly onClose: () => void;
}

const shownFields = ['id', 'detect', 'pattern', 'topics', 'in', 'message', 'threshold', 'judge'];

export function RuleEditor({ index, onClose }: RuleEditorProps): ReactNode {
  const { t } = useText();
  const rules = usePolicyConfig().part('firewall');
  const at = index === 'new' ? rules.length : index;
  const before = rules[at];
  const saving = useSaving(['firewall', at]);
  const [draft, setDraft] = useState<RuleDraft>(() => (before === undefined ? freshRule : draftOfRule(before)));
  const taken = rules.map(({ id }) => id);
  const named = draft.id.trim() === '' ? { ...draft, id: freshId(suggestedId(draft), taken) } : draft;
  const value = ruleOfDraft(named, before);
  const save = async (): Promise<void> => {
    const op = before === undefined ? 'insert' : 'set';
    if (await saving.save([{ op, path: ['firewall', at], value }], t('policies.saved', { name: named.id }))) onClose();
  };
  const rest = saving.rest(shownFields);
  const tried =
    before === undefined
      ? [...rules.map(writtenRule), value]
      : rules.map((one, i) => (i === at ? value : writtenRule(one)));
  return (
    <Dialog
      open
      form
      onClose={onClose}
      size="wide"
      title={before === undefined ? t('policies.rule.add') : t('policies.edit', { name: before.id })}
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
      <RuleForm
        draft={draft}
        suggested={named.id}
        saving={saving}
        onChange={(change) => setDraft({ ...draft, ...change })}
      />
      {before?.when !== undefined && <p className="muted small">{t('policies.rule.when.kept')}</p>}
      <section className="stack tight">
        <h3>{t('policies.backtest')}</h3>
        <p className="muted small">{t('policies.backtest.draft')}</p>
        <Backtest rules={rulesText(tried)} />
      </section>
    </Dialog>
  );
}

function suggestedId({ looksFor, detect }: RuleDraft): string {
  return looksFor === 'detect' ? detect.replaceAll('_', '-') : looksFor;
}

interface RuleFormProps {
  readonly draft: RuleDraft;
  readonly suggested: string;
  readonly saving: Saving;
  readonly onChange: (change: Partial<RuleDraft>) => void;
}

function RuleForm({ draft, suggested, saving, onChange }: RuleFormProps): ReactNode {
  const { t } = useText();
  const actions = ['block', 'require_justification', 'strip', 'warn', 'log'] as const;
  return (
    <div className="policy-form">
      <Field label={t('policies.field.id')} problem={saving.problem('id')}>
        {(ids) => (
          <Input
            {...ids}
            value={draft.id}
            placeholder={suggested}
            onChange={(event) => onChange({ id: event.target.value })}
          />
        )}
      </Field>
      <LooksForFields draft={draft} saving={saving} onChange={onChange} />
      {!(draft.looksFor === 'detect' && draft.detect === 'system_prompt_leak') && (
        <fieldset className="policy-fieldset">
          <legend>{t('policies.rule.places')}</legend>
          <div className="row wrap">
            {allPlaces.map((place) => (
              <Checkbox
                key={place}
                label={t(`policies.place.${place}`)}
                checked={draft.places.includes(place)}
                onChange={(event) =>
                  onChange({
                    places: event.target.checked
                      ? [...draft.places, place]
                      : draft.places.filter((one) => one !== place),
                  })
                }
              />
            ))}
          </div>
          {saving.problem('in') !== undefined && <span className="policy-problem">{saving.problem('in')}</span>}
        </fieldset>
      )}
      <div className="stack tight">
        <span className="policy-setting-name">{t('policies.rule.action')}</span>
        <Segmented
          label={t('policies.rule.action')}
          value={draft.action}
          choices={actions.map((value) => ({ value, label: t(`policies.action.${value}`) }))}
          onChange={(action) => onChange({ action })}
        />
        <p className="muted small">{t(`policies.action.${draft.action}.hint`)}</p>
      </div>
      {(draft.action === 'block' || draft.action === 'require_justification') && (
        <Field
          label={t('policies.rule.message')}
          hint={t('policies.rule.message.hint')}
          problem={saving.problem('message')}
        >
          {(ids) => (
            <Input {...ids} value={draft.message} onChange={(event) => onChange({ message: event.target.value })} />
          )}
        </Field>
      )}
    </div>
  );
}

function LooksForFields({ draft, saving, onChange }: Omit<RuleFormProps, 'suggested'>): ReactNode {
  const { t } = useText();
  const ways = ['detect', 'pattern', 'topics'] as const;
  const detects = ['prompt_injection', 'system_prompt_leak', ...foundKinds] as const;
  return (
    <>
      <div className="stack tight">
        <span className="policy-setting-name">{t('policies.rule.looksFor')}</span>
        <Segmented
          label={t('policies.rule.looksFor')}
          value={draft.looksFor}
          choices={ways.map((value) => ({ value, label: t(`policies.way.${value}`) }))}
          onChange={(looksFor) => onChange({ looksFor })}
        />
      </div>
      {draft.looksFor === 'detect' && (
        <Field label={t('policies.way.detect')} problem={saving.problem('detect')}>
          {(ids) => (
            <Select
              {...ids}
              value={draft.detect}
              choices={detects.map((value) => ({ value, label: detectName(value, t) }))}
              onChange={(detect) => onChange({ detect })}
            />
          )}
        </Field>
      )}
      {draft.looksFor === 'detect' && draft.detect === 'prompt_injection' && (
        <Field
          label={t('policies.rule.threshold')}
          hint={t('policies.rule.threshold.hint')}
          problem={saving.problem('threshold')}
        >
          {(ids) => (
            <Input
              {...ids}
              type="number"
              min={0}
              max={1}
              step={0.05}
              value={draft.threshold}
              onChange={(event) => onChange({ threshold: event.target.value })}
            />
          )}
        </Field>
      )}
      {draft.looksFor === 'pattern' && (
        <Field
          label={t('policies.way.pattern')}
          hint={t('policies.rule.pattern.hint')}
          problem={saving.problem('pattern')}
        >
          {(ids) => (
            <Input
              {...ids}
              className="mono"
              value={draft.pattern}
              placeholder="(?i)project\s+falcon"
              onChange={(event) => onChange({ pattern: event.target.value })}
            />
          )}
        </Field>
      )}
      {draft.looksFor === 'topics' && (
        <Field
          label={t('policies.way.topics')}
          hint={t('policies.rule.topics.hint')}
          problem={saving.problem('topics')}
        >
          {(ids) => (
            <TextArea {...ids} value={draft.topics} onChange={(event) => onChange({ topics: event.target.value })} />
          )}
        </Field>
      )}
    </>
  );
}
