import { describe, expect, it } from 'vitest';
import type { UsageReport } from '../../../shared/contract/usage.ts';
import { exchangeEntry, type AttemptEntry } from '../../../shared/contract/traffic.ts';
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

const page = (...entries: ReturnType<typeof entry>[]): Record<string, unknown> => ({
  'traffic.list': { entries, next: null },
});

describe('log --json', () => {
  it('prints one array of exchanges with the promised fields, then losses, cache, whose it was and what policies did', async () => {
    const shown = entry({
      losses: [{ path: '/logprobs', why: 'not known there' }],
      user: 'dana',
      rule: 'opus',
      downgrade: { budget: 'opus', alias: 'work' },
    });
    exchangeEntry.parse(shown);
    const { run, out, err } = terminal({ answers: { ...page(shown, entry()) } });
    expect(await run('log', '--json')).toBe(0);
    expect(err).toEqual([]);
    expect(out).toHaveLength(1);
    const printed = JSON.parse(out[0] ?? '') as Record<string, unknown>[];
    expect(printed).toHaveLength(2);
    expect(Object.keys(printed[0] ?? {})).toEqual([
      ...promised,
      'losses',
      'cache',
      'user',
      'team',
      'rule',
      'downgrade',
      'masked_kinds',
    ]);
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
      user: 'dana',
      team: null,
      rule: 'opus',
      downgrade: { budget: 'opus', alias: 'work' },
    });
  });

  it('prints an empty array when nothing is recorded', async () => {
    const { run, out } = terminal({ answers: { ...page() } });
    expect(await run('log', '--json')).toBe(0);
    expect(out).toEqual(['[]']);
  });
});

describe('log', () => {
  it('says which budget moved a request, and where to', async () => {
    const { run, out } = terminal({ answers: page(entry({ downgrade: { budget: 'opus', alias: 'work' } })) });
    await run('log');
    expect(out.join('\n')).toMatch(/ moved to work by budget opus$/);
  });

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
      '--firewall=injection',
      '--masked',
    );
    expect(asked).toEqual([
      [
        'traffic.list',
        {
          limit: 7,
          since: noon - 3_600_000,
          until: noon,
          filter: {
            ...{ key: 'k', client: 'c', model: 'm', provider: 'p', error: '*', firewall: 'injection', status: 429 },
            masked: true,
          },
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
          entry({ attempts: [], status: 429, error: 'admit.budget_exhausted', rule: 'each-user' }),
          entry({ masked: 1_200, firewall: { action: 'warn', rules: ['injection', 'topics'] } }),
          entry({
            ...{ attempts: [], status: 403, error: 'admit.firewall_blocked', rule: 'injection' },
            firewall: { action: 'block', rules: ['injection'] },
          }),
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
    expect(lines[8]).toMatch(/ s +admit\.budget_exhausted \(each-user\)$/);
    expect(lines[9]).toMatch(/ s +firewall: injection topics, 1,200 masked$/);
    expect(lines[10]).toMatch(/ s +admit\.firewall_blocked \(injection\)$/);
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
  known_cost_usd: '0',
  unknown_costs: 2,
  cache_hit_rate: 0.123,
  cached: 0,
  cache_saved_usd: '0',
};

describe('usage', () => {
  const report: UsageReport = {
    groups: [
      { day: '2026-11-25', model: 'echo', ...sums },
      { day: '2026-11-25', model: null, ...sums, cost_usd: '0.1234', known_cost_usd: '0.1234', unknown_costs: 0 },
    ],
    total: { ...sums, requests: 4, known_cost_usd: '0.1234' },
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
    expect(Object.keys(group ?? {}).slice(0, 9)).toEqual(['day', 'model', ...names]);
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
    expect(lines[0]).toMatch(/^DAY +MODEL +REQUESTS +ERRORS +INPUT +OUTPUT +CACHE READ +CACHE WRITE +HIT +COST$/);
    expect(lines[1]).toMatch(/^2026-11-25 +echo +2 +1 +12,000 +34 +5 +6 +12% +—$/);
    expect(lines[2]).toMatch(/^2026-11-25 +– .* \$0\.1234$/);
    expect(lines[3]).toMatch(/^total +4 .* ≥ \$0\.1234$/);
  });

  it('shows what the cache saved, where it did', async () => {
    const total = { ...report.total, cached: 3, cache_saved_usd: '0.25' };
    const { run, out } = terminal({ answers: { 'usage.query': { groups: [], total } } });
    await run('usage');
    expect(out.join('\n')).toMatch(/SAVED\n.*\$0\.25$/);
  });

  it('shows an hour on the clock of whoever reads it', async () => {
    const hour = { ...report, groups: [{ hour: '2026-11-25T23:00:00.000Z', ...sums }] };
    const { run, out } = terminal({ answers: { 'usage.query': hour } });
    await run('usage', '--group-by', 'hour');
    expect(out.join('\n')).toContain('2026-11-26 00:00');
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

describe('log show', () => {
  const shown = async (given: Partial<AttemptEntry>): Promise<string> => {
    const said = { raw_usage: null, safety: [], bodies: 'not_recorded', request_body: null, answer_body: null };
    const { run, out } = terminal({
      answers: { 'traffic.get': { entry: entry({ attempts: [attempt(given)] }), ...said, costs: [null] } },
    });
    expect(await run('log', 'show', 'req-1')).toBe(0);
    return out.join('\n');
  };

  it('says what was masked and found, and what became of it', async () => {
    const said = { raw_usage: null, bodies: 'not_recorded', request_body: null, answer_body: null, costs: [] };
    const safety = [
      { source: 'firewall', rule: 'injection', action: 'warn', detail: 'prompt_injection 0.97: override' },
      { source: 'masking', rule: 'secrets', action: 'block', detail: '1 × aws_access_key_id' },
      { source: 'answer', rule: 'secrets', action: 'log', detail: '1 × jwt' },
    ];
    const masked = { masked: 1_003, masked_kinds: { email: 1_000, person: 3 } };
    const { run, out } = terminal({
      answers: { 'traffic.get': { entry: entry({ attempts: [], ...masked }), ...said, safety } },
    });
    expect(await run('log', 'show', 'req-1')).toBe(0);
    expect(out.join('\n')).toMatch(/^masked +1,000 × email, 3 × person$/m);
    expect(out.join('\n')).toMatch(/^firewall +injection, warned: prompt_injection 0\.97: override$/m);
    expect(out.join('\n')).toMatch(/^found +secrets, refused: 1 × aws_access_key_id$/m);
    expect(out.join('\n')).toMatch(/^found +secrets, noted, in the answer: 1 × jwt$/m);
  });

  it('says what budgets counted where no price is known, and nothing of it where one is', async () => {
    const told = 'no price is known; budgets counted $0.00225, at the price of its dearest relative';
    expect(await shown({ cost_usd: null, counted_usd: '0.00225' })).toContain(told);
    expect(await shown({ cost_usd: null, counted_usd: null })).not.toContain('budgets counted');
    expect(await shown({ cost_usd: '0.5', counted_usd: '0.5' })).not.toContain('budgets counted');
  });
});
