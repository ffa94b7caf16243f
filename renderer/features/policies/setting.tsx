/** One value of the file: its name, what it does, who decided it, and the control that changes it. */
import { Undo2 } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { pointerOf, type ConfigPath } from '../../state/config-tree.ts';
import { useText } from '../../text/text.ts';
import { IconButton, Select, Spinner, Switch, type Choice } from '../../ui/controls.tsx';
import { Origin } from '../../ui/origin.tsx';
import { usePolicyConfig } from './config-context.tsx';

export interface SettingProps {
  readonly path: ConfigPath;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly children: (control: ControlState) => ReactNode;
}

interface ControlState {
  /** A team decided it. */
  readonly disabled: boolean;
  /** A change is being kept. */
  readonly waiting: boolean;
  readonly labelId: string;
}

export function Setting({ path, label, hint, children }: SettingProps): ReactNode {
  const { t } = useText();
  const id = useId();
  const { origin, team, pending, busy } = usePolicyConfig();
  const decided = origin(path);
  const isLocked = decided?.locked === true;
  return (
    <div className="policy-setting">
      <div className="grow">
        <div className="row wrap">
          <span className="policy-setting-name" id={id}>
            {label}
          </span>
          <Origin origin={decided} told={team.at(path)} name={label} />
          {decided?.source === 'you' && team.bundles.length > 0 && <BackToTeam path={path} label={label} />}
        </div>
        {hint !== undefined && <p className="muted small">{hint}</p>}
      </div>
      <div className="row policy-setting-control">
        {pending === pointerOf(path) && <Spinner label={t('common.loading')} />}
        {children({ disabled: isLocked, waiting: busy, labelId: id })}
      </div>
    </div>
  );
}

/** What is not in the file is what the team suggests, or what is built in. */
function BackToTeam({ path, label }: Pick<SettingProps, 'path' | 'label'>): ReactNode {
  const { t } = useText();
  const { change, busy } = usePolicyConfig();
  return (
    <IconButton
      size="small"
      label={`${label}: ${t('locked.back')}`}
      waiting={busy}
      onClick={() => void change([{ op: 'remove', path: [...path] }], { told: t('locked.back.told') })}
    >
      <Undo2 size={13} aria-hidden />
    </IconButton>
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
      {({ disabled, waiting }) => (
        <Switch
          label={label}
          checked={value}
          disabled={disabled}
          waiting={waiting}
          onChange={(next) => void set(path, next)}
        />
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
      {({ disabled, waiting, labelId }) => (
        <Select
          aria-labelledby={labelId}
          value={value}
          choices={choices}
          disabled={disabled}
          waiting={waiting}
          onChange={(next) => void set(path, next)}
        />
      )}
    </Setting>
  );
}
