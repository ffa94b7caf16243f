// From the last picture and the clock to what the tray says: state, sums, tooltip, title.
import { describe, expect, it } from 'vitest';
import { titleOf, tooltipOf, type TrayState } from '../../../../main/electron/tray/tray-state.ts';
import type { AppStatus } from '../../../../shared/contract/app.ts';
import type { BudgetEntry } from '../../../../shared/contract/budgets.ts';
import { issueText, spendText, statusText } from '../../../../shared/contract/standing-text.ts';
import type { BundleState } from '../../../../shared/contract/words.ts';
import {
  budget,
  health,
  now,
  picture,
  provider,
  route,
  snapshot,
  stateOf,
  text,
  wordsIn,
  type Change,
} from './world.ts';

const dayMs = 86_400_000;
const withBudgets = (...budgets: BudgetEntry[]): Change => ({ rest: { budgets } });
const said = (state: TrayState): string => spendText(state, text);
const issues = (state: TrayState): readonly string[] => state.issues.map((issue) => issueText(issue, text, now));
const pausedFor = (mode: 'block' | 'pass_through', until: string | null): Change => ({
  status: { paused: { mode, since: '2026-11-29T11:00:00.000Z', until } },
});
const problem = { file: 'f', line: 3, column: 1, path: 'x', problem: 'no such key', mend: '' };
const bundle = (state: BundleState, name = 'ACME'): AppStatus['bundles'][number] => ({
  ...{ key: name, name, state, version: 12, reason: state === 'active' ? null : 'Because.' },
});
const ledger = snapshot().status.ledger;

describe('the state', () => {
  const gateway = { ...snapshot().status.gateway, urls: [] };
  it.each<[string, Change, TrayState['state']]>([
    ['everything works', {}, 'running'],
    ['there are errors alone', {}, 'running'],
    ['the budget is at 79 %', withBudgets(budget({ spent_usd: '7.99' })), 'running'],
    ['the budget is at 80 %', withBudgets(budget({ spent_usd: '8' })), 'attention'],
    ['what was spent is unknown', withBudgets(budget({ state: 'unknown', reason: 'lost' })), 'attention'],
    ['a provider rests', { status: { health: [health('openai')] } }, 'attention'],
    [
      'a provider rested until a while ago',
      { status: { health: [health('openai', { until: '2026-11-29T11:59:59Z' })] } },
      'running',
    ],
    ['a provider is tried again', { status: { health: [health('openai', { state: 'half_open' })] } }, 'running'],
    [
      'a key is refused',
      { status: { health: [health('openai', { state: 'refused', needs_attention: true, until: null })] } },
      'attention',
    ],
    [
      'the config is broken',
      { status: { config: { file: 'f', snapshot: 's', problems: [problem], warnings: [], export_refused: null } } },
      'attention',
    ],
    ['the ledger fails', { status: { ledger: { ...ledger, state: 'failing' } } }, 'attention'],
    [
      'the journal fails',
      { status: { ledger: { ...ledger, journal: { state: 'failing', reason: 'full' } } } },
      'attention',
    ],
    ['a team’s rules are well', { status: { bundles: [bundle('active'), bundle('expiring')] } }, 'running'],
    ['a newer version of them was refused', { status: { bundles: [bundle('last_good')] } }, 'attention'],
    ['the network is down', { status: { offline: true } }, 'attention'],
    ['a key cannot be read', { rest: { providers: [provider('openai', 'OpenAI', false)] } }, 'attention'],
    ['people paused', pausedFor('block', null), 'paused'],
    [
      'people paused and something is wrong',
      { status: { ...pausedFor('block', null).status, offline: true } },
      'paused',
    ],
    ['the pause is over', pausedFor('block', '2026-11-29T12:00:00.000Z'), 'running'],
    ['nothing listens', { status: { gateway, ...pausedFor('block', null).status } }, 'stopped'],
  ])('when %s', (name, change, expected) => {
    expect(stateOf(picture(change, name === 'there are errors alone' ? 2 : 0)).state).toBe(expected);
  });

  it('before the first picture is that it starts', () => {
    const state = stateOf(undefined);
    expect([state.state, state.isStarting, tooltipOf(state, text)]).toEqual(['stopped', true, 'Sluice · Starting']);
    expect(titleOf(state, 'spend', text)).toBe('');
  });
});

describe('the words of the state', () => {
  it.each<[Change, string]>([
    [{}, 'Running on 127.0.0.1:4790'],
    [{ status: { offline: true } }, 'Running on 127.0.0.1:4790, needs attention'],
    [pausedFor('block', null), 'Paused by you: requests are refused'],
    [pausedFor('pass_through', null), 'Paused by you: requests pass through'],
    [{ status: { gateway: { ...snapshot().status.gateway, urls: [] } } }, 'Stopped: no requests are accepted'],
  ])('%#', (change, expected) => {
    expect(statusText(stateOf(picture(change)), text, now)).toBe(expected);
  });

  it('name the end of a pause by the clock, and with its date when it is far', () => {
    const until = (at: string): string => statusText(stateOf(picture(pausedFor('block', at))), wordsIn('de'), now);
    expect(until('2026-11-29T12:30:00.000Z')).toMatch(/^Von Ihnen pausiert bis \d\d:30: Anfragen werden abgelehnt$/);
    expect(until('2026-11-30T09:30:00.000Z')).toMatch(/Nov/);
  });
});

describe('what was spent', () => {
  it.each<[string, Change, string]>([
    ['without a budget', {}, '$3.42 today'],
    ['of the daily budget', withBudgets(budget()), '$3.42 of $10.00 today'],
    ['of a budget that was raised', withBudgets(budget({ raised_usd: '5' })), '$3.42 of $15.00 today'],
    [
      'beside the budget of a month',
      withBudgets(budget({ id: 'm', period: 'month', spent_usd: '40', limit_usd: '100' })),
      '$3.42 today · $40.00 of $100.00 this month',
    ],
    [
      'beside the budget of a key',
      withBudgets(budget({ id: 'k', scope: 'key', match: 'ide' })),
      '$3.42 today · ide: $3.42 of $10.00 today',
    ],
    ['with the price of a part unknown', { today: { cost_usd: null, known_cost_usd: '2' } }, '≥ $2.00 today'],
    ['with no price known', { today: { cost_usd: null, known_cost_usd: '0' } }, '— today'],
    [
      'of a budget that lost count',
      withBudgets(budget({ state: 'unknown', spent_usd: '2' })),
      '≥ $2.00 of $10.00 today',
    ],
  ])('%s', (_, change, expected) => {
    expect(said(stateOf(picture(change)))).toBe(expected);
  });

  it('is of the daily budget for everything although another is fuller', () => {
    const full = budget({ id: 'k', scope: 'key', match: 'ide', spent_usd: '9' });
    expect(stateOf(picture(withBudgets(full, budget()))).budget?.id).toBe('global:day');
  });

  it('is else of the shared budget with the least left, before one of which each has a share', () => {
    const [some, more] = [
      budget({ id: 'a', period: 'month', spent_usd: '2' }),
      budget({ id: 'b', period: 'week', spent_usd: '5' }),
    ];
    const own = budget({ id: 'c', scope: 'user', subject: 'ann', spent_usd: '9' });
    expect(stateOf(picture(withBudgets(some, own, more))).budget?.id).toBe('b');
    expect(stateOf(picture(withBudgets(own))).budget).toMatchObject({ id: 'c', name: 'ann' });
  });

  it('begins at nothing on the next day, for a picture of the day before', () => {
    const shown = picture(withBudgets(budget({ spent_usd: '9', raised_usd: '5' })));
    const state = stateOf(shown, now + dayMs);
    expect(said(state)).toBe('$0.00 of $10.00 today');
    expect([state.budget?.share, state.state, state.issues]).toEqual([0, 'running', []]);
    // In Berlin the day is over an hour before it is in London.
    const late = Date.UTC(2026, 10, 29, 22, 59);
    expect(said(stateOf(picture({}, 0, late), late + 59_999))).toBe('$3.42 today');
    expect(said(stateOf(picture({}, 0, late), late + 60_000))).toBe('$0.00 today');
    expect(said(stateOf(picture({ today: { cost_usd: null } }), now + dayMs))).toBe('$0.00 today');
  });

  it('of a budget without limit is all of it', () => {
    expect(stateOf(picture(withBudgets(budget({ limit_usd: '0', spent_usd: '0' })))).budget?.share).toBe(1);
  });
});

describe('what is wrong', () => {
  it('is told in the order of its weight, each with a page', () => {
    const state = stateOf(
      picture(
        {
          status: {
            config: { file: 'f', snapshot: 's', problems: [problem, problem], warnings: [], export_refused: null },
            ledger: { ...ledger, state: 'read-only' },
            health: [health('anthropic'), health('openai', { needs_attention: true, state: 'refused', until: null })],
          },
          rest: {
            budgets: [
              budget({ spent_usd: '10', state: 'exhausted' }),
              budget({ id: 'm/1', period: 'month', state: 'exhausted' }),
            ],
            providers: [
              provider('anthropic', 'Anthropic'),
              provider('openai', 'OpenAI'),
              provider('groq', 'Groq', false),
            ],
            routes: [
              route('fast', 'openai/gpt', 'groq/llama'),
              route('smart', '@requested', 'anthropic/sonnet', 'groq/llama'),
            ],
          },
        },
        1,
      ),
    );
    expect(state.issues.map((issue) => [issueText(issue, text, now), issue.path])).toEqual([
      ['The config file has 2 problems', '/settings?at=config'],
      ['The ledger is of a newer version and only read', '/settings?at=ledger'],
      ['Today’s budget for everything is used up', '/policies?tab=budgets&budget=global%3Aday'],
      ['This month’s budget for everything is used up', '/policies?tab=budgets&budget=m%2F1'],
      ['The key of Groq cannot be read', '/models?tab=providers&provider=groq'],
      ['OpenAI refuses: 5 of 8 calls failed (503)', '/models?tab=providers&provider=openai'],
      ['Anthropic rests – Groq answers “smart”', '/models?tab=providers&provider=anthropic'],
      ['1 error in the last hour', '/activity?error=*&range=1h'],
    ]);
  });

  it('is a budget from 80 % on, by its share', () => {
    expect(issues(stateOf(picture(withBudgets(budget({ spent_usd: '8' })))))).toEqual([
      '80% of today’s budget for everything used',
    ]);
  });

  it('is what somebody has to see to about each team bundle, and nothing about one that is well', () => {
    const bundles = [
      ...[bundle('active', 'a'), bundle('last_good', 'b'), bundle('failed', 'c'), bundle('expired', 'd')],
      ...[bundle('restricted', 'e'), bundle('blocked', 'f'), bundle('needs_consent', 'g'), bundle('limited', 'h')],
      // Two that contradict each other are told of once.
      ...[bundle('conflict', 'i'), bundle('conflict', 'j'), bundle('waiting', 'k'), bundle('inactive', 'l')],
    ];
    const state = stateOf(picture({ status: { bundles } }));
    expect(issues(state)).toEqual([
      'b: a newer version was refused',
      'c is not in force',
      'd expired; its rules still hold',
      'e expired, and refuses requests',
      'f expired, and refuses requests',
      'g waits for your consent',
      'i contradicts another bundle',
    ]);
    expect(new Set(state.issues.map(({ path }) => path))).toEqual(new Set(['/policies?tab=team']));
  });

  it('is the network alone when it is down, whatever rests', () => {
    const state = stateOf(picture({ status: { offline: true, health: [health('openai')] } }));
    expect(issues(state)).toEqual(['No provider can be reached: the network is down']);
  });

  it('names until when a provider rests where nobody answers in its place', () => {
    const alone = (until: string | null): readonly string[] =>
      issues(
        stateOf(
          picture({
            status: { health: [health('openai', { until })] },
            rest: { routes: [route('a', 'openai/m', 'openai/n')] },
          }),
        ),
      );
    expect(alone('2026-11-29T12:30:00.000Z')[0]).toMatch(/^OpenAI rests until \d+:30/);
    expect(alone(null)).toEqual(['OpenAI rests']);
  });

  it('names providers by their ids where they have one name together', () => {
    const providers = [provider('work', 'OpenAI', false), provider('home', 'OpenAI')];
    expect(issues(stateOf(picture({ rest: { providers } })))).toEqual(['The key of work cannot be read']);
  });

  it('counts the failures of the last hour as of now, and not beyond what was counted', () => {
    expect(issues(stateOf(picture({}, 2)))).toEqual(['2 errors in the last hour']);
    expect(issues(stateOf(picture({}, 50)))).toEqual(['50 errors or more in the last hour']);
    expect(issues(stateOf(picture({}, 2), now + 3_600_000))).toEqual([]);
  });
});

describe('the tooltip', () => {
  it('is one sentence', () => {
    const rest = { ...withBudgets(budget()).rest, model_choice: 'anthropic/claude-sonnet' };
    expect(tooltipOf(stateOf(picture({ rest })), text)).toBe(
      'Running · $3.42 of $10.00 today · claude-sonnet via Anthropic',
    );
    expect(tooltipOf(stateOf(picture(pausedFor('block', null))), text)).toBe('Paused · $3.42 today');
    expect(tooltipOf(stateOf(picture({ status: { offline: true } })), wordsIn('de'))).toMatch(
      /^Braucht Aufmerksamkeit · 3,42.\$ heute$/,
    );
  });

  it('is cut to what Windows shows', () => {
    const tooltip = tooltipOf(stateOf(picture({ rest: { model_choice: 'x'.repeat(300) } })), text);
    expect(tooltip).toHaveLength(127);
    expect(tooltip.endsWith('…')).toBe(true);
  });
});

describe('the title', () => {
  const shown = stateOf(picture(withBudgets(budget())));
  it('is what people want beside the icon', () => {
    expect(titleOf(shown, 'off', text)).toBe('');
    expect(titleOf(shown, 'spend', text)).toBe('$3.42');
    expect(titleOf(shown, 'share', text)).toBe('34%');
  });

  it('says nothing of a share where there is no budget, or where it is not known', () => {
    expect(titleOf(stateOf(picture()), 'share', text)).toBe('');
    expect(titleOf(stateOf(picture(withBudgets(budget({ state: 'unknown' })))), 'share', text)).toBe('');
    expect(titleOf(stateOf(picture({ today: { cost_usd: null, known_cost_usd: '2' } })), 'spend', text)).toBe(
      '≥ $2.00',
    );
  });
});

describe('the meter', () => {
  it.each<[string, number | undefined]>([
    ['0', undefined],
    ['1.2', undefined],
    ['1.3', 25],
    ['3.42', 25],
    ['5', 50],
    ['7.9', 75],
    ['9', 100],
    ['20', 100],
  ])('of %s of ten dollars is %s', (spent_usd, expected) => {
    expect(stateOf(picture(withBudgets(budget({ spent_usd }))), now, true).meter).toBe(expected);
  });

  it('is none without a budget, or when people want none', () => {
    expect(stateOf(picture(), now, true).meter).toBeUndefined();
    expect(stateOf(picture(withBudgets(budget())), now, false).meter).toBeUndefined();
  });
});

describe('models', () => {
  it('are favourites by model and provider, and aliases that can be named', () => {
    const { favourites, aliases, chosen } = stateOf(
      picture({
        rest: {
          ...{ favourites: ['anthropic/claude', 'gone/model'], model_choice: 'smart' },
          routes: [route('smart', 'openai/gpt'), route('smart', 'openai/gpt'), route('gpt-*', 'openai/gpt')],
        },
      }),
    );
    expect(favourites.map(({ label }) => label)).toEqual(['claude via Anthropic', 'gone/model']);
    expect(aliases.map(({ label }) => label)).toEqual(['smart']);
    expect(chosen).toEqual({ id: 'smart', label: 'smart' });
  });
});
