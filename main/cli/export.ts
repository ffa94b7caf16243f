/** Writes what is exported: to a file that only its owner may read, else to stdout, piece by piece. */
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ExchangeEntry } from '../../shared/contract/traffic.ts';
import type { UsageGroup } from '../../shared/contract/usage.ts';
import type { UsageGrouping } from '../../shared/contract/words.ts';
import { csvLine, type CsvValue } from '../kit/csv.ts';
import { printable } from '../kit/printable.ts';
import type { Arguments } from './arguments.ts';
import type { Client } from './client.ts';
import { CommandError, UsageError, type Shell } from './shell.ts';

export const exportFormats = ['csv', 'jsonl'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The format that `--export` names. Throws UsageError for one that is not known. */
export function readFormat(args: Arguments, command: string): ExportFormat | undefined {
  const text = args.text('export');
  if (text === undefined) return undefined;
  const known = exportFormats.find((format) => format === text);
  if (known !== undefined) return known;
  throw new UsageError(`--export does not know "${text}": give ${exportFormats.join(' or ')}.`, command);
}

/** Throws where the rules of a team keep what is recorded out of files. */
export async function checkExport(client: Pick<Client, 'ask'>): Promise<void> {
  const { export_refused } = await client.ask('config.state', {});
  if (export_refused !== null) throw new CommandError(export_refused);
}

/** Takes pieces of text that end with a line break, one after the other. */
export interface Sink {
  readonly write: (text: string) => Promise<void>;
}

/** Opens `--output` or stdout for the time of the work. A file that was there is replaced. */
export async function withSink(args: Arguments, shell: Shell, work: (sink: Sink) => Promise<void>): Promise<void> {
  const path = args.text('output');
  if (path === undefined) {
    // The line break at the end is the shell's.
    await work({ write: async (text) => shell.out(text.replace(/\n$/, '')) });
    return;
  }
  const file = resolve(shell.cwd, path);
  const handle = await open(file, 'w', 0o600).catch((error: unknown) => {
    throw new CommandError(`${path} cannot be written: ${reasonOf(error)}.`, { cause: error });
  });
  try {
    // The mode above is for a file that is new; one that was there keeps its own.
    if ((await handle.stat()).isFile()) await handle.chmod(0o600);
    await work({ write: async (text) => void (await handle.writeFile(text)) });
  } finally {
    await handle.close();
  }
  shell.err(`Written to ${file}.`);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'its folder is not there';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES' || code === 'EPERM') return 'that is not allowed there';
  return error instanceof Error ? error.message : String(error);
}

/** One JSON object on a line of its own. What would act on a terminal is left out of its texts (SEC-31). */
export function jsonLine(value: unknown): string {
  const safe = (_: string, item: unknown): unknown =>
    typeof item === 'string' ? item.split('\n').map(printable).join('\n') : item;
  return `${JSON.stringify(value, safe)}\n`;
}

const logColumns: readonly (readonly [string, (entry: ExchangeEntry) => CsvValue])[] = [
  ['request_id', (entry) => entry.request_id],
  ['at', (entry) => entry.at],
  ['key', (entry) => entry.key],
  ['client', (entry) => entry.client],
  ['user', (entry) => entry.user],
  ['team', (entry) => entry.team],
  ['session', (entry) => entry.session],
  ['surface', (entry) => entry.surface],
  ['dialect', (entry) => entry.dialect],
  ['model_asked', (entry) => entry.model_asked],
  ['target', (entry) => entry.target],
  ['status', (entry) => entry.status],
  ['error', (entry) => entry.error],
  ['rule', (entry) => entry.rule],
  ['downgraded_to', (entry) => entry.downgrade?.alias],
  ['outcome', (entry) => entry.outcome],
  ['attempts', (entry) => entry.attempts.length],
  ['ttft_ms', (entry) => entry.ttft_ms],
  ['duration_ms', (entry) => entry.duration_ms],
  ['input_tokens', (entry) => entry.usage?.input_tokens],
  ['output_tokens', (entry) => entry.usage?.output_tokens],
  ['cache_read_tokens', (entry) => entry.usage?.cache_read_tokens],
  ['cache_write_tokens', (entry) => entry.usage?.cache_write_tokens],
  ['reasoning_tokens', (entry) => entry.usage?.reasoning_tokens],
  ['usage_source', (entry) => entry.usage_source],
  ['cost_usd', (entry) => entry.cost_usd],
  ['cached', (entry) => entry.cache !== null],
  ['cache_saved_usd', (entry) => entry.cache?.saved_usd],
  ['stream', (entry) => entry.stream],
  ['losses', (entry) => entry.losses.length],
  ['finish_reason', (entry) => entry.finish_reason],
  ['request_bytes', (entry) => entry.request_bytes],
  ['response_bytes', (entry) => entry.response_bytes],
  ['masked', (entry) => entry.masked],
  ['firewall', (entry) => entry.firewall?.rules.join(' ')],
  ['route_reason', (entry) => entry.route_reason],
];

export const logCsvTitles = csvLine(logColumns.map(([title]) => title));

export function logCsvLine(entry: ExchangeEntry): string {
  return csvLine(logColumns.map(([, value]) => value(entry)));
}

const usageColumns = [
  ...(['requests', 'errors', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens'] as const),
  ...(['cost_usd', 'known_cost_usd', 'unknown_costs', 'cache_hit_rate', 'cached', 'cache_saved_usd'] as const),
] as const;

/** Groups as a table with titles: what they are grouped by, then the sums. */
export function usageCsv(groups: readonly UsageGroup[], groupBy: readonly UsageGrouping[]): string {
  const columns = [...groupBy, ...usageColumns];
  return [columns, ...groups.map((group) => columns.map((name) => group[name]))].map(csvLine).join('');
}
