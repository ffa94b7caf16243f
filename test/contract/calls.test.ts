import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigStore } from '../../main/config/store.ts';
import type { Dispatch } from '../../main/control/dispatch.ts';
import { openLocalSocket, type LocalSocket } from '../../main/control/local-socket.ts';
import type { Host } from '../../main/host/host.ts';
import { Secret } from '../../main/kit/secret.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import { calls, type CallName } from '../../shared/contract/contract.ts';
import type { Reply } from '../../shared/contract/reply.ts';
import type { Bridge } from '../../renderer/bridge/bridge.ts';
import { decision, exchange, opened } from '../component/ledger/exchanges.ts';
import { openHouse, type House } from './house.ts';
import { bad, good } from './inputs.ts';
import { call } from './socket.ts';
import { openBrowser, openDesktop, type Door } from './window.ts';

let house: House;
let config: ConfigStore;
let ledger: Ledger;
let dispatch: Dispatch;
let secrets: Host['secrets'];
let socket: LocalSocket;
let browser: Door;
let desktop: Door;

beforeAll(async () => {
  house = await openHouse();
  ({ config, ledger, dispatch } = house);
  ({ secrets } = house.host);
  socket = await openLocalSocket({ dataDirectory: house.directory, control: Promise.resolve(house), pid: 42 });
  browser = await openBrowser(house, house.directory);
  desktop = openDesktop(house);
});

afterAll(async () => {
  await desktop.close();
  await browser.close();
  await socket.close();
  await house.close();
});

/** Everybody but this process who asks. */
type Asking = (name: string, input: unknown) => Promise<Reply<unknown>>;

/** The window asks only for what it knows; the tests ask for anything. */
const through =
  (door: () => Door): Asking =>
  (name, input) =>
    (door().bridge as Pick<Bridge, 'call'> as { call: Asking }).call(name, input);

const transports: Readonly<Record<string, Asking>> = {
  socket: (name, input) => call(socket.address, name, input) as Promise<Reply<unknown>>,
  http: through(() => browser),
  ipc: through(() => desktop),
};

/** Calls of the owner's shell alone. */
const notForWindows: readonly string[] = ['app.link', 'app.prove'];

/** What two answers to the same call cannot have in common: a new key, the name of something new. */
function comparable(name: string, reply: Reply<unknown>): unknown {
  const text = JSON.stringify(reply).replaceAll(/sk-sluice-[\w-]+/g, 'sk-sluice-…');
  return JSON.parse(name.startsWith('prompts.') ? text.replaceAll(/"id":"(?!known)[^"]*"/g, '"id":"…"') : text);
}

async function prepared(asking: Asking, name: CallName, input: unknown): Promise<Reply<unknown>> {
  await house.prepare(name);
  return asking(name, input);
}

describe('every call', () => {
  for (const name of Object.keys(good) as CallName[]) {
    for (const input of good[name]) {
      it(`${name} gives over every transport what it gives in process: ${JSON.stringify(input)}`, async () => {
        const here = await prepared((...asked) => dispatch.call(...asked), name, input);
        if (!here.ok) throw new Error(here.error.message);
        // The value is what the contract says, and nothing besides.
        expect(calls[name].output.parse(here.value)).toEqual(here.value);
        for (const [transport, asking] of Object.entries(transports)) {
          const there = await prepared(asking, name, input);
          if (transport !== 'socket' && notForWindows.includes(name)) {
            expect(there).toMatchObject({ ok: false, error: { code: 'control.forbidden' } });
            continue;
          }
          if (!there.ok) throw new Error(`${transport}: ${there.error.message}`);
          expect({ transport, reply: comparable(name, there) }).toEqual({ transport, reply: comparable(name, here) });
          expect(calls[name].output.parse(there.value)).toEqual(there.value);
          // Cloned or as JSON: nothing in it that one of them would lose.
          expect(JSON.parse(JSON.stringify(there))).toStrictEqual(there);
        }
      });
    }
  }

  it.each(bad)('%s with %j is refused alike, with %s', async (name, input, code) => {
    await house.prepare(name as CallName);
    const here = await dispatch.call(name, input);
    expect(here).toMatchObject({ ok: false, error: { code, requestId: 'call-xxxxxxxxxxxx' } });
    for (const [transport, asking] of Object.entries(transports)) {
      const there = await asking(name, input);
      if (transport !== 'socket' && notForWindows.includes(name))
        expect(there).toMatchObject({ ok: false, error: { code: 'control.forbidden' } });
      else expect({ transport, reply: there }).toEqual({ transport, reply: here });
    }
  });

  it('app.stop begins the end once for each time it is asked', async () => {
    const before = house.shutdowns();
    await dispatch.call('app.stop', {});
    expect(house.shutdowns()).toBe(before + 1);
  });
});

describe('a call that nobody knows', () => {
  it.each(['nothing.known', 'constructor', 'app.status/'.repeat(20)])(
    '%s is named, and not in full length',
    async (name) => {
      const reply = await dispatch.call(name, {});
      expect(reply).toMatchObject({ ok: false, error: { code: 'control.unknown_call' } });
      expect(JSON.stringify(reply)).toContain(name.slice(0, 64));
      expect(JSON.stringify(reply)).not.toContain(name.slice(0, 65).padEnd(65, '!'));
    },
  );
});

describe('an input that cannot be carried', () => {
  it('is an answer of the bridge, never a rejection', async () => {
    const input = { text: () => 'no data' };
    const there = await through(() => desktop)('policy.mask', input);
    expect(there).toMatchObject({ ok: false, error: { code: 'bridge.unreachable' } });
  });
});

describe('without a running instance', () => {
  const needing: readonly CallName[] = [
    ...(['app.status', 'app.stop', 'app.prove', 'app.pause', 'app.resume', 'app.link', 'app.snapshot'] as const),
    ...(['desktop.state', 'desktop.set', 'desktop.copy', 'desktop.copy_text', 'desktop.open_external'] as const),
    ...(['desktop.show', 'desktop.close_window', 'desktop.link', 'desktop.link_done'] as const),
    ...(['updates.check', 'updates.install'] as const),
    ...(['budgets.list', 'budgets.raise', 'budgets.accept', 'policy.examine', 'policy.backtest'] as const),
    ...(Object.keys(good) as CallName[]).filter((name) => name.startsWith('bundles.')),
    ...(['policy.releases', 'policy.release'] as const),
    ...(['clients.list', 'clients.connect', 'clients.disconnect', 'models.favourite', 'route.simulate'] as const),
    ...(['playground.start', 'playground.stop', 'playground.result', 'providers.test', 'traffic.replay'] as const),
    ...(['prompts.list', 'prompts.save', 'prompts.remove', 'prompts.import'] as const),
    'secrets.reveal',
    ...(['votes.add', 'votes.list', 'votes.clear', 'setup.found', 'setup.import', 'setup.finish'] as const),
  ];
  const changing =
    /^keys[.]|^secrets[.](?:delete|protect)|^config[.]change|^models[.]choose|^providers[.](?:add|set_key|keep_key|move|remove)/;

  it.each(needing)('%s says that it needs one', async (name) => {
    expect(await house.offline.call(name, good[name][0])).toMatchObject({
      ok: false,
      error: { code: 'control.unsupported', message: expect.stringContaining('sluice serve') as string },
    });
  });

  it.each((Object.keys(good) as CallName[]).filter((name) => !needing.includes(name) && !changing.test(name)))(
    '%s answers the same',
    async (name) => {
      for (const input of good[name])
        expect(await house.offline.call(name, input)).toEqual(await dispatch.call(name, input));
    },
  );
});

describe('an explained route', () => {
  const explain = (request_id: string): Promise<unknown> => dispatch.call('route.explain', { request_id });

  it('is derived again from what was kept of its decision and its snapshot', async () => {
    expect(await explain('req-known')).toMatchObject({
      ok: true,
      value: {
        decision: {
          asked: 'smart',
          chosen: 'demo/model-0',
          rule: 'smart (sluice.yaml, line 4)',
          candidates: [{ target: 'demo/model-0', cost_usd: '0.0011' }, { target: 'demo/model-1' }],
          seed: '0.25',
        },
        entry: { request_id: 'req-known', cost_usd: '0.000000000001' },
        verified: 'same',
        note: JSON.stringify([decision(), { routes: [] }]),
      },
    });
  });

  it('says what is missing where it cannot be', async () => {
    const why = async (given: Parameters<typeof exchange>[0]): Promise<unknown> => {
      const record = exchange(given);
      ledger.close(record);
      const reply = (await explain(record.requestId)) as Reply<{ decision: unknown; verified: string; note: string }>;
      if (!reply.ok) throw new Error(reply.error.message);
      expect(reply.value.verified).toBe('unknown');
      return reply.value.note;
    };
    expect(await why({})).toContain('by a version that kept no decisions');
    expect(await why({ attempts: [], status: 403 })).toContain('refused before a target was chosen');
    expect(await why({ decision: decision(), snapshotId: 'gone' })).toContain('configuration of that time');
    expect(await why({ decision: decision({}, 2_000) })).toContain('too long to be kept whole');
    const running = exchange({ requestId: 'req-running' });
    ledger.open(opened(running));
    expect(await explain('req-running')).toMatchObject({
      value: { decision: null, note: expect.stringContaining('still running') as string },
    });
  });

  it('of a simulated request goes by the path that its body tells', async () => {
    const pathFor = async (body: unknown): Promise<unknown> => {
      const reply = (await dispatch.call('route.simulate', { request: { body } })) as Reply<{
        decision: { reason: string };
      }>;
      return reply.ok ? reply.value.decision.reason : reply.error.message;
    };
    expect(await pathFor({ model: 'm', input: 'hello' })).toBe('/v1/responses');
    expect(await pathFor({ model: 'm', system: 's', messages: [] })).toBe('/v1/messages');
    expect(await pathFor({ model: 'gemini/x', contents: [] })).toBe('/v1beta/models/gemini/x:generateContent');
    expect(await pathFor({ contents: [] })).toContain('/v1beta/models/MODEL:generateContent');
  });
});

describe('a secret that the config refers to', () => {
  it('is not deleted: control.refused, with who uses it', async () => {
    await secrets.set('used', new Secret('a-value'));
    await config.edit((document) =>
      document.set('providers', [
        { id: 'up', kind: 'openai', keys: [{ name: 'main', value: 'secret:used' }, { value: 'secret:used' }] },
      ]),
    );
    expect(await call(socket.address, 'secrets.delete', { id: 'used' })).toMatchObject({
      ok: false,
      error: {
        code: 'control.refused',
        message: expect.stringContaining('key "main" of provider "up", key "key-2" of provider "up"') as string,
      },
    });
    expect(await secrets.list()).toContain('used');
  });
});

describe('the value of secrets.set', () => {
  it('is in no reply, whether it is taken or refused', async () => {
    const value = 'a-value-nobody-sees';
    for (const [id, given] of [
      ['openai', value],
      ['a b', value],
      ['openai', `${value}\n${value}`],
    ]) {
      expect(JSON.stringify(await call(socket.address, 'secrets.set', { id, value: given }))).not.toContain(value);
    }
    for (const name of Object.keys(good) as CallName[]) {
      if (name.startsWith('keys.') || name === 'secrets.set') continue;
      expect(JSON.stringify(await call(socket.address, name, good[name][0]))).not.toContain(value);
    }
  });
});

describe('the key of keys.create', () => {
  it('is in that reply and in no other', async () => {
    const made = (await call(socket.address, 'keys.create', { name: 'once' })) as Reply<{ key: string }>;
    if (!made.ok) throw new Error(made.error.message);
    for (const name of Object.keys(good) as CallName[]) {
      if (/^keys[.](?!list)/.test(name)) continue;
      expect(JSON.stringify(await call(socket.address, name, good[name][0]))).not.toContain(made.value.key);
    }
  });
});
