/** The words of a publisher nobody vouched for, to be compared with somebody who knows them (BND-41). */
import { ShieldQuestion } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { BundleCard } from '../../../shared/contract/bundles.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button, Checkbox } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { FingerprintWords, ShortFingerprint } from './team-fingerprint.tsx';
import { TeamProblem } from './team-problem.tsx';
import { Contact } from './team-said.tsx';

export function ConfirmTrust({ card }: { readonly card: BundleCard }): ReactNode {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <Banner
      tone="warning"
      actions={
        <Button size="small" onClick={() => setOpen(true)}>
          <ShieldQuestion size={14} aria-hidden />
          {t('team.trust.open')}
        </Button>
      }
    >
      {t('team.trust.waits')}
      {open && <TrustDialog card={card} onClose={() => setOpen(false)} />}
    </Banner>
  );
}

function TrustDialog({ card, onClose }: { readonly card: BundleCard; readonly onClose: () => void }): ReactNode {
  const { t } = useText();
  const [compared, setCompared] = useState(false);
  const confirm = useAction('bundles.confirm_trust', ['bundles.list', 'bundles.effective', 'bundles.audit']);
  const { key, fingerprint, fingerprint_words: words, contact } = card;
  return (
    <Dialog
      open
      title={t('team.trust.title')}
      description={t('team.trust.text')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            disabled={!compared || fingerprint === null}
            busy={confirm.isPending}
            onClick={() => fingerprint !== null && confirm.mutate({ key, fingerprint }, { onSuccess: onClose })}
          >
            {t('team.trust.confirm')}
          </Button>
        </>
      }
    >
      <FingerprintWords words={words} />
      <ShortFingerprint fingerprint={fingerprint} />
      <p className="row wrap">
        {t('team.contact')}: <Contact contact={contact} />
      </p>
      <Checkbox
        label={t('team.fingerprint.confirm')}
        checked={compared}
        onChange={(event) => setCompared(event.target.checked)}
      />
      {confirm.error !== null && <TeamProblem error={confirm.error.error} />}
    </Dialog>
  );
}
