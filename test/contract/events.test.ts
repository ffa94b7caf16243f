import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvents, type Events } from '../../main/control/events.ts';
import { openLocalSocket, type LocalSocket } from '../../main/control/local-socket.ts';
import { events as shapes, type AnyEvent, type EventName, type EventOf } from '../../shared/contract/contract.ts';
import { succeeded } from '../../shared/contract/reply.ts';
import { entry } from '../unit/cli/terminal.ts';
import { budget, desktop as onDesktop, resting } from './fakes.ts';
import { open } from './socket.ts';
import { openBrowser, openDesktop, type Door } from './window.ts';

/** What each event may say. One that is not here does not compile. */
const told: { readonly [Name in EventName]: readonly EventOf<Name>['data'][] } = {
  'exchange.opened': [entry({ request_id: 'req-ünï-☃', outcome: 'open', status: null, duration_ms: null })],
  'exchange.closed': [entry(), entry({ losses: [{ path: 'tools[0]\n', why: 'no "such" thing' }] })],
  'config.changed': [
    { snapshot: 's1', problems: 0 },
    { snapshot: null, problems: 3 },
  ],
  'health.changed': [
    { offline: false, entry: resting },
    { offline: true, entry: null },
  ],
  'budget.alert': [{ share: 0.8, at: '2026-11-25T12:00:00.000Z', entry: budget({}) }],
  'budget.asked': [{ id: 'all', subject: null, at: '2026-11-25T12:00:00.000Z', remaining_usd: '0.5', asked_usd: null }],
  'bundles.changed': [{ effective_hash: 'e' }],
  'bundle.notice': [
    { kind: 'activated', key: 'acme-core', name: 'ACME ☃', version: 12, text: 'In force.', code: null },
    { kind: 'rejected', key: 'acme-core', name: 'ACME', version: null, text: 'No.', code: 'bundle.rollback' },
  ],
  'policy.releases_changed': [{ waiting: 2 }],
  'pause.changed': [
    { paused: null },
    { paused: { mode: 'pass_through', since: '2026-11-25T12:00:00.000Z', until: null } },
  ],
  'documents.changed': [{ what: 'favourites' }, { what: 'welcome' }],
  'desktop.changed': [onDesktop.state()],
  'desktop.navigate': [{ path: '/activity?error=*' }],
  'desktop.link': [{ link: { kind: 'join', url: 'https://example.com/b', host: 'example.com' } }],
  'playground.delta': [{ run: 'run-1', text: 'grüß ☃ \u2028\u2029 👩‍🚀 \ud83d', reasoning: '' }],
  'playground.ended': [
    {
      ...{ run: 'run-1', request_id: 'req-1', status: 200, text: 'x'.repeat(200_000), reasoning: '', tool_calls: [] },
      ...{ finish_reason: 'stop', usage: null, cost_usd: '0.000000000001', target: 'demo/echo', attempts: 1 },
      ...{ masked: 0, ttft_ms: 0.5, duration_ms: 12.25, error: null, stopped: false },
    },
  ],
  'events.dropped': [{ count: 7 }],
};

let directory: string;
let events: Events;
let socket: LocalSocket;
let browser: Door;
let desktop: Door;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-events-'));
  events = createEvents();
  const control = { events, dispatch: { call: () => Promise.resolve(succeeded({})) } };
  socket = await openLocalSocket({ dataDirectory: directory, control: Promise.resolve(control), pid: 42 });
  browser = await openBrowser(control, directory);
  desktop = openDesktop(control);
});

afterAll(async () => {
  events.close();
  await desktop.close();
  await browser.close();
  await socket.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Listening {
  /** The next `count` events. */
  next(count: number): Promise<unknown[]>;
  stop(): void;
}

/** Resolves once the bridge says that from here on nothing is missed. */
function listenTo({ bridge }: Door): Promise<Listening> {
  const heard = new Heard();
  return new Promise((resolve) => {
    const listening = async (): Promise<void> => {
      // Messages of a page come in the order they were sent: what is asked now is answered by somebody who tells it everything.
      await bridge.call('app.status', {});
      resolve({ next: (count) => heard.next(count), stop: () => stop() });
    };
    const stop = bridge.subscribe({
      onEvent: (event) => {
        heard.add(event);
      },
      onConnection: (connection) => {
        if (connection === 'live') void listening();
      },
    });
  });
}

async function listenToSocket(): Promise<Listening> {
  const heard = new Heard();
  const response = await open(socket.address, { method: 'GET', path: '/events' });
  response.on('error', () => undefined);
  // As the command line reads them; for it U+2028 ends a line as well.
  createInterface({ input: response }).on('line', (line) => {
    if (line !== '') heard.add(JSON.parse(line));
  });
  return { next: (count) => heard.next(count), stop: () => response.destroy() };
}

class Heard {
  readonly #events: unknown[] = [];
  #wake: () => void = () => undefined;

  add(event: unknown): void {
    this.#events.push(event);
    this.#wake();
  }

  async next(count: number): Promise<unknown[]> {
    while (this.#events.length < count) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#events.splice(0, count);
  }
}

describe('every event', () => {
  it.each(Object.keys(told) as EventName[])(
    '%s comes equal over every transport, and as the contract says',
    async (name) => {
      const sent = told[name].map((data) => ({ event: name, data }) as AnyEvent);
      for (const { data } of sent) expect(shapes[name].parse(data)).toEqual(data);
      const listening = [await listenToSocket(), await listenTo(browser), await listenTo(desktop)];
      for (const event of sent) events.publish(event);
      for (const one of listening) {
        expect(await one.next(sent.length)).toStrictEqual(sent);
        one.stop();
      }
    },
  );
});
