import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { noUsage, type Usage } from '../../../../shared/domain/usage.ts';
import { SessionStore, type SessionLesson } from '../../../../main/gateway/routing/sessions.ts';
import { FakeClock, provider, times } from './health-making.ts';

const openai = provider('openai');
const anthropic = provider('anthropic', { kind: 'anthropic' });
const minute = 60_000;
const hour = 60 * minute;

function lesson(changes: Partial<SessionLesson> = {}): SessionLesson {
  return {
    keyId: 'k',
    sessionKey: 's',
    client: 'codex',
    provider: openai,
    model: 'gpt',
    credential: 'default',
    usage: used(5_000),
    ...changes,
  };
}

function used(inputTokens: number, cache: Partial<Usage> = {}): Usage {
  return { ...noUsage, inputTokens, outputTokens: 10, ...cache };
}

function store(): { readonly clock: FakeClock; readonly sessions: SessionStore } {
  const clock = new FakeClock();
  return { clock, sessions: new SessionStore({ clock }) };
}

describe('a session', () => {
  it('is nowhere before its first turn', () => {
    expect(store().sessions.view('k', 's')).toBeUndefined();
  });

  it('is where it was answered last', () => {
    const { sessions } = store();
    sessions.learn(lesson());
    sessions.learn(lesson({ provider: anthropic, model: 'claude', credential: 'second' }));
    expect(sessions.view('k', 's')).toMatchObject({
      providerId: 'anthropic',
      model: 'claude',
      credential: 'second',
      turns: 2,
    });
  });

  it('has one place for each model that is asked in it', () => {
    const { sessions } = store();
    sessions.learn(lesson({ asked: 'large', model: 'gpt-large', usage: used(80_000) }));
    sessions.learn(lesson({ asked: 'small', model: 'gpt-small', usage: used(2_000) }));
    expect(sessions.view('k', 's', 'large')).toMatchObject({ model: 'gpt-large', cachedTokens: 80_000, turns: 1 });
    expect(sessions.view('k', 's', 'small')).toMatchObject({ model: 'gpt-small', cachedTokens: 2_000, turns: 1 });
    expect(sessions.view('k', 's')).toBeUndefined();
  });

  it('is forgotten after a day without a turn, and starts anew then', () => {
    const { sessions, clock } = store();
    times(3, () => sessions.learn(lesson()));
    clock.pass(24 * hour - 1);
    expect(sessions.view('k', 's')).toMatchObject({ turns: 3 });
    clock.pass(1);
    expect(sessions.view('k', 's')).toBeUndefined();
    sessions.learn(lesson());
    expect(sessions.view('k', 's')).toMatchObject({ turns: 1 });
  });

  it('goes on after hours, as the same one', () => {
    const { sessions, clock } = store();
    sessions.learn(lesson());
    clock.pass(5 * hour);
    sessions.learn(lesson({ sessionKey: 'other' }));
    sessions.learn(lesson());
    expect(sessions.view('k', 's')).toMatchObject({ turns: 2 });
    expect(sessions.size).toBe(2);
  });

  it('never meets that of another principal, whatever the keys are', () => {
    const text = fc.string({ maxLength: 4, unit: fc.constantFrom('a', '\n', 'b', '') });
    fc.assert(
      fc.property(fc.tuple(text, text, text), fc.tuple(text, text, text), (one, two) => {
        fc.pre(one.some((part, index) => part !== two[index]));
        const { sessions } = store();
        sessions.learn(lesson({ keyId: one[0], sessionKey: one[1], asked: one[2] }));
        expect(sessions.view(two[0], two[1], two[2])).toBeUndefined();
        expect(sessions.view(one[0], one[1], one[2])).toBeDefined();
      }),
    );
  });

  it('is told from one whose keys make the same text when they are put together', () => {
    const { sessions } = store();
    sessions.learn(lesson({ asked: 'a\nb', sessionKey: 'c' }));
    expect(sessions.view('k', 'b\nc', 'a')).toBeUndefined();
    expect(sessions.view('k\na', 'c', 'b')).toBeUndefined();
    expect(sessions.view('k', 'c', 'a\nb')).toBeDefined();
  });

  it('is told from others by the whole of a long key', () => {
    const { sessions } = store();
    sessions.learn(lesson({ sessionKey: `${'x'.repeat(10_000)}1` }));
    expect(sessions.view('k', `${'x'.repeat(10_000)}1`)).toBeDefined();
    expect(sessions.view('k', `${'x'.repeat(10_000)}2`)).toBeUndefined();
  });
});

describe('the prompt cache', () => {
  const claude = (usage: Usage, cacheTtlMs?: number): SessionLesson =>
    lesson({ provider: anthropic, model: 'claude', usage, cacheTtlMs });

  it.each<[string, SessionLesson, number, number]>([
    [
      'of Anthropic holds what was read and written',
      claude(used(50, { cacheReadTokens: 8_000, cacheWriteTokens: 500 })),
      8_500,
      5 * minute,
    ],
    ['of Anthropic for an hour', claude(used(50, { cacheWriteTokens: 500, cacheWrite1hTokens: 500 })), 500, hour],
    ['of Anthropic as long as was asked for', claude(used(50, { cacheWriteTokens: 500 }), hour), 500, hour],
    ['of Anthropic holds nothing that was not asked for', claude(used(50_000)), 0, 5 * minute],
    [
      'of Claude at a cloud that caches others by itself',
      lesson({ provider: provider('v', { kind: 'vertex' }), model: 'claude-x' }),
      0,
      5 * minute,
    ],
    [
      'of OpenAI holds the whole prompt',
      lesson({ usage: used(3_000, { cacheReadTokens: 2_048 }) }),
      5_048,
      10 * minute,
    ],
    ['of OpenAI holds no short prompt', lesson({ usage: used(1_023) }), 0, 10 * minute],
    [
      'of Gemini holds the whole prompt',
      lesson({ provider: provider('g', { kind: 'gemini' }), usage: used(1_024) }),
      1_024,
      10 * minute,
    ],
    [
      'of another kind holds what was counted',
      lesson({ provider: provider('o', { kind: 'groq' }), usage: used(9_000, { cacheReadTokens: 4_000 }) }),
      4_000,
      10 * minute,
    ],
    [
      'of another kind is unknown where nothing was counted',
      lesson({ provider: provider('o', { kind: 'openai-compatible' }) }),
      0,
      10 * minute,
    ],
  ])('%s', (_what, told, cachedTokens, cacheLeftMs) => {
    const { sessions } = store();
    sessions.learn(told);
    expect(sessions.view('k', 's')).toMatchObject({ cachedTokens, cacheLeftMs });
  });

  it('lives on with each use, for as long as it was written for', () => {
    const { sessions, clock } = store();
    sessions.learn(claude(used(10, { cacheWriteTokens: 900, cacheWrite1hTokens: 900 })));
    clock.pass(40 * minute);
    expect(sessions.view('k', 's')).toMatchObject({ cacheLeftMs: 20 * minute });
    sessions.learn(claude(used(10, { cacheReadTokens: 900 })));
    expect(sessions.view('k', 's')).toMatchObject({ cachedTokens: 900, cacheLeftMs: hour });
    clock.pass(hour);
    expect(sessions.view('k', 's')).toMatchObject({ cacheLeftMs: 0 });
  });

  it('is believed in when a turn was not counted, as long as it lives', () => {
    const { sessions, clock } = store();
    sessions.learn(lesson());
    clock.pass(5 * minute);
    sessions.learn(lesson({ usage: undefined }));
    expect(sessions.view('k', 's')).toMatchObject({ cachedTokens: 5_000, cacheLeftMs: 10 * minute });
    clock.pass(11 * minute);
    sessions.learn(lesson({ usage: undefined }));
    expect(sessions.view('k', 's')).toMatchObject({ cachedTokens: 0 });
  });

  it('is not taken along to another provider or model', () => {
    const { sessions } = store();
    sessions.learn(lesson());
    sessions.learn(lesson({ model: 'gpt-other', usage: undefined }));
    expect(sessions.view('k', 's')).toMatchObject({ cachedTokens: 0 });
  });

  it('is gone after a night in which the machine slept', () => {
    const { sessions, clock } = store();
    sessions.learn(lesson());
    clock.wall += 8 * hour;
    expect(sessions.view('k', 's')?.cacheLeftMs).toBeLessThan(0);
  });
});

describe('the turns to come', () => {
  it('are a few before anything is known, and more the longer a session lasts', () => {
    const { sessions } = store();
    sessions.learn(lesson());
    expect(sessions.view('k', 's')?.expectedTurns).toBe(5);
    times(5, () => sessions.learn(lesson()));
    expect(sessions.view('k', 's')?.expectedTurns).toBe(2);
    times(24, () => sessions.learn(lesson()));
    expect(sessions.view('k', 's')?.expectedTurns).toBe(10);
  });

  it('are learned from the sessions of the same client that ended', () => {
    const { sessions, clock } = store();
    for (let session = 0; session < 40; session++)
      times(50, () => sessions.learn(lesson({ sessionKey: `long ${String(session)}` })));
    clock.pass(hour);
    sessions.learn(lesson());
    sessions.learn(lesson({ sessionKey: 'chat', client: 'chat' }));
    expect(sessions.view('k', 's')?.expectedTurns).toBeGreaterThan(45);
    expect(sessions.view('k', 'chat')?.expectedTurns).toBe(5);
  });
});

it('keeps ten thousand sessions, the last used', () => {
  const { sessions, clock } = store();
  for (let session = 0; session < 5_000; session++) sessions.learn(lesson({ sessionKey: `early ${String(session)}` }));
  clock.pass(2 * hour);
  for (let session = 0; session < 7_000; session++) sessions.learn(lesson({ sessionKey: `late ${String(session)}` }));
  expect(sessions.size).toBe(10_000);
  expect(sessions.view('k', 'early 0')).toBeUndefined();
  expect(sessions.view('k', 'early 4999')).toBeDefined();
  expect(sessions.view('k', 'late 0')).toBeDefined();
});
