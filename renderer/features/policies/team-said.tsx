/** What a publisher says: hostile until proved otherwise, so shown as what it is and kept apart from the words around it. */
import { ExternalLink as LinkMark } from 'lucide-react';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { BundleCard } from '../../../shared/contract/bundles.ts';
import { useText } from '../../text/text.ts';
import { printable } from '../../ui/copy.tsx';

/** Text of somebody else; its direction turns nothing around it. */
export function Said({ text, className }: { readonly text: string; readonly className?: string }): ReactNode {
  return <bdi className={clsx('wrap-anywhere', className)}>{printable(text)}</bdi>;
}

/** A page elsewhere, with its host in sight; anything but https is text. */
export function OutsideLink({ url, children }: { readonly url: string; readonly children?: ReactNode }): ReactNode {
  const { t } = useText();
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target?.protocol !== 'https:' || target.username !== '' || target.password !== '')
    return <code className="wrap-anywhere">{printable(url)}</code>;
  return (
    <a
      className="team-outside"
      href={target.href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      title={t('team.opens', { host: target.host })}
    >
      {children ?? target.host}
      <LinkMark size={12} aria-hidden />
    </a>
  );
}

/** Whom to ask about a bundle; `—` where it names nobody. */
export function Contact({ contact }: Pick<BundleCard, 'contact'>): ReactNode {
  if (contact === null || (contact.text === null && contact.url === null)) return '—';
  return (
    <span className="row wrap">
      {contact.text !== null && <Said text={contact.text} />}
      {contact.url !== null && <OutsideLink url={contact.url} />}
    </span>
  );
}
