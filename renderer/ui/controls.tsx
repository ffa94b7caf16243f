/** Buttons, fields, switches, chips and badges: everything a page is operated with. */
import { clsx } from 'clsx';
import { Search } from 'lucide-react';
import { Switch as RadixSwitch, ToggleGroup } from 'radix-ui';
import { useId, type ComponentProps, type ReactNode } from 'react';

export interface ButtonProps extends ComponentProps<'button'> {
  readonly variant?: 'primary' | 'danger' | 'quiet' | 'link' | undefined;
  readonly size?: 'small' | undefined;
  /** What it began is under way: the button waits and says so. */
  readonly busy?: boolean;
  /** Something else is under way. */
  readonly waiting?: boolean;
}

/**
 * What waits takes nothing on and keeps the focus: a disabled element would lose it, and whoever works with the keyboard their
 * place on the page.
 */
function waitingProps(waiting: boolean): { readonly 'aria-disabled'?: true } {
  return waiting ? { 'aria-disabled': true } : {};
}

export function Button({
  variant,
  size,
  busy = false,
  waiting = false,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps): ReactNode {
  const waits = busy || waiting;
  return (
    <button
      type="button"
      {...rest}
      {...waitingProps(waits)}
      // Also what Enter in a field of its form comes to.
      onClick={waits ? (event) => event.preventDefault() : onClick}
      aria-busy={busy || undefined}
      className={clsx('button', variant, size, className)}
    >
      {busy && <span className="spinner" aria-hidden />}
      {children}
    </button>
  );
}

/** A button with a picture alone; `label` is its name for everyone who does not see it, and its tooltip. */
export function IconButton({ label, className, ...rest }: ButtonProps & { readonly label: string }): ReactNode {
  return <Button variant="quiet" {...rest} aria-label={label} title={label} className={clsx('icon', className)} />;
}

export function Input({ className, ...rest }: ComponentProps<'input'>): ReactNode {
  return <input autoComplete="off" spellCheck={false} {...rest} className={clsx('input', className)} />;
}

export function TextArea({ className, ...rest }: ComponentProps<'textarea'>): ReactNode {
  return <textarea rows={4} {...rest} className={clsx('textarea', className)} />;
}

export function SearchInput({
  label,
  className,
  ...rest
}: ComponentProps<'input'> & { readonly label: string }): ReactNode {
  return (
    <span className={clsx('search', className)}>
      <Search size={15} aria-hidden />
      <Input type="search" placeholder={label} {...rest} aria-label={label} />
    </span>
  );
}

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly disabled?: boolean;
}

export interface SelectProps<Value extends string> extends Omit<ComponentProps<'select'>, 'value' | 'onChange'> {
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
  readonly waiting?: boolean;
}

export function Select<Value extends string>({
  value,
  choices,
  onChange,
  waiting = false,
  className,
  ...rest
}: SelectProps<Value>): ReactNode {
  return (
    <select
      {...rest}
      {...waitingProps(waiting)}
      value={value}
      onChange={(event) => !waiting && onChange(event.target.value as Value)}
      className={clsx('select', className)}
    >
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value} disabled={choice.disabled}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}

export interface CheckboxProps extends ComponentProps<'input'> {
  readonly label: ReactNode;
  readonly waiting?: boolean;
}

export function Checkbox({ label, waiting = false, onChange, ...rest }: CheckboxProps): ReactNode {
  return (
    <label className="checkbox">
      <input type="checkbox" {...rest} {...waitingProps(waiting)} onChange={(event) => !waiting && onChange?.(event)} />
      <span>{label}</span>
    </label>
  );
}

export interface SwitchProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly label: string;
  readonly disabled?: boolean;
  readonly waiting?: boolean;
}

export function Switch({ checked, onChange, label, disabled = false, waiting = false }: SwitchProps): ReactNode {
  return (
    <RadixSwitch.Root
      className="switch"
      checked={checked}
      onCheckedChange={(next) => !waiting && onChange(next)}
      {...waitingProps(waiting)}
      aria-label={label}
      disabled={disabled}
    >
      <RadixSwitch.Thumb />
    </RadixSwitch.Root>
  );
}

export interface SegmentedProps<Value extends string> {
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
  readonly label: string;
}

/** One of a few, all of them in sight. */
export function Segmented<Value extends string>({ value, choices, onChange, label }: SegmentedProps<Value>): ReactNode {
  return (
    <ToggleGroup.Root
      type="single"
      className="segmented"
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        // Empty: what is chosen was pressed once more, and stays.
        if (next !== '') onChange(next as Value);
      }}
    >
      {choices.map((choice) => (
        <ToggleGroup.Item key={choice.value} value={choice.value} disabled={choice.disabled === true}>
          {choice.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

export function Chip({
  pressed,
  className,
  ...rest
}: ComponentProps<'button'> & { readonly pressed?: boolean }): ReactNode {
  return <button type="button" {...rest} aria-pressed={pressed} className={clsx('chip', className)} />;
}

export type Tone = 'ok' | 'warning' | 'error' | 'accent' | 'mask' | 'plain';

export function Badge({
  tone = 'plain',
  icon,
  children,
  title,
}: {
  readonly tone?: Tone;
  readonly icon?: ReactNode;
  readonly children: ReactNode;
  readonly title?: string | undefined;
}): ReactNode {
  return (
    <span className={clsx('badge', tone)} title={title}>
      {icon}
      {children}
    </span>
  );
}

export interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly problem?: string | undefined;
  /** Gets the ids that tie it to label, hint and problem. */
  readonly children: (ids: {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
    readonly 'aria-invalid': boolean | undefined;
  }) => ReactNode;
}

/** A control with its name, a word on what it is for, and what is wrong with it. */
export function Field({ label, hint, problem, children }: FieldProps): ReactNode {
  const id = useId();
  const described = [hint === undefined ? '' : `${id}-hint`, problem === undefined ? '' : `${id}-problem`].filter(
    (one) => one !== '',
  );
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': described.length > 0 ? described.join(' ') : undefined,
        'aria-invalid': problem === undefined ? undefined : true,
      })}
      {hint !== undefined && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {problem !== undefined && (
        <span className="problem" id={`${id}-problem`} role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}

export function Kbd({ children }: { readonly children: ReactNode }): ReactNode {
  return <kbd className="kbd">{children}</kbd>;
}

export function Spinner({ label }: { readonly label: string }): ReactNode {
  return <span className="spinner" role="status" aria-label={label} />;
}
