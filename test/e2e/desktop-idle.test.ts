// What the desktop app costs while nobody needs it: nothing. Counted, not measured: a machine at rest is to stay at rest (UX-60, UX-62).
import { setTimeout as passed } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Counted, Counts } from '../fakes/electron/counts.ts';
import { ask } from './opened.ts';
import { openShellApp, slow, type ShellApp } from './shell-app.ts';
import { bareConfig } from './shell.ts';

/** So long nothing may happen: twice what clocks of programs are set to. */
const watchedMs = 2_000;
/** Timers that are set for later than that wait for a known moment, such as the end of a day. */
const soonMs = 30_000;

describe('the desktop app at rest', () => {
  let app: ShellApp;
  beforeAll(async () => {
    app = await openShellApp({ config: bareConfig, settings: { counts: true } });
  });
  afterAll(async () => {
    await app?.close();
  });
  const counted = (): Promise<Counted> => app.desktop().ask('counts');
  const soon = async (): Promise<Counted['pending']> => (await counted()).pending.filter(({ ms }) => ms < soonMs);
  /** By a client that hangs up: nothing of it is left. */
  const request = async (): Promise<number> => (await ask(app, 'demo/echo', 'Hello', { connection: 'close' })).status;

  it('has no page, no timer that is about to fire, and asks nobody anything', async () => {
    // A window was open, requests came, and all of that is over.
    await app.page('/activity');
    expect(await request()).toBe(200);
    await app.leave();
    expect(await app.desktop().ask('chromium')).toBeNull();
    expect(await app.desktop().ask('windows')).toEqual([]);
    await expect.poll(soon, slow).toEqual([]);

    const before = await counted();
    await passed(watchedMs);
    const after = await counted();
    expect(differences(before.counts, after.counts), JSON.stringify(after.fired)).toEqual({});
    expect(await soon()).toEqual([]);

    // What is counted does count.
    expect(await request()).toBe(200);
    await vi.waitUntil(async () => (await counted()).counts.timers > after.counts.timers, slow);
  });
});

function differences(before: Counts, after: Counts): Partial<Counts> {
  const names = Object.keys(after) as (keyof Counts)[];
  return Object.fromEntries(
    names.flatMap((name) => (after[name] === before[name] ? [] : [[name, after[name] - before[name]]])),
  );
}
