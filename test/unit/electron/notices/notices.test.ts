import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BundleNotice } from '../../../../shared/contract/bundles.ts';
import type { AnyEvent } from '../../../../shared/contract/contract.ts';
import { desktopMessages } from '../../../../shared/text/desktop.ts';
import { noticesEn } from '../../../../shared/text/en/notices.ts';
import { createText } from '../../../../shared/text/text.ts';
import { languages } from '../../../../shared/text/words.ts';
import * as w from './world.ts';

let world: w.World;

beforeEach(async () => {
  vi.useFakeTimers({ now: w.start, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  world = new w.World();
  await world.begin();
});

afterEach(async () => {
  await world.stop();
  expect(world.errors).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** Another run of the program, which finds what this one kept. */
async function restart(): Promise<void> {
  await world.stop();
  const next = new w.World(world.memory);
  next.answers = world.answers;
  next.preferences = world.preferences;
  world = next;
  await world.begin();
}

const providerEntry = (id: string, local: boolean, kind: 'openai' | 'demo' = 'openai') => ({
  ...{ id, kind, label: id, base_url: 'http://127.0.0.1:1', local, keyless: local, keys: [], models: 1 },
  ...{ proxy: 'direct', origin: { source: 'you' as const, where: null, locked: false, reason: null } },
});

const modelEntry = (id: string, provider: string, favourite = false) => ({
  ...{ id, provider, model: id, context_window: null, max_output_tokens: null, capabilities: [], price: null },
  ...{ chat: true, unsettled: false, released: null, favourite },
});

describe('a budget', () => {
  it('is told of once at each share in a window, with the money and the way to the reason', async () => {
    await world.publish(w.alert(0.8, w.budget()));
    const [notice] = world.shown;
    expect(notice).toMatchObject({
      kind: 'budget',
      title: 'Budget for everything: 84% used',
      body: '$8.40 of $10.00 today.',
    });
    expect(notice?.actions.map(({ label }) => label)).toEqual(['Raise today by $5.00', 'See why']);
    // Of what a team gives nobody here gives more.
    await world.publish(w.alert(0.8, w.budget({ id: 'team', enforced: true })));
    expect(world.shown.at(-1)?.actions.map(({ label }) => label)).toEqual(['See why']);
    await world.press(notice, 'See why');
    notice?.open();
    expect(world.paths).toEqual(['/usage?budget=daily', '/usage?budget=daily']);
    await world.publish(w.alert(0.8, w.budget({ spent_usd: '8.6' })));
    expect(world.titles()).toHaveLength(2);
  });

  it('is told of again at the next share, in place of what was shown before', async () => {
    await world.publish(w.alert(0.8, w.budget()), w.alert(1, w.usedUp()));
    expect(world.gone.map(({ title }) => title)).toEqual(['Budget for everything: 84% used']);
    expect(world.shown[1]).toMatchObject({ title: 'The budget for everything is used up' });
    expect(world.shown[1]?.body).toContain('Requests are refused until ');
  });

  it('says what follows from being used up', async () => {
    await world.publish(w.alert(1, w.usedUp({ action: 'downgrade:cheap' })));
    await world.publish(w.alert(1, w.usedUp({ id: 'other', action: 'alert' })));
    expect(world.shown.map(({ body }) => body)).toEqual([
      '$10.02 of $10.00 today. Requests now go to cheap.',
      '$10.02 of $10.00 today. Requests go on.',
    ]);
  });

  it('is armed again with its next window, and after a raise', async () => {
    await world.publish(w.alert(1, w.usedUp()));
    await world.publish(w.alert(1, w.usedUp({ raised_usd: '5', spent_usd: '15' })));
    expect(world.shown[1]?.body).toContain('$15.00 of $15.00 today.');
    world.titles();
    await world.pass(12 * w.hour);
    const next = { since: '2026-11-25T23:00:00.000Z', resets_at: '2026-11-26T23:00:00.000Z' };
    await world.publish(w.alert(1, w.usedUp(next)));
    expect(world.titles()).toEqual(['The budget for everything is used up']);
  });

  it('is raised by a button, for whom it counts, and says so where that fails', async () => {
    await world.publish(w.alert(0.8, w.budget({ scope: 'key', subject: 'ide', period: 'week' })));
    const [notice] = world.shown;
    expect(notice).toMatchObject({ title: 'Budget for ide: 84% used', body: '$8.40 of $10.00 this week.' });
    await world.press(notice, 'Raise by $5.00');
    expect(world.calls.at(-1)).toEqual([
      'budgets.raise',
      { id: 'daily', subject: 'ide', by_usd: '5', note: 'From a notification' },
    ]);
    expect(world.shown[1]).toMatchObject({ title: 'That did not work', body: 'budgets.raise was refused.' });
  });

  it('offers a local model where there is one, a favourite first, and no raise for a conversation', async () => {
    const providers = [
      providerEntry('demo', true, 'demo'),
      providerEntry('cloud', false),
      providerEntry('ollama', true),
    ];
    world.answers['providers.list'] = { providers };
    const models = [
      ...[modelEntry('demo/x', 'demo', true), modelEntry('cloud/gpt', 'cloud', true)],
      ...[modelEntry('ollama/a', 'ollama'), modelEntry('ollama/b', 'ollama', true)],
    ];
    world.answers['models.list'] = { models, catalogue_date: '2026-11-01' };
    world.answers['models.choose'] = { model: 'ollama/b' };
    await world.publish(w.alert(0.8, w.budget({ period: 'session', since: null, resets_at: null })));
    const [notice] = world.shown;
    expect(notice?.actions.map(({ label }) => label)).toEqual(['Use local model', 'See why']);
    await world.press(notice, 'Use local model');
    expect(world.calls.at(-1)).toEqual(['models.choose', { model: 'ollama/b' }]);
    expect(world.shown).toHaveLength(1);
  });

  it('that asks for a raise is told of once in its window', async () => {
    world.answers['budgets.list'] = { budgets: [w.budget({ action: 'ask' })] };
    const data = { id: 'daily', subject: null, at: '', remaining_usd: '1.6', asked_usd: '2' };
    for (let turn = 0; turn < 3; turn++) await world.publish({ event: 'budget.asked', data });
    expect(world.shown).toHaveLength(1);
    expect(world.shown[0]).toMatchObject({
      title: 'A request does not fit in the budget for everything',
      body: '$1.60 of $10.00 is left, and the request may cost more. It was refused.',
    });
  });

  it('is found used up where its event was lost', async () => {
    world.answers['budgets.list'] = { budgets: [w.usedUp()] };
    await world.publish({ event: 'events.dropped', data: { count: 3 } }, w.alert(1, w.usedUp()));
    expect(world.titles()).toEqual(['The budget for everything is used up']);
  });
});

describe('a month that will not last', () => {
  const month = w.budget({
    ...{ id: 'monthly', period: 'month', state: 'ok', spent_usd: '60', limit_usd: '100' },
    ...{ since: '2026-10-31T23:00:00Z', resets_at: '2026-12-31T23:00:00Z', exhausted_at: '2026-12-12T12:00:00Z' },
  });

  it('is foretold once a week, and looked for while money is spent only', async () => {
    world.answers['budgets.list'] = { budgets: [month, w.budget({ exhausted_at: '2026-11-25T20:00:00Z' })] };
    const spent = w.closed({ cost_usd: '0.5' });
    await world.pass(11 * w.minute);
    expect(world.titles()).toEqual([]);
    await world.publish(spent, spent, spent);
    expect(world.shown[0]).toMatchObject({
      kind: 'projection',
      title: 'This month goes over the budget for everything',
      body: 'At this pace $100.00 is used up on Dec 12, 2026.',
    });
    world.titles();
    await world.pass(6 * w.day);
    await world.publish(spent);
    expect(world.titles()).toEqual([]);
    await world.pass(w.day + w.minute);
    await world.publish(spent);
    expect(world.titles()).toHaveLength(1);
  });

  it('is not foretold from next to nothing', async () => {
    world.answers['budgets.list'] = { budgets: [{ ...month, spent_usd: '9' }] };
    await world.pass(11 * w.minute);
    await world.publish(w.closed({ cost_usd: '0.5' }));
    expect(world.titles()).toEqual([]);
  });
});

describe('a provider that is down', () => {
  it('is told of once it is known who answers instead, once per incident, and comes back in silence', async () => {
    await world.publish(w.fallback());
    expect(world.titles()).toEqual([]);
    await world.publish(w.health());
    expect(world.shown[0]).toMatchObject({ title: 'a/one is down', body: 'b/two answers instead.' });
    await world.press(world.shown[0], 'Open');
    expect(world.paths).toEqual(['/models?tab=providers&provider=a']);
    for (let turn = 0; turn < 20; turn++)
      await world.publish(w.health({ state: 'half_open' }), w.fallback(), w.health());
    await world.publish(w.health({ state: 'closed' }));
    expect(world.titles()).toEqual(['a/one is down']);
  });

  it('has the same trouble when it fails again soon, and another one later', async () => {
    await world.publish(w.health(), w.fallback());
    await world.pass(w.hour);
    await world.publish(w.health({ state: 'closed' }), w.health(), w.fallback());
    expect(world.titles()).toHaveLength(1);
    await world.publish(w.health({ state: 'closed' }));
    await world.pass(31 * w.minute);
    await world.publish(w.health(), w.health({ model: 'three' }), w.fallback());
    expect(world.titles()).toEqual(['a is down']);
  });

  it('is not told of for a fallback alone, a request that was to blame, a short limit, or without a network', async () => {
    const refused = w.attempt('a/one', { status: 400, error: 'attempt.upstream_error' });
    await world.publish(w.fallback(), w.fallback());
    await world.pass(2 * w.minute);
    await world.publish(w.health(), w.closed({ attempts: [refused, w.attempt('b/two')] }));
    await world.publish(w.health({ state: 'closed' }));
    const soon = new Date(w.start + 5 * w.minute).toISOString();
    await world.publish(w.health({ state: 'limited', until: soon }), w.fallback());
    await world.publish(w.health({}, true), w.fallback(), w.failedExchange());
    expect(world.titles()).toEqual([]);
  });

  it('counts where its limit resets in hours only', async () => {
    await world.publish(w.health({ state: 'limited', until: new Date(w.start + w.hour).toISOString() }), w.fallback());
    expect(world.titles()).toEqual(['a/one is down']);
  });
});

describe('a route whose targets all failed', () => {
  it('is told of once in half an hour, with what was tried', async () => {
    await world.publish(w.failedExchange({ request_id: 'req/1' }), w.failedExchange(), w.failedExchange());
    expect(world.shown[0]).toMatchObject({
      kind: 'route',
      title: 'Nothing could answer “smart”',
      body: '2 attempts failed: a/one (503), b/two (503).',
    });
    world.shown[0]?.open();
    expect(world.paths).toEqual(['/activity?outcome=failed&id=req%2F1']);
    expect(world.titles()).toHaveLength(1);
    await world.pass(31 * w.minute);
    await world.publish(w.failedExchange());
    expect(world.titles()).toHaveLength(1);
  });

  it('is not told of for refusals of ours, for requests that are to blame, or for what was tried in the window', async () => {
    await world.publish(
      w.failedExchange({ error: 'admit.budget_exhausted', attempts: [] }),
      w.failedExchange({ error: 'upstream.400', status: 400 }),
      w.failedExchange({ error: 'route.model_not_found', attempts: [] }),
      w.failedExchange({ key: 'own' }),
      w.closed({ outcome: 'aborted', error: 'client_gone' }),
    );
    expect(world.titles()).toEqual([]);
    await world.publish(w.failedExchange({ error: 'route.no_target', attempts: [] }));
    expect(world.shown[0]?.body).toBe('Every target rests or has no key that is accepted.');
  });

  it('shows names from outside cut, on one line, and without marks that reorder or form', async () => {
    const name = `\u202e<b>evil</b>\u0007\nname ${'x'.repeat(300)}`;
    await world.publish(w.failedExchange({ model_asked: name }));
    const title = world.shown[0]?.title ?? '';
    expect(title.startsWith('Nothing could answer “‹b›evil‹/b› name xxx')).toBe(true);
    expect(title).not.toMatch(/[\u0000-\u001f\u202e<>]/);
    expect(title.length).toBeLessThan(100);
  });
});

describe('a model without a price', () => {
  const usage = {
    input_tokens: 5,
    output_tokens: 5,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    reasoning_tokens: null,
  };
  const unpriced = (target: string): ReturnType<typeof w.closed> =>
    w.closed({ target, usage, cost_usd: null, attempts: [w.attempt(target, { usage, cost_usd: null })] });

  it('is told of once ever, with the page that sets it', async () => {
    await world.publish(unpriced('c/new'), unpriced('c/new'));
    expect(world.shown[0]).toMatchObject({ kind: 'price', title: 'No price is known for c/new' });
    await world.press(world.shown[0], 'Set price');
    expect(world.paths).toEqual(['/models?tab=models&model=c%2Fnew']);
    expect(world.titles()).toHaveLength(1);
    await restart();
    await world.pass(400 * w.day);
    await world.publish(unpriced('c/new'));
    expect(world.titles()).toEqual([]);
  });

  it('is not told of where nothing was used', async () => {
    await world.publish(w.closed({ cost_usd: null, attempts: [w.attempt('c/new', { cost_usd: null })] }));
    expect(world.titles()).toEqual([]);
  });
});

describe('a newer version', () => {
  it('that is ready is told of once, and started by a button', async () => {
    world.answers['updates.install'] = w.desktop({}).updates;
    const ready = w.desktopChanged(w.desktop({ state: 'ready', version: '2.1.0' }));
    await world.publish(ready, ready);
    expect(world.shown).toHaveLength(1);
    expect(world.shown[0]).toMatchObject({ kind: 'update', title: 'Sluice 2.1.0 is ready' });
    expect(world.shown[0]?.actions.map(({ label }) => label)).toEqual(['Restart now', 'Later']);
    await world.press(world.shown[0], 'Later');
    expect(world.calls.map(([name]) => name)).not.toContain('updates.install');
    await world.press(world.shown[0], 'Restart now');
    expect(world.calls.at(-1)).toEqual(['updates.install', {}]);
  });

  it('that is only looked for is told of at once; one that is fetched, where it is still not fetched later', async () => {
    await world.publish(w.desktopChanged(w.desktop({ state: 'available', version: '2.1.0' })));
    expect(world.titles()).toEqual(['Sluice 2.1.0 is available']);
    const automatic = { ...w.usual, updates: 'automatic' as const };
    await world.publish(w.desktopChanged(w.desktop({ state: 'available', version: '2.2.0' }, automatic)));
    await world.publish(w.desktopChanged(w.desktop({ state: 'downloading', version: '2.2.0' }, automatic)));
    await world.pass(w.hour);
    await world.publish(w.desktopChanged(w.desktop({ state: 'ready', version: '2.2.0' }, automatic)));
    expect(world.titles()).toEqual(['Sluice 2.2.0 is ready']);
    await world.publish(w.desktopChanged(w.desktop({ state: 'available', version: '2.3.0' }, automatic)));
    await world.pass(10 * w.minute);
    expect(world.titles()).toEqual(['Sluice 2.3.0 is available']);
  });
});

describe('what people decide', () => {
  it('holds for each kind: one that is switched off is silent', async () => {
    world.answers['budgets.list'] = { budgets: [w.usedUp()] };
    world.preferences = {
      ...w.usual,
      notices: Object.fromEntries(Object.keys(w.allWanted).map((kind) => [kind, false])) as typeof w.allWanted,
    };
    const masked = { masked: 2, masked_kinds: { secrets: 2 } };
    await world.publish(w.alert(1, w.usedUp()), w.failedExchange(), w.health(), w.fallback(), w.closed(masked));
    await world.publish(w.desktopChanged(w.desktop({ state: 'ready', version: '2' }, world.preferences)));
    expect(await world.timers()).toBe(0);
    await world.pass(w.day);
    expect(world.titles()).toEqual([]);
  });

  it('is not told back to them, now or later in the same window', async () => {
    world.own = ['budget:daily', 'update', 'provider:a'];
    await world.publish(w.alert(1, w.usedUp()), w.health(), w.fallback());
    await world.publish(w.desktopChanged(w.desktop({ state: 'available', version: '2' })));
    world.own = [];
    await world.publish(w.alert(1, w.usedUp()), w.fallback());
    await world.publish(w.desktopChanged(w.desktop({ state: 'available', version: '2' })));
    expect(world.titles()).toEqual([]);
    await world.publish(w.alert(1, w.usedUp({ id: 'other' })));
    expect(world.titles()).toHaveLength(1);
  });
});

describe('a restart', () => {
  it('repeats nothing', async () => {
    const all = [w.alert(0.8, w.budget()), w.alert(1, w.usedUp()), w.health(), w.fallback(), w.failedExchange()];
    await world.publish(...all);
    await world.publish(w.desktopChanged(w.desktop({ state: 'ready', version: '2' })));
    expect(world.titles()).toHaveLength(5);
    world.answers['budgets.list'] = { budgets: [w.usedUp()] };
    await restart();
    await world.publish(...all);
    await world.publish(w.desktopChanged(w.desktop({ state: 'ready', version: '2' })));
    expect(world.titles()).toEqual([]);
  });

  it('tells of a budget that was used up meanwhile', async () => {
    world.answers['budgets.list'] = { budgets: [w.usedUp()] };
    await restart();
    expect(world.titles()).toEqual(['The budget for everything is used up']);
  });

  it('begins with what can be understood of what was kept', async () => {
    world.memory.saved = { told: 'none', held: [{ what: 'else' }], masked: { day: 'Monday' } };
    const next = new w.World(world.memory);
    next.memory.saved = world.memory.saved;
    await next.begin();
    await next.publish(w.alert(1, w.usedUp()));
    expect(next.titles()).toHaveLength(1);
    await next.stop();
  });
});

describe('every message', () => {
  it('can be said in every language', () => {
    const words = {
      scope: 'key',
      share: '8%',
      spent: '1',
      limit: '2',
      period: 'day',
      alias: 'a',
      when: 'w',
      left: '1',
    };
    const names = {
      amount: '5',
      provider: 'p',
      by: 'b',
      model: 'm',
      targets: 't',
      client: 'c',
      name: 'n',
      version: '2',
      date: 'd',
    };
    const values = { ...words, ...names, count: 2, what: 'secrets', place: 'one', day: 'today' };
    for (const language of languages) {
      const { t } = createText(language, language, desktopMessages[language]);
      for (const key of Object.keys(noticesEn) as (keyof typeof noticesEn)[])
        expect(t(key, values)).toMatch(/^[^{}]+$/);
    }
  });
});

describe('German', () => {
  it('is what people read who have it', async () => {
    world.language = 'de';
    await world.publish(
      w.alert(0.8, w.budget()),
      w.alert(1, w.usedUp({ id: 'x', action: 'alert' })),
      w.failedExchange(),
    );
    expect(world.shown.map(({ title, body }) => [title, body.replaceAll('\u00a0', ' ')])).toEqual([
      ['Budget für alles: 84 % verbraucht'.replace('84 %', '84\u00a0%'), '8,40 $ von 10,00 $ heute.'],
      ['Das Budget für alles ist aufgebraucht', '10,02 $ von 10,00 $ heute. Anfragen gehen weiter durch.'],
      ['„smart“ konnte nicht beantwortet werden', '2 Versuche sind fehlgeschlagen: a/one (503), b/two (503).'],
    ]);
    expect(world.shown[0]?.actions[0]?.label.replace('\u00a0', ' ')).toBe('Heute um 5,00 $ erhöhen');
  });
});

describe('a team bundle', () => {
  const notice = (given: Partial<BundleNotice> = {}): AnyEvent => ({
    event: 'bundle.notice',
    data: {
      ...{ kind: 'activated', key: 'acme-core', name: 'ACME <core>', version: 12 },
      ...{ text: 'Version 12 of ACME is in force.', code: null, ...given },
    },
  });

  it('is told of once a version, with the way to what changed', async () => {
    await world.publish(notice(), notice());
    expect(world.shown.map(({ title, body }) => [title, body])).toEqual([
      ['The rules of ACME ‹core› changed', 'Version 12 of ACME is in force.'],
    ]);
    await world.press(world.shown[0], 'Show changes');
    expect(world.paths).toEqual(['/policies?tab=team&history=acme-core']);
    await world.publish(notice({ version: 13 }));
    expect(world.shown).toHaveLength(2);
  });

  it('that was refused says why, and again on the next day if it still is', async () => {
    const refused = notice({ kind: 'rejected', code: 'bundle.rollback', text: 'Version 11 is older than 12.' });
    await world.publish(refused, refused);
    expect(world.shown.map(({ title }) => title)).toEqual(['A new version of ACME ‹core› was refused']);
    vi.setSystemTime(w.start + w.day + w.minute);
    await world.publish(refused);
    expect(world.shown).toHaveLength(2);
  });

  it('is told in the language of the reader', async () => {
    world.language = 'de';
    const kinds = ['activated', 'rejected', 'conflict'] as const;
    await world.publish(...kinds.map((kind) => notice({ kind })));
    expect(world.shown.map(({ body }) => body)).toEqual([
      'Version 12 gilt jetzt.',
      'Was vorher galt, gilt weiter.',
      'Was nicht beide erlauben, ist nicht erlaubt.',
    ]);
  });

  it('says nothing of what people just did themselves, nor of joining and leaving', async () => {
    await world.publish(notice({ kind: 'joined' }), notice({ kind: 'left' }));
    world.own.push('bundle:acme-core');
    await world.publish(notice());
    expect(world.shown).toEqual([]);
  });
});
