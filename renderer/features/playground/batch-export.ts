/** The results of a batch as lines of a table that can be taken away. */
import type { BatchRun } from './batch-run.ts';
import { inputTokens } from './figures.ts';

type Cell = string | number | null;

/** One line for each row, and for each model what it answered, took and cost; empty is what is not known. */
export function resultRows({
  table,
  models,
  answers,
}: Pick<BatchRun, 'table' | 'models' | 'answers'>): readonly (readonly Cell[])[] {
  const names = [
    'answer',
    'error',
    'cost_usd',
    'ttft_ms',
    'duration_ms',
    'input_tokens',
    'output_tokens',
    'request_id',
  ];
  const header = [...table.header, ...models.flatMap((model) => names.map((name) => `${model} ${name}`))];
  const lines = table.rows.map((values, row): readonly Cell[] => [
    ...table.header.map((name) => values[name] ?? ''),
    ...models.flatMap((_, model): readonly Cell[] => {
      const answer = answers[row]?.[model];
      const result = answer?.result;
      if (answer === undefined || result === null || result === undefined)
        return ['', answer?.failure?.message ?? '', null, null, null, null, null, null];
      const { usage } = result;
      const calls = result.tool_calls.map(({ name, arguments: given }) => `${name}(${given})`).join('\n');
      return [
        [result.text, calls].filter((one) => one !== '').join('\n'),
        result.stopped ? 'stopped' : (result.error?.message ?? ''),
        result.cost_usd,
        result.ttft_ms === null ? null : Math.round(result.ttft_ms),
        Math.round(result.duration_ms),
        inputTokens(usage),
        usage?.output_tokens ?? null,
        result.request_id,
      ];
    }),
  ]);
  return [header, ...lines];
}
