/** A new secret for a key, with a time in which the one before opens as well. */
import { useState, type ReactNode } from 'react';
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button, Field, Select } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import type { ShownKey } from './key-shown.tsx';

const hourMs = 3_600_000;
const overlaps = { none: 0, hour: hourMs, day: 24 * hourMs, week: 168 * hourMs } as const;
type Overlap = keyof typeof overlaps;

export interface KeyRotateProps {
  readonly entry: KeyEntry;
  readonly onClose: () => void;
  readonly onShown: (shown: ShownKey) => void;
}

export function KeyRotate({ entry, onClose, onShown }: KeyRotateProps): ReactNode {
  const { t } = useText();
  const rotate = useAction('keys.rotate', ['keys.list']);
  const [overlap, setOverlap] = useState<Overlap>('day');
  const run = (): void =>
    rotate.mutate(
      { id: entry.id, overlap_ms: overlaps[overlap] },
      {
        onSuccess: ({ name, key }) => {
          onShown({ name, key });
          onClose();
        },
      },
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('policies.key.rotate.title', { name: entry.name })}
      description={t('policies.key.rotate.text')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant={overlap === 'none' ? 'danger' : 'primary'} busy={rotate.isPending} onClick={run}>
            {t('policies.key.rotate')}
          </Button>
        </>
      }
    >
      {rotate.error !== null && <Banner tone="error">{rotate.error.message}</Banner>}
      <Field
        label={t('policies.key.overlap')}
        hint={t(overlap === 'none' ? 'policies.key.overlap.ends' : 'policies.key.overlap.hint')}
      >
        {(ids) => (
          <Select
            {...ids}
            value={overlap}
            choices={(['day', 'hour', 'week', 'none'] as const).map((value) => ({
              value,
              label: t(`policies.overlap.${value}`),
            }))}
            onChange={setOverlap}
          />
        )}
      </Field>
    </Dialog>
  );
}
