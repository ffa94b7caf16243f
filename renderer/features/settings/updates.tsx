/** Updates of the desktop app: whether it looks for them, what it found, and installing it. */
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { DesktopPreferences, DesktopState } from '../../../shared/contract/desktop.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useTeamValues, type TeamEntry } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { Button, Segmented } from '../../ui/controls.tsx';
import { Confirm } from '../../ui/overlay.tsx';
import { TeamMark } from '../../ui/team-mark.tsx';
import type { SettingSection } from './rows.ts';
import { useDesktop } from './use-desktop.ts';

const ways = ['off', 'notify', 'automatic'] as const;

/** `undefined` where there is no desktop app around this window. */
export function useUpdatesSection(): SettingSection | undefined {
  const { t } = useText();
  const { state, change } = useDesktop();
  const told = useTeamValues().of('/app/auto_update');
  if (state === undefined) return undefined;
  const { updates, preferences, platform } = state;
  // Where a package manager installs, there is nothing to fetch by itself.
  const offered = platform === 'linux' ? ways.filter((way) => way !== 'automatic') : ways;
  const most = mostOf(told);
  const wanted = offered.find((way) => way === preferences.updates) ?? 'notify';
  const chosen = ways.indexOf(wanted) > ways.indexOf(most) ? most : wanted;
  return {
    id: 'updates',
    title: t('settings.updates'),
    rows: [
      ...(updates.supported
        ? [
            {
              id: 'updates-way',
              label: t('settings.updates.way'),
              hint: t(`settings.updates.way.${chosen}.hint`),
              content: (
                <span className="row wrap">
                  <Segmented<DesktopPreferences['updates']>
                    label={t('settings.updates.way')}
                    value={chosen}
                    choices={offered.map((way) => ({
                      ...{ value: way, label: t(`settings.updates.way.${way}`) },
                      disabled: ways.indexOf(way) > ways.indexOf(most),
                    }))}
                    onChange={(value) => change({ updates: value })}
                  />
                  {told !== undefined && <TeamMark entry={told} name={t('settings.updates.way')} />}
                </span>
              ),
            },
          ]
        : []),
      {
        id: 'updates-state',
        label: t('settings.updates.state'),
        words: 'version install',
        content: <UpdateStateView updates={updates} platform={platform} />,
      },
    ],
  };
}

/** How far a bundle lets updates go: the words of bundles are `off`, `notify`, `on`. */
function mostOf(told: TeamEntry | undefined): (typeof ways)[number] {
  if (told?.mode !== 'enforced') return 'automatic';
  return told.value === 'off' || told.value === 'notify' ? told.value : 'automatic';
}

interface ViewProps {
  readonly updates: DesktopState['updates'];
  readonly platform: DesktopState['platform'];
}

function UpdateStateView({ updates, platform }: ViewProps): ReactNode {
  const { t, dateTime } = useText();
  const { supported, reason, state, error, last_checked_at } = updates;
  if (!supported) return <span className="muted">{reason}</span>;
  return (
    <div className="settings-updates">
      <p role="status">
        <StateText updates={updates} platform={platform} />
      </p>
      {state === 'downloading' && (
        <progress aria-label={t('settings.updates.progress')} max={1} value={updates.progress ?? 0} />
      )}
      {error !== null && <p className="small settings-desktop-problem">{error}</p>}
      <p className="muted small">
        {last_checked_at === null
          ? t('settings.updates.neverChecked')
          : t('settings.updates.checked', { time: dateTime(last_checked_at) })}
      </p>
      <UpdateActions updates={updates} platform={platform} />
    </div>
  );
}

function StateText({ updates, platform }: ViewProps): ReactNode {
  const { t, percent } = useText();
  const { state, version, progress, last_checked_at } = updates;
  const values = { version: version ?? '—' };
  if (state === 'idle') return t(last_checked_at === null ? 'settings.updates.unknown' : 'settings.updates.newest');
  if (state === 'downloading') return t('settings.updates.downloading', { ...values, share: percent(progress ?? 0) });
  if (state === 'available' && platform === 'linux') return t('settings.updates.availableElsewhere', values);
  return t(`settings.updates.${state}`, values);
}

function UpdateActions({ updates: { state, version }, platform }: ViewProps): ReactNode {
  const { t } = useText();
  const check = useAction('updates.check', ['desktop.state']);
  const install = useAction('updates.install', ['desktop.state']);
  const [isAsking, setAsking] = useState(false);
  const onError = ({ message }: Error): void => void toast.error(message);
  const start = (): void => {
    setAsking(false);
    install.mutate({}, { onError });
  };
  return (
    <div className="settings-buttons">
      {state !== 'downloading' && (
        <Button busy={check.isPending || state === 'checking'} onClick={() => check.mutate({}, { onError })}>
          {t('settings.updates.check')}
        </Button>
      )}
      {state === 'available' && platform !== 'linux' && (
        <Button variant="primary" busy={install.isPending} onClick={start}>
          {t('settings.updates.download')}
        </Button>
      )}
      {state === 'ready' && (
        <Button variant="primary" busy={install.isPending} onClick={() => setAsking(true)}>
          {t('settings.updates.install')}
        </Button>
      )}
      <Confirm
        open={isAsking}
        onClose={() => setAsking(false)}
        title={t('settings.updates.install.title', { version: version ?? '—' })}
        text={t('settings.updates.install.text')}
        action={t('settings.updates.install')}
        onConfirm={start}
      />
    </div>
  );
}
