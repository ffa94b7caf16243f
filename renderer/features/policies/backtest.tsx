/** What rules would have done with requests that were recorded, page after page, until it is stopped. */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { ChangedEntry } from '../../../shared/contract/policy.ts';
import type { CallError } from '../../../shared/contract/reply.ts';
import { useBridge } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button, Select, Spinner } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { DataTable, type Column } from '../../ui/table.tsx';

interface Progress {
  readonly state: 'idle' | 'running' | 'stopped' | 'done';
  readonly examined: number;
  readonly notRecorded: number;
  readonly unusable: number;
  readonly changed: readonly ChangedEntry[];
  readonly error?: CallError;
}

const nothing: Progress = { state: 'idle', examined: 0, notRecorded: 0, unusable: 0, changed: [] };
const dayMs = 86_400_000;
const spans = ['1', '7', '30'] as const;

interface Running {
  readonly progress: Progress;
  readonly start: (days: number) => Promise<void>;
  readonly stop: () => void;
}

function useBacktest(rules: string | null): Running {
  const bridge = useBridge();
  const [progress, setProgress] = useState(nothing);
  const run = useRef(0);
  // Nobody waits for it any more, and other rules are another question.
  useEffect(() => {
    setProgress(nothing);
    return () => {
      run.current += 1;
    };
  }, [rules]);
  return {
    progress,
    stop() {
      run.current += 1;
      setProgress((before) => ({ ...before, state: 'stopped' }));
    },
    async start(days) {
      const own = (run.current += 1);
      const since = Date.now() - days * dayMs;
      let now: Progress = { ...nothing, state: 'running' };
      let before: string | undefined;
      setProgress(now);
      do {
        const reply = await bridge.call('policy.backtest', {
          since,
          rules: rules === null ? null : { file: 'rules', text: rules },
          ...(before === undefined ? {} : { before }),
        });
        if (run.current !== own) return;
        if (!reply.ok) {
          setProgress({ ...now, state: 'done', error: reply.error });
          return;
        }
        const { examined, not_recorded, unusable, changed, next } = reply.value;
        now = {
          state: next === null ? 'done' : 'running',
          examined: now.examined + examined,
          notRecorded: now.notRecorded + not_recorded,
          unusable: now.unusable + unusable,
          changed: [...now.changed, ...changed],
        };
        setProgress(now);
        before = next ?? undefined;
      } while (before !== undefined);
    },
  };
}

/** `rules`: the text of a section in place of the running ones; `null`: what runs, against what was recorded. */
export function Backtest({ rules }: { readonly rules: string | null }): ReactNode {
  const { t } = useText();
  const { progress, start, stop } = useBacktest(rules);
  const [days, setDays] = useState<(typeof spans)[number]>('7');
  const isRunning = progress.state === 'running';
  return (
    <div className="stack">
      <div className="row wrap policy-backtest-row">
        <Select
          aria-label={t('policies.backtest.span')}
          value={days}
          disabled={isRunning}
          choices={spans.map((value) => ({ value, label: t('policies.backtest.days', { count: Number(value) }) }))}
          onChange={setDays}
        />
        {isRunning ? (
          <Button onClick={stop}>{t('policies.backtest.stop')}</Button>
        ) : (
          <Button onClick={() => void start(Number(days))}>{t('policies.backtest.start')}</Button>
        )}
        {isRunning && <Spinner label={t('common.loading')} />}
      </div>
      <Told progress={progress} />
    </div>
  );
}

function Told({ progress }: { readonly progress: Progress }): ReactNode {
  const { t, dateTime } = useText();
  const { state, examined, notRecorded, unusable, changed, error } = progress;
  if (state === 'idle') return null;
  const columns: readonly Column<ChangedEntry>[] = [
    {
      id: 'at',
      header: t('policies.backtest.at'),
      cell: ({ at, request_id }) => <Link href={`/activity?id=${request_id}`}>{dateTime(at)}</Link>,
    },
    { id: 'client', header: t('policies.backtest.client'), cell: ({ client, key }) => client ?? key ?? '—' },
    { id: 'model', header: t('policies.backtest.model'), cell: ({ model_asked }) => model_asked ?? '—' },
    { id: 'changes', header: t('policies.backtest.changes'), cell: ({ changes }) => changes.join(', ') },
  ];
  const looked = examined + notRecorded + unusable;
  return (
    <>
      {error !== undefined && <Banner tone="error">{error.message}</Banner>}
      <p role="status">
        {t('policies.backtest.told', { looked, changed: changed.length, examined })}
        {unusable > 0 && ` ${t('policies.backtest.unusable', { count: unusable })}`}
      </p>
      {state !== 'running' && examined === 0 && notRecorded > 0 && (
        <p className="muted">
          {t('policies.backtest.nothing')} <Link href="/policies?tab=recording">{t('policies.tab.recording')}</Link>
        </p>
      )}
      {changed.length > 0 && (
        <DataTable
          rows={changed}
          columns={columns}
          rowId={(row) => row.request_id}
          label={t('policies.backtest')}
          height="16rem"
        />
      )}
    </>
  );
}
