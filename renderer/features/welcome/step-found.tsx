/** What is on this machine already, and taking it over (UX-11). */
import { KeyRound, Laptop, Server } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useSaid, useText } from '../../text/text.ts';
import { Badge, Button, Checkbox } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { foundItems, tickedAtFirst, type FoundItem } from './found-items.ts';
import { StepFrame } from './step-frame.tsx';

export interface StepFoundProps {
  /** Ids of providers that were taken over. */
  readonly onImported: (ids: readonly string[], isAll: boolean) => void;
  readonly onNext: () => void;
}

export function StepFound({ onImported, onNext }: StepFoundProps): ReactNode {
  const { t } = useText();
  const found = useCall('setup.found', {});
  if (found.data !== undefined) return <FoundList found={found.data} onImported={onImported} onNext={onNext} />;
  return (
    <StepFrame
      title={t('welcome.found.looking')}
      text={t('welcome.found.local')}
      actions={
        <Button variant="quiet" onClick={onNext}>
          {t('welcome.skipStep')}
        </Button>
      }
    >
      {found.error === null ? (
        <Skeleton lines={4} />
      ) : (
        <ErrorState error={found.error.error} onRetry={() => void found.refetch()} />
      )}
    </StepFrame>
  );
}

type Found = CallOutput<'setup.found'>;
type Failures = readonly { readonly id: string; readonly message: string }[];

function FoundList({ found, onImported, onNext }: StepFoundProps & { readonly found: Found }): ReactNode {
  const { t } = useText();
  const items = useMemo(() => foundItems(found), [found]);
  const [unticked, setUnticked] = useState<ReadonlySet<string>>(new Set());
  const [failed, setFailed] = useState<Failures>([]);
  const take = useAction('setup.import', ['providers.list', 'models.list', 'config.read']);
  const ticked = [...tickedAtFirst(items)].filter((id) => !unticked.has(id) && failed.every((one) => one.id !== id));
  const toggle = (id: string): void =>
    setUnticked((before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id]));
  const importThem = (): void =>
    take.mutate(
      { ids: ticked },
      {
        onSuccess: ({ added, failed: notTaken }) => {
          setFailed((before) => [...before, ...notTaken]);
          onImported(added, notTaken.length === 0);
        },
      },
    );
  return (
    <StepFrame
      title={t(items.length === 0 ? 'welcome.found.nothing' : 'welcome.found.title')}
      text={t(items.length === 0 ? 'welcome.found.nothing.text' : 'welcome.found.local')}
      actions={
        <FoundActions
          count={ticked.length}
          isEmpty={items.length === 0}
          busy={take.isPending}
          onImport={importThem}
          onNext={onNext}
        />
      }
    >
      {items.length > 0 && (
        <ul className="welcome-list">
          {items.map((item) => (
            <FoundRow
              key={item.id}
              item={item}
              ticked={ticked.includes(item.id)}
              problem={failed.find(({ id }) => id === item.id)?.message}
              onToggle={() => toggle(item.id)}
            />
          ))}
        </ul>
      )}
      {take.error !== null && <Banner tone="error">{take.error.error.message}</Banner>}
      {found.clients.length > 0 && (
        <p className="welcome-clients muted">
          <Laptop size={15} aria-hidden />
          <span>
            {t('welcome.found.clients', {
              count: found.clients.length,
              names: found.clients.map(({ name }) => name).join(', '),
            })}
          </span>
        </p>
      )}
    </StepFrame>
  );
}

function FoundActions({
  count,
  isEmpty,
  busy,
  onImport,
  onNext,
}: {
  readonly count: number;
  readonly isEmpty: boolean;
  readonly busy: boolean;
  readonly onImport: () => void;
  readonly onNext: () => void;
}): ReactNode {
  const { t } = useText();
  if (count > 0)
    return (
      <>
        <Button variant="primary" busy={busy} onClick={onImport}>
          {t('welcome.found.import', { count })}
        </Button>
        <Button variant="quiet" disabled={busy} onClick={onNext}>
          {t('welcome.skipStep')}
        </Button>
      </>
    );
  return (
    <>
      <Button variant="primary" onClick={onNext}>
        {t(isEmpty ? 'welcome.found.demo' : 'welcome.continue')}
      </Button>
      <Link className="button" href="/models?tab=providers&add=1">
        {t('welcome.found.addProvider')}
      </Link>
    </>
  );
}

function FoundRow({
  item,
  ticked,
  problem,
  onToggle,
}: {
  readonly item: FoundItem;
  readonly ticked: boolean;
  readonly problem: string | undefined;
  readonly onToggle: () => void;
}): ReactNode {
  const { t } = useText();
  const said = useSaid();
  const Icon = item.isServer ? Server : KeyRound;
  const details = [
    said(item.source).text,
    ...(item.hint === '' ? [] : [t('welcome.found.ends', { hint: `…${item.hint}` })]),
    ...(item.models === null ? [] : [t('welcome.found.models', { count: item.models })]),
  ].join(' · ');
  return (
    <li className="welcome-found">
      <Checkbox
        checked={ticked}
        disabled={item.known || problem !== undefined}
        onChange={onToggle}
        label={
          <span className="welcome-found-label">
            <Icon size={16} aria-hidden />
            <span className="grow">
              <strong>{item.label}</strong> <span className="small muted wrap-anywhere">{details}</span>
            </span>
          </span>
        }
      />
      {item.known && <Badge tone="ok">{t('welcome.found.known')}</Badge>}
      {problem !== undefined && (
        <p className="welcome-problem small wrap-anywhere" role="alert">
          {t('welcome.found.failed', { message: problem })}
        </p>
      )}
    </li>
  );
}
