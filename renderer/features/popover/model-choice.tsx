/** What answers every conversation, and which set of rules is in force. */
import { useId, type ReactNode } from 'react';
import { modelChoices } from '../../../shared/contract/standing-text.ts';
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Select, type Choice } from '../../ui/controls.tsx';
import { modelList, none, profileList } from './choices.ts';

interface SnapshotProps {
  readonly snapshot: AppSnapshot;
}

export function ModelChoice({ snapshot }: SnapshotProps): ReactNode {
  const text = useText();
  const choose = useAction('models.choose');
  return (
    <ChoiceRow
      label={text.t('tray.model')}
      value={snapshot.model_choice ?? none}
      choices={modelList(modelChoices(snapshot, text), text)}
      problem={choose.error?.message}
      busy={choose.isPending}
      onChange={(model) => choose.mutate({ model: model === none ? null : model })}
    />
  );
}

/** Nothing where there are no profiles. */
export function ProfileChoice({ snapshot }: SnapshotProps): ReactNode {
  const text = useText();
  const choose = useAction('profiles.choose');
  if (snapshot.profiles.length === 0) return null;
  return (
    <ChoiceRow
      label={text.t('tray.profile')}
      value={snapshot.profile ?? none}
      choices={profileList(snapshot, text)}
      problem={choose.error?.message}
      busy={choose.isPending}
      onChange={(profile) => choose.mutate({ profile: profile === none ? null : profile })}
    />
  );
}

interface ChoiceRowProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice<string>[];
  readonly problem: string | undefined;
  readonly busy: boolean;
  readonly onChange: (value: string) => void;
}

function ChoiceRow({ label, value, choices, problem, busy, onChange }: ChoiceRowProps): ReactNode {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <Select id={id} value={value} choices={choices} waiting={busy} onChange={onChange} />
      {problem !== undefined && (
        <p className="small popover-problem" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
