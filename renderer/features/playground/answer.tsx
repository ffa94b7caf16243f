/** What a model answered, as text that does nothing: streamed plainly, drawn nicely when it is whole. */
import { ChevronRight, CircleAlert, CircleStop, TriangleAlert, Wrench } from 'lucide-react';
import { lazy, Suspense, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { RunResult } from '../../../shared/contract/playground.ts';
import { useText } from '../../text/text.ts';
import { Badge, Spinner } from '../../ui/controls.tsx';
import { CodeBlock, printable } from '../../ui/copy.tsx';
import { isRunning, type Answer } from './draft.ts';
import { prettyJson } from './json-text.ts';

const Markdown = lazy(async () => ({ default: (await import('../../ui/markdown.tsx')).Markdown }));

/** Of a text that grows only its end is drawn; of one that is whole, its beginning. */
const shownWhile = 60_000;
const shownAfter = 400_000;
/** Drawing a longer one as markdown would hold up the window. */
const mostMarkdown = 100_000;

export interface AnswerViewProps {
  readonly answer: Answer;
  readonly format: 'formatted' | 'plain';
  /** `Column 2`: tells its parts from those of the others, for screen readers. */
  readonly name: string;
  /** Nothing that tells which model it was. */
  readonly blind?: boolean;
}

export function AnswerView({ answer, format, name, blind = false }: AnswerViewProps): ReactNode {
  const { t } = useText();
  const running = isRunning(answer);
  const { text, reasoning, result } = answer;
  const calls = result?.tool_calls ?? [];
  return (
    <div className="playground-answer" aria-busy={running}>
      {reasoning !== '' && !blind && <Reasoning text={reasoning} isOpen={running && text === ''} />}
      {running && text === '' && (
        <p className="row muted">
          <Spinner label={t('playground.waiting')} />
          {t(reasoning === '' ? 'playground.waiting' : 'playground.thinking')}
        </p>
      )}
      {text !== '' && <AnswerText text={text} isWhole={!running} name={name} format={blind ? 'plain' : format} />}
      {calls.map((call, index) => (
        <section key={call.id} className="playground-call">
          <p className="row wrap">
            <Wrench size={14} aria-hidden />
            <strong>
              <code>{printable(call.name)}</code>
            </strong>
            <span className="muted small">{t('playground.call.hint')}</span>
          </p>
          <CodeBlock
            wrapped
            label={`${name}: ${t('playground.call.arguments', { name: call.name })} (${String(index + 1)})`}
            text={prettyJson(call.arguments) ?? call.arguments}
          />
        </section>
      ))}
      {result !== null && text === '' && calls.length === 0 && result.error === null && !result.stopped && (
        <p className="muted">{t('playground.nothing')}</p>
      )}
      <End answer={answer} blind={blind} />
    </div>
  );
}

function Reasoning({ text, isOpen }: { readonly text: string; readonly isOpen: boolean }): ReactNode {
  const { t } = useText();
  return (
    // Opened while there is nothing else to be seen; then it folds, and whoever wants it opens it.
    <details className="playground-part" key={String(isOpen)} open={isOpen}>
      <summary>
        <ChevronRight size={15} aria-hidden />
        {t('playground.reasoning', { count: text.length })}
      </summary>
      <p className="playground-text muted">{printable(text.slice(-shownWhile))}</p>
    </details>
  );
}

function AnswerText({
  text,
  isWhole,
  name,
  format,
}: {
  readonly text: string;
  readonly isWhole: boolean;
  readonly name: string;
  readonly format: AnswerViewProps['format'];
}): ReactNode {
  const { t } = useText();
  if (!isWhole)
    return (
      <p className="playground-text">
        {text.length > shownWhile && '… '}
        {printable(text.slice(-shownWhile))}
      </p>
    );
  const shown = text.length > shownAfter ? `${text.slice(0, shownAfter)}…` : text;
  const plain = <p className="playground-text">{printable(shown)}</p>;
  if (format === 'plain' || text.length > mostMarkdown) return plain;
  const pretty = prettyJson(text);
  if (pretty !== undefined)
    return <CodeBlock wrapped label={`${name}: ${t('playground.json.answer')}`} text={pretty} />;
  return (
    <Suspense fallback={plain}>
      <Markdown text={printable(text)} />
    </Suspense>
  );
}

/** How it ended, where that was not the ordinary end. */
function End({ answer, blind }: { readonly answer: Answer; readonly blind: boolean }): ReactNode {
  const { t } = useText();
  const { failure, result } = answer;
  if (failure !== null)
    return (
      <div className="playground-end error" role="alert">
        <CircleAlert size={15} aria-hidden />
        <span className="wrap-anywhere">
          {failure.message === '' || failure.code === 'control.not_found' ? t('playground.lost') : failure.message}
        </span>
      </div>
    );
  if (result === null) return null;
  if (result.stopped)
    return (
      <div className="playground-end">
        <Badge icon={<CircleStop size={12} aria-hidden />}>{t('playground.stopped')}</Badge>
      </div>
    );
  if (result.error !== null) return <Broken result={result} error={result.error} blind={blind} />;
  if (result.finish_reason !== 'length' && result.finish_reason !== 'content_filter') return null;
  return (
    <div className="playground-end">
      <Badge tone="warning" icon={<TriangleAlert size={12} aria-hidden />}>
        {t(`playground.finish.${result.finish_reason}`)}
      </Badge>
    </div>
  );
}

function Broken({
  result,
  error,
  blind,
}: {
  readonly result: RunResult;
  readonly error: NonNullable<RunResult['error']>;
  readonly blind: boolean;
}): ReactNode {
  const { t } = useText();
  const hasText = result.text !== '' || result.tool_calls.length > 0;
  return (
    <div className="playground-end error" role="alert">
      <CircleAlert size={15} aria-hidden />
      <div className="stack tight grow">
        <strong>
          {t(hasText ? 'playground.broken' : 'playground.failed')}
          {!blind && result.status !== null && result.status >= 400 && ` · ${String(result.status)}`}
        </strong>
        {!blind && (
          <>
            <span className="wrap-anywhere">{printable(error.message)}</span>
            <span className="row wrap small">
              {error.code !== null && <code>{printable(error.code)}</code>}
              {result.request_id !== null && (
                <Link href={`/activity?id=${encodeURIComponent(result.request_id)}`}>{t('playground.request')}</Link>
              )}
            </span>
          </>
        )}
      </div>
    </div>
  );
}
