/** The versions of a bundle that were in force here, the newest first, and what each of them changed. */
import type { ReactNode } from 'react';
import type { BundleCard, BundleRevision } from '../../../shared/contract/bundles.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Badge } from '../../ui/controls.tsx';
import { CopyButton, printable } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { ChangeList, EffectCounts } from './team-changes.tsx';
import { Said } from './team-said.tsx';
import { versionOf } from './team-state.ts';

export function TeamHistory({ card, onClose }: { readonly card: BundleCard; readonly onClose: () => void }): ReactNode {
  const { t } = useText();
  const query = useCall('bundles.history', { key: card.key });
  return (
    <Dialog
      open
      shape="sheet"
      title={t('team.history.title')}
      description={<Said text={printable(card.name)} />}
      onClose={onClose}
    >
      <Loaded query={query} lines={6}>
        {({ revisions }) =>
          revisions.length === 0 ? (
            <EmptyState title={t('team.history.none')} />
          ) : (
            <ol className="team-history">
              {revisions.map((revision, index) => (
                <Revision key={revision.sha256} revision={revision} isFirst={index === 0} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Dialog>
  );
}

function Revision({ revision, isFirst }: { readonly revision: BundleRevision; readonly isFirst: boolean }): ReactNode {
  const { t, dateTime } = useText();
  const { activated_at, active, changelog, changes, sha256 } = revision;
  return (
    <li>
      <details className="team-details" open={isFirst}>
        <summary>
          <span className="row wrap">
            <strong>{versionOf(revision, t)}</strong>
            {active && <Badge tone="ok">{t('team.history.active')}</Badge>}
            <time className="muted small" dateTime={activated_at}>
              {dateTime(activated_at)}
            </time>
            <EffectCounts changes={changes} />
          </span>
        </summary>
        <div className="stack tight">
          {changelog !== null && (
            <p className="team-description">
              <Said text={changelog} />
            </p>
          )}
          {changes.length === 0 ? (
            <p className="muted small">{t('team.history.same')}</p>
          ) : (
            <ChangeList changes={changes} />
          )}
          <p className="team-inline small muted">
            SHA-256 <code>{sha256.slice(0, 12)}</code>
            <CopyButton text={sha256} name={t('team.hash.copy')} />
          </p>
        </div>
      </details>
    </li>
  );
}
