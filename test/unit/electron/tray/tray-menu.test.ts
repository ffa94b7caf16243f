// From each state to the menu that people see, on each system: plain data, no Electron.
import { describe, expect, it } from 'vitest';
import { trayMenu, type TrayMenuItem } from '../../../../main/electron/tray/tray-menu.ts';
import type { AppStatus } from '../../../../shared/contract/app.ts';
import type { BudgetEntry } from '../../../../shared/contract/budgets.ts';
import type { DesktopState, UpdateState } from '../../../../shared/contract/desktop.ts';
import type { BundleState } from '../../../../shared/contract/words.ts';
import {
  budget,
  desktop,
  health,
  now,
  picture,
  route,
  snapshot,
  stateOf,
  text,
  wordsIn,
  type Change,
} from './world.ts';
import type { Picture } from '../../../../main/electron/picture.ts';

interface Shown {
  readonly shown?: Picture | undefined;
  readonly state?: Partial<DesktopState>;
  readonly language?: 'en' | 'de';
  readonly isWindowOpen?: boolean;
}

function menuOf({
  shown = picture(),
  state = {},
  language = 'en',
  isWindowOpen = false,
}: Shown = {}): readonly TrayMenuItem[] {
  const words = wordsIn(language);
  return trayMenu(stateOf(shown, now, false, words), { text: words, desktop: desktop(state), isWindowOpen });
}

const menuFor = (change: Change, failures = 0): readonly TrayMenuItem[] => menuOf({ shown: picture(change, failures) });

/** A line for each item: `▸` opens a menu, `(•)` is chosen of several, `[…]` cannot be chosen. */
function outline(menu: readonly TrayMenuItem[], indent = ''): string[] {
  return menu.flatMap(({ kind, label, enabled, checked, submenu }) => {
    if (kind === 'separator') return [`${indent}---`];
    const mark = kind === 'radio' ? (checked === true ? '(•) ' : '( ) ') : '';
    const name = enabled ? `${mark}${label}` : `[${mark}${label}]`;
    return submenu === undefined ? [indent + name] : [`${indent}${name} ▸`, ...outline(submenu, `${indent}  `)];
  });
}

function find(menu: readonly TrayMenuItem[], ...path: readonly string[]): TrayMenuItem {
  const [first, ...rest] = path;
  const found = menu.find(({ label }) => label === first);
  if (found === undefined) throw new Error(`there is no ${first} in ${outline(menu).join('\n')}`);
  return rest.length === 0 ? found : find(found.submenu ?? [], ...rest);
}

const linesOf = (menu: readonly TrayMenuItem[], ...path: readonly string[]): readonly string[] =>
  outline(path.length === 0 ? menu : (find(menu, ...path).submenu ?? []));

const usual = [
  '● Running on 127.0.0.1:4790',
  '$3.42 of $10.00 today  ▓▓▓░░░░░░  (34%)',
  '---',
  'Model ▸',
  '  (•) Auto (rules)',
  '  ( ) claude via Anthropic',
  '  ( ) fast',
  '  ( ) smart',
  '  ---',
  '  More…',
  'Profile ▸',
  '  ( ) None',
  '  (•) Personal',
  '  ( ) Work',
  'Pause ▸',
  '  Block ▸',
  '    [Refuses new requests and says until when]',
  '    15 minutes',
  '    1 hour',
  '    Until I resume',
  '  Pass through ▸',
  '    [No routes, no masking; keys and budgets stay]',
  '    15 minutes',
  '    1 hour',
  '    Until I resume',
  '---',
  '2 errors in the last hour',
  '---',
  'Copy ▸',
  '  Base URL',
  '  OpenAI environment',
  '  Anthropic environment',
  '  New key',
  'Connect a client…',
  'Open dashboard',
  '---',
  'Settings…',
  'Check for updates…',
  'Close window, keep gateway',
  'Quit (gateway stops)',
];
const usualPicture = picture(
  {
    rest: {
      ...{ favourites: ['anthropic/claude'], budgets: [budget()], profile: 'p' },
      routes: [route('fast', 'openai/gpt'), route('smart', 'anthropic/claude')],
      profiles: [
        { id: 'p', name: 'Personal' },
        { id: 'w', name: 'Work' },
      ],
    },
  },
  2,
);

describe('the menu', () => {
  it.each(['darwin', 'win32', 'linux'] as const)('has everything on %s', (platform) => {
    expect(linesOf(menuOf({ shown: usualPicture, state: { platform }, isWindowOpen: true }))).toEqual(usual);
  });

  it('has everything in German', () => {
    const german = linesOf(menuOf({ shown: usualPicture, language: 'de', isWindowOpen: true }));
    expect(german).toHaveLength(usual.length);
    expect(german[0]).toBe('● Läuft auf 127.0.0.1:4790');
    expect(german[1]).toMatch(/^3,42.\$ von 10,00.\$ heute {2}▓▓▓░░░░░░ {2}\(34.%\)$/);
    expect(german.at(-1)).toBe('Beenden (Gateway stoppt)');
  });

  it('before the first picture says so, and lets people open and quit', () => {
    const menu = trayMenu(stateOf(undefined), { text, desktop: desktop(), isWindowOpen: false });
    expect(outline(menu)).toEqual([
      ...['[○ Starting]', '---', 'Open dashboard', '---', 'Settings…', 'Check for updates…', 'Quit (gateway stops)'],
    ]);
  });

  it('of a gateway that listens nowhere has nothing to copy, and says what is wrong', () => {
    const menu = menuFor({ status: { gateway: { ...snapshot().status.gateway, urls: [] } } });
    const lines = linesOf(menu);
    expect(lines[0]).toBe('○ Stopped: no requests are accepted');
    expect(lines).toContain('⚠ The gateway accepts no requests');
    expect(lines).not.toContain('Copy ▸');
  });

  it('does something with each line that can be chosen, and says each in words', () => {
    const all = (items: readonly TrayMenuItem[]): readonly TrayMenuItem[] =>
      items.flatMap((item) => [item, ...all(item.submenu ?? [])]);
    for (const item of all(menuOf({ shown: usualPicture, isWindowOpen: true }))) {
      const chosen = item.enabled && (item.kind === 'normal' || item.kind === 'radio');
      expect(item.action !== undefined, item.label).toBe(chosen);
      if (item.kind !== 'separator') expect(item.label).toMatch(/\p{L}{2,}/u);
    }
  });
});

describe('the first lines', () => {
  const first = (change: Change): readonly string[] => linesOf(menuFor(change)).slice(0, 2);
  const paused = (mode: 'block' | 'pass_through', until: string | null): Change => ({
    status: { paused: { mode, since: '2026-11-29T11:00:00.000Z', until } },
  });

  const running = '● Running on 127.0.0.1:4790';
  const attention = '! Running on 127.0.0.1:4790, needs attention';
  const budgets = (change: Partial<BudgetEntry>): Change => ({ rest: { budgets: [budget(change)] } });

  it.each<[string, Change, readonly [string, string]]>([
    ['no budget', {}, [running, '$3.42 today']],
    ['80 % of it', budgets({ spent_usd: '8' }), [attention, '$8.00 of $10.00 today  ▓▓▓▓▓▓▓░░  (80%)']],
    ['more than it', budgets({ spent_usd: '10.5' }), [attention, '$10.50 of $10.00 today  ▓▓▓▓▓▓▓▓▓  (105%)']],
    ['a little of it', budgets({ spent_usd: '0.01' }), [running, '$0.01 of $10.00 today  ▓░░░░░░░░  (0%)']],
    ['a lost count', budgets({ state: 'unknown', spent_usd: '0' }), [attention, '— of $10.00 today']],
    ['unknown prices', { today: { cost_usd: null } }, [running, '≥ $3.42 today']],
    ['a pause that blocks', paused('block', null), ['❚❚ Paused by you: requests are refused', '$3.42 today']],
    [
      'a pause that lets pass',
      paused('pass_through', null),
      ['❚❚ Paused by you: requests pass through', '$3.42 today'],
    ],
  ])('of %s', (_, change, expected) => {
    expect(first(change)).toEqual(expected);
  });

  it('of a pause with an end name it', () => {
    expect(first(paused('block', '2026-11-29T12:30:00.000Z'))[0]).toMatch(
      /^❚❚ Paused by you until \d+:30.*: requests are refused$/,
    );
  });

  it('lead to Home and to Usage', () => {
    expect(
      menuFor({})
        .slice(0, 2)
        .map(({ action }) => action),
    ).toEqual([
      { do: 'show', path: '/' },
      { do: 'show', path: '/usage' },
    ]);
  });
});

describe('models', () => {
  const many = Array.from({ length: 30 }, (_, index) => `openai/model-${index}`);

  it('are cut to a few, with the rest in the window', () => {
    const menu = menuFor({ rest: { favourites: many, routes: many.map((one) => route(one.slice(7), one)) } });
    const lines = linesOf(menu, 'Model');
    expect(lines).toHaveLength(1 + 8 + 12 + 2);
    expect(lines.at(-1)).toBe('More…');
  });

  it('hold what is chosen although it is not among the few', () => {
    const menu = menuFor({ rest: { favourites: many, model_choice: 'openai/model-29' } });
    expect(linesOf(menu, 'Model').filter((line) => line.startsWith('(•)'))).toEqual(['(•) model-29 via OpenAI']);
    expect(linesOf(menu, 'Model')[0]).toBe('( ) Auto (rules)');
  });

  it('are chosen by their ids, and Auto by none', () => {
    const menu = menuFor({ rest: { favourites: ['anthropic/claude'], routes: [route('fast', 'openai/gpt')] } });
    expect(find(menu, 'Model', 'claude via Anthropic').action).toEqual({ do: 'chooseModel', id: 'anthropic/claude' });
    expect(find(menu, 'Model', 'fast').action).toEqual({ do: 'chooseModel', id: 'fast' });
    expect(find(menu, 'Model', 'Auto (rules)').action).toEqual({ do: 'chooseModel', id: null });
    expect(find(menu, 'Model', 'More…').action).toEqual({ do: 'show', path: '/models?tab=models' });
  });

  it('with long names are cut in the middle, and stay on one line', () => {
    const long = `openai/${'a'.repeat(60)}-2026-11-01`;
    const [label = ''] = linesOf(menuFor({ rest: { favourites: [long] } }), 'Model').slice(1);
    expect(label).toMatch(/^\( \) a+…26-11-01 via OpenAI$/);
    expect(label).toHaveLength(4 + 40);
    const odd = menuFor({ rest: { routes: [route('two\nlines\u202e', 'openai/gpt')] } });
    expect(linesOf(odd, 'Model')).toContain('( ) two lines');
  });

  it.each(['darwin', 'win32', 'linux'] as const)('with & keep it on %s', (platform) => {
    const shown = picture({ rest: { routes: [route('R&D', 'openai/gpt')] } });
    const item = find(menuOf({ shown, state: { platform } }), 'Model', 'R&&D');
    expect(item.action).toEqual({ do: 'chooseModel', id: 'R&D' });
  });
});

describe('choices', () => {
  /** As Electron takes them: those between two lines, or the ends of a menu, are one choice. */
  const groupsIn = (items: readonly TrayMenuItem[]): readonly (readonly TrayMenuItem[])[] => {
    const groups: TrayMenuItem[][] = [[]];
    for (const item of items)
      if (item.kind === 'separator') groups.push([]);
      else if (item.kind === 'radio') groups.at(-1)?.push(item);
    return [...groups, ...items.flatMap(({ submenu = [] }) => groupsIn(submenu))].filter(({ length }) => length > 0);
  };
  const names = Array.from({ length: 300 }, (_, index) => `model-${index}`);
  const everything = {
    favourites: names.map((name) => `openai/${name}`),
    routes: ['openai/model-1', ...names].map((name) => route(name, 'openai/gpt')),
    profiles: names.map((name) => ({ id: name, name })),
  };

  it.each([
    ['nothing', { model_choice: null, profile: null }],
    ['a favourite', { model_choice: 'openai/model-3', profile: 'model-3' }],
    ['an alias', { model_choice: 'model-2', profile: 'model-0' }],
    ['what is a favourite and an alias', { model_choice: 'openai/model-1', profile: null }],
    ['one that is not among the few', { model_choice: 'openai/model-299', profile: 'model-299' }],
    ['one that is gone', { model_choice: 'gone/model', profile: 'gone' }],
  ])('have one mark each, of 300 and with %s chosen', (_, chosen) => {
    const groups = groupsIn(menuFor({ rest: { ...everything, ...chosen } }));
    expect(groups.map((group) => group.filter(({ checked }) => checked === true).length)).toEqual([1, 1]);
    const actions = groups.map((group) => group.find(({ checked }) => checked === true)?.action);
    expect(actions).toEqual([
      { do: 'chooseModel', id: chosen.model_choice },
      { do: 'chooseProfile', id: chosen.profile },
    ]);
  });

  it('have one mark each where there is little or nothing to choose from', () => {
    const few = { favourites: [], routes: [route('fast', 'openai/gpt')], profiles: [{ id: 'w', name: 'Work' }] };
    for (const rest of [{}, few, { ...few, model_choice: 'fast', profile: 'w' }])
      for (const group of groupsIn(menuFor({ rest })))
        expect(group.filter(({ checked }) => checked === true)).toHaveLength(1);
  });
});

describe('profiles', () => {
  it('are not spoken of where there are none', () => {
    expect(linesOf(menuFor({}))).not.toContain('Profile ▸');
  });

  it('are chosen by their ids', () => {
    const menu = menuFor({ rest: { profiles: [{ id: 'w', name: 'Work (team: acme v42)' }], profile: null } });
    expect(linesOf(menu, 'Profile')).toEqual(['(•) None', '( ) Work (team: acme v42)']);
    expect(find(menu, 'Profile', 'Work (team: acme v42)').action).toEqual({ do: 'chooseProfile', id: 'w' });
    expect(find(menu, 'Profile', 'None').action).toEqual({ do: 'chooseProfile', id: null });
  });
});

describe('teams', () => {
  const team = (name: string, state: BundleState, version: number | null = 12): AppStatus['bundles'][number] => ({
    ...{ key: name, name, state, version, reason: null },
  });

  it('whose rules hold are named below the profile, and lead to where they stand', () => {
    const rest = { profiles: [{ id: 'w', name: 'Work' }], profile: 'w' };
    const menu = menuFor({
      rest,
      status: { bundles: [team('Acme Core', 'active', 42), team('Labs', 'waiting', null)] },
    });
    const lines = linesOf(menu);
    expect(lines.slice(lines.indexOf('Profile ▸'), lines.indexOf('Pause ▸'))).toEqual([
      'Profile ▸',
      '  ( ) None',
      '  (•) Work',
      'Team: Acme Core (version 42)',
    ]);
    expect(find(menu, 'Team: Acme Core (version 42)').action).toEqual({ do: 'show', path: '/policies?tab=team' });
  });

  it('are a few, whatever they call themselves', () => {
    const bundles = [
      team('a & \u202eb'.repeat(40), 'last_good'),
      ...['c', 'd', 'e'].map((name) => team(name, 'active')),
    ];
    const lines = linesOf(menuFor({ status: { bundles } })).filter((one) => one.startsWith('Team: '));
    expect(lines).toHaveLength(3);
    expect(lines.join('')).not.toMatch(/\p{Cf}/u);
  });
});

describe('the pause', () => {
  it.each([
    ['Block', 'block'],
    ['Pass through', 'pass_through'],
  ] as const)('%s is for some time, or until people resume', (label, mode) => {
    const items = find(menuFor({}), 'Pause', label).submenu ?? [];
    expect(items.slice(1).map(({ action }) => action)).toEqual([
      { do: 'pause', minutes: 15, mode },
      { do: 'pause', minutes: 60, mode },
      { do: 'pause', minutes: null, mode },
    ]);
  });

  it('cannot let pass what a rule would catch, and says why', () => {
    const menu = menuFor({ status: { pass_through_refused: 'masking must be on' } });
    expect(linesOf(menu, 'Pause', 'Pass through')).toEqual(['[Not possible: masking must be on]']);
    expect(linesOf(menu, 'Pause', 'Block')).toHaveLength(4);
  });

  it('is ended from the menu itself, and only while there is one', () => {
    const paused = { mode: 'block', since: '2026-11-29T11:00:00.000Z', until: null } as const;
    expect(find(menuFor({ status: { paused } }), 'Resume').action).toEqual({ do: 'resume' });
    expect(linesOf(menuFor({}))).not.toContain('Resume');
  });
});

describe('what is wrong', () => {
  it('is listed with its page, three at most, and the rest on Home', () => {
    const status = { offline: true, config: { ...snapshot().status.config, problems: [problem] } };
    const menu = menuFor({ status, rest: { budgets: [budget({ spent_usd: '9' })] } }, 3);
    const [first, second, third, more] = menu.slice(menu.findIndex(({ label }) => label.startsWith('⚠')));
    expect([first, second, third, more].map((item) => [item?.label, item?.action])).toEqual([
      ['⚠ The config file has a problem', { do: 'show', path: '/settings?at=config' }],
      [
        '⚠ 90% of today’s budget for everything used',
        { do: 'show', path: '/policies?tab=budgets&budget=global%3Aday' },
      ],
      ['⚠ No provider can be reached: the network is down', { do: 'show', path: '/activity?error=*&range=1h' }],
      ['1 more…', { do: 'show', path: '/' }],
    ]);
  });

  it('says who answers in place of a provider that rests', () => {
    const routes = [route('gpt', 'anthropic/claude', 'openai/gpt')];
    const lines = linesOf(menuFor({ status: { health: [health('anthropic')] }, rest: { routes } }));
    expect(lines).toContain('⚠ Anthropic rests – OpenAI answers “gpt”');
  });

  it('leads from failures to those of the last hour', () => {
    expect(find(menuFor({}, 1), '1 error in the last hour').action).toEqual({
      ...{ do: 'show', path: '/activity?error=*&range=1h' },
    });
  });

  it('is told of a start in safe mode', () => {
    expect(linesOf(menuOf({ state: { safe_mode: 'it crashed three times' } }))).toContain(
      '⚠ Started with the least it needs after a crash',
    );
  });

  it('is nothing while all is well', () => {
    expect(linesOf(menuFor({})).filter((line) => line === '---')).toHaveLength(3);
  });
});

describe('the other lines', () => {
  it('copy each of what can be copied', () => {
    expect(find(menuFor({}), 'Copy').submenu?.map(({ action }) => action)).toEqual(
      ['base_url', 'openai_env', 'anthropic_env', 'key'].map((kind) => ({ do: 'copy', kind })),
    );
  });

  it('show the shortcut of people, if the system let them have it', () => {
    const item = (state: Partial<DesktopState>): TrayMenuItem => find(menuOf({ state }), 'Open dashboard');
    expect(item({}).accelerator).toBe('CommandOrControl+Shift+G');
    expect(item({ shortcut: { registered: false, reason: 'taken' } })).not.toHaveProperty('accelerator');
    const { preferences } = desktop();
    expect(item({ preferences: { ...preferences, shortcut: null } })).not.toHaveProperty('accelerator');
  });

  it('offer to close the window while it is open', () => {
    expect(find(menuOf({ isWindowOpen: true }), 'Close window, keep gateway').action).toEqual({ do: 'closeWindow' });
    expect(linesOf(menuOf())).not.toContain('Close window, keep gateway');
  });

  it.each<[Partial<UpdateState>, string | undefined, object | undefined]>([
    [{ state: 'idle' }, 'Check for updates…', { do: 'checkForUpdates' }],
    [{ state: 'failed', error: 'no way' }, 'Check for updates…', { do: 'checkForUpdates' }],
    [{ state: 'checking' }, '[Checking for updates…]', undefined],
    [{ state: 'available', version: '1.2' }, 'Version 1.2 is available…', { do: 'show', path: '/settings?at=updates' }],
    [{ state: 'downloading', version: '1.2', progress: 0.3 }, '[Version 1.2 is being fetched]', undefined],
    [{ state: 'ready', version: '1.2' }, 'Restart to update to 1.2', { do: 'installUpdate' }],
    [{ supported: false, reason: 'no' }, undefined, undefined],
  ])('say of updates what can be done: %o', (change, line, action) => {
    const menu = menuOf({ state: { updates: { ...desktop().updates, ...change } } });
    const afterSettings = menu.slice(menu.findIndex(({ label }) => label === 'Settings…') + 1);
    expect(outline(afterSettings)).toEqual([...(line === undefined ? [] : [line]), 'Quit (gateway stops)']);
    if (line !== undefined) expect(afterSettings[0]?.action).toEqual(action);
  });
});

const problem = { file: 'f', line: 3, column: 1, path: 'x', problem: 'no such key', mend: '' };
