/** A prompt over a table of inputs: every row in every column, two at a time, with what it has cost so far. */
import { create } from 'zustand';
import type { Bridge } from '../../bridge/bridge.ts';
import { bodyOf, messagesOf, type BodyProblem } from './body.ts';
import { maxRows, readTable, type InputTable } from './csv.ts';
import type { Answer, Column, Draft } from './draft.ts';
import { answerOf } from './figures.ts';
import { runOnce } from './run.ts';

const atOnce = 2;

export interface BatchRun {
  readonly table: InputTable;
  readonly models: readonly string[];
  /** By row, then by model; `undefined`: not yet. */
  readonly answers: readonly (readonly (Answer | undefined)[])[];
  readonly state: 'running' | 'ended' | 'cancelled';
}

interface BatchState {
  /** As pasted. */
  readonly input: string;
  readonly run: BatchRun | undefined;
}

export const useBatch = create<BatchState>()(() => ({ input: '', run: undefined }));

/** What runs now of the one batch there is. */
let current: { isCancelled: boolean; readonly runs: Set<string> } | undefined;

interface Job {
  readonly row: number;
  readonly model: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Every request of a batch, made before the first is sent: what is wrong with one is known then. */
export function jobsOf(
  draft: Draft,
  columns: readonly Column[],
  table: InputTable,
): { readonly jobs: readonly Job[] } | { readonly problem: BodyProblem; readonly row: number } {
  const jobs: Job[] = [];
  for (const [row, values] of table.rows.slice(0, maxRows).entries()) {
    // A row of JSON may lack what another one has.
    const given = Object.fromEntries(table.header.map((name) => [name, values[name] ?? '']));
    const messages = messagesOf(draft, given);
    if (messages.problem !== undefined) return { problem: messages.problem, row };
    for (const [model, column] of columns.entries()) {
      const body = bodyOf(column, draft, messages.value);
      if (body.problem !== undefined) return { problem: body.problem, row };
      jobs.push({ row, model, body: body.value });
    }
  }
  return { jobs };
}

export function startBatch(
  bridge: Bridge,
  draft: Draft,
  columns: readonly Column[],
): { readonly problem: BodyProblem; readonly row: number } | undefined {
  const { table } = readTable(useBatch.getState().input);
  if (table === undefined || current !== undefined) return undefined;
  const made = jobsOf(draft, columns, table);
  if ('problem' in made) return made;
  const answers = table.rows.map(() => columns.map(() => undefined));
  useBatch.setState({ run: { table, models: columns.map(({ model }) => model), answers, state: 'running' } });
  void work(bridge, [...made.jobs]);
  return undefined;
}

async function work(bridge: Bridge, jobs: Job[]): Promise<void> {
  const own = { isCancelled: false, runs: new Set<string>() };
  current = own;
  const worker = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined && !own.isCancelled; job = jobs.shift()) {
      let name: string | undefined;
      const outcome = await runOnce(bridge, job.body, {
        onRun(run) {
          name = run;
          own.runs.add(run);
          if (own.isCancelled) void bridge.call('playground.stop', { run });
        },
      });
      if (name !== undefined) own.runs.delete(name);
      put(job, answerOf(outcome));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  current = undefined;
  useBatch.setState(({ run }) =>
    run === undefined ? {} : { run: { ...run, state: own.isCancelled ? 'cancelled' : 'ended' } },
  );
}

function put({ row, model }: Job, answer: Answer): void {
  useBatch.setState(({ run }) => {
    const answers = run?.answers[row];
    if (run === undefined || answers === undefined) return {};
    return { run: { ...run, answers: run.answers.with(row, answers.with(model, answer)) } };
  });
}

/** Those that run are stopped, and no more are sent; what has come stays. */
export function cancelBatch(bridge: Bridge): void {
  if (current === undefined) return;
  current.isCancelled = true;
  for (const run of current.runs) void bridge.call('playground.stop', { run });
}
