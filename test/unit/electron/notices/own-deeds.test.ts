import { describe, expect, it } from 'vitest';
import type { Dispatch } from '../../../../main/control/dispatch.ts';
import { createOwnDeeds } from '../../../../main/electron/notices/own-deeds.ts';
import { succeeded } from '../../../../shared/contract/reply.ts';

describe('what people just did', () => {
  let now = 1_000_000;
  const clock = { now: () => now };

  it('is remembered for its subject, for a few seconds', () => {
    const deeds = createOwnDeeds(clock);
    deeds.called('budgets.raise', { id: 'daily', by_usd: '5' });
    expect(deeds.justDone('budget:daily')).toBe(true);
    expect(deeds.justDone('budget:other')).toBe(false);
    expect(deeds.justDone('key:daily')).toBe(false);
    now += 10_000;
    expect(deeds.justDone('budget:daily')).toBe(false);
  });

  it('is of all of a sort where the file was changed, and of what stands in that part of it alone', () => {
    const deeds = createOwnDeeds(clock);
    const edits = [{ op: 'set', path: ['virtual_keys', 0, 'disabled'], value: true }];
    deeds.called('config.change', { edits, dry_run: true });
    expect(deeds.justDone('key:any')).toBe(false);
    deeds.called('config.change', { edits });
    expect(deeds.justDone('key:any')).toBe(true);
    expect(deeds.justDone('budget:key:any:day')).toBe(true);
    expect(deeds.justDone('provider:any')).toBe(false);
    deeds.called('config.change', { edits: [{ op: 'remove', path: ['providers', 1] }, { path: 7 }, null] });
    expect(deeds.justDone('provider:any')).toBe(true);
    expect(deeds.justDone('update')).toBe(false);
  });

  it('is nothing for calls that change nothing, unknown names, and input of any shape', () => {
    const deeds = createOwnDeeds(clock);
    for (const name of ['app.status', 'constructor', '__proto__', 'config.change', 'updates.check'])
      for (const input of [undefined, null, 7, 'id', {}, { id: 7 }, []]) deeds.called(name, input);
    expect(deeds.justDone('key:cc')).toBe(false);
    expect(deeds.justDone('update')).toBe(true);
  });

  it('is noted by a dispatch that people stand behind, when a call begins and when it ends', async () => {
    const deeds = createOwnDeeds(clock);
    const seen: boolean[] = [];
    const answer = (): Promise<ReturnType<typeof succeeded>> => {
      seen.push(deeds.justDone('client:cursor'));
      now += 60_000;
      return Promise.resolve(succeeded({}));
    };
    const dispatch: Dispatch = deeds.watching({ call: answer, ask: answer as Dispatch['ask'] });
    expect(await dispatch.call('clients.disconnect', { id: 'cursor' })).toEqual(succeeded({}));
    expect(seen).toEqual([true]);
    expect(deeds.justDone('client:cursor')).toBe(true);
    await dispatch.ask('keys.revoke', { id: 'k' });
    expect(deeds.justDone('key:k')).toBe(true);
  });
});
