/** The control of each field of a condition. */
import type { ReactNode } from 'react';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Input, Select } from '../../ui/controls.tsx';
import { hoursOf, hoursText, wholeNumber, type EditableField } from './condition-fields.ts';
import { Chips, NamesInput } from './condition-inputs.tsx';
import {
  conditionTypes,
  contents,
  dayName,
  dayRanges,
  days,
  daysOf,
  roles,
  surfaces,
  type SparseCondition,
} from './condition-words.ts';

interface ControlProps {
  readonly condition: SparseCondition;
  readonly onChange: (condition: SparseCondition) => void;
}

const controls: Readonly<Record<EditableField, (props: ControlProps) => ReactNode>> = {
  has: HasControl,
  tokens: TokensControl,
  client: ClientControl,
  surface: SurfaceControl,
  model: ModelControl,
  prompt_type: TypeControl,
  lang: LanguageControl,
  text: TextControl,
  tag: TagControl,
  time: TimeControl,
};

export function FieldControl({ field, ...props }: ControlProps & { readonly field: EditableField }): ReactNode {
  const Control = controls[field];
  return <Control {...props} />;
}

function HasControl({ condition, onChange }: ControlProps): ReactNode {
  const { t } = useText();
  return (
    <Chips
      all={contents}
      chosen={condition.has ?? []}
      labelOf={(one) => t(`routes.has.${one}`)}
      onChange={(has) => onChange({ ...condition, has })}
    />
  );
}

function SurfaceControl({ condition, onChange }: ControlProps): ReactNode {
  const { t } = useText();
  return (
    <Chips
      all={surfaces}
      chosen={condition.surface ?? []}
      labelOf={(one) => t(`routes.surface.${one}`)}
      onChange={(surface) => onChange({ ...condition, surface })}
    />
  );
}

function ClientControl({ condition, onChange }: ControlProps): ReactNode {
  const { t } = useText();
  const recent = useLive((state) => state.recent);
  const hints = [...new Set(recent.flatMap(({ client }) => (client === null || client === undefined ? [] : [client])))];
  return (
    <NamesInput
      names={condition.client ?? []}
      label={t('routes.field.client')}
      hints={hints}
      onChange={(client) => onChange({ ...condition, client })}
    />
  );
}

function ModelControl({ condition, onChange }: ControlProps): ReactNode {
  const { t } = useText();
  return (
    <NamesInput
      names={condition.model ?? []}
      label={t('routes.field.model')}
      onChange={(model) => onChange({ ...condition, model })}
    />
  );
}

function LanguageControl({ condition, onChange }: ControlProps): ReactNode {
  const { t } = useText();
  return (
    <NamesInput
      names={condition.lang ?? []}
      label={t('routes.field.lang')}
      onChange={(lang) => onChange({ ...condition, lang })}
    />
  );
}

const bounds = ['gte', 'gt', 'lte', 'lt'] as const;

function TokensControl({ condition, onChange }: ControlProps): ReactNode {
  const { t } = useText();
  const tokens = condition.tokens ?? {};
  const set = (next: typeof tokens): void => onChange({ ...condition, tokens: next });
  const used = bounds.filter((name) => tokens[name] !== undefined);
  const shown = used.length === 0 ? (['lt'] as const) : used;
  return (
    <div className="stack tight">
      {shown.map((name) => (
        <div key={name} className="row routes-bound">
          <Select
            value={name}
            aria-label={t('routes.bound.label')}
            choices={bounds.map((one) => ({
              ...{
                value: one,
                label: t(`routes.bound.${one}.short`),
                disabled: one !== name && tokens[one] !== undefined,
              },
            }))}
            onChange={(next) => set({ ...tokens, [name]: undefined, [next]: tokens[name] ?? 0 })}
          />
          <Input
            inputMode="numeric"
            value={tokens[name] ?? ''}
            aria-label={t('routes.field.tokens')}
            onChange={({ target }) => set({ ...tokens, [name]: wholeNumber(target.value) })}
          />
        </div>
      ))}
      {used.length === 1 && (
        <button
          type="button"
          className="button link small routes-add"
          onClick={() => {
            const isUpper = used[0] === 'lt' || used[0] === 'lte';
            set(isUpper ? { ...tokens, gte: 0 } : { ...tokens, lt: (tokens[used[0] ?? 'gt'] ?? 0) * 2 || 200_000 });
          }}
        >
          {t('routes.bound.add')}
        </button>
      )}
    </div>
  );
}

function TypeControl({ condition, onChange }: ControlProps): ReactNode {
  const { t } = useText();
  const { min_conf: sure } = condition;
  return (
    <div className="stack tight">
      <Chips
        all={conditionTypes}
        chosen={condition.prompt_type ?? []}
        labelOf={(one) => t(`routes.type.${one}`)}
        onChange={(prompt_type) => onChange({ ...condition, prompt_type })}
      />
      <label className="row small">
        <span>{t('routes.type.minimum')}</span>
        <Input
          className="routes-short"
          inputMode="numeric"
          value={sure === undefined ? '' : Math.round(sure * 100)}
          onChange={({ target }) => {
            const percent = wholeNumber(target.value);
            onChange({ ...condition, min_conf: percent === undefined ? undefined : Math.min(percent, 100) / 100 });
          }}
        />
        <span>%</span>
      </label>
    </div>
  );
}

function TextControl({ condition, onChange }: ControlProps): ReactNode {
  const { t } = useText();
  const text = condition.text ?? { pattern: '' };
  return (
    <div className="stack tight">
      <Input
        className="mono"
        value={text.pattern}
        aria-label={t('routes.text.pattern')}
        onChange={({ target }) => onChange({ ...condition, text: { ...text, pattern: target.value } })}
      />
      <Chips
        all={roles}
        chosen={text.in ?? []}
        labelOf={(one) => t(`routes.role.${one}`)}
        onChange={(chosen) =>
          onChange({ ...condition, text: { ...text, in: chosen.length === 0 ? undefined : chosen } })
        }
      />
      <span className="muted small">{t('routes.text.hint')}</span>
    </div>
  );
}

function TagControl({ condition, onChange }: ControlProps): ReactNode {
  const { t } = useText();
  const entries = Object.entries(condition.tag ?? {});
  const set = (next: readonly (readonly [string, string[]])[]): void =>
    onChange({ ...condition, tag: Object.fromEntries(next) });
  return (
    <div className="stack tight">
      {entries.map(([name, values], index) => (
        // A name is changed while it is typed: its place is what it is known by.
        <div key={index} className="row routes-bound">
          <Input
            value={name}
            aria-label={t('routes.tag.name')}
            onChange={({ target }) => set(entries.with(index, [target.value, values]))}
          />
          <span>{t('routes.tag.is')}</span>
          <NamesInput
            names={values}
            label={t('routes.tag.values')}
            onChange={(next) => set(entries.with(index, [name, next]))}
          />
        </div>
      ))}
      <button
        type="button"
        className="button link small routes-add"
        onClick={() => set([...entries, [`tag${String(entries.length + 1)}`, ['*']]])}
      >
        {t('routes.tag.add')}
      </button>
    </div>
  );
}

function TimeControl({ condition, onChange }: ControlProps): ReactNode {
  const { t, locale } = useText();
  const time = condition.time ?? {};
  const { from, to } = hoursOf(time.hours);
  const set = (next: typeof time): void => onChange({ ...condition, time: next });
  const hours = Array.from({ length: 25 }, (_, hour) => ({
    value: String(hour),
    label: `${String(hour).padStart(2, '0')}:00`,
  }));
  return (
    <div className="stack tight">
      <Chips
        all={days}
        chosen={daysOf(time.days ?? [])}
        labelOf={(day) => dayName(day, locale)}
        onChange={(chosen) => set({ ...time, days: chosen.length === 0 ? undefined : dayRanges(chosen) })}
      />
      <div className="row wrap routes-bound">
        <span>{t('routes.time.from')}</span>
        <Select
          value={String(from)}
          choices={hours}
          aria-label={t('routes.time.from')}
          onChange={(hour) => set({ ...time, hours: hoursText(Number(hour), to) })}
        />
        <span>{t('routes.time.to')}</span>
        <Select
          value={String(to)}
          choices={hours}
          aria-label={t('routes.time.to')}
          onChange={(hour) => set({ ...time, hours: hoursText(from, Number(hour)) })}
        />
      </div>
      <label className="row small">
        <span className="routes-nowrap">{t('routes.time.zone')}</span>
        <Input
          value={time.timezone ?? ''}
          placeholder={t('routes.time.zone.own')}
          onChange={({ target }) => set({ ...time, timezone: target.value === '' ? undefined : target.value })}
        />
      </label>
    </div>
  );
}
