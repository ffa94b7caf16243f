import { describe, expect, it } from 'vitest';
import type { UsageReport } from '../../../shared/contract/usage.ts';
import { exchangeEntry } from '../../../shared/contract/traffic.ts';
import { attempt, entry, noon, terminal } from './terminal.ts';

/** The promise of `sluice log --json`, in its order. */
const promised = [
  'request_id',
  'at',
  'key',
  'client',
  'dialect',
  'model_asked',
  'target',
  'status',
  'error',
  'attempts',
  'ttft_ms',
  'duration_ms',
  'usage',
  'usage_source',
  'cost_usd',
  'masked',
  'firewall',
  'route_reason',
  'stream',
];

const page = (...entries: ReturnType<typeof entry>[]): object => ({ 'traffic.list': { entries, next: null } });

describe('log --json', () => {
  it('prints one array of exchanges with the promised fields, then losses and cache', async () => {
    const shown = entry({ losses: [{ path: '/logprobs', why: 'not known there' }] });
    exchangeEntry.parse(shown);
    const { run, out, err } = terminal({ answers: { ...page(shown, entry()) } });
    expect(await run('log', '--json')).toBe(0);
    expect(err).toEqual([]);
    expect(out).toHaveLength(1);
    const printed = JSON.parse(out[0] ?? '') as Record<string, unknown>[];
    expect(printed).toHaveLength(2);
    expect(Object.keys(printed[0] ?? {})).toEqual([...promised, 'losses', 'cache']);
    expect(printed[0]).toMatchObject({
      attempts: [{ target: 'demo/echo', status: 200, error: null, ms: 12.5 }],
      usage: {
        input_tokens: 1_200,
        output_tokens: 5,
        cache_read_tokens: 30,
        cache_write_tokens: 4,
        reasoning_tokens: null,
      },
      cost_usd: null,
      losses: [{ path: '/logprobs', why: 'not known there' }],
    });
  });

  it('prints an empty array when nothing is recorded', async () => {
    const { run, out } = terminal({ answers: { ...page() } });
    expect(await run('log', '--json')).toBe(0);
    expect(out).toEqual(['[]']);
  });
});

describe('log', () => {
  it('asks for what the options say', async () => {
    const { run, asked } = terminal({ answers: { ...page() } });
    await run(
      'log',
      '--limit',
      '7',
      '--since',
      '1h',
      '--until=now',
      '--key=k',
      '--client=c',
      '--model=m',
      '--provider=p',
      '--status=429',
      '--error=*',
    );
    expect(asked).toEqual([
      [
        'traffic.list',
        {
          limit: 7,
          since: noon - 3_600_000,
          until: noon,
          filter: { key: 'k', client: 'c', model: 'm', provider: 'p', error: '*', status: 429 },
        },
      ],
    ]);
  });

  it('shows 50 unless told otherwise', async () => {
    const { run, asked } = terminal({ answers: { ...page() } });
    await run('log');
    expect(asked).toEqual([['traffic.list', { limit: 50, filter: {} }]]);
  });

  it('is a table with what went into the model, caches included', async () => {
    const failure = entry({
      status: 502,
      error: 'attempt.connect',
      usage: null,
      duration_ms: 12,
      target: null,
      key: null,
    });
    const loss = { path: '/x', why: 'y' };
    const flaky = attempt({ status: 503, error: 'upstream.503', ms: 1 });
    const other = attempt({ target: 'a/b', status: 429, error: 'upstream.429' });
    const { run, out } = terminal({
      answers: {
        ...page(
          entry(),
          failure,
          entry({ losses: [loss] }),
          entry({ attempts: [flaky, attempt({ kind: 'retry' })], losses: [loss, loss] }),
          entry({ attempts: [other, attempt({ kind: 'fallback' })], cost_usd: '0.00123456' }),
          entry({ attempts: [], cost_usd: '0', cache: { hit: true, saved_usd: '0.25' } }),
          entry({ attempts: [], cost_usd: '0', cache: { hit: true, saved_usd: null } }),
        ),
      },
    });
    expect(await run('log')).toBe(0);
    const lines = out.join('\n').split('\n');
    expect(lines[0]).toMatch(/^TIME +STATUS +KEY +CLIENT +MODEL +TARGET +INPUT +OUTPUT +COST +TOOK +NOTE$/);
    expect(lines[1]).toMatch(/200 +ide +claude-code +smart +demo\/echo +1,234 +5 +— +1\.5 s$/);
    expect(lines[2]).toMatch(/502 +– +claude-code +smart +– +– +– +— +12 ms +attempt\.connect$/);
    expect(lines[3]).toMatch(/ s +1 loss$/);
    expect(lines[4]).toMatch(/ s +2 attempts, 2 losses$/);
    expect(lines[5]).toMatch(/ \$0\.001235 +1\.5 s +served by demo\/echo \(a\/b: 429\)$/);
    expect(lines[6]).toMatch(/ \$0 +1\.5 s +from the cache, saved \$0\.25$/);
    expect(lines[7]).toMatch(/ \$0 +1\.5 s +from the cache$/);
  });

  it('says on stderr that nothing is recorded', async () => {
    const { run, out, err } = terminal({ answers: { ...page() } });
    expect(await run('log')).toBe(0);
    expect(out).toEqual([]);
    expect(err).toEqual(['No exchange is recorded.']);
  });

  it('cannot be followed without an instance', async () => {
    const { run, err } = terminal({ answers: { ...page() } });
    expect(await run('log', '--follow')).toBe(1);
    expect(err.join('\n')).toContain('sluice serve');
  });
});

const sums = {
  requests: 2,
  errors: 1,
  input_tokens: 12_000,
  output_tokens: 34,
  cache_read_tokens: 5,
  cache_write_tokens: 6,
  cost_usd: null,
};

describe('usage', () => {
  const report: UsageReport = {
    groups: [
      { day: '2026-11-25', model: 'echo', ...sums },
      { day: '2026-11-25', model: null, ...sums, cost_usd: '0.1234' },
    ],
    total: { ...sums, requests: 4 },
  };

  it('prints groups and total in JSON, an unknown price as null', async () => {
    const { run, out, err } = terminal({ answers: { 'usage.query': report } });
    expect(await run('usage', '--group-by', 'model,day', '--json')).toBe(0);
    expect(err).toEqual([]);
    expect(out.map((text) => JSON.parse(text) as unknown)).toEqual([report]);
    const [group] = (JSON.parse(out[0] ?? '') as UsageReport).groups;
    const names = [
      'requests',
      'errors',
      'input_tokens',
      'output_tokens',
      'cache_read_tokens',
      'cache_write_tokens',
      'cost_usd',
    ];
    expect(Object.keys(group ?? {})).toEqual(['day', 'model', ...names]);
  });

  it('asks in the time zone of whoever reads it', async () => {
    const { run, asked } = terminal({ answers: { 'usage.query': report } });
    await run('usage', '--group-by=key,day', '--since=24h');
    expect(asked).toEqual([
      ['usage.query', { since: noon - 86_400_000, group_by: ['key', 'day'], timezone: 'Europe/Berlin' }],
    ]);
  });

  it('is a table that ends with the total', async () => {
    const { run, out } = terminal({ answers: { 'usage.query': report } });
    await run('usage', '--group-by', 'model,day');
    const lines = out.join('\n').split('\n');
    expect(lines[0]).toMatch(/^DAY +MODEL +REQUESTS +ERRORS +INPUT +OUTPUT +CACHE READ +CACHE WRITE +COST$/);
    expect(lines[1]).toMatch(/^2026-11-25 +echo +2 +1 +12,000 +34 +5 +6 +—$/);
    expect(lines[2]).toMatch(/^2026-11-25 +– .* \$0\.1234$/);
    expect(lines[3]).toMatch(/^total +4 /);
  });
});

describe('keys', () => {
  const key = { id: 'ide', name: 'IDE', allowed_models: ['gpt-*', 'demo/*'], expires_at: null, metadata: {} };

  it('shows a new key alone on stdout, so that it can be piped', async () => {
    const { run, out, err, asked } = terminal({ answers: { 'keys.create': { ...key, key: 'sk-sluice-ide-x' } } });
    expect(await run('keys', 'create', '--name', 'IDE', '--models', 'gpt-*,demo/*')).toBe(0);
    expect(out).toEqual(['sk-sluice-ide-x']);
    expect(err.join('\n')).toContain('shown this once');
    expect(asked).toEqual([['keys.create', { name: 'IDE', models: ['gpt-*', 'demo/*'] }]]);
  });

  it('prints nothing but one document with --json', async () => {
    const made = terminal({ answers: { 'keys.create': { ...key, key: 'k' } } });
    await made.run('keys', 'create', '--name', 'IDE', '--json');
    expect([made.out.map((text) => JSON.parse(text) as unknown), made.err]).toEqual([[{ ...key, key: 'k' }], []]);
    const listed = terminal({ answers: { 'keys.list': { keys: [key] } } });
    await listed.run('keys', 'list', '--json');
    expect([listed.out.map((text) => JSON.parse(text) as unknown), listed.err]).toEqual([[{ keys: [key] }], []]);
    const revoked = terminal({ answers: { 'keys.revoke': { id: 'ide' } } });
    await revoked.run('keys', 'revoke', 'ide', '--json');
    expect([revoked.out.map((text) => JSON.parse(text) as unknown), revoked.err]).toEqual([
      [{ id: 'ide', revoked: true }],
      [],
    ]);
  });

  it('lists keys with the models they may use', async () => {
    const { run, out } = terminal({ answers: { 'keys.list': { keys: [key] } } });
    await run('keys', 'list');
    expect(out.join('\n')).toMatch(/^ID +NAME +MODELS +EXPIRES\nide +IDE +gpt-\* demo\/\* +never$/);
  });
});

describe('config', () => {
  const problem = { file: 'x.yaml', line: 2, column: 5, path: 'a', problem: 'a is unknown', mend: 'Leave it out' };
  // This file is as good as any: what is wrong with it is given.
  const file = import.meta.filename;

  it('validate is 2 with every problem at its place, warnings marked', async () => {
    const { run, err, out } = terminal({ findings: { problems: [problem], warnings: [{ ...problem, line: 4 }] } });
    expect(await run('config', 'validate', file)).toBe(2);
    expect(err).toEqual([
      'x.yaml:2:5: a is unknown. Leave it out.',
      'x.yaml:4:5: a is unknown. Leave it out. (warning)',
    ]);
    expect(out).toEqual([]);
  });

  it('validate is 0 when there are only warnings', async () => {
    const { run, out } = terminal({ findings: { problems: [], warnings: [problem] } });
    expect(await run('config', 'validate', '--json', file)).toBe(0);
    expect(out.map((text) => JSON.parse(text) as unknown)).toEqual([
      { valid: true, problems: [], warnings: [problem] },
    ]);
  });

  it('schema prints a JSON Schema', async () => {
    const { run, out } = terminal();
    expect(await run('config', 'schema')).toBe(0);
    expect(JSON.parse(out.join(''))).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: { virtual_keys: {} },
    });
  });
});
