/** What is done with the page as a whole: run, stop, library, and the rest. */
import { BookOpen, Ellipsis, Play, Save, Square } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useBridge } from '../../bridge/hooks.ts';
import { shortcutText } from '../../state/shortcut-text.ts';
import { useText } from '../../text/text.ts';
import { Button, IconButton, Segmented } from '../../ui/controls.tsx';
import { Confirm, Menu } from '../../ui/overlay.tsx';
import { isEmptyDraft, isRunning, lastAnswer, type Column } from './draft.ts';
import { stopAll } from './runs.ts';
import { anyAnswer, clearColumns, startOver, usePlayground } from './store.ts';

/** What is open over the page. */
export type Opened =
  { readonly what: 'library' | 'save' | 'votes' | 'compare' } | { readonly what: 'code'; readonly column: Column };

export function HeaderActions({
  onRun,
  onOpen,
}: {
  readonly onRun: () => void;
  readonly onOpen: (opened: Opened) => void;
}): ReactNode {
  const { t } = useText();
  const { view, draft, columns } = usePlayground();
  const [asks, setAsks] = useState(false);
  const bridge = useBridge();
  const empty = (): void => {
    stopAll(bridge);
    startOver();
    setAsks(false);
  };
  return (
    <>
      <Segmented
        label={t('playground.view')}
        value={view}
        onChange={(value) => usePlayground.setState({ view: value })}
        choices={[
          { value: 'columns', label: t('playground.view.columns') },
          { value: 'batch', label: t('playground.view.batch') },
        ]}
      />
      <Button onClick={() => onOpen({ what: 'library' })}>
        <BookOpen size={15} aria-hidden />
        {t('playground.library')}
      </Button>
      <Button disabled={isEmptyDraft(draft)} onClick={() => onOpen({ what: 'save' })}>
        <Save size={15} aria-hidden />
        {t('common.save')}
      </Button>
      <Menu
        trigger={
          <IconButton label={t('common.more')}>
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
        items={[
          {
            label: t('playground.clear'),
            disabled: !anyAnswer(columns),
            onSelect: () => {
              stopAll(bridge);
              clearColumns();
            },
          },
          {
            label: t('playground.new'),
            onSelect: () => (isEmptyDraft(draft) && !anyAnswer(columns) ? empty() : setAsks(true)),
          },
          'separator',
          { label: t('playground.votes'), onSelect: () => onOpen({ what: 'votes' }) },
        ]}
      />
      {view === 'columns' && <RunButton onRun={onRun} />}
      <Confirm
        open={asks}
        onClose={() => setAsks(false)}
        title={t('playground.new.title')}
        text={t('playground.new.text')}
        action={t('playground.new')}
        onConfirm={empty}
      />
    </>
  );
}

function RunButton({ onRun }: { readonly onRun: () => void }): ReactNode {
  const { t } = useText();
  const bridge = useBridge();
  const runs = usePlayground(({ columns }) =>
    columns.some((column) => {
      const answer = lastAnswer(column);
      return answer !== undefined && isRunning(answer);
    }),
  );
  return runs ? (
    <Button onClick={() => stopAll(bridge)}>
      <Square size={14} aria-hidden />
      {t('playground.stop')}
    </Button>
  ) : (
    <Button variant="primary" onClick={onRun} title={shortcutText('Mod+Enter')}>
      <Play size={14} aria-hidden />
      {t('playground.run')}
    </Button>
  );
}
