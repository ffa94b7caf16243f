/** `npm run bench`: measures what sluice adds, beside a direct call and a bare proxy in the same run. */
import { writeFileSync } from 'node:fs';
import { availableParallelism, release, type as systemType } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { procIsReadable } from './proc.ts';
import { renderGoals, renderJson, renderRows } from './report.ts';
import type { RunInfo } from './report.ts';
import { verdicts } from './results.ts';
import type { RowResult, Verdict } from './results.ts';
import { bundleRow, decisionRow, ledgerRows, lifeRows, loadRows, maskingRows } from './rows.ts';
import { fullLedgerFile, measureLives, prepareFullFolder } from './lifetimes.ts';
import { measureRow, openSession, stopContenders, startMain } from './session.ts';
import type { Effort } from './session.ts';

const help = `Usage: npm run bench -- [--quick] [--json] [--only GLOB] [--rounds N] [--source] [--list]

  --quick       a first impression in about two minutes; without it, about eight
  --json        one JSON document on stdout instead of the table (npm run -s bench -- --json)
  --only GLOB   rows whose id matches, e.g. --only 'stream-*'
  --rounds N    interleaved rounds (1 to 50)
  --source      run the gateway from its TypeScript sources instead of dist/
  --list        the ids of all rows

Table on stdout, everything in bench/latest.json. Exits 1 when an answer was wrong or a contender failed.
`;

const full: Effort = {
  ...{ rounds: 5, loopMs: 1_000, openLoopMs: 3_000, warmUpMs: 1_500 },
  ...{ firstRequests: 30_000, manyRequests: 200_000 },
};
const quick: Effort = {
  ...{ rounds: 3, loopMs: 300, openLoopMs: 1_000, warmUpMs: 500 },
  ...{ firstRequests: 15_000, manyRequests: 10_000 },
};

interface Options {
  readonly quick: boolean;
  readonly json: boolean;
  readonly only: RegExp;
  readonly effort: Effort;
  readonly source: boolean;
  readonly list: boolean;
}

class UsageError extends Error {}

function globPattern(glob: string): RegExp {
  const escaped = glob.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

function readOptions(args: string[]): Options | undefined {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  const flags = { quick: flag, json: flag, source: flag, list: flag, help: flag };
  const options = { ...flags, only: text, rounds: text } as const;
  const read = (): ReturnType<typeof parseArgs<{ options: typeof options }>> => {
    try {
      return parseArgs({ args, options });
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  };
  const { values } = read();
  if (values.help) return undefined;
  const base = values.quick ? quick : full;
  const rounds = values.rounds === undefined ? base.rounds : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 50)
    throw new UsageError('--rounds takes a number from 1 to 50');
  const { only = '*', json, source, list } = values;
  return { quick: values.quick, json, source, list, only: globPattern(only), effort: { ...base, rounds } };
}

const log = (line: string): void => {
  process.stderr.write(`bench: ${line}\n`);
};

async function runRows(options: Options): Promise<RowResult[]> {
  const wanted = loadRows.filter((row) => options.only.test(row.id) && !(options.quick && row.fullOnly === true));
  const lives = lifeRows.filter((row) => options.only.test(row.id));
  const session = await openSession({ source: options.source, effort: options.effort, log });
  const results: RowResult[] = [];
  try {
    if (wanted.length > 0) await startMain(session);
    for (const row of wanted) {
      log(row.title);
      results.push(await measureRow(session, row));
    }
    const carried = wanted.length > 0;
    await stopContenders(session);
    if (carried) session.used = { folder: 'sluice', requests: undefined };
    if (options.only.test(decisionRow.id)) {
      log(decisionRow.title);
      // Only now, when nothing else runs: what it brings along would weigh on the load generator.
      const { measureDecisions } = await import('./decision.ts');
      results.push(await measureDecisions(options.effort));
    }
    if (options.only.test(bundleRow.id)) {
      log(bundleRow.title);
      const { measureBundle } = await import('./bundle.ts');
      results.push(await measureBundle(options.effort));
    }
    const masking = maskingRows.filter((row) => options.only.test(row.id));
    if (masking.length > 0) {
      log('masking');
      const { measureMasking } = await import('./masking.ts');
      results.push(...(await measureMasking(masking, options.effort)));
    }
    const ledger = ledgerRows.filter((row) => options.only.test(row.id));
    const isFull = lives.some(({ id }) => id === 'cold-start-million');
    if (ledger.length > 0 || isFull) {
      const { measureLedger, prepareLedger } = await import('./ledger.ts');
      const bench = { file: fullLedgerFile(session), rounds: options.effort.rounds, log };
      if (isFull) await prepareFullFolder(session);
      if (isFull) prepareLedger(bench);
      results.push(...(await measureLives(session, lives)), ...(await measureLedger(ledger, bench)));
    } else results.push(...(await measureLives(session, lives)));
  } finally {
    await stopContenders(session);
    await session.upstream.stop();
  }
  return results;
}

function renderTable(info: RunInfo, rows: readonly RowResult[], judged: readonly Verdict[]): string {
  const { processors, node, system, mode, rounds, build, elapsedS } = info;
  const how = `${processors} processors, Node ${node}, ${system}; ${mode}, ${rounds} rounds, ${build}, ${elapsedS} s`;
  const legend = 'median (min–max) of the rounds; ratios are taken within a round; "added" is over the direct call';
  return `\n${how}\n${legend}\n\n${renderRows(rows)}\n\n${judged.length === 0 ? '' : `${renderGoals(judged)}\n`}`;
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(help);
    return 0;
  }
  if (options.list) {
    for (const row of [...loadRows, decisionRow, bundleRow, ...maskingRows, ...lifeRows, ...ledgerRows])
      process.stdout.write(`${row.id.padEnd(28)} ${row.title}\n`);
    return 0;
  }
  const startedAt = performance.now();
  const at = new Date().toISOString();
  if (!procIsReadable) log('processor time and memory can only be read on Linux: those figures stay empty');
  const rows = await runRows(options);
  if (rows.length === 0) throw new UsageError('--only matches no row; --list shows them');
  const info: RunInfo = {
    ...{ at, node: process.version, system: `${systemType()} ${release()}`, processors: availableParallelism() },
    ...{
      mode: options.quick ? 'quick' : 'full',
      rounds: options.effort.rounds,
      build: options.source ? 'source' : 'dist',
    },
    elapsedS: Math.round((performance.now() - startedAt) / 1000),
  };
  const judged = verdicts(rows);
  const json = renderJson(info, rows, judged);
  writeFileSync(fileURLToPath(new URL('latest.json', import.meta.url)), json);
  const ran = judged.filter(({ goal }) => rows.some((row) => row.id === goal.row));
  process.stdout.write(options.json ? json : renderTable(info, rows, ran));
  return rows.some((row) => row.problems.size > 0) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n\n${help}`);
  process.exitCode = 2;
}
