/** The screen before a team is joined: publisher, fingerprint, what it sets and locks, what changes, what it can never do (BND-43). */
import { BadgeCheck, FileWarning, ShieldQuestion } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { BundlePreview } from '../../../shared/contract/bundles.ts';
import type { CallError } from '../../../shared/contract/reply.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button, Checkbox, Field, Input } from '../../ui/controls.tsx';
import { Banner, Facts } from '../../ui/layout.tsx';
import { hostOf, readLabels, shownAddress } from './join-link.ts';
import { NeverCan, Part, WhatChanges, WhatItAsks, WhatItSets } from './join-parts.tsx';
import { FingerprintWords, ShortFingerprint } from './team-fingerprint.tsx';
import { TeamProblem } from './team-problem.tsx';
import { Contact, Said } from './team-said.tsx';
import { versionOf } from './team-state.ts';

export interface JoinDecision {
  readonly confirmed: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

export interface JoinReviewProps {
  readonly preview: BundlePreview;
  readonly isFollowed: boolean;
  readonly busy: boolean;
  readonly error: CallError | undefined;
  readonly onFollow: (decision: JoinDecision) => void;
  readonly onLookAgain: () => void;
  readonly onCancel: () => void;
}

export function JoinReview(props: JoinReviewProps): ReactNode {
  const { preview, isFollowed, busy, error, onFollow, onLookAgain, onCancel } = props;
  const { t } = useText();
  const [confirmed, setConfirmed] = useState(false);
  const [labels, setLabels] = useState('');
  const [labelsBad, setLabelsBad] = useState(false);
  const labelsField = useRef<HTMLInputElement>(null);
  const follow = (): void => {
    const read = readLabels(labels);
    setLabelsBad(read === undefined);
    if (read === undefined) labelsField.current?.focus();
    else onFollow({ confirmed, labels: read });
  };
  return (
    <>
      {isFollowed && <Banner tone="ok">{t('team.join.followed')}</Banner>}
      <Publisher preview={preview} />
      <Fingerprint preview={preview} confirmed={confirmed} onConfirmed={setConfirmed} />
      <WhatChanges preview={preview} />
      <WhatItSets preview={preview} />
      <WhatItAsks preview={preview} />
      <NeverCan />
      <details className="team-details" open={labelsBad || undefined}>
        <summary>{t('team.labels')}</summary>
        <Field
          label={t('team.labels.field')}
          hint={t('team.labels.hint')}
          problem={labelsBad ? t('team.labels.bad') : undefined}
        >
          {(ids) => (
            <Input
              {...ids}
              ref={labelsField}
              placeholder="env=prod"
              value={labels}
              onChange={(event) => setLabels(event.target.value)}
            />
          )}
        </Field>
      </details>
      {error !== undefined && <WhatFailed error={error} onLookAgain={onLookAgain} />}
      <footer>
        <Button onClick={onCancel}>{t(isFollowed ? 'common.close' : 'common.cancel')}</Button>
        {!isFollowed && (
          <Button variant="primary" busy={busy} onClick={follow}>
            {t('team.follow')}
          </Button>
        )}
      </footer>
    </>
  );
}

/** Stands below all that was looked at: it comes into sight by itself. */
function WhatFailed({
  error,
  onLookAgain,
}: {
  readonly error: CallError;
  readonly onLookAgain: () => void;
}): ReactNode {
  const { t } = useText();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void box.current?.scrollIntoView({ block: 'nearest' });
  }, [error]);
  return (
    <div ref={box}>
      <TeamProblem
        error={error}
        actions={
          <Button size="small" onClick={onLookAgain}>
            {t('team.join.again')}
          </Button>
        }
      />
    </div>
  );
}

function Publisher({ preview }: Pick<JoinReviewProps, 'preview'>): ReactNode {
  const text = useText();
  const { t } = text;
  const { name, description, org, contact, url, layer, mode, signed, issued_at, expires_at, tests } = preview;
  return (
    <div className="stack tight">
      <div className="row wrap">
        <h3 className="team-name">
          <Said text={name} />
        </h3>
        <Badge>{t(`team.layer.${layer}`)}</Badge>
        {signed ? (
          <Badge tone="ok" icon={<BadgeCheck size={12} aria-hidden />}>
            {t('team.signed')}
          </Badge>
        ) : (
          <Badge tone="warning" icon={<FileWarning size={12} aria-hidden />}>
            {t('team.unsigned')}
          </Badge>
        )}
        {mode === 'audit' && <Badge tone="mask">{t('team.mode.audit')}</Badge>}
      </div>
      {description !== null && (
        <p className="team-description">
          <Said text={description} />
        </p>
      )}
      <Facts
        facts={[
          [
            t('team.publisher'),
            org === null ? (
              t('team.publisher.unknown')
            ) : (
              <strong>
                <Said text={org} />
              </strong>
            ),
          ],
          [t('team.host'), <Said text={hostOf(url) ?? t('team.host.here')} />],
          [t('team.address'), <code className="wrap-anywhere">{shownAddress(url)}</code>],
          [t('team.contact'), <Contact contact={contact} />],
          [t('team.version'), `${versionOf(preview, t) ?? '—'} · ${t('team.issued', { date: text.date(issued_at) })}`],
          [t('team.expires'), expires_at === null ? t('team.expires.never') : text.date(expires_at)],
          ...(tests.cases > 0 ? [[t('team.tests'), t('team.tests.passed', { count: tests.cases })] as const] : []),
        ]}
      />
      {mode === 'audit' && <p className="muted small">{t('team.mode.audit.text')}</p>}
    </div>
  );
}

interface FingerprintProps {
  readonly preview: BundlePreview;
  readonly confirmed: boolean;
  readonly onConfirmed: (confirmed: boolean) => void;
}

/** Named by the link, to be compared with somebody, or none at all: three things, each told as what it is. */
function Fingerprint({ preview, confirmed, onConfirmed }: FingerprintProps): ReactNode {
  const { t } = useText();
  const { signed, pinned, fingerprint, fingerprint_words: words, signers } = preview;
  if (!signed)
    return (
      <Banner tone="warning">
        <strong>{t('team.unsigned.title')}</strong>
        <p className="small">{t('team.unsigned.text')}</p>
      </Banner>
    );
  return (
    <Part title={t('team.fingerprint')}>
      <ShortFingerprint fingerprint={fingerprint} />
      <FingerprintWords words={words} />
      {pinned ? (
        <p className="team-inline team-ok">
          <BadgeCheck size={15} aria-hidden />
          {t('team.fingerprint.pinned')}
        </p>
      ) : (
        <div className="team-ask">
          <p className="team-inline">
            <ShieldQuestion size={15} aria-hidden />
            {t('team.fingerprint.ask')}
          </p>
          <Checkbox
            label={t('team.fingerprint.confirm')}
            checked={confirmed}
            onChange={(event) => onConfirmed(event.target.checked)}
          />
          <p className="small muted">{t(confirmed ? 'team.fingerprint.confirmed' : 'team.fingerprint.limited')}</p>
        </div>
      )}
      <p className="small muted wrap-anywhere">
        {t('team.signers')} <code>{signers.join(', ')}</code>
      </p>
    </Part>
  );
}
