/** The vote of a blind comparison: which answer is better, then who it was. */
import { useState, type ReactNode } from 'react';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Confirm, Dialog } from '../../ui/overlay.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { letterOf } from './blind.ts';
import type { Column } from './draft.ts';
import { talliesOf, type Tally } from './figures.ts';
import { usePlayground, type Blind } from './store.ts';
import { TableRegion } from './table-region.tsx';

export function BlindBar({
  blind,
  columns,
  areEnded,
  onVotes,
}: {
  readonly blind: Blind;
  /** In the order they are shown. */
  readonly columns: readonly Column[];
  readonly areEnded: boolean;
  readonly onVotes: () => void;
}): ReactNode {
  const { t } = useText();
  const vote = useAction('votes.add', ['votes.list']);
  if (blind.order.length === 0) return <Banner>{t('playground.blind.begin')}</Banner>;
  if (blind.revealed)
    return (
      <Banner
        tone="ok"
        actions={
          <Button size="small" onClick={onVotes}>
            {t('playground.votes.show')}
          </Button>
        }
      >
        {blind.winner === null
          ? t('playground.blind.tied')
          : t('playground.blind.won', { model: columns.find(({ id }) => id === blind.winner)?.model ?? '—' })}
      </Banner>
    );
  if (!areEnded) return <Banner>{t('playground.blind.running')}</Banner>;
  const decide = (winner: Column | null): void =>
    vote.mutate(
      { models: columns.map(({ model }) => model), winner: winner?.model ?? null },
      {
        onSuccess: () => usePlayground.setState({ blind: { ...blind, revealed: true, winner: winner?.id ?? null } }),
      },
    );
  return (
    <Banner
      actions={
        <span className="row wrap">
          {columns.map((column, index) => (
            <Button key={column.id} size="small" busy={vote.isPending} onClick={() => decide(column)}>
              {t('playground.blind.better', { letter: letterOf(index) })}
            </Button>
          ))}
          <Button size="small" busy={vote.isPending} onClick={() => decide(null)}>
            {t('playground.blind.tie')}
          </Button>
        </span>
      }
    >
      {t('playground.blind.vote')}
      {vote.error !== null && <span className="playground-problem"> {vote.error.message}</span>}
    </Banner>
  );
}

export function VotesDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useText();
  const votes = useCall('votes.list', {});
  const clear = useAction('votes.clear', ['votes.list']);
  const [asks, setAsks] = useState(false);
  const total = votes.data?.total ?? 0;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('playground.votes')}
      description={t('playground.votes.text')}
      size="wide"
      footer={
        total > 0 ? (
          <Button variant="danger" onClick={() => setAsks(true)}>
            {t('playground.votes.clear')}
          </Button>
        ) : undefined
      }
    >
      <Loaded query={votes}>
        {({ models }) =>
          models.length === 0 ? (
            <EmptyState title={t('playground.votes.none')}>{t('playground.votes.none.text')}</EmptyState>
          ) : (
            <VoteTable tallies={talliesOf(models)} total={total} />
          )
        }
      </Loaded>
      {clear.error !== null && <p className="playground-problem">{clear.error.message}</p>}
      <Confirm
        open={asks}
        onClose={() => setAsks(false)}
        title={t('playground.votes.clear.title')}
        text={t('playground.votes.clear.text', { count: total })}
        action={t('playground.votes.clear')}
        danger
        busy={clear.isPending}
        onConfirm={() => clear.mutate({}, { onSettled: () => setAsks(false) })}
      />
    </Dialog>
  );
}

function VoteTable({ tallies, total }: { readonly tallies: readonly Tally[]; readonly total: number }): ReactNode {
  const { t, count, percent } = useText();
  return (
    <TableRegion label={t('playground.votes.total', { count: total })}>
      <thead>
        <tr>
          <th scope="col">{t('playground.votes.model')}</th>
          {(['compared', 'won', 'drawn', 'share'] as const).map((name) => (
            <th key={name} scope="col" className="number">
              {t(`playground.votes.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {tallies.map(({ model, compared, won, drawn, share }) => (
          <tr key={model}>
            <th scope="row">{model}</th>
            <td className="number">{count(compared)}</td>
            <td className="number">{count(won)}</td>
            <td className="number">{count(drawn)}</td>
            <td className="number">{percent(share)}</td>
          </tr>
        ))}
      </tbody>
    </TableRegion>
  );
}
