/** What was found on this machine and is not used yet: keys in the environment, servers on their usual ports. */
import { KeyRound, RefreshCw, Server } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useSaid, useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';

export interface FoundProps {
  /** Ids of providers that were added. */
  readonly onAdded: (ids: readonly string[]) => void;
  /** Only what is of this kind. */
  readonly kind?: string;
  /** Say so where nothing was found. */
  readonly tellNothing?: boolean;
}

/** Draws nothing while it is not known whether there is anything. */
export function Found({ onAdded, kind, tellNothing = false }: FoundProps): ReactNode {
  const { t } = useText();
  const found = useCall('setup.found', {});
  const items = useFoundItems(found.data, kind);
  if (found.data === undefined && found.error === null) return null;
  const again = (
    <Button size="small" variant="quiet" busy={found.isFetching} onClick={() => void found.refetch()}>
      {!found.isFetching && <RefreshCw size={13} aria-hidden />}
      {t('providers.found.again')}
    </Button>
  );
  if (items.length === 0) {
    if (!tellNothing) return null;
    return (
      <div className="provider-found-none row wrap">
        <p className="muted small">
          {found.error === null
            ? t('providers.found.none')
            : t('providers.found.failed', { message: found.error.error.message })}
        </p>
        {again}
      </div>
    );
  }
  return (
    <section className="provider-found" aria-label={t('providers.found')}>
      <header className="row between">
        <h3>{t('providers.found')}</h3>
        {again}
      </header>
      <ul>
        {items.map((item) => (
          <FoundRow key={item.id} item={item} onAdded={onAdded} />
        ))}
      </ul>
    </section>
  );
}

interface FoundItem {
  readonly id: string;
  readonly isServer: boolean;
  readonly label: string;
  readonly title: string;
  readonly detail: string;
}

type FoundData = NonNullable<ReturnType<typeof useCall<'setup.found'>>['data']>;

function useFoundItems(data: FoundData | undefined, kind: string | undefined): readonly FoundItem[] {
  const { t } = useText();
  const said = useSaid();
  const isNew = (one: { readonly known: boolean; readonly kind: string }): boolean =>
    !one.known && (kind === undefined || one.kind === kind);
  const servers = (data?.servers ?? []).filter(isNew).map(({ id, label, base_url, models }): FoundItem => ({
    id,
    isServer: true,
    label,
    title: label,
    detail: models === null ? base_url : `${base_url} · ${t('providers.found.models', { count: models })}`,
  }));
  const keys = (data?.keys ?? []).filter(isNew).map(({ id, label, source, hint }): FoundItem => ({
    id,
    isServer: false,
    label,
    title: label,
    detail: [
      t('providers.found.useKey', { source: said(source).text }),
      ...(hint === '' ? [] : [t('providers.found.ends', { hint: `…${hint}` })]),
    ].join(' · '),
  }));
  return [...servers, ...keys];
}

function FoundRow({ item, onAdded }: { readonly item: FoundItem } & Pick<FoundProps, 'onAdded'>): ReactNode {
  const { t } = useText();
  const add = useAction('setup.import', ['setup.found']);
  const [problem, setProblem] = useState<string>();
  const Icon = item.isServer ? Server : KeyRound;
  return (
    <li>
      <Icon size={16} aria-hidden />
      <div className="grow">
        <strong>{item.title}</strong>
        <p className="small muted wrap-anywhere">{item.detail}</p>
        {problem !== undefined && (
          <p className="small provider-reason wrap-anywhere" role="alert">
            {t('providers.add.notImported', { message: problem })}
          </p>
        )}
      </div>
      <Button
        size="small"
        busy={add.isPending}
        aria-label={t('providers.found.addName', { name: `${item.title}, ${item.detail}` })}
        onClick={() =>
          add.mutate(
            { ids: [item.id] },
            {
              onSuccess: ({ added, failed }) => {
                setProblem(failed[0]?.message);
                if (added.length > 0) onAdded(added);
              },
              onError: (failure) => setProblem(failure.error.message),
            },
          )
        }
      >
        {t('common.add')}
      </Button>
    </li>
  );
}
