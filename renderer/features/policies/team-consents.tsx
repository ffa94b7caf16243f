/** Changes that wait for somebody here, whoever signed them; the rest of the bundle is in force already (BND-70). */
import type { ReactNode } from 'react';
import type { BundleCard, BundleConsent } from '../../../shared/contract/bundles.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button } from '../../ui/controls.tsx';
import { BeforeAfter } from './team-changes.tsx';
import { isUnconfirmed, waitingConsents } from './team-state.ts';
import { failed } from './team-told.ts';
import { consentText, placeName, shownValue } from './team-words.ts';

export function TeamConsents({ card }: { readonly card: BundleCard }): ReactNode {
  const { t } = useText();
  const waiting = waitingConsents(card.consents);
  const decided = card.consents.filter(({ state }) => state !== 'waiting');
  // Before anybody knows whose it is there is nothing to agree to.
  if (card.consents.length === 0 || isUnconfirmed(card)) return null;
  return (
    <>
      {waiting.length > 0 && (
        <section className="team-box ask">
          <h3>{t('team.consents', { count: waiting.length })}</h3>
          <p className="small muted">{t('team.consents.text')}</p>
          <ul className="team-consents">
            {waiting.map((consent) => (
              <Consent key={idOf(consent)} card={card} consent={consent} />
            ))}
          </ul>
        </section>
      )}
      {decided.length > 0 && (
        <details className="team-details">
          <summary>{t('team.consents.decided', { count: decided.length })}</summary>
          <ul className="team-consents">
            {decided.map((consent) => (
              <Consent key={idOf(consent)} card={card} consent={consent} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function idOf({ pointer, value_hash: hash }: BundleConsent): string {
  return `${pointer} ${hash}`;
}

const tones = { waiting: 'warning', approved: 'ok', declined: 'plain', shown: 'plain' } as const;

function Consent({ card, consent }: { readonly card: BundleCard; readonly consent: BundleConsent }): ReactNode {
  const text = useText();
  const { t } = text;
  const approve = useAction('bundles.approve', ['bundles.list', 'bundles.effective', 'bundles.audit']);
  const { pointer, value_hash, before, after, state } = consent;
  const decide = (approved: boolean): void =>
    approve.mutate({ key: card.key, pointer, value_hash, approved }, { onError: failed });
  const name = placeName(pointer, t);
  return (
    <li>
      <div className="row wrap">
        <strong className="wrap-anywhere">{name}</strong>
        {state !== 'waiting' && <Badge tone={tones[state]}>{t(`team.consent.${state}`)}</Badge>}
      </div>
      <p className="wrap-anywhere">{consentText(consent, text)}</p>
      <BeforeAfter
        before={before === undefined ? undefined : shownValue(before, text, pointer)}
        after={shownValue(after, text, pointer)}
      />
      {state !== 'shown' && (
        <div className="row wrap">
          {state !== 'approved' && (
            <Button
              size="small"
              variant={state === 'waiting' ? 'primary' : undefined}
              busy={approve.isPending}
              aria-label={t('team.consent.approve.name', { name })}
              onClick={() => decide(true)}
            >
              {t('team.consent.approve')}
            </Button>
          )}
          {state !== 'declined' && (
            <Button
              size="small"
              busy={approve.isPending}
              aria-label={t('team.consent.decline.name', { name })}
              onClick={() => decide(false)}
            >
              {t(state === 'approved' ? 'team.consent.withdraw' : 'team.consent.decline')}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
