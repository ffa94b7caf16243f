/** Leaving a team: what ends with it, and whether the keys that were entered for it go too (BND-45). */
import { useState, type ReactNode } from 'react';
import type { BundleCard } from '../../../shared/contract/bundles.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Checkbox } from '../../ui/controls.tsx';
import { printable } from '../../ui/copy.tsx';
import { Confirm } from '../../ui/overlay.tsx';
import { failed } from './team-told.ts';

const asksAgain = [
  ...(['bundles.list', 'bundles.effective', 'bundles.audit', 'config.read', 'providers.list', 'models.list'] as const),
  'secrets.list',
] as const;

export function LeaveTeam({ card, onClose }: { readonly card: BundleCard; readonly onClose: () => void }): ReactNode {
  const { t } = useText();
  const [wipe, setWipe] = useState(false);
  const leave = useAction('bundles.leave', asksAgain);
  const filled = card.slots.filter((slot) => slot.filled);
  const onConfirm = (): void =>
    leave.mutate({ key: card.key, wipe_keys: wipe }, { onSuccess: onClose, onError: failed });
  return (
    <Confirm
      open
      onClose={onClose}
      title={t('team.leave.title', { name: printable(card.name) })}
      text={
        <div className="stack tight">
          <p>{t('team.leave.text')}</p>
          {filled.length > 0 && (
            <Checkbox
              label={t('team.leave.keys', { count: filled.length })}
              checked={wipe}
              onChange={(event) => setWipe(event.target.checked)}
            />
          )}
        </div>
      }
      action={t('team.leave.confirm')}
      danger
      busy={leave.isPending}
      onConfirm={onConfirm}
    />
  );
}
