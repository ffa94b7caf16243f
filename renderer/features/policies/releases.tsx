/** Requests that wait for a reason: who asked what, why it was refused, and a reason that lets the next identical one pass. */
import { CircleCheck } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode, type SubmitEvent } from 'react';
import type { ReleaseEntry } from '../../../shared/contract/bundles.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button, Field, Input } from '../../ui/controls.tsx';
import { printable } from '../../ui/copy.tsx';
import { Card } from '../../ui/layout.tsx';
import { TeamMark } from '../../ui/team-mark.tsx';
import { usePolicyConfig } from './config-context.tsx';
import { canRelease } from './release-reason.ts';
import './releases.css';

/** Not there while nothing waits. */
export function Releases(): ReactNode {
  const { t } = useText();
  const { data } = useCall('policy.releases', {});
  const releases = data?.releases ?? [];
  if (releases.length === 0) return null;
  return (
    <Card title={t('releases.title')}>
      <p className="muted small">{t('releases.text')}</p>
      <ul className="policy-releases">
        {releases.map((release) => (
          <ReleaseRow key={release.id} release={release} />
        ))}
      </ul>
    </Card>
  );
}

function ReleaseRow({ release }: { readonly release: ReleaseEntry }): ReactNode {
  const { t, dateTime } = useText();
  const { at, client, key, model, rule, message, released } = release;
  const entry = usePolicyConfig().team.of(`/firewall/${rule}`);
  return (
    <li className="stack tight">
      <div className="row wrap between">
        <strong className="wrap-anywhere">
          {t('releases.sentence', {
            ...{ who: printable(client ?? key ?? t('releases.someone')), model: printable(model), rule },
          })}
        </strong>
        <span className="row wrap">
          <span className="muted small">{dateTime(at)}</span>
          {entry !== undefined && <TeamMark entry={entry} name={rule} />}
        </span>
      </div>
      <p className="muted small wrap-anywhere">{printable(message)}</p>
      {released ? <Released /> : <ReasonForm release={release} />}
    </li>
  );
}

/** In place of the form, whose focus it takes over. */
function Released(): ReactNode {
  const { t } = useText();
  const text = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) text.current?.focus({ preventScroll: true });
  }, []);
  return (
    <p ref={text} tabIndex={-1} className="row wrap" role="status">
      <Badge tone="ok" icon={<CircleCheck size={12} aria-hidden />}>
        {t('releases.released')}
      </Badge>
      {t('releases.next')}
    </p>
  );
}

function ReasonForm({ release: { id, model } }: { readonly release: ReleaseEntry }): ReactNode {
  const { t } = useText();
  const [reason, setReason] = useState('');
  const action = useAction('policy.release', ['policy.releases']);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (canRelease(reason)) action.mutate({ id, reason: reason.trim() });
  };
  return (
    <form className="policy-release-form" onSubmit={submit}>
      <Field label={t('releases.reason')} hint={t('releases.reason.hint')} problem={action.error?.message}>
        {(ids) => (
          <Input
            {...ids}
            value={reason}
            maxLength={2_000}
            aria-label={t('releases.reason.of', { model })}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" disabled={!canRelease(reason)} busy={action.isPending}>
        {t('releases.release')}
      </Button>
    </form>
  );
}
