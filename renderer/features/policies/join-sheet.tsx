/** Joining a team: a link is entered, what it leads to is looked at, and only then may it be followed. */
import { useState, type ReactNode } from 'react';
import type { BundleCard, BundlePreview } from '../../../shared/contract/bundles.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Dialog } from '../../ui/overlay.tsx';
import { JoinForm, type Asked } from './join-form.tsx';
import { isFollowedAt } from './join-link.ts';
import { JoinReview, type JoinDecision } from './join-review.tsx';
import './team.css';

export interface JoinSheetProps {
  /** What is in the field to begin with; nothing is fetched for it by itself. */
  readonly link: string;
  readonly title: string;
  readonly description?: ReactNode;
  readonly onClose: () => void;
  readonly onJoined: (card: BundleCard) => void;
}

/** What following another bundle makes old. */
const asksAgain = ['bundles.list', 'bundles.effective', 'bundles.audit', 'config.read'] as const;

export function JoinSheet({ link, title, description, onClose, onJoined }: JoinSheetProps): ReactNode {
  const { t } = useText();
  const [asked, setAsked] = useState<Asked>({ url: link });
  const [preview, setPreview] = useState<BundlePreview>();
  const followed = useCall('bundles.list', {}).data?.bundles ?? [];
  const look = useAction('bundles.preview');
  const join = useAction('bundles.join', asksAgain);
  const ask = (next: Asked): void => {
    setAsked(next);
    join.reset();
    look.mutate(next, { onSuccess: setPreview });
  };
  const follow = ({ confirmed, labels }: JoinDecision): void => {
    if (preview === undefined) return;
    const { url, sha256, fingerprint } = preview;
    join.mutate({ url, sha256, fingerprint, confirmed, labels: { ...labels } }, { onSuccess: onJoined });
  };
  return (
    <Dialog
      open
      shape="sheet"
      title={preview === undefined ? title : t('team.join.review')}
      description={preview === undefined ? description : t('team.join.nothingYet')}
      onClose={onClose}
    >
      {preview === undefined ? (
        <JoinForm link={asked.url} busy={look.isPending} error={look.error?.error} onAsk={ask} onCancel={onClose} />
      ) : (
        <JoinReview
          key={preview.sha256}
          preview={preview}
          isFollowed={isFollowedAt(preview.url, followed)}
          busy={join.isPending || look.isPending}
          error={join.error?.error ?? look.error?.error}
          onFollow={follow}
          onLookAgain={() => ask(asked)}
          onCancel={onClose}
        />
      )}
    </Dialog>
  );
}
