/** The page Home: is it on, what did today cost, is anything wrong. */
import type { ReactNode } from 'react';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Page } from '../../ui/layout.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { AttentionCard } from './attention-card.tsx';
import { ClientsCard } from './clients-card.tsx';
import { RequestsCard } from './requests-card.tsx';
import { SpendCard } from './spend-card.tsx';
import { StatusCard } from './status-card.tsx';
import { StepsCard, useSteps } from './steps-card.tsx';
import './overview.css';

export function HomePage(): ReactNode {
  const { t } = useText();
  const snapshot = useLive((state) => state.snapshot);
  const { steps, dismiss } = useSteps();
  if (snapshot === undefined)
    return (
      <Page title={t('page.home')}>
        <Skeleton lines={6} />
      </Page>
    );
  return (
    <Page title={t('page.home')}>
      {steps !== undefined && <StepsCard steps={steps} onDismiss={dismiss} />}
      <div className="overview">
        <div className="overview-grid">
          <StatusCard snapshot={snapshot} />
          <SpendCard snapshot={snapshot} />
          <RequestsCard />
          <AttentionCard snapshot={snapshot} hasSteps={steps !== undefined} />
          <ClientsCard />
        </div>
      </div>
    </Page>
  );
}
