/** `sluice bundle diff`: what changes from one version of a bundle to another, and what it would have meant for recorded requests. */
import { resolve } from 'node:path';
import type { BundleChange } from '../../../shared/contract/bundles.ts';
import { describeChanges } from '../../bundles/changes.ts';
import { costOf, replay, type Changed, type ImpactRow, type Replayed } from '../../bundles/impact.ts';
import { kindsFor, syntheticSnapshot } from '../../bundles/synthetic-config.ts';
import type { ReadBundle } from '../../bundles/types.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { counted, localTime, money, table } from '../output.ts';
import { readText } from '../read-text.ts';
import { CommandError, FileProblem, type Shell } from '../shell.ts';
import { readGivenBundle, type GivenBundle } from './bundle-read.ts';
import { authored } from './bundle-support.ts';

export const diffBundle = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const [old = '', now = '.'] = args.operands;
  const versions = {
    before: await readGivenBundle(old, args, shell),
    after: await readGivenBundle(now, args, shell),
  };
  const [before, after] = [versions.before.bundle, versions.after.bundle];
  const changes = describeChanges(before.payload, after.payload);
  const file = args.text('replay');
  const replayed = file === undefined ? undefined : await replayFile(file, { before, after }, shell);
  if (args.flag('json')) shell.out(JSON.stringify({ ...headOf(versions), changes, replay: replayJson(replayed) }));
  else {
    tellChanges(changes, versions, shell);
    if (replayed !== undefined) tellReplay(replayed, shell);
  }
  return 0;
});

interface Given {
  readonly before: GivenBundle;
  readonly after: GivenBundle;
}

function headOf({ before, after }: Given): object {
  const revision = ({ bundle: { payload }, version }: GivenBundle): object => ({
    id: payload.id,
    epoch: payload.epoch,
    version: version ?? null,
  });
  return { before: revision(before), after: revision(after) };
}

function nameOf({ bundle: { payload }, version }: GivenBundle): string {
  return version === undefined ? `the files of ${payload.id}` : `${payload.id}@${version}`;
}

// ---------------------------------------------------------------- changes

const columns = [{ title: 'EFFECT' }, { title: 'WHERE', max: 52 }, { title: 'WHAT', max: 160 }];
/** What allows more must not be overlooked. */
const red = '\u001b[31m';
const plain = '\u001b[39m';

function tellChanges(changes: readonly BundleChange[], { before, after }: Given, shell: Shell): void {
  const names = [before, after].map(nameOf).join(' to ');
  if (changes.length === 0) {
    shell.err(printable(`From ${names} nothing changes that holds or is suggested.`));
    return;
  }
  const rows = changes.map(({ effect, pointer, text }) => [effect === 'loosens' ? 'LOOSENS' : effect, pointer, text]);
  const [head = '', ...lines] = table(columns, rows).split('\n');
  const isColoured = process.stdout.isTTY && shell.env['NO_COLOR'] === undefined;
  shell.out(head);
  for (const [index, line] of lines.entries())
    shell.out(isColoured && changes[index]?.effect === 'loosens' ? `${red}${line}${plain}` : line);
  const loosened = changes.filter(({ effect }) => effect === 'loosens').length;
  shell.err(
    printable(
      `${counted(changes.length, 'change')} from ${names}${loosened === 0 ? '' : `, ${loosened} of them ${loosened === 1 ? 'allows' : 'allow'} more`}.`,
    ),
  );
}

// ---------------------------------------------------------------- replay

interface Versions {
  readonly before: ReadBundle;
  readonly after: ReadBundle;
}

async function replayFile(file: string, { before, after }: Versions, shell: Shell): Promise<Replayed<ImpactRow>> {
  const text = await readText({ path: resolve(shell.cwd, file), shown: file }, 'what `sluice log --json` printed');
  const rows = rowsIn(text, file);
  const kinds = kindsFor(
    [before, after],
    rows.map(({ model_asked }) => model_asked),
  );
  const compiled = async (bundle: ReadBundle): Promise<Parameters<typeof replay>[0]['before']> => {
    const made = await syntheticSnapshot({ bundles: [bundle], user: undefined, kinds, now: shell.now() });
    if (made.kind === 'ready') return made.snapshot;
    throw new CommandError(`${bundle.payload.id}@${bundle.payload.version} cannot be run: ${made.text}`);
  };
  const { createGatewayTools } = await import('../../decide.ts');
  const { decide } = createGatewayTools();
  return replay({ rows, before: await compiled(before), after: await compiled(after), decide });
}

/** One exchange a line, as `--follow --json` and `--export jsonl` write them, or a list of them. */
function rowsIn(text: string, file: string): ImpactRow[] {
  if (text.trimStart().startsWith('[')) return (parsed(text, file, 1) as unknown[]).map((row) => rowOf(row, file, 1));
  return text
    .split('\n')
    .flatMap((line, index) => (line.trim() === '' ? [] : [rowOf(parsed(line, file, index + 1), file, index + 1)]));
}

function parsed(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FileProblem(`${file}:${line}:1: this is no JSON. Give what \`sluice log --json\` printed.`);
  }
}

function rowOf(value: unknown, file: string, line: number): ImpactRow {
  const row = value as Partial<ImpactRow> | null;
  const isRow = typeof row === 'object' && typeof row?.request_id === 'string' && typeof row.at === 'string';
  if (isRow)
    return { ...row, request_id: row.request_id ?? '', at: row.at ?? '', model_asked: row.model_asked ?? null };
  throw new FileProblem(`${file}:${line}:1: this is no exchange. Give what \`sluice log --json\` printed.`);
}

const replayColumns = [
  { title: 'AT' },
  { title: 'REQUEST' },
  { title: 'CLIENT', max: 18 },
  { title: 'MODEL', max: 32 },
  { title: 'COST', right: true },
  { title: 'WOULD BE', max: 72 },
];

function tellReplay({ examined, changed }: Replayed<ImpactRow>, shell: Shell): void {
  if (changed.length > 0)
    shell.out(
      `\n${table(
        replayColumns,
        changed.map((one) => replayRow(one, shell)),
      )}`,
    );
  const refused = ofKind(changed, 'refused');
  const allowed = ofKind(changed, 'allowed');
  shell.err(
    `Of ${counted(examined, 'request')} ${refused.length} would be refused (${money(costOf(refused))}), and ${allowed.length} would no longer be. What was said in them is not known here, so rules of content are left out.`,
  );
}

function replayRow({ row, kind, outcome }: Changed<ImpactRow>, shell: Shell): string[] {
  const { at, request_id, client, model_asked, cost_usd = null } = row;
  const by = outcome.rule ?? outcome.code ?? '';
  const what = kind === 'refused' ? `refused: ${by}` : `let through, no longer refused: ${by}`;
  return [localTime(at, shell.timezone), request_id, client ?? '–', model_asked ?? '–', money(cost_usd), what];
}

function ofKind(changed: readonly Changed<ImpactRow>[], kind: Changed<ImpactRow>['kind']): ImpactRow[] {
  return changed.filter((one) => one.kind === kind).map(({ row }) => row);
}

function replayJson(replayed: Replayed<ImpactRow> | undefined): object | null {
  if (replayed === undefined) return null;
  const { examined, changed } = replayed;
  const refused = ofKind(changed, 'refused');
  return {
    ...{ examined, refused: refused.length, cost_usd: costOf(refused), allowed: changed.length - refused.length },
    requests: changed.map(({ row, kind, outcome }) => ({
      ...{ request_id: row.request_id, at: row.at, model_asked: row.model_asked, cost_usd: row.cost_usd ?? null },
      ...{ would_be: kind, rule: outcome.rule ?? null, code: outcome.code ?? null },
    })),
  };
}
