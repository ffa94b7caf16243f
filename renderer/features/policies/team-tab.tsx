/** Team bundles: who is followed, what holds because of them, and what happened to them. */
import { RefreshCw, Users } from 'lucide-react';
import { useCallback, useMemo, type ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useTeamValues } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { Button, Segmented } from '../../ui/controls.tsx';
import { printable } from '../../ui/copy.tsx';
import { Banner, Card } from '../../ui/layout.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { TeamMark } from '../../ui/team-mark.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { NeverCan } from './join-parts.tsx';
import { JoinSheet } from './join-sheet.tsx';
import { TeamAudit } from './team-audit.tsx';
import { TeamCard } from './team-card.tsx';
import { TeamEffective } from './team-effective.tsx';
import { EffectiveHash } from './team-hash.tsx';
import { TeamHistory } from './team-history.tsx';
import { failed } from './team-told.ts';
import './team.css';

const views = ['bundles', 'effective', 'audit'] as const;
type View = (typeof views)[number];
type BundleList = CallOutput<'bundles.list'>;

export function TeamTab(): ReactNode {
  const { t } = useText();
  const query = useCall('bundles.list', {});
  const address = useTeamAddress();
  // What is decided, joined or left takes its own buttons with it.
  const onFocus = useKeptFocus(query.data);
  return (
    <Loaded query={query} lines={6}>
      {(list) => (
        <div className="stack" onFocus={onFocus}>
          <TeamBar list={list} address={address} />
          {address.view === 'effective' ? (
            <TeamEffective bundles={list.bundles} />
          ) : address.view === 'audit' ? (
            <TeamAudit />
          ) : (
            <Followed list={list} address={address} />
          )}
          {address.joining !== undefined && list.closed === null && (
            <JoinSheet
              link={address.joining}
              title={t('team.join.title')}
              onClose={address.endJoin}
              onJoined={address.endJoin}
            />
          )}
          <HistoryOf list={list} address={address} />
        </div>
      )}
    </Loaded>
  );
}

interface TeamAddress {
  readonly view: View;
  readonly show: (view: View) => void;
  /** What is in the field of the sheet that is open. */
  readonly joining: string | undefined;
  readonly join: () => void;
  readonly endJoin: () => void;
  /** Key of the bundle whose versions are shown. */
  readonly history: string | undefined;
  readonly showHistory: (key: string | undefined) => void;
  /** What one bundle sets. */
  readonly showSet: (id: string) => void;
}

function useTeamAddress(): TeamAddress {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (changes: Readonly<Record<string, string | undefined>>) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes))
            if (value === undefined) next.delete(name);
            else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  return useMemo(() => {
    const cleared = { q: undefined, who: undefined, bundle: undefined };
    return {
      view: views.find((one) => one === params.get('view')) ?? 'bundles',
      show: (view) => set({ ...cleared, view: view === 'bundles' ? undefined : view }),
      joining: params.get('join') ?? undefined,
      join: () => set({ join: '' }),
      endJoin: () => set({ join: undefined, view: undefined }),
      history: params.get('history') ?? undefined,
      showHistory: (key) => set({ history: key }),
      showSet: (id) => set({ ...cleared, view: 'effective', bundle: id }),
    };
  }, [params, set]);
}

interface PartProps {
  readonly list: BundleList;
  readonly address: TeamAddress;
}

function TeamBar({ list, address }: PartProps): ReactNode {
  const { t } = useText();
  const check = useAction('bundles.check', ['bundles.list', 'bundles.effective', 'bundles.audit']);
  const { bundles, closed, effective_hash } = list;
  if (bundles.length === 0 && address.view === 'bundles') return null;
  return (
    <div className="team-bar">
      <Segmented
        label={t('team.views')}
        value={address.view}
        choices={views.map((value) => ({ value, label: t(`team.view.${value}`) }))}
        onChange={address.show}
      />
      <EffectiveHash hash={effective_hash} />
      <span className="grow" />
      {bundles.length > 1 && (
        <Button busy={check.isPending} onClick={() => check.mutate({}, { onError: failed })}>
          {!check.isPending && <RefreshCw size={15} aria-hidden />}
          {t('team.checkAll')}
        </Button>
      )}
      <Button variant="primary" disabled={closed !== null} title={closed ?? undefined} onClick={address.join}>
        {t('team.join.open')}
      </Button>
    </div>
  );
}

function Followed({ list: { bundles, closed }, address }: PartProps): ReactNode {
  if (bundles.length === 0) return <Nobody closed={closed} address={address} />;
  return (
    <>
      {closed !== null && <Closed reason={closed} />}
      <ul className="team-cards">
        {bundles.map((card) => (
          <li key={card.key} tabIndex={-1}>
            <TeamCard card={card} onSets={address.showSet} onHistory={address.showHistory} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** By a bundle, which says where and why; or by whoever manages the machine, and then in which file. */
function Closed({ reason }: { readonly reason: string }): ReactNode {
  const { t, language } = useText();
  const rule = useTeamValues().of('/app/allow_user_bundles');
  const isOfBundle = rule?.value === false;
  return (
    <Banner actions={isOfBundle && <TeamMark entry={rule} name={t('team.join.open')} />}>
      <strong>{t('team.closed')}</strong>
      {language !== 'en' && <p className="small">{t(isOfBundle ? 'team.closed.bundle' : 'team.closed.managed')}</p>}
      {(language === 'en' || !isOfBundle) && (
        <p className="small wrap-anywhere" lang="en">
          {printable(reason)}
        </p>
      )}
    </Banner>
  );
}

function Nobody({ closed, address }: { readonly closed: string | null; readonly address: TeamAddress }): ReactNode {
  const { t } = useText();
  return (
    <Card>
      <EmptyState
        icon={<Users size={26} aria-hidden />}
        title={t('team.none')}
        actions={
          <>
            <Button variant="primary" disabled={closed !== null} onClick={address.join}>
              {t('team.join.link.open')}
            </Button>
            <Button onClick={() => address.show('effective')}>{t('team.view.effective')}</Button>
          </>
        }
      >
        {t('team.none.text')}
      </EmptyState>
      {closed !== null && <Closed reason={closed} />}
      <div className="team-none-never">
        <NeverCan />
      </div>
    </Card>
  );
}

function HistoryOf({ list, address }: PartProps): ReactNode {
  const card = list.bundles.find(({ key }) => key === address.history);
  if (card === undefined) return null;
  return <TeamHistory card={card} onClose={() => address.showHistory(undefined)} />;
}
