/** The page Policies: what must not leave, what may be said, what may be spent, by whom, and what is kept. */
import { useMemo, type ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import { useCommands } from '../../state/commands.ts';
import { useText } from '../../text/text.ts';
import { Page, Tabs } from '../../ui/layout.tsx';
import { AccessTab } from './access-tab.tsx';
import { BudgetsTab } from './budgets-tab.tsx';
import { PolicyConfigProvider } from './config-context.tsx';
import { FirewallTab } from './firewall-tab.tsx';
import { KeysTab } from './keys-tab.tsx';
import { LimitsTab } from './limits-tab.tsx';
import { MaskingTab } from './masking-tab.tsx';
import './policies.css';
import { RecordingTab } from './recording-tab.tsx';
import { TeamTab } from './team-tab.tsx';

const tabs = ['masking', 'firewall', 'budgets', 'limits', 'keys', 'access', 'recording', 'team'] as const;
type Tab = (typeof tabs)[number];

const contents: Readonly<Record<Tab, ReactNode>> = {
  masking: <MaskingTab />,
  firewall: <FirewallTab />,
  budgets: <BudgetsTab />,
  limits: <LimitsTab />,
  keys: <KeysTab />,
  access: <AccessTab />,
  recording: <RecordingTab />,
  team: <TeamTab />,
};

export function PoliciesPage(): ReactNode {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const tab =
    tabs.find((one) => one === params.get('tab')) ??
    (params.has('key') ? 'keys' : params.has('budget') ? 'budgets' : 'masking');
  useCommands(
    useMemo(
      () =>
        tabs.map((one) => ({
          id: `policies.tab.${one}`,
          label: `${t('page.policies')}: ${t(`policies.tab.${one}`)}`,
          group: t('page.policies'),
          run: () => setParams({ tab: one }, { replace: true }),
        })),
      [t, setParams],
    ),
  );
  return (
    <Page title={t('page.policies')} subtitle={t('policies.subtitle')}>
      <PolicyConfigProvider>
        <Tabs
          label={t('policies.tabs')}
          className="policy-tabs"
          value={tab}
          onChange={(next) => setParams({ tab: next }, { replace: true })}
          items={tabs.map((value) => ({ value, label: t(`policies.tab.${value}`), content: contents[value] }))}
        />
      </PolicyConfigProvider>
    </Page>
  );
}
