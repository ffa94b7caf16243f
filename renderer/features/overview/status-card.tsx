/** Whether the gateway runs, where, and what answers every conversation; pausing and going on. */
import { ChevronDown, Pause, Play } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Card } from '../../ui/layout.tsx';
import { namedAliases } from '../../ui/model-choices.ts';
import { Menu } from '../../ui/overlay.tsx';
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
      <ModelChoice snapshot={snapshot} />
    </Card>
  );
}

function GatewayState({ snapshot: { status } }: { readonly snapshot: AppSnapshot }): ReactNode {
  const { t, time } = useText();
  const isLost = useLive((state) => state.connection === 'lost');
  if (isLost) return <StatusMark state="stopped" label={t('overview.status.lost')} />;
  if (status.paused !== null) {
    const { until } = status.paused;
    const label = until === null ? t('overview.status.pausedOpen') : t('overview.status.paused', { time: time(until) });
    return <StatusMark state="paused" label={label} />;
  }
  if (status.gateway.urls.length === 0) return <StatusMark state="stopped" label={t('overview.status.notListening')} />;
  return <StatusMark state="running" label={t('overview.status.running')} />;
}

function PauseControl({ snapshot: { status } }: { readonly snapshot: AppSnapshot }): ReactNode {
  const { t } = useText();
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
  const item = (label: string, minutes: number | null): { label: string; onSelect: () => void } => ({
    label,
    onSelect: () => pause.mutate({ minutes }, { onError }),
  });
  return (
    <Menu
      trigger={
        <Button size="small" busy={pause.isPending}>
          <Pause size={14} aria-hidden />
          {t('overview.pause')}
          <ChevronDown size={13} aria-hidden />
        </Button>
      }
      items={[item(t('overview.pause.15'), 15), item(t('overview.pause.60'), 60), item(t('overview.pause.open'), null)]}
    />
  );
}

function ModelChoice({ snapshot }: { readonly snapshot: AppSnapshot }): ReactNode {
  const { t } = useText();
  const id = useId();
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
    <div className="field">
      <label className="label" htmlFor={id}>
        {t('overview.choice')}
      </label>
      <select
        id={id}
        className="select"
        value={shown}
        disabled={choose.isPending}
        onChange={(event) =>
          choose.mutate(
            { model: event.target.value === '' ? null : event.target.value },
            { onError: ({ message }) => void toast.error(message) },
          )
        }
      >
        <option value="">{t('overview.choice.auto')}</option>
        {!isListed && <option value={shown}>{shown}</option>}
        {group(t('overview.choice.favourites'), favourites)}
        {group(t('overview.choice.aliases'), aliases)}
      </select>
    </div>
  );
}
