/** One column: a model, what was said, what it took, and how to go on. */
import { Check, Ellipsis, Play, Square } from 'lucide-react';
import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { useBridge } from '../../bridge/hooks.ts';
import { useModelSources } from '../../state/model-sources.ts';
import { useText } from '../../text/text.ts';
import { Badge, IconButton } from '../../ui/controls.tsx';
import { copyText } from '../../ui/copy.tsx';
import { ModelPicker } from '../../ui/model-picker.tsx';
import { Menu, type MenuItem } from '../../ui/overlay.tsx';
import { AnswerView } from './answer.tsx';
import { letterOf } from './blind.ts';
import { canContinue, isRunning, lastAnswer, type Column, type Step } from './draft.ts';
import { ParametersButton } from './parameters.tsx';
import { ReplyBox } from './reply-box.tsx';
import { RunFigures } from './run-figures.tsx';
import { stopColumn } from './runs.ts';
import { changeColumn, usePlayground } from './store.ts';

export interface ColumnViewProps {
  readonly column: Column;
  readonly index: number;
  /** Which model it is must not be told; `waits`: until all have ended nothing is shown. */
  readonly hidden: 'no' | 'yes' | 'waits';
  readonly isWinner: boolean;
  readonly onRun: () => void;
  readonly onCode: () => void;
  readonly onRemove: (() => void) | undefined;
}

export function ColumnView(props: ColumnViewProps): ReactNode {
  const { column, index, hidden, isWinner } = props;
  const { t } = useText();
  const sources = useModelSources();
  const answer = lastAnswer(column);
  const isBlind = hidden !== 'no';
  const name = isBlind
    ? t('playground.blind.answer', { letter: letterOf(index) })
    : t('playground.column', { number: index + 1 });
  return (
    <section className="playground-column" aria-label={name}>
      <header className="row">
        {isBlind ? (
          <h3 className="grow">{name}</h3>
        ) : (
          <>
            <ModelPicker
              className="playground-model"
              sources={sources}
              shown={column.model === '' ? t('playground.model.none') : column.model}
              label={t('playground.column.model', { number: index + 1 })}
              onChoose={(model) => changeColumn(column.id, () => ({ model }))}
            />
            <ParametersButton
              label={t('playground.column.parameters', { number: index + 1 })}
              parameters={column.parameters}
              onChange={(parameters) => changeColumn(column.id, () => ({ parameters }))}
            />
          </>
        )}
        {!isBlind && <ColumnActions {...props} />}
      </header>
      {isWinner && (
        <p className="playground-winner">
          <Badge tone="ok" icon={<Check size={12} aria-hidden />}>
            {t('playground.blind.winner')}
          </Badge>
        </p>
      )}
      <Steps steps={column.steps} hidden={hidden} name={name} />
      {!isBlind && answer?.result !== undefined && answer.result !== null && <RunFigures result={answer.result} />}
      {!isBlind && canContinue(column) && <ReplyBox column={column} />}
      {!isBlind && column.base === null && column.steps.length > 0 && (
        <p className="muted small playground-foot">{t('playground.pictures.lost')}</p>
      )}
    </section>
  );
}

function ColumnActions({ column, index, onRun, onCode, onRemove }: ColumnViewProps): ReactNode {
  const { t } = useText();
  const bridge = useBridge();
  const answer = lastAnswer(column);
  const runs = answer !== undefined && isRunning(answer);
  const items: readonly MenuItem[] = [
    {
      label: t('playground.copy.answer'),
      disabled: (answer?.text ?? '') === '',
      onSelect: () => void copyText(answer?.text ?? ''),
    },
    { label: t('playground.code'), onSelect: onCode },
    'separator',
    {
      label: t('playground.column.clear'),
      disabled: column.steps.length === 0,
      onSelect: () => {
        stopColumn(bridge, column);
        changeColumn(column.id, () => ({ base: [], steps: [] }));
      },
    },
    ...(onRemove === undefined ? [] : [{ label: t('playground.column.remove'), onSelect: onRemove }]),
  ];
  return (
    <span className="row playground-tools">
      {runs ? (
        <IconButton
          size="small"
          label={t('playground.column.stop', { number: index + 1 })}
          onClick={() => stopColumn(bridge, column)}
        >
          <Square size={14} aria-hidden />
        </IconButton>
      ) : (
        <IconButton size="small" label={t('playground.column.run', { number: index + 1 })} onClick={onRun}>
          <Play size={15} aria-hidden />
        </IconButton>
      )}
      <Menu
        trigger={
          <IconButton size="small" label={t('playground.column.more', { number: index + 1 })}>
            <Ellipsis size={15} aria-hidden />
          </IconButton>
        }
        items={items}
      />
    </span>
  );
}

function Steps({
  steps,
  hidden,
  name,
}: {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly hidden: ColumnViewProps['hidden'];
}): ReactNode {
  const { t } = useText();
  const frame = useStickToEnd(steps);
  if (hidden === 'waits') return <p className="muted playground-steps">{t('playground.blind.waits')}</p>;
  return (
    <div className="playground-steps" ref={frame} tabIndex={0} role="group" aria-label={t('playground.conversation')}>
      {steps.length === 0 && <p className="muted small">{t('playground.column.empty')}</p>}
      {steps.map((step, index) => (
        // Steps are only ever added at the end.
        <StepView key={index} step={step} name={`${name}, ${String(index + 1)}`} blind={hidden !== 'no'} />
      ))}
    </div>
  );
}

function StepView({
  step,
  name,
  blind,
}: {
  readonly step: Step;
  readonly name: string;
  readonly blind: boolean;
}): ReactNode {
  const { t } = useText();
  const format = usePlayground((state) => state.format);
  if (step.kind === 'answer') return <AnswerView answer={step.answer} format={format} name={name} blind={blind} />;
  const text =
    step.kind === 'user' ? step.text : step.results.map(({ name, text: given }) => `${name} → ${given}`).join('\n');
  return (
    <div className="playground-said">
      <span className="muted small">{t(step.kind === 'user' ? 'playground.you' : 'playground.results')}</span>
      <p className="playground-text">{text}</p>
    </div>
  );
}

/** While text grows its end stays in sight, unless the reader went elsewhere. */
function useStickToEnd(steps: readonly Step[]): React.RefObject<HTMLDivElement | null> {
  const frame = useRef<HTMLDivElement>(null);
  const wasAtEnd = useRef(true);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const last = steps.at(-1);
    if (wasAtEnd.current && last?.kind === 'answer' && isRunning(last.answer)) element.scrollTop = element.scrollHeight;
    const onScroll = (): void => {
      wasAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => element.removeEventListener('scroll', onScroll);
  }, [steps]);
  return frame;
}
