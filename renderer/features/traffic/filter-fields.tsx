/** Every filter as a field; what is typed holds when the field is left or Enter is pressed. */
import { useMemo, type KeyboardEvent, type ReactNode } from 'react';
import { outcomes } from '../../../shared/contract/words.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Field, Input, Select, type Choice } from '../../ui/controls.tsx';
import { filterLabels } from './filter-text.ts';
import { valueOf, type ActivityQuery, type FilterName, type SetParams } from './filters.ts';
import { outcomeLabels } from './outcome.tsx';

interface FieldsProps {
  readonly query: ActivityQuery;
  readonly set: SetParams;
}

export function FilterFields({ query, set }: FieldsProps): ReactNode {
  const { t } = useText();
  const keys = useLive((state) => state.snapshot?.keys);
  const providers = useLive((state) => state.snapshot?.providers);
  const choices = useMemo(
    () => ({
      key: (keys ?? []).map(({ id }) => plain(id)),
      provider: (providers ?? []).map(({ id }) => plain(id)),
      outcome: outcomes.map((value) => ({ value, label: t(outcomeLabels[value]) })),
      status: ['2xx', '4xx', '5xx', '400', '401', '403', '404', '408', '429', '500', '502', '503', '529'].map(plain),
      flag: [
        { value: 'true', label: t('common.yes') },
        { value: 'false', label: t('common.no') },
      ],
    }),
    [keys, providers, t],
  );
  const select = (name: FilterName, from: readonly Choice<string>[]): ReactNode => (
    <ChoiceField name={name} choices={from} query={query} set={set} />
  );
  const typed = (name: FilterName, hint?: string): ReactNode => (
    <TypedField name={name} hint={hint} query={query} set={set} />
  );
  return (
    <div className="traffic-fields">
      {select('key', choices.key)}
      {typed('client')}
      {select('provider', choices.provider)}
      {typed('model')}
      {select('status', choices.status)}
      {select('outcome', choices.outcome)}
      {typed('error', 'attempt.timeout')}
      {typed('session')}
      {typed('min_cost_usd', '0.10')}
      {typed('min_duration_ms', '5000')}
      {select('masked', choices.flag)}
      {select('stream', choices.flag)}
    </div>
  );
}

const plain = (value: string): Choice<string> => ({ value, label: value });

interface OneField extends FieldsProps {
  readonly name: FilterName;
}

function ChoiceField({
  name,
  choices,
  query,
  set,
}: OneField & { readonly choices: readonly Choice<string>[] }): ReactNode {
  const { t } = useText();
  const value = String(query.filter[name] ?? '');
  const known = value === '' || choices.some((choice) => choice.value === value);
  return (
    <Field label={t(filterLabels[name])}>
      {(ids) => (
        <Select
          {...ids}
          value={value}
          choices={[{ value: '', label: t('traffic.filter.anyValue') }, ...choices, ...(known ? [] : [plain(value)])]}
          onChange={(next) => set({ [name]: next })}
        />
      )}
    </Field>
  );
}

function TypedField({ name, hint, query, set }: OneField & { readonly hint: string | undefined }): ReactNode {
  const { t } = useText();
  const value = String(query.filter[name] ?? '');
  const take = (text: string): void => {
    const wanted = text.trim();
    if (wanted !== value && (wanted === '' || valueOf(name, wanted) !== undefined)) set({ [name]: wanted });
  };
  return (
    <Field label={t(filterLabels[name])}>
      {(ids) => (
        <Input
          {...ids}
          key={value}
          defaultValue={value}
          placeholder={hint}
          onBlur={({ target }) => take(target.value)}
          onKeyDown={(event: KeyboardEvent<HTMLInputElement>) => {
            if (event.key === 'Enter') take(event.currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}
