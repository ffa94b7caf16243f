/** The parameters of a column, behind a button that tells how many are set. */
import { SlidersHorizontal } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { Button, Field, Input } from '../../ui/controls.tsx';
import { Popover } from '../../ui/overlay.tsx';
import { isInRange } from './body.ts';
import type { Parameters } from './draft.ts';

const names = ['temperature', 'top_p', 'max_tokens'] as const satisfies readonly (keyof Parameters)[];

export function ParametersButton({
  label,
  parameters,
  onChange,
}: {
  readonly label: string;
  readonly parameters: Parameters;
  readonly onChange: (parameters: Parameters) => void;
}): ReactNode {
  const { t } = useText();
  const set = names.filter((name) => parameters[name] !== '').length;
  const isWrong = names.some((name) => !isInRange(name, parameters[name]));
  return (
    <Popover
      label={label}
      trigger={
        <Button
          variant="quiet"
          size="small"
          className={set === 0 ? 'icon' : ''}
          aria-label={`${label}: ${t('playground.parameters.set', { count: set })}`}
          title={label}
          aria-invalid={isWrong || undefined}
        >
          <SlidersHorizontal size={15} aria-hidden />
          {set > 0 && <span className="badge accent">{set}</span>}
        </Button>
      }
    >
      <div className="stack">
        <p className="muted small">{t('playground.parameters.hint')}</p>
        {names.map((name) => (
          <Field
            key={name}
            label={t(`playground.parameters.${name}`)}
            problem={isInRange(name, parameters[name]) ? undefined : t(`playground.parameters.${name}.range`)}
          >
            {(ids) => (
              <Input
                {...ids}
                inputMode="decimal"
                placeholder={t('playground.parameters.default')}
                value={parameters[name]}
                onChange={(event) => onChange({ ...parameters, [name]: event.target.value.replace(',', '.') })}
              />
            )}
          </Field>
        ))}
      </div>
    </Popover>
  );
}
