/** What happened to bundles here: every entry holds the hash of the one before, so none can be taken out unseen (BND-90). */
import { useMemo, useState, type ReactNode } from 'react';
import type { BundleAuditEntry } from '../../../shared/contract/bundles.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useText, type Text } from '../../text/text.ts';
import { CopyButton, printable } from '../../ui/copy.tsx';
import { Banner, Facts } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { DataTable, type Column } from '../../ui/table.tsx';
import { Said } from './team-said.tsx';

const limit = 500;

export function TeamAudit(): ReactNode {
  const { t } = useText();
  const query = useCall('bundles.audit', { limit });
  const [opened, setOpened] = useState<BundleAuditEntry>();
  const columns = useColumns(setOpened);
  return (
    <Loaded query={query} lines={8}>
      {({ entries, intact }) =>
        entries.length === 0 && intact ? (
          <EmptyState title={t('team.audit.none')}>{t('team.audit.text')}</EmptyState>
        ) : (
          <div className="stack">
            <Banner tone={intact ? 'ok' : 'error'}>{t(intact ? 'team.audit.intact' : 'team.audit.broken')}</Banner>
            <DataTable
              className="team-audit"
              label={t('team.view.audit')}
              rows={entries}
              rowId={({ hash }) => hash}
              columns={columns}
              onOpen={setOpened}
              openOnClick
            />
            {opened !== undefined && <AuditEntry entry={opened} onClose={() => setOpened(undefined)} />}
          </div>
        )
      }
    </Loaded>
  );
}

const actions = [
  ...(['fetch', 'verify', 'activate', 'reject', 'approve', 'enrol', 'leave', 'conflict', 'expire'] as const),
  ...(['override_refused', 'exception'] as const),
] as const;

/** The word for it; what a newer version noted stays as it was noted. */
function actionWord(action: string, t: Text['t']): string {
  const known = actions.find((one) => one === action);
  return known === undefined ? printable(action) : t(`team.audit.${known}`);
}

/** `acme-core@12`, as every other place names it; the log has `2.12`, epoch and version. */
function bundleWord({ bundle, version }: BundleAuditEntry): string {
  if (bundle === null) return '—';
  return printable(version === null ? bundle : `${bundle}@${version.slice(version.lastIndexOf('.') + 1)}`);
}

function AuditEntry({ entry, onClose }: { readonly entry: BundleAuditEntry; readonly onClose: () => void }): ReactNode {
  const { t, date, time } = useText();
  const { at, action, detail, hash } = entry;
  return (
    <Dialog open title={actionWord(action, t)} onClose={onClose}>
      <Facts
        facts={[
          [t('team.audit.at'), `${date(at)}, ${time(at)}`],
          [t('team.audit.bundle'), bundleWord(entry)],
          [
            t('team.audit.detail'),
            <span lang="en">
              <Said text={detail} />
            </span>,
          ],
          [
            t('team.audit.hash'),
            <span className="team-inline">
              <code className="wrap-anywhere">{hash}</code>
              <CopyButton text={hash} name={t('team.hash.copy')} />
            </span>,
          ],
        ]}
      />
    </Dialog>
  );
}

function useColumns(onOpen: (entry: BundleAuditEntry) => void): readonly Column<BundleAuditEntry>[] {
  const { t, dateTime, time } = useText();
  return useMemo<readonly Column<BundleAuditEntry>[]>(
    () => [
      {
        id: 'at',
        header: t('team.audit.at'),
        cell: ({ at }) => (
          <time dateTime={at} title={time(at)}>
            {dateTime(at)}
          </time>
        ),
      },
      {
        id: 'action',
        header: t('team.audit.action'),
        cell: (entry) => (
          <button
            type="button"
            className="team-open"
            onClick={() => {
              onOpen(entry);
            }}
          >
            {actionWord(entry.action, t)}
          </button>
        ),
      },
      {
        id: 'bundle',
        header: t('team.audit.bundle'),
        cell: (entry) => (
          <span className="team-cell" title={bundleWord(entry)}>
            {bundleWord(entry)}
          </span>
        ),
      },
      {
        id: 'detail',
        header: t('team.audit.detail'),
        cell: ({ detail }) => (
          <bdi className="team-cell wide" lang="en" title={printable(detail)}>
            {printable(detail)}
          </bdi>
        ),
      },
      { id: 'hash', header: t('team.audit.hash'), cell: ({ hash }) => <code>{hash.slice(0, 8)}</code> },
    ],
    [t, dateTime, time, onOpen],
  );
}
