/** The page Playground: one prompt, one to four models, and what each of them makes of it. */
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import { useBridge, useCall } from '../../bridge/hooks.ts';
import { useCommands } from '../../state/commands.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { Page } from '../../ui/layout.tsx';
import { BatchModels } from './batch-models.tsx';
import { BatchView } from './batch.tsx';
import { VotesDialog } from './blind-bar.tsx';
import { CodeDialog } from './code-dialog.tsx';
import { Columns } from './columns.tsx';
import { CompareDialog } from './compare.tsx';
import { isEmptyDraft, isRunning, lastAnswer, type Column } from './draft.ts';
import { exampleDraft, examples, exampleTitle } from './examples.ts';
import { LibrarySheet } from './library.tsx';
import { suggestedModel } from './models.ts';
import { OriginBanner } from './origin-banner.tsx';
import { HeaderActions, type Opened } from './page-actions.tsx';
import './panels.css';
import './playground.css';
import { problemText } from './problem.ts';
import { PromptPanel } from './prompt-panel.tsx';
import { followAgain, runColumns, stopAll } from './runs.ts';
import { SaveDialog } from './save-dialog.tsx';
import { anyAnswer, clearColumns, usePlayground } from './store.ts';
import { useOrigin } from './use-origin.ts';

export function PlaygroundPage(): ReactNode {
  const { t } = useText();
  const bridge = useBridge();
  const { view, side } = usePlayground();
  const [opened, setOpened] = useState<Opened>();
  const run = useRun();
  useOrigin();
  useModels();
  useEffect(() => followAgain(bridge), [bridge]);
  usePageCommands(run, setOpened);
  return (
    <Page title={t('page.playground')} size="full" actions={<HeaderActions onRun={() => run()} onOpen={setOpened} />}>
      <OriginBanner />
      <div className="playground" data-side={side}>
        {side === 'shown' && (
          <div className="playground-side">
            <Examples />
            <PromptPanel onRun={() => run()} />
          </div>
        )}
        {view === 'batch' ? (
          <div className="playground-columns-frame">
            <BatchModels />
            <BatchView />
          </div>
        ) : (
          <Columns
            onRun={run}
            onCode={(column) => setOpened({ what: 'code', column })}
            onCompare={() => setOpened({ what: 'compare' })}
            onVotes={() => setOpened({ what: 'votes' })}
          />
        )}
      </div>
      {opened !== undefined && <Overlays opened={opened} onClose={() => setOpened(undefined)} />}
    </Page>
  );
}

function Overlays({ opened, onClose }: { readonly opened: Opened; readonly onClose: () => void }): ReactNode {
  const columns = usePlayground((state) => state.columns);
  const known = usePlayground((state) => state.opened);
  const prompts = useCall('prompts.list', {}, { enabled: opened.what === 'save' });
  switch (opened.what) {
    case 'library':
      return <LibrarySheet onClose={onClose} />;
    case 'votes':
      return <VotesDialog onClose={onClose} />;
    case 'compare':
      return <CompareDialog columns={columns} onClose={onClose} />;
    case 'code':
      return <CodeDialog column={opened.column} onClose={onClose} />;
    case 'save':
      // Fields begin with what is known: they wait for it, and for nothing when that cannot be told.
      return prompts.isPending ? null : (
        <SaveDialog known={prompts.data?.prompts.find(({ id }) => id === known?.id)} onClose={onClose} />
      );
  }
}

/** Sends the prompt, or says why it cannot be sent and puts the focus where that is mended. */
function useRun(): (ids?: readonly string[]) => void {
  const bridge = useBridge();
  const text = useText();
  return useCallback(
    (ids) => {
      const { view, columns } = usePlayground.getState();
      // Pressed once too often, it does not cost twice.
      if (view === 'batch' || (ids === undefined && columns.some(runs))) return;
      const problem = runColumns(bridge, ids);
      if (problem === undefined) return;
      toast.error(problemText(text, problem));
      if (problem.what === 'variable')
        document.querySelector<HTMLElement>(`[data-variable="${CSS.escape(problem.detail)}"]`)?.focus();
      if (problem.what === 'empty') document.querySelector<HTMLElement>('.playground-turn textarea')?.focus();
    },
    [bridge, text],
  );
}

/** A column without a model gets one that surely answers, as soon as it is known what there is. */
function useModels(): void {
  const snapshot = useLive((state) => state.snapshot);
  const isMissing = usePlayground((state) => state.columns.some(({ model }) => model === ''));
  useEffect(() => {
    if (snapshot === undefined || !isMissing) return;
    usePlayground.setState(({ columns }) => ({
      columns: columns.map((column) =>
        column.model === ''
          ? {
              ...column,
              model: suggestedModel(
                snapshot,
                columns.map(({ model }) => model),
              ),
            }
          : column,
      ),
    }));
  }, [snapshot, isMissing]);
}

function usePageCommands(run: () => void, onOpen: (opened: Opened) => void): void {
  const { t } = useText();
  const bridge = useBridge();
  const hasRuns = usePlayground(({ columns }) => columns.some(runs));
  const hasAnswers = usePlayground(({ columns }) => anyAnswer(columns));
  useCommands(
    useMemo(() => {
      const group = t('page.playground');
      const one = (id: string, label: string, act: () => void, shortcut?: string) => ({
        ...{ id: `playground.${id}`, label, group, run: act },
        ...(shortcut === undefined ? {} : { shortcut }),
      });
      return [
        one('run', t('playground.run'), () => run(), 'Mod+Enter'),
        ...(hasRuns ? [one('stop', t('playground.stop'), () => stopAll(bridge))] : []),
        ...(hasAnswers ? [one('clear', t('playground.clear'), clearColumns)] : []),
        one('library', t('playground.library'), () => onOpen({ what: 'library' }), 'l'),
        one('save', t('playground.save'), () => onOpen({ what: 'save' }), 'Mod+s'),
        one('votes', t('playground.votes'), () => onOpen({ what: 'votes' })),
      ];
    }, [t, bridge, run, hasRuns, hasAnswers, onOpen]),
  );
}

function runs(column: Column): boolean {
  const answer = lastAnswer(column);
  return answer !== undefined && isRunning(answer);
}

function Examples(): ReactNode {
  const text = useText();
  const { t } = text;
  const isEmpty = usePlayground((state) => isEmptyDraft(state.draft) && !anyAnswer(state.columns));
  if (!isEmpty) return null;
  return (
    <div className="playground-examples">
      <p className="muted">{t('playground.examples')}</p>
      <div className="row wrap">
        {examples.map((example) => (
          <Button
            key={example}
            size="small"
            onClick={() => usePlayground.setState({ draft: exampleDraft(example, text) })}
          >
            {t(exampleTitle(example))}
          </Button>
        ))}
      </div>
    </div>
  );
}
