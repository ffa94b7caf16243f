/** What came of each row in each model, with cost and time beside it, and sums of each model. */
import { Download } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useTeamValues } from '../../state/team.ts';
import { useText, type Text } from '../../text/text.ts';
import { Badge, Button } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { DataTable, type Column as TableColumn } from '../../ui/table.tsx';
import { TeamMark } from '../../ui/team-mark.tsx';
import { AnswerView } from './answer.tsx';
import type { BatchRun } from './batch-run.ts';
import { resultRows } from './batch-export.ts';
import { writeCsv } from './csv.ts';
import { download } from './download.ts';
import type { Answer } from './draft.ts';
import { isFailed, totalsOf } from './figures.ts';
import { RunFigures } from './run-figures.tsx';
import { TableRegion } from './table-region.tsx';

/** Beyond these the table is wider than it is of use; all of them are in the row's own dialog. */
const shownVariables = 2;
const shownText = 160;

interface Row {
  readonly index: number;
  readonly values: Readonly<Record<string, string>>;
  readonly answers: readonly (Answer | undefined)[];
}

export function BatchResults({ run }: { readonly run: BatchRun }): ReactNode {
  const text = useText();
  const { t } = text;
  const [open, setOpen] = useState<number>();
  // What it holds was recorded too: where that may not leave in files, this may not.
  const rule = useTeamValues().of('/logging/export');
  const rows = useMemo(
    () => run.table.rows.map((values, index) => ({ index, values, answers: run.answers[index] ?? [] })),
    [run],
  );
  const { table, models } = run;
  const columns = useMemo(() => columnsOf(table.header, models, text), [table, models, text]);
  const row = rows.find(({ index }) => index === open);
  return (
    <>
      <div className="row between wrap">
        <h2>{t('playground.batch.results')}</h2>
        {rule === undefined ? (
          <Button size="small" onClick={() => download('results.csv', 'text/csv', writeCsv(resultRows(run)))}>
            <Download size={14} aria-hidden />
            {t('playground.batch.export')}
          </Button>
        ) : (
          <TeamMark entry={rule} name={t('playground.batch.export')} />
        )}
      </div>
      <Totals run={run} />
      <p className="muted small">{t('playground.batch.open')}</p>
      <DataTable
        rows={rows}
        columns={columns}
        rowId={({ index }) => String(index)}
        label={t('playground.batch.results')}
        selected={open === undefined ? undefined : String(open)}
        onSelect={() => undefined}
        onOpen={({ index }) => setOpen(index)}
        className="playground-results"
        height="26rem"
      />
      {row !== undefined && <RowDialog row={row} run={run} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function columnsOf(
  header: readonly string[],
  models: readonly string[],
  { t, money, duration }: Text,
): readonly TableColumn<Row>[] {
  const answerColumns = models.flatMap((model, index): TableColumn<Row>[] => [
    { id: `${String(index)} answer`, header: model, cell: ({ answers }) => <CellText answer={answers[index]} /> },
    {
      id: `${String(index)} cost`,
      header: t('playground.figure.cost'),
      numeric: true,
      cell: ({ answers }) => (answers[index] === undefined ? '' : money(answers[index].result?.cost_usd)),
      sortBy: ({ answers }) => numberOf(answers[index]?.result?.cost_usd ?? null),
    },
    {
      id: `${String(index)} time`,
      header: t('playground.figure.duration'),
      numeric: true,
      cell: ({ answers }) => (answers[index] === undefined ? '' : duration(answers[index].result?.duration_ms)),
      sortBy: ({ answers }) => answers[index]?.result?.duration_ms ?? null,
    },
  ]);
  return [
    { id: 'row', header: '#', numeric: true, cell: ({ index }) => index + 1, sortBy: ({ index }) => index },
    ...header.slice(0, shownVariables).map((name): TableColumn<Row> => ({
      id: `variable ${name}`,
      header: name,
      cell: ({ values }) => <span className="playground-cell">{(values[name] ?? '').slice(0, shownText)}</span>,
    })),
    ...answerColumns,
  ];
}

function numberOf(usd: string | null): number | null {
  return usd === null ? null : Number(usd);
}

function CellText({ answer }: { readonly answer: Answer | undefined }): ReactNode {
  const { t } = useText();
  if (answer === undefined) return <span className="muted">…</span>;
  if (isFailed(answer)) {
    const why = answer.failure?.message ?? answer.result?.error?.message ?? '';
    return (
      <span className="playground-cell" title={why}>
        <Badge tone="error">{t('playground.failed')}</Badge> {why.slice(0, shownText)}
      </span>
    );
  }
  if (answer.result?.stopped === true) return <Badge>{t('playground.stopped')}</Badge>;
  const calls = answer.result?.tool_calls.map(({ name }) => `${name}()`).join(', ') ?? '';
  return <span className="playground-cell">{answer.text === '' ? calls : answer.text.slice(0, shownText)}</span>;
}

function Totals({ run }: { readonly run: BatchRun }): ReactNode {
  const { t, count, compact, duration, money } = useText();
  return (
    <TableRegion label={t('playground.batch.totals')}>
      <thead>
        <tr>
          <th scope="col">{t('playground.votes.model')}</th>
          {(['ended', 'failures', 'cost', 'mean', 'input', 'output'] as const).map((name) => (
            <th key={name} scope="col" className="number">
              {t(`playground.total.${name}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {run.models.map((model, index) => {
          const totals = totalsOf(run.answers.map((row) => row[index]).filter((one) => one !== undefined));
          return (
            <tr key={`${model} ${String(index)}`}>
              <th scope="row">{model}</th>
              <td className="number">{count(totals.ended)}</td>
              <td className="number">{count(totals.failed)}</td>
              <td className="number">
                {money(totals.cost.known)}
                {totals.cost.unknown > 0 && ` ${t('playground.batch.unknown', { count: totals.cost.unknown })}`}
              </td>
              <td className="number">{duration(totals.meanMs)}</td>
              <td className="number">{compact(totals.inputTokens)}</td>
              <td className="number">{compact(totals.outputTokens)}</td>
            </tr>
          );
        })}
      </tbody>
    </TableRegion>
  );
}

function RowDialog({
  row,
  run,
  onClose,
}: {
  readonly row: Row;
  readonly run: BatchRun;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useText();
  return (
    <Dialog open onClose={onClose} size="wide" title={t('playground.batch.row', { row: row.index + 1 })}>
      <dl className="facts">
        {run.table.header.map((name) => (
          <div key={name} className="playground-fact">
            <dt>{name}</dt>
            <dd className="playground-text">{row.values[name] ?? ''}</dd>
          </div>
        ))}
      </dl>
      {run.models.map((model, index) => {
        const answer = row.answers[index];
        return (
          <section key={`${model} ${String(index)}`} className="playground-column">
            <header className="row">
              <h3>{model}</h3>
            </header>
            {answer === undefined ? (
              <p className="muted playground-steps">{t('playground.batch.waiting')}</p>
            ) : (
              <div className="playground-steps">
                <AnswerView answer={answer} name={`${String(index + 1)} ${model}`} format="formatted" />
              </div>
            )}
            {answer?.result !== null && answer?.result !== undefined && <RunFigures result={answer.result} />}
          </section>
        );
      })}
    </Dialog>
  );
}
