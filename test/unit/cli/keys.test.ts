import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../../main/cli/run.ts';
import type { ConfigProblem } from '../../../shared/contract/config.ts';
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import { noon, terminal, type Terminal } from './terminal.ts';

/** A key as the contract has it; give what matters to the test. */
function key(given: Partial<KeyEntry> = {}): KeyEntry {
  return {
    ...{ id: 'ide', name: 'IDE', state: 'active' },
    ...{ allowed_models: ['*'], denied_models: [], allowed_providers: ['*'], denied_providers: [] },
    ...{ allowed_surfaces: ['*'], denied_surfaces: [], allowed_origins: [], budgets: [] },
    rate_limits: { rpm: null, tpm: null, max_parallel_requests: null },
    ...{ expires_at: null, previous_until: null, metadata: {}, origin: 'sluice.yaml, line 12' },
    ...given,
  };
}

const daily: KeyEntry['budgets'][number] = {
  ...{ id: 'key:ide:day', limit_usd: '5', period: 'day', timezone: null, reset_day: null },
  ...{ alert_at: [0.8, 1], action: 'reject' },
};

const secret = 'sk-sluice-ide-x';

function making(call: string, made: Partial<KeyEntry> = {}): Terminal {
  return terminal({ answers: { [call]: { ...key(made), key: secret } } });
}

const documents = ({ out }: Terminal): unknown[] => out.map((text) => JSON.parse(text) as unknown);

describe('keys create', () => {
  it('shows a new key alone on stdout, so that it can be piped', async () => {
    const { run, out, err, asked } = making('keys.create');
    expect(await run('keys', 'create', '--name', 'IDE', '--models', 'gpt-*,demo/*')).toBe(0);
    expect(out).toEqual([secret]);
    expect(err.join('\n')).toContain('shown this once');
    expect(asked).toEqual([['keys.create', { name: 'IDE', models: ['gpt-*', 'demo/*'] }]]);
  });

  it('tells of its own team and providers that are nowhere in the file, once each', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
    try {
      writeFileSync(join(directory, 'sluice.yaml'), 'version: 1\n');
      const at = (line: number, problem: string, mend = ''): ConfigProblem => ({
        ...{ file: 'sluice.yaml', line, column: 3, path: 'virtual_keys', problem, mend },
      });
      const warnings = [
        at(4, 'there is no team "other"'),
        at(7, 'there is no team "coer"', 'Did you mean core?'),
        at(8, 'there is no provider "nope"'),
        at(9, 'there is no team "coer"', 'Did you mean core?'),
      ];
      const made = key({ metadata: { team: 'coer' }, denied_providers: ['nope'] });
      for (const [call, argv] of [
        ['keys.create', ['create', '--name', 'IDE']],
        ['keys.update', ['update', 'ide', '--team', 'coer']],
      ] as const) {
        const options = { answers: { [call]: { ...made, key: secret } }, findings: { problems: [], warnings } };
        const told = terminal(options);
        expect(await told.run('keys', ...argv, '--data', directory)).toBe(0);
        expect(told.err.slice(1)).toEqual([
          'sluice.yaml:7:3: there is no team "coer". Did you mean core? (warning)',
          'sluice.yaml:8:3: there is no provider "nope". (warning)',
        ]);
        const quiet = terminal(options);
        expect(await quiet.run('keys', ...argv, '--data', directory, '--json')).toBe(0);
        expect(quiet.err).toEqual([]);
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('asks for everything that is given', async () => {
    const { run, asked } = making('keys.create');
    const options = {
      ...{ name: 'IDE', models: 'gpt-*', 'deny-models': '*opus*', providers: 'openai', 'deny-providers': 'demo' },
      ...{ surfaces: 'chat,messages', 'deny-surfaces': 'images', budget: '5/day, $100.50/month', rpm: '60' },
      ...{ tpm: '200000', parallel: '8', team: 'core', user: 'dana', client: 'codex', metadata: 'cost=7,room=a b' },
      ...{ expires: '30d', origins: 'https://a.example' },
    };
    const argv = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    expect(await run('keys', 'create', ...argv)).toBe(0);
    expect(asked[0]?.[1]).toEqual({
      ...{
        name: 'IDE',
        models: ['gpt-*'],
        denied_models: ['*opus*'],
        providers: ['openai'],
        denied_providers: ['demo'],
      },
      ...{ surfaces: ['chat', 'messages'], denied_surfaces: ['images'], origins: ['https://a.example'] },
      budgets: [
        { limit_usd: '5', period: 'day' },
        { limit_usd: '100.50', period: 'month' },
      ],
      ...{ rpm: 60, tpm: 200_000, max_parallel_requests: 8 },
      metadata: { cost: '7', room: 'a b', team: 'core', user: 'dana', client: 'codex' },
      expires_at: '2026-12-25T12:00:00Z',
    });
  });

  it('takes a date for the end', async () => {
    const { run, asked } = making('keys.create');
    await run('keys', 'create', '--name', 'x', '--expires', '2027-01-01T00:00Z');
    expect(asked[0]?.[1]).toEqual({ name: 'x', expires_at: '2027-01-01T00:00:00Z' });
  });

  it.each([
    [
      ['--budget', '5/fortnight'],
      '--budget does not know the period "fortnight": give any of session, hour, day, week, month.',
    ],
    [['--budget', '5'], '--budget is "5": give US dollars and a period, e.g. 5/day.'],
    [['--budget', 'five/day'], '--budget is no amount: "five". Give US dollars as a decimal, e.g. 5 or 0.25.'],
    [['--budget', '-5/day'], '--budget is no amount: "-5".'],
    [['--budget', '1/2/day'], '--budget is "1/2/day"'],
    [['--budget', ','], '--budget is empty: give one or more, with commas between.'],
    [['--budget', 'none'], '--budget is "none": leave it out.'],
    [['--models', ' , '], '--models is empty'],
    [['--models', 'none'], '--models is "none": give "*" for all, or disable the key: sluice keys disable ID.'],
    [['--surfaces', 'chatt'], '--surfaces does not know "chatt". Did you mean chat?'],
    [['--surfaces', 'telephone'], 'Give any of chat, responses, messages, gemini,'],
    [['--rpm', '0'], '--rpm is "0": give a whole number from 1 to 1000000000.'],
    [['--parallel', 'many'], '--parallel is "many"'],
    [['--expires', '2020-01-01'], '--expires is "2020-01-01", which is over'],
    [['--expires', 'soon'], '--expires is "soon": give a date'],
    [['--expires', 'never'], '--expires is "never": a key without it never does.'],
    [['--metadata', 'cost'], '--metadata has "cost": give NAME=VALUE'],
    [['--team', ''], '--team is empty.'],
  ])('with %j is 2, with what would do', async (argv, message) => {
    const { run, err, asked } = making('keys.create');
    expect(await run('keys', 'create', '--name', 'x', ...argv)).toBe(2);
    expect(err.join('\n')).toContain(message);
    expect(err.join('\n')).toMatch(/See `sluice (?:keys create )?--help`\.$/);
    expect(asked).toEqual([]);
  });

  it('needs a name', async () => {
    const { run, err } = terminal();
    expect(await run('keys', 'create')).toBe(2);
    expect(err.join('\n')).toContain('A key needs a name: --name N.');
  });
});

describe('--json', () => {
  it.each([
    [['create', '--name', 'IDE'], 'keys.create', { ...key(), key: secret }],
    [['rotate', 'ide'], 'keys.rotate', { ...key(), key: secret }],
    [['update', 'ide', '--rpm', '5'], 'keys.update', key()],
    [['disable', 'ide'], 'keys.disable', key({ state: 'disabled' })],
    [['enable', 'ide'], 'keys.enable', key()],
    [['list'], 'keys.list', { keys: [key()] }],
  ])('of keys %j prints nothing but one document', async (argv, call, answer) => {
    const made = terminal({ answers: { [call]: answer } });
    expect(await made.run('keys', ...argv, '--json')).toBe(0);
    expect([documents(made), made.err]).toEqual([[answer], []]);
  });

  it('of keys show is the one key, of revoke its id', async () => {
    const shown = terminal({ answers: { 'keys.list': { keys: [key({ id: 'other' }), key()] } } });
    await shown.run('keys', 'show', 'ide', '--json');
    expect([documents(shown), shown.err]).toEqual([[key()], []]);
    const revoked = terminal({ answers: { 'keys.revoke': { id: 'ide' } } });
    await revoked.run('keys', 'revoke', 'ide', '--json');
    expect([documents(revoked), revoked.err]).toEqual([[{ id: 'ide', revoked: true }], []]);
  });
});

describe('keys list', () => {
  it('shows what each may do, and in what state it is', async () => {
    const full = key({
      ...{ allowed_models: ['gpt-*', 'demo/*'], denied_models: ['*opus*'], state: 'rotating' },
      budgets: [daily, { ...daily, period: 'month', limit_usd: '100' }],
      rate_limits: { rpm: 60, tpm: 200_000, max_parallel_requests: null },
      ...{ metadata: { team: 'core' }, expires_at: '2027-01-01T00:00:00Z' },
    });
    const plain = key({ id: 'guest', name: 'Guest', state: 'disabled' });
    const { run, out } = terminal({ answers: { 'keys.list': { keys: [full, plain] } } });
    await run('keys', 'list');
    const cells = out
      .join('\n')
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(cells).toEqual([
      ['ID', 'NAME', 'STATE', 'MODELS', 'BUDGETS', 'LIMITS', 'TEAM', 'EXPIRES'],
      [
        ...['ide', 'IDE', 'rotating', 'gpt-* demo/* not:*opus*', '$5/day $100.00/month', '60 rpm 200,000 tpm'],
        ...['core', '2027-01-01 01:00:00'],
      ],
      ['guest', 'Guest', 'disabled', '*', '–', '–', '–', 'never'],
    ]);
  });

  it('says how to make the first one', async () => {
    const { run, out, err } = terminal({ answers: { 'keys.list': { keys: [] } } });
    expect(await run('keys', 'list')).toBe(0);
    expect([out, err]).toEqual([[], ['There is no key. Make one with `sluice keys create --name N`.']]);
  });
});

describe('keys show', () => {
  it('tells everything but the secret', async () => {
    const full = key({
      ...{ state: 'rotating', denied_providers: ['openai'], budgets: [{ ...daily, action: 'alert' }] },
      rate_limits: { rpm: null, tpm: null, max_parallel_requests: 4 },
      metadata: { team: 'core', user: 'dana' },
      previous_until: new Date(noon + 1_800_000).toISOString(),
    });
    const { run, out } = terminal({ answers: { 'keys.list': { keys: [full] } } });
    expect(await run('keys', 'show', 'ide')).toBe(0);
    expect(out.join('\n')).toBe(
      [
        'id        ide',
        'name      IDE',
        'state     rotating',
        'models    *',
        'providers * not:openai',
        'surfaces  *',
        'budget    $5/day, alert',
        'limits    4 parallel',
        'labels    team=core, user=dana',
        'origins   none',
        'expires   never',
        'rotating  the secret before opens until 2026-11-25 13:30:00 (in 30 min)',
        'written   sluice.yaml, line 12',
      ].join('\n'),
    );
  });

  it('of a key that is not there is 1', async () => {
    const { run, err } = terminal({ answers: { 'keys.list': { keys: [key()] } } });
    expect(await run('keys', 'show', 'nobody')).toBe(1);
    expect(err.join('\n')).toContain('There is no key "nobody". `sluice keys list` shows the ids.');
  });
});

describe('keys update', () => {
  it('sets what is given, takes back what is none, and leaves the rest', async () => {
    const { run, err, asked } = terminal({ answers: { 'keys.update': key() } });
    const argv = ['--budget', 'none', '--rpm', 'none', '--tpm', '5', '--team', 'none', '--expires', 'none'];
    const more = ['--models', '*', '--deny-models', 'none', '--metadata', 'cost=', '--name', 'New'];
    expect(await run('keys', 'update', 'ide', ...argv, ...more)).toBe(0);
    expect(asked).toEqual([
      [
        'keys.update',
        {
          ...{ id: 'ide', name: 'New', models: ['*'], denied_models: null, budgets: null, rpm: null, tpm: 5 },
          ...{ expires_at: null, metadata: { cost: null, team: null } },
        },
      ],
    ]);
    expect(err).toEqual(['Key "ide" is changed.']);
  });

  it.each([
    [['ide'], 'Nothing is to be changed'],
    [['ide', '--models', 'none'], '--models is "none": give "*" for all'],
    [['ide', '--name', ''], '--name is empty.'],
    [[], '`sluice keys update` needs ID.'],
  ])('with %j is 2', async (argv, message) => {
    const { run, err, asked } = terminal();
    expect(await run('keys', 'update', ...argv)).toBe(2);
    expect(err.join('\n')).toContain(message);
    expect(asked).toEqual([]);
  });
});

describe('keys rotate', () => {
  it('shows the new secret alone on stdout, and says that the one before is closed', async () => {
    const { run, out, err, asked } = making('keys.rotate');
    expect(await run('keys', 'rotate', 'ide')).toBe(0);
    expect([out, asked]).toEqual([[secret], [['keys.rotate', { id: 'ide', overlap_ms: 0 }]]]);
    expect(err.join('\n')).toContain('The one before opens nothing any more.');
  });

  it('says until when the one before opens', async () => {
    const until = new Date(noon + 3_600_000).toISOString();
    const { run, err, asked } = making('keys.rotate', { previous_until: until });
    expect(await run('keys', 'rotate', 'ide', '--overlap', '1h')).toBe(0);
    expect(asked[0]?.[1]).toEqual({ id: 'ide', overlap_ms: 3_600_000 });
    expect(err.join('\n')).toContain('The one before opens until 2026-11-25 14:00:00 (60 min).');
  });

  it.each(['soon', '5', '999w', '-1h', ''])('with an overlap of %j is 2', async (overlap) => {
    const { run, err, asked } = making('keys.rotate');
    expect(await run('keys', 'rotate', 'ide', '--overlap', overlap)).toBe(2);
    expect(err.join('\n')).toContain(`--overlap is "${overlap}": give a time such as 30m, 1h or 7d`);
    expect(asked).toEqual([]);
  });
});

describe('keys disable, enable and revoke', () => {
  it.each([
    ['disable', key({ state: 'disabled' }), 'Key "ide" is disabled, and its running streams are ended.'],
    ['enable', key(), 'Key "ide" is enabled.'],
    ['enable', key({ state: 'expired' }), 'Key "ide" is enabled, but has expired.'],
    ['revoke', { id: 'ide' }, 'Key "ide" is revoked.'],
  ])('%s says what it did', async (word, answer, text) => {
    const { run, out, err, asked } = terminal({ answers: { [`keys.${word}`]: answer } });
    expect(await run('keys', word, 'ide')).toBe(0);
    expect([out, err, asked]).toEqual([[], [text], [[`keys.${word}`, { id: 'ide' }]]]);
  });

  it('are 1 for a key that is not there', async () => {
    const failures = { 'keys.disable': { code: 'control.not_found', message: 'There is no key "x".' } };
    const { shell, err } = terminal({ failures });
    expect(await run(['keys', 'disable', 'x'], shell)).toBe(1);
    expect(err).toEqual(['sluice: There is no key "x".']);
  });
});
