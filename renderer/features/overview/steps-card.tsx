/** The first steps as a list that goes away when all of them are done, or when it is sent away. */
import { ChevronRight, Circle, CircleCheck, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { IconButton } from '../../ui/controls.tsx';
import { Card } from '../../ui/layout.tsx';
import { hasProvider } from './attention.ts';
import { isComplete, stepsOf, type Step } from './steps.ts';

const dismissedKey = 'sluice.first-steps-dismissed';

interface Steps {
  /** `undefined` while it is not known, when all is done, and when they were sent away. */
  readonly steps: readonly Step[] | undefined;
  readonly dismiss: () => void;
}

export function useSteps(): Steps {
  const snapshot = useLive((state) => state.snapshot);
  const hasRecent = useLive((state) => state.recent.length > 0);
  const [isDismissed, setIsDismissed] = useState(wasDismissed);
  const enabled = !isDismissed;
  const clients = useCall('clients.list', {}, { enabled });
  const first = useCall('traffic.list', { limit: 1 }, { enabled });
  const { mutate: finish } = useAction('setup.finish');
  const dismiss = (): void => {
    remember();
    setIsDismissed(true);
    if (snapshot?.welcomed === false) finish({ done: true });
  };
  // What could not be asked for is no reason to keep the rest back.
  const isKnown = !clients.isPending && !first.isPending;
  if (isDismissed || snapshot === undefined || !isKnown) return { steps: undefined, dismiss };
  const steps = stepsOf({
    provider: hasProvider(snapshot),
    client: clients.data?.clients.some(({ key }) => key !== null) ?? false,
    request: hasRecent || (first.data?.entries.length ?? 0) > 0,
    budget: snapshot.budgets.length > 0,
    masking: snapshot.policies.masking,
  });
  return { steps: isComplete(steps) ? undefined : steps, dismiss };
}

function wasDismissed(): boolean {
  try {
    return localStorage.getItem(dismissedKey) === '1';
  } catch {
    return false;
  }
}

function remember(): void {
  try {
    localStorage.setItem(dismissedKey, '1');
  } catch {
    // A browser that keeps nothing: they are gone until the window is opened again.
  }
}

export function StepsCard({ steps, onDismiss }: { readonly steps: readonly Step[]; onDismiss: () => void }): ReactNode {
  const { t } = useText();
  const done = steps.filter((step) => step.done).length;
  return (
    <Card
      title={t('overview.steps')}
      actions={
        <div className="row">
          <span className="small muted">{t('overview.steps.progress', { done, all: steps.length })}</span>
          <Link href="/welcome" className="button small">
            {t('overview.steps.welcome')}
          </Link>
          <IconButton label={t('overview.steps.dismiss')} size="small" onClick={onDismiss}>
            <X size={15} aria-hidden />
          </IconButton>
        </div>
      }
    >
      <ol className="overview-steps">
        {steps.map((step) => (
          <StepRow key={step.name} step={step} isNext={step === steps.find((one) => !one.done)} />
        ))}
      </ol>
    </Card>
  );
}

function StepRow({ step, isNext }: { readonly step: Step; readonly isNext: boolean }): ReactNode {
  const { t } = useText();
  const { name, done, href } = step;
  return (
    <li>
      <Link href={href} className={done ? 'overview-step done' : isNext ? 'overview-step next' : 'overview-step'}>
        {done ? <CircleCheck size={18} aria-hidden /> : <Circle size={18} aria-hidden />}
        <span className="grow">
          <span className="visually-hidden">{t(done ? 'overview.steps.done' : 'overview.steps.open')} </span>
          <strong>{t(`overview.steps.${name}`)}</strong>
          {!done && <span className="small muted overview-step-text">{t(`overview.steps.${name}.text`)}</span>}
        </span>
        {!done && <ChevronRight size={15} aria-hidden />}
      </Link>
    </li>
  );
}
