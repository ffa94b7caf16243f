/** What leaves this machine by itself, what is kept on it, and where secrets rest. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useCall } from '../../bridge/hooks.ts';
import { valueAt } from '../../state/config-tree.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { Facts } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/states.tsx';
import type { SettingSection } from './rows.ts';
import { Secrets } from './secrets.tsx';

export function usePrivacySection(): SettingSection {
  const { t } = useText();
  const directory = useLive((state) => state.snapshot?.status.data_directory);
  return {
    id: 'privacy',
    title: t('settings.privacy'),
    rows: [
      {
        id: 'leaves',
        label: t('settings.leaves'),
        hint: t('settings.leaves.hint'),
        words: 'telemetry otlp prometheus updates network',
        isWide: true,
        content: <Leaves />,
      },
      {
        id: 'directory',
        label: t('settings.directory'),
        hint: t('settings.directory.hint'),
        content:
          directory === undefined ? (
            '—'
          ) : (
            <span className="settings-values-one">
              <code className="wrap-anywhere">{directory}</code>
              <CopyButton text={directory} />
            </span>
          ),
      },
      { id: 'ledger', label: t('settings.ledger'), words: 'size retention', isWide: true, content: <LedgerFacts /> },
      {
        id: 'secrets',
        label: t('settings.secrets'),
        hint: t('settings.secrets.hint'),
        words: 'keychain keys',
        isWide: true,
        content: <Secrets />,
      },
    ],
  };
}

/** Everything that goes out, by what sets it off. Nothing else does: there is no other code that opens a connection. */
function Leaves(): ReactNode {
  const { t } = useText();
  const query = useCall('config.read', {});
  return (
    <Loaded query={query} lines={4}>
      {({ config }) => {
        const collector = valueAt(config, ['telemetry', 'otlp_endpoint']);
        const isExported = typeof collector === 'string';
        const rows = [
          ['providers', true],
          ['otlp', isExported],
          ['servers', true],
          ['scheduled', false],
        ] as const;
        return (
          <div className="table-frame" tabIndex={0} role="region" aria-label={t('settings.leaves')}>
            <table className="table settings-leaves">
              <thead>
                <tr>
                  <th scope="col">{t('settings.leaves.what')}</th>
                  <th scope="col">{t('settings.leaves.when')}</th>
                  <th scope="col">{t('settings.leaves.where')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map(([name, isOn]) => (
                  <tr key={name}>
                    <td>{t(`settings.leaves.${name}`)}</td>
                    <td>{isOn ? t(`settings.leaves.${name}.when`) : t('settings.leaves.never')}</td>
                    <td className="wrap-anywhere">
                      {name === 'otlp' ? (isExported ? collector : '—') : t(`settings.leaves.${name}.where`)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      }}
    </Loaded>
  );
}

function LedgerFacts(): ReactNode {
  const { t, bytes, count, dateTime } = useText();
  const query = useCall('ledger.size', {});
  return (
    <Loaded query={query} lines={3}>
      {(size) => (
        <div className="stack tight">
          <Facts
            facts={[
              [t('settings.ledger.size'), bytes(size.bytes)],
              [t('settings.ledger.exchanges'), count(size.exchanges)],
              [t('settings.ledger.recorded'), count(size.recorded)],
              [t('settings.ledger.oldest'), size.oldest_at === null ? '—' : dateTime(size.oldest_at)],
            ]}
          />
          <Link href="/policies?tab=recording">{t('settings.ledger.change')}</Link>
        </div>
      )}
    </Loaded>
  );
}
