// Every case from every client to every target that speaks otherwise: what the target hears, what the client reads back, what was lost.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send, type Answer } from '../component/gateway/support.ts';
import type { Recorded } from '../fakes/fake.ts';
import { fakedTargets, startRig, type Rig, type TargetName } from '../clients/targets.ts';
import { cases, type Case } from './cases.ts';
import { address, clientNames, continued, type Body, type ClientName } from './conversation.ts';
import { events, normalise, render } from './normalise.ts';

const updates = process.env['SLUICE_UPDATE_GOLDEN'] === '1';

interface Turn {
  readonly answer: Answer;
  readonly heard: Recorded | undefined;
  readonly losses: readonly string[];
}

async function exchange(rig: Rig, client: ClientName, body: Body, stream: boolean): Promise<Turn> {
  const call = address(client, body, rig.model, stream);
  const answer = await send(rig.gateway, call);
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
  plan();
  const streamed = await exchange(rig, client, body, true);
  expectAccepted(streamed);
  const golden: Body = {
    path: plain.heard?.url,
    request: plain.heard?.json,
    answer: plain.answer.json(),
    losses: plain.losses,
  };
  golden['streamRequest'] = difference(plain.heard?.json, streamed.heard?.json);
  golden['stream'] = events(streamed.answer.text);
  if (JSON.stringify(streamed.losses) !== JSON.stringify(plain.losses)) golden['streamLosses'] = streamed.losses;
  if (one.then !== undefined) {
    const next = await exchange(rig, client, continued(client, body, plain.answer.json(), one.then), false);
    expectAccepted(next);
    golden['next'] = {
      request: difference(plain.heard?.json, next.heard?.json),
      answer: next.answer.json(),
      losses: next.losses,
    };
  }
  return normalise(golden) as Body;
}

const own: Readonly<Record<ClientName, TargetName>> = {
  chat: 'chat',
  responses: 'responses',
  anthropic: 'anthropic',
  gemini: 'gemini',
};

describe.each(clientNames)('%s', (client) => {
  describe.each(fakedTargets.filter((target) => target.name !== own[client]))('to $name', (target) => {
    let rig: Rig;
    beforeAll(async () => {
      rig = await startRig(target.name, { secret: 'golden' });
    });
    afterAll(() => rig.close());

    it.each(cases.filter((one) => one.clients.includes(client)))('$name', async (one) => {
      const golden = await play(rig, client, one);
      const file = fileURLToPath(new URL(`${one.name}.${client}.${target.name}.json`, import.meta.url));
      if (updates) writeFileSync(file, render(golden));
      expect(existsSync(file), `${file} is missing; SLUICE_UPDATE_GOLDEN=1 writes it`).toBe(true);
      expect(golden).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    });
  });
});
