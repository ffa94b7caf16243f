/** The page Welcome: the first minutes, from "it runs" to the first request, each step of them to be skipped (UX-10 to UX-17). */
import { clsx } from 'clsx';
import { Check } from 'lucide-react';
import { useCallback, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useText, type MessageKey } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { Banner, Page } from '../../ui/layout.tsx';
import { placeAfter, steps, type Place, type Step } from './progress.ts';
import { StepCheck } from './step-check.tsx';
import { StepClient } from './step-client.tsx';
import { StepDone } from './step-done.tsx';
import { StepFound } from './step-found.tsx';
import { StepRunning } from './step-running.tsx';
import { StepSeen } from './step-seen.tsx';
import { forgetProgress, leaveForNow, useProgress, type ProgressControl } from './use-progress.ts';
import './welcome.css';

const names: Readonly<Record<Step, MessageKey>> = {
  running: 'welcome.step.running',
  found: 'welcome.step.found',
  check: 'welcome.step.check',
  client: 'welcome.step.client',
  seen: 'welcome.step.seen',
};

export function WelcomePage(): ReactNode {
  const { t } = useText();
  const [, navigate] = useLocation();
  const control = useProgress();
  const { place } = control.progress;
  const finish = useAction('setup.finish');
  // Looked for while the first lines are read.
  useCall('setup.found', {});
  const later = (): void => {
    leaveForNow();
    navigate('/');
  };
  const home = (): void => {
    forgetProgress();
    leaveForNow();
    navigate('/');
  };
  return (
    <Page
      title={t('welcome.title')}
      actions={
        place !== 'done' && (
          <>
            <Button variant="quiet" onClick={later}>
              {t('welcome.later')}
            </Button>
            <Button
              variant="quiet"
              busy={finish.isPending}
              onClick={() => finish.mutate({ done: true }, { onSuccess: home })}
            >
              {t('welcome.skip')}
            </Button>
          </>
        )
      }
    >
      <div className="welcome">
        {finish.error !== null && <Banner tone="error">{finish.error.error.message}</Banner>}
        <ProgressList place={place} onGo={(step) => control.change({ place: step })} />
        <CurrentStep control={control} onHome={home} />
      </div>
    </Page>
  );
}

function CurrentStep({
  control,
  onHome,
}: {
  readonly control: ProgressControl;
  readonly onHome: () => void;
}): ReactNode {
  const { progress, change } = control;
  const { place } = progress;
  const next = (): void => {
    if (place !== 'done') change((before) => ({ place: placeAfter(place, before) }));
  };
  const onSeen = useCallback((requestId: string) => change({ seen: requestId, place: 'seen' }), [change]);
  switch (place) {
    case 'running':
      return <StepRunning onNext={next} />;
    case 'found':
      return (
        <StepFound
          onImported={(ids, isAll) =>
            change((before) => {
              const imported = [...new Set([...before.imported, ...ids])];
              return { imported, ...(isAll ? { place: placeAfter('found', { imported }) } : {}) };
            })
          }
          onNext={next}
        />
      );
    case 'check':
      return <StepCheck {...control} onNext={next} />;
    case 'client':
      return <StepClient {...control} onSeen={onSeen} onNext={next} />;
    case 'seen':
      return <StepSeen progress={progress} onDone={next} />;
    case 'done':
      return <StepDone progress={progress} onHome={onHome} />;
  }
}

/** Where one is; what was passed can be opened again. */
function ProgressList({ place, onGo }: { readonly place: Place; readonly onGo: (step: Step) => void }): ReactNode {
  const { t } = useText();
  const at = place === 'done' ? steps.length : steps.indexOf(place);
  return (
    <nav aria-label={t('welcome.steps')}>
      <ol className="welcome-steps">
        {steps.map((step, index) => {
          const isPast = index < at;
          const label = t(names[step]);
          return (
            <li key={step} className={clsx(isPast && 'past', index === at && 'current')}>
              <button
                type="button"
                disabled={!isPast}
                aria-current={index === at ? 'step' : undefined}
                onClick={() => onGo(step)}
              >
                <span className="welcome-number" aria-hidden>
                  {isPast ? <Check size={12} /> : index + 1}
                </span>
                <span className="welcome-step-name">{label}</span>
                {isPast && <span className="visually-hidden">{t('welcome.step.past')}</span>}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
