/** Measures what concerns a process's life: resident memory over time, and how soon after spawning it serves. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startBare, startGateway, until } from './children.ts';
import type { Child } from './children.ts';
import { closedLoop, getJson, holdStreams } from './load.ts';
import type { Load } from './load.ts';
import { residentBytes } from './proc.ts';
import { known, spreadOf } from './results.ts';
import type { Figures, RowResult } from './results.ts';
import type { ContenderName, LifeRow } from './rows.ts';
import { gatewayOptions, wireFor } from './session.ts';
import type { Session } from './session.ts';

const openStreams = 1_000;
const megabyte = 1024 * 1024;
const enoughForGrowth = 100_000;
/** Far more than any contender needs for the requests of one step. */
const loadLimitMs = 120_000;

type LifeId = LifeRow['id'];
type Found = Map<LifeId, Map<ContenderName, Figures[]>>;

interface Findings {
  readonly found: Found;
  readonly problems: Map<LifeId, Map<ContenderName, string>>;
}

function note(findings: Findings, row: LifeId, name: ContenderName, figures: Figures): void {
  const byName = findings.found.get(row) ?? new Map<ContenderName, Figures[]>();
  findings.found.set(row, byName);
  byName.set(name, [...(byName.get(name) ?? []), figures]);
}

function complain(findings: Findings, row: LifeId, name: ContenderName, problem: string): void {
  const byName = findings.problems.get(row) ?? new Map<ContenderName, string>();
  findings.problems.set(row, byName);
  if (!byName.has(name)) byName.set(name, problem);
}

/** Middle of several looks: one may fall just before a collection of garbage. */
async function residentMb(pid: number): Promise<number | undefined> {
  const looks: (number | undefined)[] = [];
  for (let look = 0; look < 5; look++) {
    await sleep(150);
    looks.push(residentBytes(pid));
  }
  const middle = spreadOf(looks)?.median;
  return middle === undefined ? undefined : middle / megabyte;
}

function mustBeRight(load: Load): void {
  if (load.problem !== undefined) throw new Error(load.problem);
}

async function openMany(session: Session, child: Child): Promise<number | undefined> {
  const wire = wireFor({ client: 'chat', target: 'chat', answer: 'hold', size: '1k' }, session.key, child.port);
  const held = await holdStreams({ target: child, upstream: session.upstream, wire, streams: openStreams });
  const resident = await residentMb(child.pid);
  mustBeRight(await held.finish());
  if (held.open < openStreams) throw new Error(`only ${held.open} of ${openStreams} streams reached the upstream`);
  return resident;
}

async function serveMany(session: Session, child: Child): Promise<Figures> {
  const wire = wireFor({ client: 'chat', target: 'chat', answer: 'json', size: '1k' }, session.key, child.port);
  const serve = async (count: number): Promise<number | undefined> => {
    mustBeRight(
      await closedLoop({ target: child, wire, connections: 32, durationMs: loadLimitMs, maxRequests: count }),
    );
    return residentMb(child.pid);
  };
  const quarter = Math.ceil(session.effort.manyRequests / 4);
  const early = await serve(quarter);
  const late = await serve(session.effort.manyRequests - quarter);
  // A young heap grows; whether it goes on growing is seen after many requests only.
  const tells = session.effort.manyRequests >= enoughForGrowth && early !== undefined && late !== undefined;
  return known({ residentMb: late, growth: tells ? late / early : undefined });
}

const memorySteps: readonly LifeId[] = ['memory-idle', 'memory-streams', 'memory-after'];

async function memoryOf(session: Session, name: 'bare' | 'sluice', findings: Findings): Promise<void> {
  let step: LifeId = 'memory-idle';
  let child: Child | undefined;
  try {
    child = await (name === 'bare' ? startBare(session.upstream) : startGateway(gatewayOptions(session, 'memory')));
    await sleep(1_000);
    note(findings, step, name, known({ residentMb: await residentMb(child.pid) }));
    step = 'memory-streams';
    note(findings, step, name, known({ residentMb: await openMany(session, child) }));
    step = 'memory-after';
    note(findings, step, name, await serveMany(session, child));
    if (name === 'sluice') session.used = { folder: 'memory', requests: session.effort.manyRequests + openStreams };
  } catch (error) {
    // What could not be reached fails for the same reason.
    const problem = error instanceof Error ? error.message : String(error);
    for (const later of memorySteps.slice(memorySteps.indexOf(step))) complain(findings, later, name, problem);
  } finally {
    await child?.stop();
  }
}

async function coldStart(session: Session, row: LifeId, name: 'bare' | 'sluice', folder: string): Promise<Figures> {
  const port = await freePort();
  const given = new AbortController();
  const spawnedAt = performance.now();
  const starting =
    name === 'bare' ? startBare(session.upstream, port) : startGateway({ ...gatewayOptions(session, folder), port });
  const healthy = until(
    () =>
      getJson({ port }, '/health').then(
        () => true,
        () => false,
      ),
    30_000,
    given.signal,
  ).then(() => performance.now() - spawnedAt);
  // When it does not start at all, that is what to say.
  healthy.catch(() => undefined);
  const child = await starting.catch((error: unknown) => {
    given.abort();
    throw error;
  });
  try {
    return { readyMs: child.readyMs, healthMs: await healthy };
  } catch (error) {
    throw new Error(`${row}: GET /health: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    await child.stop();
  }
}

const fullFolder = 'million';

/** Where a ledger with a million exchanges is put, for those who measure it. */
export function fullLedgerFile(session: Session): string {
  return join(gatewayOptions(session, fullFolder).folder, 'ledger.db');
}

/** Everything else that a used data directory has: what the first start makes there, without its ledger. */
export async function prepareFullFolder(session: Session): Promise<void> {
  const child = await startGateway(gatewayOptions(session, fullFolder));
  await child.stop();
  for (const journal of ['', '-wal', '-shm']) rmSync(fullLedgerFile(session) + journal, { force: true });
}

function folderOf(session: Session, row: LifeId, round: number): string | undefined {
  if (row === 'cold-start-million') return fullFolder;
  return row === 'cold-start-used' ? session.used?.folder : `cold-${round}`;
}

async function coldStarts(session: Session, rows: readonly LifeRow[], findings: Findings): Promise<void> {
  for (let round = 0; round < session.effort.rounds; round++) {
    for (const row of rows) {
      for (const name of ['bare', 'sluice'] as const) {
        if (!row.contenders.includes(name) || findings.problems.get(row.id)?.has(name) === true) continue;
        const folder = folderOf(session, row.id, round);
        if (folder === undefined) complain(findings, row.id, name, 'no gateway has recorded anything in this run');
        else {
          await coldStart(session, row.id, name, folder).then(
            (figures) => {
              note(findings, row.id, name, figures);
            },
            (error: unknown) => {
              complain(findings, row.id, name, error instanceof Error ? error.message : String(error));
            },
          );
        }
      }
    }
  }
}

/** Measures the given rows on processes of their own; call it when no other contender runs. */
export async function measureLives(session: Session, rows: readonly LifeRow[]): Promise<RowResult[]> {
  const findings: Findings = { found: new Map(), problems: new Map() };
  if (rows.some((row) => row.id.startsWith('memory'))) {
    for (const name of ['bare', 'sluice'] as const) {
      session.log(`memory of ${name}`);
      await memoryOf(session, name, findings);
    }
  }
  const starts = rows.filter((row) => row.id.startsWith('cold'));
  if (starts.length > 0) session.log('cold starts');
  await coldStarts(session, starts, findings);
  return rows.map((row) => ({
    ...{ id: row.id, shown: row.shown, per: 'request' },
    title: titled(row, session),
    rounds: findings.found.get(row.id) ?? new Map<ContenderName, Figures[]>(),
    problems: findings.problems.get(row.id) ?? new Map<ContenderName, string>(),
  }));
}

function titled(row: LifeRow, session: Session): string {
  const count = (number: number): string => number.toLocaleString('en-US');
  if (row.id === 'memory-after') return `resident memory after ${count(session.effort.manyRequests)} requests`;
  if (row.id === 'cold-start-used' && session.used?.requests !== undefined)
    return `cold start, ledger of ${count(session.used.requests)} requests`;
  return row.title;
}
