/** One value of the file: its name, what it does, who decided it, and the control that changes it. */
import { useId, type ReactNode } from 'react';
import { pointerOf, type ConfigPath } from '../../state/config-tree.ts';
import { useText } from '../../text/text.ts';
import { Select, Spinner, Switch, type Choice } from '../../ui/controls.tsx';
import { Origin } from '../../ui/origin.tsx';
import { usePolicyConfig } from './config-context.tsx';

export interface SettingProps {
  readonly path: ConfigPath;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly children: (control: { readonly disabled: boolean; readonly labelId: string }) => ReactNode;
}

export function Setting({ path, label, hint, children }: SettingProps): ReactNode {
  const { t } = useText();
  const id = useId();
  const { origin, pending, busy } = usePolicyConfig();
  const decided = origin(path);
  const isLocked = decided?.locked === true;
  return (
    <div className="policy-setting">
      <div className="grow">
        <div className="row wrap">
          <span className="policy-setting-name" id={id}>
            {label}
          </span>
          <Origin origin={decided} />
        </div>
        {hint !== undefined && <p className="muted small">{hint}</p>}
        {isLocked && <p className="small policy-locked">{t('origin.locked', { reason: decided.reason ?? '' })}</p>}
      </div>
      <div className="row policy-setting-control">
        {pending === pointerOf(path) && <Spinner label={t('common.loading')} />}
        {children({ disabled: isLocked || busy, labelId: id })}
      </div>
    </div>
  );
}

export function SwitchSetting(props: {
  readonly path: ConfigPath;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly value: boolean;
}): ReactNode {
  const { set } = usePolicyConfig();
  const { path, label, hint, value } = props;
  return (
    <Setting path={path} label={label} hint={hint}>
      {({ disabled }) => (
        <Switch label={label} checked={value} disabled={disabled} onChange={(next) => void set(path, next)} />
      )}
    </Setting>
  );
}

export function SelectSetting<Value extends string>(props: {
  readonly path: ConfigPath;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
}): ReactNode {
  const { set } = usePolicyConfig();
  const { path, label, hint, value, choices } = props;
  return (
    <Setting path={path} label={label} hint={hint}>
      {({ disabled, labelId }) => (
        <Select
          aria-labelledby={labelId}
          value={value}
          choices={choices}
          disabled={disabled}
          onChange={(next) => void set(path, next)}
        />
      )}
    </Setting>
  );
}
