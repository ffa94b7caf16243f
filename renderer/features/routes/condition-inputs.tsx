/** What several conditions are typed or pressed with: words of a closed list, and names apart by commas. */
import { useId, useState, type ReactNode } from 'react';
import { Chip, Input } from '../../ui/controls.tsx';
import { listOf, toggled } from './condition-fields.ts';

interface ChipsProps<Value extends string> {
  readonly all: readonly Value[];
  readonly chosen: readonly Value[];
  readonly labelOf: (value: Value) => string;
  readonly onChange: (chosen: Value[]) => void;
}

export function Chips<Value extends string>({ all, chosen, labelOf, onChange }: ChipsProps<Value>): ReactNode {
  return (
    <div className="row wrap routes-chips">
      {all.map((one) => (
        <Chip key={one} pressed={chosen.includes(one)} onClick={() => onChange(toggled(chosen, all, one))}>
          {labelOf(one)}
        </Chip>
      ))}
    </div>
  );
}

/** Names apart by commas. What is typed stays as it is typed until the field is left. */
export function NamesInput({
  names,
  label,
  hints,
  onChange,
}: {
  readonly names: readonly string[];
  readonly label: string;
  readonly hints?: readonly string[];
  readonly onChange: (names: string[]) => void;
}): ReactNode {
  const [typed, setTyped] = useState(names.join(', '));
  const id = useId();
  return (
    <>
      <Input
        value={typed}
        aria-label={label}
        list={hints === undefined ? undefined : id}
        onChange={({ target }) => {
          setTyped(target.value);
          onChange(listOf(target.value));
        }}
        onBlur={() => setTyped(listOf(typed).join(', '))}
      />
      {hints !== undefined && (
        <datalist id={id}>
          {hints.map((hint) => (
            <option key={hint} value={hint} />
          ))}
        </datalist>
      )}
    </>
  );
}
