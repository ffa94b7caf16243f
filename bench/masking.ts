/** Measures how long a request is looked through and masked, inside this process: no socket, no child, no other contender. */
import { JsonDocument } from '../main/gateway/dialects/document.ts';
import { inspectInjection } from '../main/gateway/policies/firewall/injection.ts';
import { Conversations } from '../main/gateway/policies/masking/conversation.ts';
import { MaskingEngine } from '../main/gateway/policies/masking/engine.ts';
import { kindsSought } from '../main/gateway/policies/masking/kind-modes.ts';
import type { Masking } from '../main/gateway/ports.ts';
import { systemClock } from '../main/kit/clock.ts';
import { Secret } from '../main/kit/secret.ts';
import { snapshotOf } from '../test/component/gateway/support.ts';
import { requestBody } from './bodies.ts';
import type { Figures, RowResult } from './results.ts';
import type { MaskingRow } from './rows.ts';

interface Effort {
  readonly rounds: number;
  readonly loopMs: number;
}

/** All that a row works with: everything on, nothing remembered. */
interface Bench {
  readonly masking: Masking;
  readonly engine: MaskingEngine;
  readonly conversations: Conversations;
  /** Gives a number that was not given before: for bodies that nobody has seen. */
  readonly next: () => number;
}

async function openBench(): Promise<Bench> {
  const { masking } = await snapshotOf('masking: { enabled: true, time_budget_ms: 60000 }');
  if (masking === undefined) throw new Error('masking is not on');
  const engine = new MaskingEngine({ masking, firewallKinds: new Set() });
  engine.prepare();
  let seed = 0;
  return { masking, engine, conversations: new Conversations(new Secret('of the bench')), next: () => (seed += 1) };
}

const agent = { client: 'messages', target: 'messages', answer: 'json', size: '200k' } as const;

/** An agent's prompt with something to mask in it, another one for each seed. */
function agentBody(seed: number, more = ''): Buffer {
  const body = JSON.parse(requestBody(agent, seed).toString('utf8')) as { messages: unknown[] };
  body.messages.push(
    { role: 'assistant', content: 'Done.' },
    { role: 'user', content: `Thanks. Write to dana.field${String(seed)}@example.org and call +49 30 901820.${more}` },
  );
  return Buffer.from(JSON.stringify(body));
}

/** Milliseconds for one request to be looked through and masked. Throws where nothing was found. */
async function looked(bench: Bench, body: Buffer, conversation: string): Promise<number> {
  const document = JsonDocument.read(body);
  const startedAt = performance.now();
  const of = bench.conversations.of('bench', conversation);
  const sought = kindsSought(bench.masking);
  const scan = await bench.engine.look({ document, surface: 'messages', conversation: of, clock: systemClock });
  const { replaced } = scan.masked({ isMasked: ({ kind }) => sought.has(kind), signed: () => undefined });
  const tookMs = performance.now() - startedAt;
  if (replaced.length === 0) throw new Error('nothing was found');
  return tookMs;
}

function figuresOf(took: readonly number[]): Figures {
  const sorted = [...took].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function repeated(count: number, once: () => Promise<number>): Promise<Figures> {
  const took: number[] = [];
  for (let i = 0; i < count; i++) took.push(await once());
  return figuresOf(took);
}

/** A text of so many bytes as one message: lines of a log with something in each hundredth of them. */
function longBody(bytes: number, seed: number): Buffer {
  const lines: string[] = [];
  for (let size = 0, at = 0; size < bytes; at++) {
    const line =
      at % 100 === 7
        ? `${String(seed)}-${String(at)} mail from user${String(at)}@example.org accepted`
        : `2026-11-25T09:${String(at % 60).padStart(2, '0')}:00Z INFO worker ${String(at % 13)}-${String(seed)}: job took ${String(at % 977)} ms`;
    lines.push(line);
    size += line.length + 1;
  }
  return bodyOf(lines.join('\n'));
}

function bodyOf(content: string): Buffer {
  return Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `${content} a@example.org` }] }));
}

/** What detectors look for, over and over, and never all of it. */
const hostile: readonly string[] = [
  ...['a', '1', '-', '@', 'a@', '1.', '1 ', ':', '::', '0x', 'sk-', 'eyJ', 'password=', 'key: ', '-----BEGIN ', '+'],
  ...['A b ', 'John ', 'Mr. ', '12 Main ', 'http://a:', 'ſ', 'e\u0301', '"', '\\', '%40', 'AKIA', '1234567890'],
];

const mega = 1_048_576;

/** How the time for a megabyte grows when there is more of it: 1 where it does not. */
async function growth(bench: Bench, body: (bytes: number) => Buffer, more: number): Promise<number> {
  const best = async (bytes: number): Promise<number> => {
    const took: number[] = [];
    for (let i = 0; i < 3; i++) took.push(await looked(bench, body(bytes), `growth-${String(bench.next())}`));
    return Math.min(...took);
  };
  const small = await best(mega);
  return (await best(mega * more)) / small / more;
}

const measures: Readonly<Record<MaskingRow['id'], (bench: Bench, effort: Effort) => Promise<Figures>>> = {
  'mask-first': (bench, { loopMs }) =>
    repeated(Math.max(20, loopMs / 20), () => {
      const seed = bench.next();
      return looked(bench, agentBody(seed), `first-${String(seed)}`);
    }),
  'mask-again': (bench, { loopMs }) => {
    const seed = bench.next();
    return repeated(Math.max(40, loopMs / 5), () =>
      looked(bench, agentBody(seed, ` Step ${String(bench.next())}.`), `again-${String(seed)}`),
    );
  },
  'mask-10m': async (bench) => ({ growth: await growth(bench, (bytes) => longBody(bytes, bench.next()), 10) }),
  'mask-hostile': async (bench) => {
    let worst = 0;
    for (const piece of hostile) {
      const body = (bytes: number): Buffer => bodyOf(piece.repeat(bytes / piece.length) + String(bench.next()));
      worst = Math.max(worst, await growth(bench, body, 4));
    }
    return { growth: worst };
  },
  'firewall-first': (bench, { loopMs }) =>
    repeated(Math.max(20, loopMs / 20), () => {
      const text = longBody(200 * 1024, bench.next()).toString('utf8');
      const startedAt = performance.now();
      inspectInjection(text, 'tool');
      return Promise.resolve(performance.now() - startedAt);
    }),
};

/** The rows about masking. One fails when nothing is found. */
export async function measureMasking(rows: readonly MaskingRow[], effort: Effort): Promise<RowResult[]> {
  const results: RowResult[] = [];
  for (const { id, title, shown } of rows) {
    const row = { id, title, shown, per: 'request' } as const;
    try {
      const bench = await openBench();
      // Before the first that counts the code is compiled.
      for (let i = 0; i < 30; i++) await looked(bench, agentBody(bench.next()), `warm-${String(i)}`);
      const rounds: Figures[] = [];
      for (let round = 0; round < effort.rounds; round++) rounds.push(await measures[id](bench, effort));
      results.push({ ...row, rounds: new Map([['sluice', rounds]]), problems: new Map() });
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      results.push({ ...row, rounds: new Map([['sluice', [{}]]]), problems: new Map([['sluice', problem]]) });
    }
  }
  return results;
}
