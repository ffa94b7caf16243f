/** One program in the list: what it is, how it does, where its requests and its money are. */
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ClientEntry } from '../../../shared/contract/clients.ts';
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useSaid, useText } from '../../text/text.ts';
import { Badge } from '../../ui/controls.tsx';
import { Heartbeat } from './heartbeat-mark.tsx';

export function ClientRow({ client }: { readonly client: ClientEntry }): ReactNode {
  const { t } = useText();
  const said = useSaid();
  const { id, name, support, reason, installed, key, last } = client;
  return (
    <li className="client-row">
      <Monogram name={name} />
      <div className="client-row-name">
        <span className="row wrap">
          <Link href={`/clients?client=${encodeURIComponent(id)}`} className="client-row-link">
            {name}
          </Link>
          {support !== 'full' && (
            <Badge tone={support === 'none' ? 'plain' : 'warning'}>
              {t(support === 'none' ? 'clients.support.none' : 'clients.support.partial')}
            </Badge>
          )}
        </span>
        {key === null && (installed !== null || reason !== null) && (
          <p className="small muted wrap-anywhere">
            {[
              installed === null ? null : t('clients.foundAt', { where: installed }),
              reason === null ? null : said(reason).text,
            ]
              .filter((one) => one !== null)
              .join(' · ')}
          </p>
        )}
      </div>
      {key !== null && (
        <>
          <Heartbeat keyId={key.id} keyState={key.state} last={last} />
          <KeyLinks keyId={key.id} name={name} />
        </>
      )}
      <ChevronRight size={16} aria-hidden className="client-row-more" />
    </li>
  );
}

/** A key of a program that is in no catalogue. */
export function OtherKeyRow({ entry }: { readonly entry: KeyEntry }): ReactNode {
  const last = useCall('traffic.list', { limit: 1, filter: { key: entry.id } }).data?.entries[0];
  return (
    <li className="client-row">
      <Monogram name={entry.name} />
      <div className="client-row-name">
        <Link href={`/clients?key=${encodeURIComponent(entry.id)}`} className="client-row-link wrap-anywhere">
          {entry.name}
        </Link>
        {entry.id !== entry.name && <p className="small muted wrap-anywhere">{entry.id}</p>}
      </div>
      <Heartbeat keyId={entry.id} keyState={entry.state} last={last ?? null} />
      <KeyLinks keyId={entry.id} name={entry.name} />
      <ChevronRight size={16} aria-hidden className="client-row-more" />
    </li>
  );
}

export function KeyLinks({ keyId, name }: { readonly keyId: string; readonly name: string }): ReactNode {
  const { t } = useText();
  const query = `key=${encodeURIComponent(keyId)}`;
  return (
    <span className="client-row-links small">
      <Link href={`/activity?${query}`} aria-label={t('clients.activityOf', { name })}>
        {t('page.activity')}
      </Link>
      <Link href={`/usage?${query}`} aria-label={t('clients.usageOf', { name })}>
        {t('page.usage')}
      </Link>
    </span>
  );
}

function Monogram({ name }: { readonly name: string }): ReactNode {
  return (
    <span className="client-monogram" aria-hidden>
      {[...name][0]?.toUpperCase()}
    </span>
  );
}
