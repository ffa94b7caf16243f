/** A key, once: it is in this window and nowhere else, and gone when the dialog is closed (UX-71). */
import { useState, type ReactNode } from 'react';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { CodeBlock, CopyButton } from '../../ui/copy.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';

export interface ShownKey {
  readonly name: string;
  readonly key: string;
}

export function KeyShown({ shown, onClose }: { readonly shown: ShownKey; readonly onClose: () => void }): ReactNode {
  const { t } = useText();
  // A click beside the dialog must not lose what is never shown again: the second one closes it.
  const [isWarned, setWarned] = useState(false);
  const url = useLive((state) => state.snapshot?.status.gateway.urls[0]);
  return (
    <Dialog
      open
      onClose={isWarned ? onClose : () => setWarned(true)}
      title={t('policies.shown.title', { name: shown.name })}
      footer={
        <>
          <CopyButton text={shown.key} label={t('policies.shown.copy')} />
          <Button variant="primary" onClick={onClose}>
            {t('policies.shown.done')}
          </Button>
        </>
      }
    >
      <Banner tone={isWarned ? 'error' : 'warning'}>
        {t(isWarned ? 'policies.shown.leaving' : 'policies.shown.once')}
      </Banner>
      <CodeBlock text={shown.key} label={t('policies.shown.key')} wrapped />
      {url !== undefined && <p className="muted small">{t('policies.shown.url', { url })}</p>}
    </Dialog>
  );
}
