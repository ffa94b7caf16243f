/** A text, said by somebody, against the rules that run. Nothing is sent. */
import { CircleCheck } from 'lucide-react';
import { useState, type SubmitEvent, type ReactNode } from 'react';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button, Field, Select, TextArea } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import type { OutcomeEntry } from '../../../shared/contract/policy.ts';
import { actionTones } from './rule-words.ts';
import { requestSaying, type Speaker } from './rule-draft.ts';

/** It is always there, and nothing leaves the machine on the way to it. */
const triedModel = 'demo/echo';
const speakers = ['user', 'system', 'tool'] as const;

export function FirewallTry(): ReactNode {
  const { t } = useText();
  const [text, setText] = useState(() => t('policies.try.sample'));
  const [speaker, setSpeaker] = useState<Speaker>('user');
  const examine = useAction('policy.examine');
  const run = (event: SubmitEvent): void => {
    event.preventDefault();
    examine.mutate({ request: { body: requestSaying(text, speaker, triedModel) } });
  };
  return (
    <form className="stack" onSubmit={run}>
      <p className="muted small">{t('policies.try.text')}</p>
      <Field label={t('policies.try.said')}>
        {(ids) => <TextArea {...ids} rows={3} value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
      <div className="row wrap policy-try-row">
        <Field label={t('policies.try.speaker')}>
          {(ids) => (
            <Select
              {...ids}
              value={speaker}
              choices={speakers.map((value) => ({ value, label: t(`policies.place.${value}`) }))}
              onChange={setSpeaker}
            />
          )}
        </Field>
        <Button type="submit" variant="primary" busy={examine.isPending} disabled={text.trim() === ''}>
          {t('policies.try.run')}
        </Button>
      </div>
      {examine.error !== null && <Banner tone="error">{examine.error.message}</Banner>}
      {examine.data !== undefined && <Outcome outcome={examine.data} />}
    </form>
  );
}

function Outcome({ outcome }: { readonly outcome: OutcomeEntry }): ReactNode {
  const { t } = useText();
  const { refusal, safety, masked } = outcome;
  return (
    <div className="stack tight" role="status">
      {refusal !== null ? (
        <Banner tone="error">
          <strong>{t('policies.try.refused')}</strong> {refusal.message} <code className="small">{refusal.code}</code>
        </Banner>
      ) : (
        <p className="row">
          <CircleCheck size={16} aria-hidden className="policy-ok" />
          {t('policies.try.passes', { count: safety.length })}
        </p>
      )}
      {safety.length > 0 && (
        <ul className="stack tight">
          {safety.map(({ source, rule, action, detail }, index) => (
            <li key={index} className="row wrap">
              <Badge tone={actionTones[action]}>{t(`policies.action.${action}`)}</Badge>
              <strong>{rule}</strong>
              <span className="muted wrap-anywhere">
                {source === 'firewall' ? detail : t('policies.try.masking', { detail })}
              </span>
            </li>
          ))}
        </ul>
      )}
      {masked > 0 && <p className="muted small">{t('policies.try.masked', { count: masked })}</p>}
    </div>
  );
}
