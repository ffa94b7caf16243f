import { createServer, type AddressInfo, type Server } from 'node:net';
import type { MessageBoxOptions } from 'electron';
import { afterEach, describe, expect, it } from 'vitest';
import {
  askForOther,
  askForPort,
  tellCrash,
  tellStartProblem,
  type StartDialogs,
} from '../../../main/electron/start-dialogs.ts';
import { english } from './support.ts';

const host = '127.0.0.1';
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** Somebody else's; `false`: it was taken already. */
function take(port: number): Promise<number | false> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port }, () => {
      servers.push(server);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function people(response: number): { readonly dialogs: StartDialogs; readonly asked: MessageBoxOptions[] } {
  const asked: MessageBoxOptions[] = [];
  const dialog = {
    showMessageBox(...given: unknown[]) {
      asked.push(given.at(-1) as MessageBoxOptions);
      return Promise.resolve({ response, checkboxChecked: false });
    },
  };
  return { dialogs: { dialog, text: () => english }, asked };
}

describe('a port that is taken', () => {
  it('is named with who holds it, and a free one is offered that is free', async () => {
    const port = await take(0);
    if (port === false) throw new Error('no port of this machine is free');
    const { dialogs, asked } = people(0);
    const other = await askForPort(dialogs, { host, port, problem: 'nginx (process 7) has it' });
    expect(other).toBeGreaterThan(port);
    const [question] = asked;
    expect(question?.message).toContain(String(port));
    expect(question?.detail).toContain('nginx (process 7) has it');
    expect(question?.buttons?.[0]).toContain(String(other));
    expect(question).toMatchObject({ cancelId: 1, buttons: [expect.any(String), english.t('desktop.quit')] });
    expect(await take(other ?? 0)).toBe(other);
  });

  it('is not answered with one that is taken too', async () => {
    const port = await take(0);
    if (port === false) throw new Error('no port of this machine is free');
    for (const next of [port + 1, port + 2, port + 3]) await take(next);
    const other = await askForPort(people(0).dialogs, { host, port, problem: '' });
    expect(other).toBeGreaterThan(port + 3);
  });

  it('is not answered with the one of the window', async () => {
    const { dialogs, asked } = people(0);
    const other = await askForPort(dialogs, { host, port: 4_790, problem: '' });
    expect(other).toBeGreaterThan(4_791);
    expect(asked[0]?.buttons?.[0]).not.toContain('4791');
  });

  it.each([1, -1])('ends the start when people chose so (%i)', async (response) => {
    expect(await askForPort(people(response).dialogs, { host, port: 20_000, problem: '' })).toBeUndefined();
  });

  it.each([
    ['there is none after it', { host, port: 65_535 }],
    ['no address of this machine is meant', { host: '203.0.113.1', port: 4_790 }],
  ])('is said where no other can be offered: %s', async (_what, taken) => {
    const { dialogs, asked } = people(0);
    expect(await askForPort(dialogs, { ...taken, problem: 'taken' })).toBeUndefined();
    expect(asked).toMatchObject([{ detail: 'taken', buttons: [english.t('desktop.quit')], cancelId: 0 }]);
  });
});

describe('another instance', () => {
  it.each([
    [0, true],
    [1, false],
    [-1, false],
  ])('is opened only when people want that (%i)', async (response, isWanted) => {
    const { dialogs, asked } = people(response);
    expect(await askForOther(dialogs, 'it runs on /d')).toBe(isWanted);
    expect(asked).toMatchObject([{ type: 'info', detail: 'it runs on /d', cancelId: 1 }]);
  });
});

describe('a start that failed', () => {
  it('is told in the words of the problem', async () => {
    const { dialogs, asked } = people(0);
    expect(await tellStartProblem(dialogs, 'sluice.yaml, line 4: no such kind', false)).toBe(false);
    expect(asked).toMatchObject([
      { type: 'error', detail: 'sluice.yaml, line 4: no such kind', buttons: [english.t('desktop.quit')] },
    ]);
  });

  it.each([
    [0, true],
    [1, false],
  ])('offers the file that is wrong, and nothing is done unless it is chosen (%i)', async (response, isWanted) => {
    const { dialogs, asked } = people(response);
    expect(await tellStartProblem(dialogs, 'line 4', true)).toBe(isWanted);
    const buttons = [english.t('desktop.startFailed.showFile'), english.t('desktop.quit')];
    expect(asked).toMatchObject([{ buttons, defaultId: 1, cancelId: 1 }]);
  });

  it('never fills the screen, whatever is wrong', async () => {
    const { dialogs, asked } = people(0);
    const problem = Array.from({ length: 500 }, (_, line) => `${line}: ${'x'.repeat(10_000)}`).join('\n');
    await tellStartProblem(dialogs, problem, false);
    await tellCrash(dialogs, problem, '/data/logs/sluice.log');
    expect(asked[1]?.detail).toMatch(/\n\nWhat happened before stands in \/data\/logs\/sluice\.log$/);
    for (const { detail = '' } of asked) {
      expect(detail).toMatch(/^0: x/);
      expect(detail.split('\n').length).toBeLessThan(12);
      expect(detail.length).toBeLessThan(5_000);
    }
  });
});
