/** What is in force now, as the instance says it (UX-61), and where to go. */
import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { LoginOffer } from './login-offer.tsx';
import { MaskSample } from './mask-sample.tsx';
import type { Progress } from './progress.ts';
import { StepFrame } from './step-frame.tsx';
import { SeenRequest } from './step-seen.tsx';
import { dailyLimit, masksAlready } from './suggestions.ts';

export interface StepDoneProps {
  readonly progress: Progress;
  readonly onHome: () => void;
}

export function StepDone({ progress, onHome }: StepDoneProps): ReactNode {
  const { t, money } = useText();
  const config = useCall('config.read', {}).data?.config;
  const limit = dailyLimit(config);
  const isMasking = masksAlready(config);
  return (
    <StepFrame
      title={t('welcome.done.title')}
      text={t('welcome.done.text')}
      actions={
        <>
          <Button variant="primary" onClick={onHome}>
            {t('welcome.done.home')}
          </Button>
          <Link className="button" href="/activity">
            {t('welcome.done.activity')}
          </Link>
          <Link className="button" href="/clients">
            {t('welcome.done.clients')}
          </Link>
        </>
      }
    >
      {progress.seen !== null && <SeenRequest id={progress.seen} name={progress.waiting?.name} />}
      <ul className="welcome-lines">
        {limit !== undefined && <Fact text={t('welcome.done.budget', { limit: money(limit) })} />}
        {isMasking && <Fact text={t('welcome.done.masking')} />}
      </ul>
      {isMasking && <MaskSample isOn />}
      <LoginOffer />
    </StepFrame>
  );
}

function Fact({ text }: { readonly text: string }): ReactNode {
  return (
    <li className="row">
      <CircleCheck size={16} className="welcome-ok" aria-hidden />
      {text}
    </li>
  );
}
