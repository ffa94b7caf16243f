/** A condition as rows that read as a sentence. What it cannot show stays as it is. */
import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { Button, IconButton } from '../../ui/controls.tsx';
import { CodeBlock } from '../../ui/copy.tsx';
import { Menu } from '../../ui/overlay.tsx';
import { editableFields, othersOf, withNew, withoutField, type EditableField } from './condition-fields.ts';
import { FieldControl } from './condition-controls.tsx';
import { conditionText, type SparseCondition } from './condition-words.ts';
import { yamlOf } from './yaml.ts';

export interface ConditionEditorProps {
  readonly value: SparseCondition | undefined;
  /** What is wrong, by what stands behind the condition: `tokens.lt`; empty for the whole of it. */
  readonly problemAt: (path: string) => string | undefined;
  readonly onChange: (value: SparseCondition | undefined) => void;
}

export function ConditionEditor({ value, problemAt, onChange }: ConditionEditorProps): ReactNode {
  const text = useText();
  const { t } = text;
  const condition = value ?? {};
  const present = editableFields.filter((field) => condition[field] !== undefined);
  const free = editableFields.filter((field) => condition[field] === undefined);
  const others = othersOf(condition);
  const own = problemAt('');
  return (
    <div className="routes-condition">
      <p className={value === undefined ? 'muted' : undefined}>
        {value === undefined ? t('routes.when.always') : t('routes.when', { condition: conditionText(value, text) })}
      </p>
      {present.map((field, index) => (
        <ConditionRow
          key={field}
          field={field}
          isFirst={index === 0}
          condition={condition}
          problem={problemAt(field) ?? (field === 'prompt_type' ? problemAt('min_conf') : undefined)}
          onChange={onChange}
        />
      ))}
      {Object.keys(others).length > 0 && (
        <div className="stack tight">
          <p className="muted small">{t('routes.condition.others')}</p>
          <CodeBlock text={yamlOf(others)} label={t('routes.condition.others')} />
        </div>
      )}
      {own !== undefined && (
        <p className="routes-problem small" role="alert">
          {own}
        </p>
      )}
      {free.length > 0 && (
        <Menu
          trigger={
            <Button size="small" className="routes-add">
              <Plus size={13} aria-hidden />
              {t('routes.condition.add')}
            </Button>
          }
          items={free.map((field) => ({
            label: t(`routes.field.${field}`),
            onSelect: () => onChange(withNew(value, field)),
          }))}
        />
      )}
    </div>
  );
}

function ConditionRow({
  field,
  isFirst,
  condition,
  problem,
  onChange,
}: {
  readonly field: EditableField;
  readonly isFirst: boolean;
  readonly condition: SparseCondition;
  readonly problem: string | undefined;
  readonly onChange: (value: SparseCondition | undefined) => void;
}): ReactNode {
  const { t } = useText();
  const name = t(`routes.field.${field}`);
  return (
    <div className="routes-condition-row" role="group" aria-label={name}>
      <span className="muted small routes-condition-word">
        {isFirst ? t('routes.condition.if') : t('routes.condition.and')}
      </span>
      <div className="grow stack tight">
        <span>{t(`routes.lead.${field}`)}</span>
        <FieldControl field={field} condition={condition} onChange={onChange} />
        {problem !== undefined && (
          <span className="routes-problem small" role="alert">
            {problem}
          </span>
        )}
      </div>
      <IconButton
        label={t('routes.condition.remove', { name })}
        size="small"
        onClick={() => onChange(withoutField(condition, field))}
      >
        <X size={14} aria-hidden />
      </IconButton>
    </div>
  );
}
