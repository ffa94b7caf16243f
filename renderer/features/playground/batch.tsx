/** A prompt over a table of inputs: paste, run, watch what it costs, take the results away. */
import { Play, Square, Upload } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import { useBridge } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button, Field, TextArea } from '../../ui/controls.tsx';
import { BatchResults } from './batch-results.tsx';
import { cancelBatch, startBatch, useBatch } from './batch-run.ts';
import { maxRows, readTable } from './csv.ts';
import { sumCosts, totalsOf } from './figures.ts';
import { problemText, tableProblemText } from './problem.ts';
import { usePlayground } from './store.ts';
import { variableNames } from './variables.ts';

const mostFileBytes = 8 * 1024 * 1024;

export function BatchView(): ReactNode {
  const text = useText();
  const { t } = text;
  const bridge = useBridge();
  const { draft, columns } = usePlayground();
  const { input, run } = useBatch();
  const [problem, setProblem] = useState<string>();
  const { table, problem: wrong } = readTable(input);
  const names = variableNames(draft);
  const missing = names.filter(
    (name) => table?.header.includes(name) === false && (draft.variables[name] ?? '') === '',
  );
  const unused = table?.header.filter((name) => !names.includes(name)) ?? [];
  const start = (): void => {
    const stopped = startBatch(bridge, draft, columns);
    setProblem(
      stopped === undefined
        ? undefined
        : t('playground.batch.row.problem', { row: stopped.row + 1, problem: problemText(text, stopped.problem) }),
    );
  };
  const isRunning = run?.state === 'running';
  return (
    <div className="playground-batch">
      <TableInput
        input={input}
        problem={input.trim() === '' || wrong === undefined ? undefined : tableProblemText(text, wrong)}
        hint={
          table === undefined
            ? t('playground.batch.hint', { count: maxRows })
            : [
                t('playground.batch.read', {
                  rows: table.rows.length,
                  models: columns.length,
                  requests: table.rows.length * columns.length,
                }),
                unused.length === 0 ? '' : t('playground.batch.unused', { names: unused.join(', ') }),
              ].join(' ')
        }
      />
      {table !== undefined && missing.length > 0 && (
        <p className="playground-problem">{t('playground.batch.missing', { names: missing.join(', ') })}</p>
      )}
      {problem !== undefined && (
        <p className="playground-problem" role="alert">
          {problem}
        </p>
      )}
      <div className="row wrap">
        <Button variant="primary" disabled={table === undefined || missing.length > 0 || isRunning} onClick={start}>
          <Play size={14} aria-hidden />
          {t('playground.batch.run')}
        </Button>
        {isRunning && (
          <Button onClick={() => cancelBatch(bridge)}>
            <Square size={14} aria-hidden />
            {t('common.cancel')}
          </Button>
        )}
      </div>
      {run !== undefined && <BatchProgress />}
      {run !== undefined && <BatchResults run={run} />}
    </div>
  );
}

function TableInput({
  input,
  problem,
  hint,
}: {
  readonly input: string;
  readonly problem: string | undefined;
  readonly hint: string;
}): ReactNode {
  const { t } = useText();
  const file = useRef<HTMLInputElement>(null);
  const [isTooLarge, setIsTooLarge] = useState(false);
  const take = async (given: File): Promise<void> => {
    setIsTooLarge(given.size > mostFileBytes);
    if (given.size <= mostFileBytes) useBatch.setState({ input: await given.text() });
  };
  return (
    <>
      <Field
        label={t('playground.batch.input')}
        hint={hint}
        problem={isTooLarge ? t('playground.file.large') : problem}
      >
        {(ids) => (
          <TextArea
            {...ids}
            rows={6}
            className="mono"
            placeholder={t('playground.batch.placeholder')}
            value={input}
            onChange={(event) => useBatch.setState({ input: event.target.value })}
          />
        )}
      </Field>
      <div>
        <input
          ref={file}
          type="file"
          hidden
          accept=".csv,.tsv,.jsonl,.ndjson,.txt"
          aria-label={t('playground.batch.file')}
          onChange={(event) => {
            const [given] = event.target.files ?? [];
            if (given !== undefined) void take(given);
            event.target.value = '';
          }}
        />
        <Button size="small" onClick={() => file.current?.click()}>
          <Upload size={14} aria-hidden />
          {t('playground.batch.file')}
        </Button>
      </div>
    </>
  );
}

function BatchProgress(): ReactNode {
  const { t, money } = useText();
  const run = useBatch((state) => state.run);
  if (run === undefined) return null;
  const answers = run.answers.flat().filter((one) => one !== undefined);
  const total = run.table.rows.length * run.models.length;
  const { ended, failed } = totalsOf(answers);
  const spent = sumCosts(answers.flatMap(({ result }) => (result === null ? [] : [result])));
  return (
    <div className="playground-progress">
      <progress max={total} value={ended} aria-label={t('playground.batch.progress')} />
      <p className="row wrap" role="status">
        <strong>{t(`playground.batch.${run.state}`, { done: ended, total })}</strong>
        {failed > 0 && <span className="playground-problem">{t('playground.batch.failed', { count: failed })}</span>}
        <span>
          {t('playground.batch.spent', { cost: money(spent.known) })}
          {spent.unknown > 0 && ` ${t('playground.batch.unknown', { count: spent.unknown })}`}
        </span>
      </p>
    </div>
  );
}
