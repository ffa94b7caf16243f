/** The mark of a value that a team bundle decided, and what it opens: who, why, whom to ask, and a request for an exception. */
import { Check, Copy, Lock, Users } from 'lucide-react';
import { Fragment, useEffect, useState, type ReactNode } from 'react';
import type { ProvenanceEntry } from '../../shared/contract/bundles.ts';
import { useText } from '../text/text.ts';
import { Button } from './controls.tsx';
import { copyText, printable } from './copy.tsx';
import { Facts } from './layout.tsx';
import { Popover } from './overlay.tsx';
import { exceptionText, placeText, valueText, webAddress, whereText } from './team-value.ts';
import { useKeptFocus } from './use-kept-focus.ts';
import './team.css';

export interface TeamMarkProps {
  readonly entry: ProvenanceEntry;
  /** What the value is called, for those who do not see where the mark stands. */
  readonly name?: string | undefined;
}

/** A lock where it holds whatever the file says; otherwise a suggestion, which anybody may choose against. */
export function TeamMark({ entry, name }: TeamMarkProps): ReactNode {
  const { t } = useText();
  const isLocked = entry.mode === 'enforced';
  const said = t(isLocked ? 'locked.title' : 'locked.suggested');
  const Icon = isLocked ? Lock : Users;
  return (
    <Popover
      label={said}
      trigger={
        <button
          type="button"
          className={isLocked ? 'badge warning team-mark' : 'badge team-mark'}
          aria-label={name === undefined ? said : `${name}: ${said}`}
          title={entry.reason === null ? said : printable(entry.reason)}
        >
          <Icon size={12} aria-hidden />
          {t('locked.team')}
        </button>
      }
    >
      <TeamValueText entry={entry} />
    </Popover>
  );
}

/** Who decided it, why, and what to do about it: the content of the mark, and of a refusal. */
export function TeamValueText({
  entry,
  title = true,
}: {
  readonly entry: ProvenanceEntry;
  /** `false`: what stands over it says so. */
  readonly title?: boolean;
}): ReactNode {
  const words = useText();
  const { t } = words;
  const { pointer, mode, reason, ref, value, yours, others, contact } = entry;
  const isLocked = mode === 'enforced';
  const facts = [
    [t('locked.bundle'), placeText(entry, t)],
    ...(value === undefined ? [] : [[t('locked.value'), printable(valueText(value, words, pointer))]]),
    ...(ref === null ? [] : [[t('locked.ref'), printable(ref)]]),
    ...(others.length === 0
      ? []
      : [[t('locked.others'), others.map((one) => printable(whereText(one, t))).join(', ')]]),
  ] as const;
  return (
    <div className="team-value">
      {title && <h3>{t(isLocked ? 'locked.title' : 'locked.suggested')}</h3>}
      <p className="team-reason">{reason === null ? t('locked.noReason') : <q dir="auto">{printable(reason)}</q>}</p>
      {yours !== undefined && (
        <p className="small">
          {t('locked.yours', {
            ...{
              yours: printable(valueText(yours, words, pointer)),
              value: printable(valueText(value, words, pointer)),
            },
          })}
        </p>
      )}
      {!isLocked && <p className="small">{t('locked.suggested.text')}</p>}
      <Facts facts={facts.map(([label = '', text]) => [label, <span key={label}>{text}</span>])} />
      <Contact contact={contact} />
      {isLocked && <RequestException entry={entry} />}
    </div>
  );
}

function Contact({ contact }: Pick<ProvenanceEntry, 'contact'>): ReactNode {
  const { t } = useText();
  const url = webAddress(contact?.url);
  const text = contact?.text ?? null;
  if (text === null && url === undefined) return null;
  return (
    <p className="small wrap-anywhere">
      {t('locked.ask')} {text !== null && <strong>{printable(text)}</strong>}
      {url !== undefined && (
        <>
          {text !== null && ' · '}
          <a href={url} target="_blank" rel="noopener noreferrer nofollow">
            {printable(url)}
          </a>
        </>
      )}
    </p>
  );
}

const toldForMs = 6_000;

/** Copies a text to send to those who publish the bundle, and says that it did. */
export function RequestException({ entry }: { readonly entry: ProvenanceEntry }): ReactNode {
  const words = useText();
  const { t } = words;
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), toldForMs);
    return () => clearTimeout(timer);
  }, [copied]);
  const to = entry.contact?.text ?? undefined;
  return (
    <div className="row wrap">
      <Button size="small" onClick={() => void copyText(exceptionText(entry, words)).then(setCopied)}>
        {copied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
        {t('locked.exception')}
      </Button>
      <span className="small muted" role="status">
        {copied && (to === undefined ? t('locked.copied') : t('locked.copiedTo', { to: printable(to) }))}
      </span>
    </div>
  );
}

/** So many rows are drawn before somebody asks for the rest. */
const shownRows = 50;

export interface TeamGroupsProps {
  readonly entries: readonly ProvenanceEntry[];
  /** One row: a `TeamRow`. */
  readonly children: (entry: ProvenanceEntry) => ReactNode;
  /** Which of the two groups: all of them where nothing is said. */
  readonly only?: 'enforced' | 'default';
}

/** What bundles say among what the file says: read alone, what holds before what is suggested. Nothing where they say nothing. */
export function TeamGroups({ entries, only, children }: TeamGroupsProps): ReactNode {
  const { t } = useText();
  const groups = [
    { mode: 'enforced', label: t('locked.rows'), hint: t('locked.rows.hint') },
    { mode: 'default', label: t('locked.rows.suggested'), hint: t('locked.rows.suggestedHint') },
  ] as const;
  return groups
    .filter(({ mode }) => only === undefined || only === mode)
    .map(({ mode, label, hint }) => (
      <Group key={mode} label={label} hint={hint} entries={entries.filter((entry) => entry.mode === mode)}>
        {children}
      </Group>
    ));
}

function Group({
  label,
  hint,
  entries,
  children,
}: TeamGroupsProps & { readonly label: string; readonly hint: string }): ReactNode {
  const { t } = useText();
  const [isWhole, setWhole] = useState(false);
  const onFocus = useKeptFocus(isWhole);
  if (entries.length === 0) return null;
  const shown = isWhole ? entries : entries.slice(0, shownRows);
  const more = entries.length - shown.length;
  return (
    <section className="team-rows" aria-label={label} tabIndex={-1} onFocus={onFocus}>
      <h3>{label}</h3>
      <p className="muted small">{hint}</p>
      <ul>
        {shown.map((entry) => (
          <Fragment key={`${entry.pointer} ${entry.bundle ?? ''}`}>{children(entry)}</Fragment>
        ))}
      </ul>
      {more > 0 && (
        <Button size="small" onClick={() => setWhole(true)}>
          {t('locked.rows.more', { count: more })}
        </Button>
      )}
    </section>
  );
}

export function TeamRow({
  entry,
  name,
  aside,
  children,
}: TeamMarkProps & { readonly name: string; readonly aside?: ReactNode; readonly children?: ReactNode }): ReactNode {
  return (
    <li className="team-row">
      <div className="grow stack tight">
        <div className="row wrap">
          <strong className="wrap-anywhere">{printable(name)}</strong>
          {aside}
        </div>
        {children}
      </div>
      <TeamMark entry={entry} name={name} />
    </li>
  );
}
