// One simulated provider: a plain server that does to each request what the seed says, and writes down what it saw.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerOf, answerText, beginningIn, readMarker, type ProviderName, type ToldUsage } from './answers.ts';
import { behaviourFor, type Plan } from './behaviours.ts';
import { draws } from './draw.ts';
import { wires } from './wires.ts';

/** A request as a provider saw it. */
export interface Sighting {
  readonly provider: ProviderName;
  readonly n: number;
  /** Of how many for the same request at this provider, from 0. */
  readonly k: number;
  readonly behaviour: string;
  readonly key: string;
  readonly stream: boolean;
  /** What it answers if it answers whole. */
  readonly text: string;
  /** All of the answer it stands in, where it goes on with one. */
  readonly wholeText: string;
  readonly usage: ToldUsage;
  /** Usage was told, once and truly. */
  readonly toldUsage: boolean;
  readonly isWhole: boolean;
  /** That was sent; `undefined` until a head was. */
  status: number | undefined;
}

export interface ProviderRules {
  readonly seed: string;
  /** From this number on nothing goes wrong. */
  readonly calmFrom: number;
}

export interface ChaosProvider {
  readonly name: ProviderName;
  readonly url: string;
  readonly keys: readonly string[];
  readonly seen: readonly Sighting[];
  /** What can never be right: a foreign key, a request without its marker. */
  readonly complaints: readonly string[];
  /** Answers that are not over. */
  readonly running: number;
  connections(): Promise<number>;
  close(): Promise<void>;
}

const keyCount = 3;

export async function startProvider(name: ProviderName, rules: ProviderRules): Promise<ChaosProvider> {
  const keys = Array.from({ length: keyCount }, (_, index) => `sk-of-${name}-number-${String(index)}`);
  const seen: Sighting[] = [];
  const complaints: string[] = [];
  const tries = new Map<number, number>();
  let running = 0;

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    running++;
    response.once('close', () => running--);
    // The other side may leave at any moment.
    for (const one of [request, response]) one.on('error', () => undefined);
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      try {
        const { sighting, plan } = see(request, Buffer.concat(pieces).toString('utf8'));
        perform(plan, sighting, response);
      } catch (error) {
        complaints.push(`${name}: ${String(error)}`);
        response.destroy();
      }
    });
  }

  function see(request: IncomingMessage, body: string): { sighting: Sighting; plan: Plan } {
    const wire = wires[name];
    const url = request.url ?? '';
    const marker = readMarker(body);
    if (marker === undefined) throw new Error(`a request without its marker: ${request.method ?? ''} ${url}`);
    const key = wire.keyOf(request.headers);
    if (!keys.includes(key)) throw new Error(`a key that is not this provider's came with request ${String(marker.n)}`);
    const { n, alike } = marker;
    const k = tries.get(n) ?? 0;
    tries.set(n, k + 1);
    const chance = draws(rules.seed, name, n, k);
    const isDown = name === 'a' && body.includes('stormy');
    const behaviour = behaviourFor(chance, { calm: n >= rules.calmFrom, isDown });
    const wholeText = answerText(rules.seed, alike ? 's' : name, n, k);
    const answer = answerOf(wholeText, name === 'b' && alike ? beginningIn(body, wholeText) : 0, chance);
    const stream = wire.isStream(url, body);
    const asksUsage = body.includes('"include_usage":true');
    const thinks = chance.chance(0.1);
    const writing = { id: idOf(name, n, k), model: 'chaos', answer, usage: 'true' as const, thinks, asksUsage };
    const plan = behaviour.plan({ wire, writing, stream, chance });
    const sighting: Sighting = {
      ...{ provider: name, n, k, behaviour: behaviour.name, key: `k${String(keys.indexOf(key))}`, stream },
      ...{ text: answer.text, wholeText, usage: answer.usage, isWhole: plan.isWhole, status: undefined },
      toldUsage: !['absurd usage', 'no usage'].includes(behaviour.name) && (name !== 'a' || !stream || asksUsage),
    };
    seen.push(sighting);
    return { sighting, plan };
  }

  // Idle connections are left open for longer than any run takes.
  const server = createServer({ keepAliveTimeout: 600_000, requestTimeout: 0 }, onRequest);
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...{ name, keys, seen, complaints },
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    get running() {
      return running;
    },
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => {
          if (error === null) resolve(count);
          else reject(error);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

const idPrefixes: Readonly<Record<ProviderName, string>> = { a: 'chatcmpl-', b: 'msg_', c: 'resp_' };

function idOf(name: ProviderName, n: number, k: number): string {
  return `${idPrefixes[name]}${String(n)}x${String(k)}`;
}

/** What was written has arrived by then, on this machine. */
const flushMs = 4;

function perform(plan: Plan, sighting: Sighting, response: ServerResponse): void {
  const { socket } = response;
  if (plan.earlyHints === true) response.writeEarlyHints({ link: '</a>; rel=preload' });
  if (plan.raw !== undefined) socket?.write(plan.raw);
  if (plan.status !== undefined) {
    response.writeHead(plan.status, plan.headers);
    sighting.status = plan.status;
  }
  let at = 0;
  let timer: NodeJS.Timeout | undefined;
  response.once('close', () => clearTimeout(timer));
  const go = (): void => {
    for (let step = plan.steps[at]; step !== undefined; step = plan.steps[at]) {
      at++;
      if (response.destroyed) return;
      switch (step.do) {
        case 'write':
          if (!response.write(step.bytes)) {
            response.once('drain', go);
            return;
          }
          break;
        case 'wait':
          if (step.ms === 0) setImmediate(go);
          else timer = setTimeout(go, step.ms);
          return;
        case 'hang':
          if (plan.status !== undefined) response.flushHeaders();
          return;
        case 'end':
          response.end();
          return;
        case 'reset':
        case 'hang-up': {
          if (plan.status !== undefined) response.flushHeaders();
          const isReset = step.do === 'reset';
          timer = setTimeout(() => {
            if (isReset) socket?.resetAndDestroy();
            else socket?.end(() => socket.destroy());
          }, flushMs);
          return;
        }
      }
    }
  };
  go();
}
