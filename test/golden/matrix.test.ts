// Every case from every client to every target: what the target hears, what the client reads back, what was lost.
// To a target of the client's own dialect there is nothing to translate: both directions are compared byte by byte.
import { readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { send, type Answer } from '../component/gateway/support.ts';
import { fakedTargets, startRig, startTarget, type Rig, type Variant } from '../clients/targets.ts';
import type { Recorded } from '../fakes/fake.ts';
import { cases, type Case } from './cases.ts';
import { address, clients } from './clients/clients.ts';
import { clientNames, type Body, type ClientName } from './conversation.ts';
import { eventsOf } from './events.ts';
import { directory, readGolden, writeGolden, type Entry } from './file.ts';
import { normalise, withoutEchoes } from './normalise.ts';

const updates = process.env['SLUICE_UPDATE_GOLDEN'] === '1';

interface Turn {
  readonly answer: Answer;
  readonly heard: Recorded | undefined;
  readonly losses: readonly string[];
}

async function exchange(rig: Rig, client: ClientName, body: Body, stream: boolean): Promise<Turn> {
  const answer = await send(rig.gateway, address(client, body, rig.model, stream));
  const record = await rig.gateway.closed();
  return { answer, heard: rig.fake?.requests.at(-1), losses: record.losses.map((loss) => `${loss.path}: ${loss.why}`) };
}

function expectAccepted(turn: Turn): void {
  expect(turn.heard?.refusal).toBeUndefined();
  expect({
    status: turn.answer.status,
    body: turn.answer.status === 200 ? '' : turn.answer.text,
    torn: turn.answer.torn,
  }).toEqual({ status: 200, body: '', torn: false });
}

/** What a stream's request holds beside the plain one; an empty object when only the stream was asked for. */
function difference(plain: unknown, streamed: unknown): Body {
  const before = (plain ?? {}) as Body;
  const after = (streamed ?? {}) as Body;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}

async function play(rig: Rig, client: ClientName, one: Case): Promise<Body> {
  const body = one.body(client);
  const plan = (): void => {
    rig.fake?.clearPlans();
    if (one.turn !== undefined) rig.fake?.plan({ turn: one.turn });
  };
  plan();
  const plain = await exchange(rig, client, body, false);
  expectAccepted(plain);
  const request = plain.heard?.json;
  const golden: Body = { path: plain.heard?.url, request, losses: plain.losses };
  if (one.isAnswer === true) {
    plan();
    const streamed = await exchange(rig, client, body, true);
    expectAccepted(streamed);
    expect(streamed.losses).toEqual(plain.losses);
    golden['answer'] = withoutEchoes(plain.answer.json(), body);
    golden['request of the stream'] = difference(request, streamed.heard?.json);
    golden['stream'] = eventsOf(streamed.answer.text, plain.answer.json(), normalise);
  } else golden['reads'] = clients[client].read(plain.answer.json());
  if (one.then !== undefined) {
    const next = await exchange(rig, client, clients[client].goOn(body, plain.answer.json(), one.then), false);
    expectAccepted(next);
    golden['next turn'] = {
      request: difference(request, next.heard?.json),
      losses: next.losses,
      reads: clients[client].read(next.answer.json()),
    };
  }
  return normalise(golden) as Body;
}

/** What is started once for each variant of a target. */
class PerVariant<Started extends { close(): Promise<void> }> {
  readonly #start: (variant: Variant | undefined) => Promise<Started>;
  readonly #started = new Map<Variant | undefined, Started>();

  constructor(start: (variant: Variant | undefined) => Promise<Started>) {
    this.#start = start;
  }

  async get(variant: Variant | undefined): Promise<Started> {
    const started = this.#started.get(variant) ?? (await this.#start(variant));
    this.#started.set(variant, started);
    return started;
  }

  async close(): Promise<void> {
    for (const started of this.#started.values()) await started.close();
  }
}

/** The other side of each client: every target that does not speak as it does. */
const others = (client: ClientName) => fakedTargets.filter((target) => target.name !== client);
const casesOf = (client: ClientName): readonly Case[] => cases.filter((one) => one.clients.includes(client));

describe.each(clientNames)('%s', (client) => {
  describe.each(others(client))('to $name', (target) => {
    const rigs = new PerVariant((variant) => startRig(target.name, { secret: 'golden', ...variant }));
    afterAll(() => rigs.close());

    it.each(casesOf(client))('$name', async (one) => {
      const entry = await play(await rigs.get(one.at?.[target.name]), client, one);
      const sent = one.body(client);
      if (updates) {
        const before = readGolden(one.name);
        writeGolden(one.name, { ...before, [client]: { ...before[client], sent, [target.name]: entry } });
      }
      const golden: Partial<Entry> = readGolden(one.name)[client] ?? {};
      expect({ sent, entry }).toEqual({ sent: golden.sent, entry: golden[target.name] });
    });
  });

  describe('to its own dialect', () => {
    const rigs = new PerVariant((variant) => startRig(client, { secret: 'golden', ...variant }));
    /** Mint the same as the targets, when they are asked the same. */
    const twins = new PerVariant(() => startTarget(client, 'golden'));
    afterAll(() => Promise.all([rigs.close(), twins.close()]));

    /** The body as a person might have written it: with line breaks, and a number spelt as JavaScript would not. */
    const written = (body: Body): string =>
      JSON.stringify(body, undefined, 2).replaceAll('"temperature": 0.5', '"temperature": 5.0e-1');

    it.each(casesOf(client))('$name, byte by byte', async (one) => {
      const rig = await rigs.get(one.at?.[client]);
      const twin = await twins.get(one.at?.[client]);
      const say = async (body: Body, stream: boolean): Promise<Answer> => {
        for (const fake of [rig.fake, twin]) {
          fake?.clearPlans();
          if (one.turn !== undefined) fake?.plan({ turn: one.turn });
        }
        const { path, body: whole } = address(client, body, rig.model, stream);
        const answer = await send(rig.gateway, { path, raw: written(whole) });
        const direct = address(client, body, rig.upstreamModel, stream);
        const heard = rig.fake?.requests.at(-1);
        expect(heard?.url).toBe(direct.path);
        expect(heard?.body.toString('utf8')).toBe(written(direct.body));
        // What the target answers to the very request it got, without us between.
        const expected = await send(twin, { path: direct.path, raw: heard?.body ?? '', headers: heard?.headers ?? {} });
        expect({ status: answer.status, type: answer.headers['content-type'], text: answer.text }).toEqual({
          status: expected.status,
          type: expected.headers['content-type'],
          text: expected.text,
        });
        expect(answer.body.equals(expected.body)).toBe(true);
        return answer;
      };
      const body = one.body(client);
      const answer = await say(body, false);
      await say(body, true);
      if (one.then !== undefined) await say(clients[client].goOn(body, answer.json(), one.then), false);
    });
  });
});

it('holds no file and no entry without a case', () => {
  const expected = cases.map((one) => ({
    name: `${one.name}.json`,
    clients: one.clients.map((client) => ({
      client,
      targets: others(client).map((target) => target.name),
    })),
  }));
  const found = expected.map(({ name }) => ({
    name,
    clients: Object.entries(readGolden(name.replace('.json', ''))).map(([client, { sent: _sent, ...targets }]) => ({
      client,
      targets: fakedTargets.map((target) => target.name).filter((target) => target in targets),
    })),
  }));
  expect(found).toEqual(expected);
  expect(readdirSync(directory).sort()).toEqual(expected.map(({ name }) => name).sort());
});
