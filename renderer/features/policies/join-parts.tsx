/** Parts of the screen that people look at before they join a team: who, what it locks, what it suggests, what changes. */
import { Ban, Lock, Sparkles } from 'lucide-react';
import type { ReactNode } from 'react';
import type { BundlePreview, ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import { useText, type MessageKey } from '../../text/text.ts';
import { Badge } from '../../ui/controls.tsx';
import { BeforeAfter, ChangeList, EffectCounts } from './team-changes.tsx';
import { OutsideLink, Said } from './team-said.tsx';
import { rowCount, setGroups, type SetGroup, type SetRow } from './team-state.ts';
import { consentText, exampleText, placeName, reasonText, shownValue, type TeamSection } from './team-words.ts';

/** Changes up to so many are in sight; more are opened. */
const shownChanges = 6;
/** Rows of one section that are in sight; more are opened. */
const shownRows = 20;
/** Rows of one section that are drawn. */
const mostRows = 500;

export function Part({ title, children }: { readonly title: ReactNode; readonly children: ReactNode }): ReactNode {
  return (
    <section className="team-part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

const never = ['team.never.keys', 'team.never.prompts', 'team.never.loosen', 'team.never.send'] as const;

/** Whoever publishes it and whatever it says. */
export function NeverCan(): ReactNode {
  const { t } = useText();
  return (
    <Part title={t('team.never')}>
      <ul className="team-never">
        {never.map((key) => (
          <li key={key}>
            <Ban size={14} aria-hidden />
            {t(key)}
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function sectionKey(section: TeamSection | undefined): MessageKey {
  return section === undefined ? 'team.section.other' : `team.section.${section}`;
}

export function WhatItSets({ preview }: { readonly preview: BundlePreview }): ReactNode {
  const { t } = useText();
  const locks = setGroups(preview, 'enforced');
  const suggests = setGroups(preview, 'defaults');
  return (
    <>
      <Part
        title={
          <>
            <Lock size={14} aria-hidden /> {t('team.locks')} <RowCount groups={locks} />
          </>
        }
      >
        {locks.length === 0 ? <p className="muted">{t('team.locks.none')}</p> : <SetGroups groups={locks} />}
      </Part>
      <Part
        title={
          <>
            <Sparkles size={14} aria-hidden /> {t('team.suggests')} <RowCount groups={suggests} />
          </>
        }
      >
        {suggests.length === 0 ? <p className="muted">{t('team.suggests.none')}</p> : <SetGroups groups={suggests} />}
      </Part>
    </>
  );
}

function RowCount({ groups }: { readonly groups: readonly SetGroup[] }): ReactNode {
  const { count } = useText();
  const rows = rowCount(groups);
  return rows === 0 ? null : <Badge>{count(rows)}</Badge>;
}

function SetGroups({ groups }: { readonly groups: readonly SetGroup[] }): ReactNode {
  const text = useText();
  return (
    <div className="team-sets">
      {groups.map(({ section, rows }) => (
        <section key={section ?? 'other'}>
          <h4>{text.t(sectionKey(section))}</h4>
          <Rows rows={rows.slice(0, shownRows)} />
          {rows.length > shownRows && (
            <details className="team-details">
              <summary>{text.t('team.changes.more', { count: rows.length - shownRows })}</summary>
              <Rows rows={rows.slice(shownRows, mostRows)} />
              {rows.length > mostRows && (
                <p className="muted small">{text.t('team.changes.more', { count: rows.length - mostRows })}</p>
              )}
            </details>
          )}
        </section>
      ))}
    </div>
  );
}

function Rows({ rows }: { readonly rows: readonly SetRow[] }): ReactNode {
  const text = useText();
  return (
    <dl>
      {rows.map(({ pointer, value, reason, ref }) => (
        <div key={pointer}>
          <dt>{placeName(pointer, text.t)}</dt>
          <dd>
            <bdi className="wrap-anywhere">{shownValue(value, text, pointer)}</bdi>
            {(reason !== null || ref !== null) && (
              <p className="small muted">
                <Said
                  text={[reason === null ? null : reasonText(reason, text.t), ref === null ? null : `(${ref})`]
                    .filter(Boolean)
                    .join(' ')}
                />
              </p>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Values of the file that no longer hold, requests that would be refused, and all that is new. */
export function WhatChanges({ preview }: { readonly preview: BundlePreview }): ReactNode {
  const { t } = useText();
  const { changes } = preview;
  // What is locked where the file says nothing displaces nothing.
  const overridden = preview.overridden.filter(({ yours }) => yours !== undefined);
  return (
    <Part title={t('team.changes')}>
      <Impact impact={preview.impact} />
      {overridden.length > 0 && <Overridden entries={overridden} />}
      {changes.length === 0 && overridden.length === 0 && <p className="muted">{t('team.changes.none')}</p>}
      {changes.length > 0 && (
        <details className="team-details" open={changes.length <= shownChanges}>
          <summary>
            <EffectCounts changes={changes} />
          </summary>
          <ChangeList changes={changes} />
        </details>
      )}
    </Part>
  );
}

function Overridden({ entries }: { readonly entries: readonly ProvenanceEntry[] }): ReactNode {
  const text = useText();
  return (
    <div className="stack tight">
      <p>{text.t('team.overridden', { count: entries.length })}</p>
      <ul className="team-overridden">
        {entries.map((entry) => (
          <li key={entry.pointer}>
            <strong>{placeName(entry.pointer, text.t)}</strong>
            <BeforeAfter
              before={shownValue(entry.yours, text, entry.pointer)}
              after={shownValue(entry.value, text, entry.pointer)}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Impact({ impact }: Pick<BundlePreview, 'impact'>): ReactNode {
  const { t, count, money } = useText();
  if (impact === null) return <p className="muted">{t('team.impact.unknown')}</p>;
  const { examined, refused, cost_usd, examples } = impact;
  if (refused === 0) return <p>{t('team.impact.none', { count: examined })}</p>;
  return (
    <div className="stack tight">
      <p>
        <strong>
          {t('team.impact.some', { refused: count(refused), examined: count(examined), cost: money(cost_usd) })}
        </strong>
      </p>
      <ul className="team-examples small muted">
        {examples.map((example, index) => (
          <li key={index} className="wrap-anywhere">
            <Said text={exampleText(example, t)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What it will ask once it is followed: consents, keys, reports. */
export function WhatItAsks({ preview }: { readonly preview: BundlePreview }): ReactNode {
  const text = useText();
  const { t } = text;
  const { consents, slots } = preview;
  if (consents.length === 0 && slots.length === 0) return null;
  return (
    <Part title={t('team.asks')}>
      {consents.length > 0 && (
        <>
          <p className="muted small">{t('team.asks.consents')}</p>
          <ul className="team-plain">
            {consents.map((consent) => (
              <li key={`${consent.pointer} ${consent.value_hash}`} className="wrap-anywhere">
                <strong>{placeName(consent.pointer, t)}</strong>
                <p>{consentText(consent, text)}</p>
                <BeforeAfter
                  before={consent.before === undefined ? undefined : shownValue(consent.before, text, consent.pointer)}
                  after={shownValue(consent.after, text, consent.pointer)}
                />
              </li>
            ))}
          </ul>
        </>
      )}
      {slots.length > 0 && (
        <>
          <p className="muted small">{t('team.asks.slots')}</p>
          <ul className="team-plain">
            {slots.map(({ id, label, required, filled, how }) => (
              <li key={id} className="row wrap">
                <Said text={label} />
                {required && <Badge tone="warning">{t('team.slot.required')}</Badge>}
                {filled && <Badge tone="ok">{t('team.slot.filled')}</Badge>}
                {how !== null && <OutsideLink url={how} />}
              </li>
            ))}
          </ul>
        </>
      )}
    </Part>
  );
}
