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
import { bundleLeaves } from './bundle-leaves.ts';
import type { SettingSection } from './rows.ts';
import { Secrets } from './secrets.tsx';
import { useDesktop } from './use-desktop.ts';

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

interface Leaving {
  readonly name: string;
  readonly what: string;
  readonly when: string;
  readonly where: string;
}

/** Everything that goes out, by what sets it off. Nothing else does: there is no other code that opens a connection. */
function Leaves(): ReactNode {
  const text = useText();
  const { t } = text;
  const query = useCall('config.read', {});
  const updates = useUpdateChecks();
  const bundles = useCall('bundles.list', {});
  return (
    <Loaded query={query} lines={4}>
      {({ config }) => {
        const collector = valueAt(config, ['telemetry', 'otlp_endpoint']);
        const row = (name: 'providers' | 'servers'): Leaving => ({
          ...{ name, what: t(`settings.leaves.${name}`) },
          ...{ when: t(`settings.leaves.${name}.when`), where: t(`settings.leaves.${name}.where`) },
        });
        const never = t('settings.leaves.never');
        const exported =
          typeof collector === 'string'
            ? { when: t('settings.leaves.otlp.when'), where: collector }
            : { when: never, where: '—' };
        const rest = updates === undefined ? 'settings.leaves.scheduled' : 'settings.updates.leaves.others';
        const rows: readonly Leaving[] = [
          row('providers'),
          { name: 'otlp', what: t('settings.leaves.otlp'), ...exported },
          row('servers'),
          ...bundleLeaves(bundles.data?.bundles ?? [], text),
          ...(updates === undefined ? [] : [updates]),
          { name: 'scheduled', what: t(rest), when: never, where: t('settings.leaves.scheduled.where') },
        ];
        return <LeavesTable rows={rows} />;
      }}
    </Loaded>
  );
}

function LeavesTable({ rows }: { readonly rows: readonly Leaving[] }): ReactNode {
  const { t } = useText();
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
          {rows.map(({ name, what, when, where }) => (
            <tr key={name}>
              <td>{what}</td>
              <td>{when}</td>
              <td className="wrap-anywhere">{where}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** When the desktop app looks for updates; `undefined` where it does not, or there is none. */
function useUpdateChecks(): Leaving | undefined {
  const { t, dateTime } = useText();
  const { state } = useDesktop();
  if (state?.updates.supported !== true) return undefined;
  const { last_checked_at } = state.updates;
  const time = last_checked_at === null ? '—' : dateTime(last_checked_at);
  const when = state.preferences.updates === 'off' ? 'settings.updates.leaves.asked' : 'settings.updates.leaves.daily';
  const where = t('settings.updates.leaves.where');
  return { name: 'updates', what: t('settings.updates.leaves'), when: t(when, { time }), where };
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
