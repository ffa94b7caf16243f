/** Whether the gateway runs, where, under which profile, and what answers every conversation; pausing and going on. */
import { ChevronDown, Pause, Play } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { toast } from 'sonner';
import { Link } from 'wouter';
import type { PauseMode } from '../../../shared/contract/app.ts';
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';
import { passRefusedText } from '../../../shared/contract/standing-text.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useTeamsInForce } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { CopyButton, printable } from '../../ui/copy.tsx';
import { Card } from '../../ui/layout.tsx';
import { namedAliases } from '../../ui/model-choices.ts';
import { Menu, type MenuItem } from '../../ui/overlay.tsx';
import { StatusMark } from '../../ui/status.tsx';

export function StatusCard({ snapshot }: { readonly snapshot: AppSnapshot }): ReactNode {
  const { t } = useText();
  const { gateway } = snapshot.status;
  const [url] = gateway.urls;
  return (
    <Card title={t('overview.status')} actions={<PauseControl snapshot={snapshot} />}>
      <div className="overview-status">
        <GatewayState snapshot={snapshot} />
        {url !== undefined && (
          <div className="row">
            <code className="wrap-anywhere">{url}</code>
            <CopyButton text={url} />
          </div>
        )}
        <span className="muted small">{t('overview.status.active', { count: gateway.running })}</span>
      </div>
      {snapshot.profiles.length > 0 && <ProfileChoice snapshot={snapshot} />}
      <ModelChoice snapshot={snapshot} />
      <Teams />
    </Card>
  );
}

function GatewayState({ snapshot: { status } }: { readonly snapshot: AppSnapshot }): ReactNode {
  const { t, time } = useText();
  const isLost = useLive((state) => state.connection === 'lost');
  if (isLost) return <StatusMark state="stopped" label={t('overview.status.lost')} />;
  if (status.paused !== null) {
    const { mode, until } = status.paused;
    const passes = mode === 'pass_through';
    const label =
      until === null
        ? t(passes ? 'overview.status.passingOpen' : 'overview.status.pausedOpen')
        : t(passes ? 'overview.status.passing' : 'overview.status.paused', { time: time(until) });
    return <StatusMark state="paused" label={label} />;
  }
  if (status.gateway.urls.length === 0) return <StatusMark state="stopped" label={t('overview.status.notListening')} />;
  return <StatusMark state="running" label={t('overview.status.running')} />;
}

function PauseControl({ snapshot: { status } }: { readonly snapshot: AppSnapshot }): ReactNode {
  const text = useText();
  const { t } = text;
  const onError = ({ message }: Error): void => void toast.error(message);
  const pause = useAction('app.pause');
  const resume = useAction('app.resume');
  if (status.paused !== null)
    return (
      <Button size="small" variant="primary" busy={resume.isPending} onClick={() => resume.mutate({}, { onError })}>
        <Play size={14} aria-hidden />
        {t('action.resume')}
      </Button>
    );
  const { pass_through_refused: refused } = status;
  const times = (mode: PauseMode, disabled = false): MenuItem[] =>
    ([15, 60, null] as const).map((minutes) => ({
      label: t(minutes === null ? 'overview.pause.open' : `overview.pause.${minutes}`),
      disabled,
      onSelect: () => pause.mutate({ minutes, mode }, { onError }),
    }));
  const passHint =
    refused === null
      ? t('overview.pause.pass.hint')
      : t('overview.pause.pass.refused', { reason: passRefusedText(refused, text) });
  return (
    <Menu
      trigger={
        <Button size="small" busy={pause.isPending}>
          <Pause size={14} aria-hidden />
          {t('overview.pause')}
          <ChevronDown size={13} aria-hidden />
        </Button>
      }
      items={[
        { heading: t('overview.pause.block'), hint: t('overview.pause.block.hint') },
        ...times('block'),
        'separator',
        { heading: t('overview.pause.pass'), hint: passHint },
        ...times('pass_through', refused !== null),
      ]}
    />
  );
}

/** Whose rules hold besides one's own, whichever profile is chosen; nothing where nobody's do. */
function Teams(): ReactNode {
  const { t } = useText();
  const teams = useTeamsInForce();
  if (teams.length === 0) return null;
  return (
    <p className="small wrap-anywhere">
      <span className="muted">{t('team.inForce')}:</span>{' '}
      <Link href="/policies?tab=team">
        {teams
          .map(({ name, version }) => t('team.inForce.version', { name: printable(name), version: String(version) }))
          .join(', ')}
      </Link>
    </p>
  );
}

function ProfileChoice({ snapshot: { profiles, profile } }: { readonly snapshot: AppSnapshot }): ReactNode {
  const { t } = useText();
  const choose = useAction('profiles.choose');
  return (
    <ChoiceField
      label={t('overview.profile')}
      value={(choose.isPending ? choose.variables.profile : profile) ?? ''}
      busy={choose.isPending}
      onChoose={(chosen) => choose.mutate({ profile: chosen }, { onError: tellFailure })}
    >
      <option value="">{t('overview.profile.none')}</option>
      {profiles.map((one) => (
        <option key={one.id} value={one.id}>
          {one.name}
        </option>
      ))}
    </ChoiceField>
  );
}

function ModelChoice({ snapshot }: { readonly snapshot: AppSnapshot }): ReactNode {
  const { t } = useText();
  const choose = useAction('models.choose');
  const { model_choice: chosen, favourites, routes } = snapshot;
  const aliases = namedAliases({ routes }).map(({ alias }) => alias);
  // What was asked for stands there while it is under way; what is in force, afterwards.
  const shown = (choose.isPending ? choose.variables.model : chosen) ?? '';
  const isListed = shown === '' || aliases.includes(shown) || favourites.includes(shown);
  const group = (label: string, names: readonly string[]): ReactNode =>
    names.length > 0 && (
      <optgroup label={label}>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </optgroup>
    );
  return (
    <ChoiceField
      label={t('overview.choice')}
      value={shown}
      busy={choose.isPending}
      onChoose={(model) => choose.mutate({ model }, { onError: tellFailure })}
    >
      <option value="">{t('overview.choice.auto')}</option>
      {!isListed && <option value={shown}>{shown}</option>}
      {group(t('overview.choice.favourites'), favourites)}
      {group(t('overview.choice.aliases'), aliases)}
    </ChoiceField>
  );
}

function tellFailure({ message }: Error): void {
  toast.error(message);
}

/** One of a list; what is empty in it chooses nothing. */
function ChoiceField({
  label,
  value,
  busy,
  onChoose,
  children,
}: {
  readonly label: string;
  readonly value: string;
  readonly busy: boolean;
  readonly onChoose: (value: string | null) => void;
  readonly children: ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        className="select"
        value={value}
        disabled={busy}
        onChange={(event) => onChoose(event.target.value === '' ? null : event.target.value)}
      >
        {children}
      </select>
    </div>
  );
}
