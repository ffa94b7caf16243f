import { describe, expect, it } from 'vitest';
import { attempt, budgetFigure, exchange, passedOver, startTelemetry } from './making.ts';

describe('the figures of exchanges', () => {
  it('count what one exchange was, used and cost', async () => {
    const { telemetry, read } = startTelemetry();
    telemetry.exchangeClosed(exchange());
    const figures = await read();
    const target = { provider: 'openai', model: 'gpt-4o' };
    const request = { surface: 'chat', ...target, status_class: '2xx', outcome: 'complete' };
    expect(figures.value('sluice_requests_total', request)).toBe(1);
    const kinds = ['input', 'cache_read', 'cache_write', 'output'];
    expect(kinds.map((kind) => figures.value('sluice_tokens_total', { kind, ...target }))).toEqual([100, 20, 5, 50]);
    // Reasoning is a part of the output.
    expect(figures.value('sluice_tokens_total')).toBe(175);
    expect(figures.value('sluice_cost_usd_total', target)).toBe(0.00125);
    expect(figures.value('sluice_cost_unknown_total')).toBe(0);
    expect(figures.value('sluice_attempts_total', { provider: 'openai', kind: 'first', result: 'ok' })).toBe(1);
    expect(figures.value('sluice_request_duration_seconds_sum', target)).toBe(1.25);
    expect(figures.value('sluice_request_duration_seconds_bucket', { ...target, le: '1' })).toBe(0);
    expect(figures.value('sluice_request_duration_seconds_bucket', { ...target, le: '2.5' })).toBe(1);
    expect(figures.value('sluice_time_to_first_token_seconds_count', target)).toBe(1);
  });

  it('add costs without the noise of a float', async () => {
    const { telemetry, read } = startTelemetry();
    // 0.1 + 0.2 in dollars, many times, and a hundred millionths of a cent.
    for (let round = 0; round < 1_000; round++) {
      telemetry.exchangeClosed(exchange({ attempts: [attempt({ cost: 100_000_000_000 })] }));
      telemetry.exchangeClosed(exchange({ attempts: [attempt({ cost: 200_000_000_000 })] }));
      telemetry.exchangeClosed(exchange({ attempts: [attempt({ cost: 1 })] }));
    }
    expect((await read()).value('sluice_cost_usd_total')).toBe(300.000000001);
  });

  it('tell an unknown cost from none', async () => {
    const { telemetry, read } = startTelemetry();
    telemetry.exchangeClosed(exchange({ attempts: [attempt({ cost: undefined })], cost: undefined }));
    telemetry.exchangeClosed(exchange({ attempts: [attempt({ cost: 0 })], cost: 0 }));
    const figures = await read();
    expect(figures.value('sluice_cost_unknown_total', { provider: 'openai', model: 'gpt-4o' })).toBe(1);
    expect(figures.value('sluice_cost_usd_total')).toBe(0);
  });

  it('give each try to its own target, with the way from one to the next', async () => {
    const { telemetry, read } = startTelemetry();
    const attempts = [
      passedOver('box/local', 'route.no_credential'),
      attempt({ error: 'upstream.503', status: 503, cost: 0, usage: undefined }),
      attempt({ kind: 'retry', error: 'attempt.reset', status: undefined }),
      attempt({ kind: 'fallback', target: 'claude/claude-sonnet-4-5' }),
    ];
    telemetry.exchangeClosed(exchange({ attempts, target: 'claude/claude-sonnet-4-5' }));
    const figures = await read();
    const tries = (provider: string, kind: string, result: string): number =>
      figures.value('sluice_attempts_total', { provider, kind, result });
    expect(tries('box', 'first', 'passed_over')).toBe(1);
    expect(tries('openai', 'first', 'failed')).toBe(1);
    expect(tries('openai', 'retry', 'failed')).toBe(1);
    expect(tries('claude', 'fallback', 'ok')).toBe(1);
    expect(figures.value('sluice_attempts_total')).toBe(4);
    expect(figures.value('sluice_fallbacks_total', { from: 'openai', to: 'claude' })).toBe(1);
    expect(figures.value('sluice_fallbacks_total')).toBe(1);
    expect(figures.value('sluice_cost_usd_total', { provider: 'openai' })).toBe(0.00125);
    expect(figures.value('sluice_refusals_total')).toBe(0);
  });

  it('count what was masked by kind, and each rule of the firewall once an exchange', async () => {
    const { telemetry, read } = startTelemetry();
    const found = (rule: string, action: 'block' | 'warn', detail: string) => ({
      ...{ source: 'firewall' as const, rule, action, detail },
    });
    const safety = [
      ...[found('injection', 'warn', 'first'), found('injection', 'warn', 'second')],
      { ...found('email', 'warn', 'third'), source: 'masking' as const },
    ];
    telemetry.exchangeClosed(exchange({ masked: { email: 3, secrets: 1 }, safety }));
    telemetry.exchangeClosed(exchange({ masked: { email: 2 }, safety: [found('injection', 'block', 'first')] }));
    telemetry.exchangeClosed(exchange());
    const figures = await read();
    expect(figures.value('sluice_masked_total', { kind: 'email' })).toBe(5);
    expect(figures.value('sluice_masked_total')).toBe(6);
    expect(figures.value('sluice_firewall_total', { rule: 'injection', action: 'warn' })).toBe(1);
    expect(figures.value('sluice_firewall_total', { rule: 'injection', action: 'block' })).toBe(1);
    expect(figures.value('sluice_firewall_total')).toBe(2);
  });

  it('count a refusal once, whether or not there was an exchange to record', async () => {
    const { telemetry, read } = startTelemetry();
    const refused = { target: undefined, outcome: 'failed', status: 429 } as const;
    telemetry.exchangeClosed(exchange({ ...refused, attempts: [], error: 'admit.budget_exhausted', rule: 'monthly' }));
    telemetry.exchangeClosed(exchange({ ...refused, attempts: [], error: 'admit.rate_limited', rule: 'key:ann' }));
    telemetry.exchangeClosed(
      exchange({ attempts: [passedOver('openai/gpt-4o', 'admit.rate_limited'), attempt()], rule: 'of-openai' }),
    );
    telemetry.refused('admit.key_missing');
    const figures = await read();
    expect(figures.value('sluice_refusals_total', { code: 'admit.budget_exhausted' })).toBe(1);
    expect(figures.value('sluice_refusals_total', { code: 'admit.rate_limited' })).toBe(1);
    expect(figures.value('sluice_refusals_total', { code: 'admit.key_missing' })).toBe(1);
    expect(figures.value('sluice_refusals_total')).toBe(3);
    expect(figures.value('sluice_rate_limited_total', { limit: 'key:ann' })).toBe(1);
    expect(figures.value('sluice_rate_limited_total', { limit: 'of-openai' })).toBe(1);
    expect(figures.value('sluice_requests_total', { status_class: '4xx', outcome: 'failed', provider: '' })).toBe(2);
  });

  it('count answers of the exact cache, alerts and changes of health', async () => {
    const { telemetry, read } = startTelemetry();
    telemetry.exchangeClosed(exchange({ attempts: [], cache: { savedCost: 5 }, cost: 0 }));
    telemetry.budgetAlert('monthly');
    telemetry.healthChanged({ kind: 'target', target: 'openai/gpt-4o', to: 'open' });
    telemetry.healthChanged({ kind: 'credential', provider: 'claude', to: 'refused' });
    telemetry.healthChanged({ kind: 'network' });
    const figures = await read();
    expect(figures.value('sluice_cache_answers_total', { provider: 'openai', model: 'gpt-4o' })).toBe(1);
    expect(figures.value('sluice_budget_alerts_total', { budget: 'monthly' })).toBe(1);
    expect(figures.value('sluice_health_changes_total', { provider: 'openai', state: 'open' })).toBe(1);
    expect(figures.value('sluice_health_changes_total')).toBe(2);
  });
});

describe('budgets', () => {
  it('are told as they stand when they are read, the fullest of very many', async () => {
    const dollar = 1_000_000_000_000n;
    const many = Array.from({ length: 600 }, (_, at) =>
      budgetFigure('each', { limit: 1_000n * dollar, spent: BigInt(at) * dollar, subject: `key-${String(at)}` }),
    );
    const own = { ...budgetFigure('monthly', { limit: 10n * dollar, spent: 9_000_000_000_001n }), raised: 5n * dollar };
    const { read } = startTelemetry({ budgets: () => [...many, { ...own, reserved: dollar }] });
    const figures = await read();
    const monthly = { budget: 'monthly', scope: 'key', period: 'day', subject: '' };
    expect(figures.value('sluice_budget_spent_usd', monthly)).toBe(9.000000000001);
    expect(figures.value('sluice_budget_reserved_usd', monthly)).toBe(1);
    expect(figures.value('sluice_budget_limit_usd', monthly)).toBe(15);
    expect(figures.value('sluice_budget_remaining_usd', monthly)).toBe(4.999999999999);
    expect(figures.families.get('sluice_budget_spent_usd')?.samples).toHaveLength(500);
    expect(figures.value('sluice_budgets_omitted')).toBe(101);
    expect(figures.value('sluice_budget_spent_usd', { subject: 'key-599' })).toBe(599);
    expect(figures.text).not.toContain('"key-0"');
  });

  it('may be overspent', async () => {
    const { read } = startTelemetry({ budgets: () => [budgetFigure('soft', { limit: 10n, spent: 12n })] });
    expect((await read()).value('sluice_budget_remaining_usd')).toBe(-2e-12);
  });
});

describe('label values', () => {
  it('stay few, whatever clients ask for: a name gets its own once it answered', async () => {
    const { telemetry, read } = startTelemetry();
    for (let at = 0; at < 1_000; at++) {
      const target = `openai/junk-${String(at)}`;
      const failed = attempt({ target, error: 'upstream.404', status: 404, usage: undefined, cost: 0 });
      telemetry.exchangeClosed(exchange({ target, attempts: [failed], outcome: 'failed', error: 'upstream.404' }));
    }
    telemetry.exchangeClosed(exchange());
    const before = await read();
    expect(before.text).not.toContain('junk-');
    expect(before.value('sluice_requests_total', { provider: 'openai', model: 'other' })).toBe(1_000);
    expect(before.value('sluice_requests_total', { model: 'gpt-4o' })).toBe(1);
    for (let at = 0; at < 1_000; at++) {
      const target = `openai/real-${String(at)}`;
      telemetry.exchangeClosed(exchange({ target, attempts: [attempt({ target })] }));
    }
    const after = await read();
    const models = new Set(after.families.get('sluice_requests_total')?.samples.map(({ labels }) => labels['model']));
    expect(models.size).toBe(201);
    expect(after.value('sluice_requests_total')).toBe(2_001);
    expect(after.value('sluice_tokens_total', { kind: 'input' })).toBe(100_100);
  });

  it('are bounded for providers and codes too', async () => {
    const { telemetry, read } = startTelemetry();
    for (let at = 0; at < 500; at++) {
      const target = `p${String(at)}/m`;
      telemetry.exchangeClosed(exchange({ target, attempts: [attempt({ target })] }));
      telemetry.refused(`upstream.${String(at)}`);
    }
    const figures = await read();
    const values = (name: string, label: string): number =>
      new Set(figures.families.get(name)?.samples.map(({ labels }) => labels[label])).size;
    expect(values('sluice_attempts_total', 'provider')).toBe(101);
    expect(values('sluice_refusals_total', 'code')).toBe(301);
    expect(figures.value('sluice_attempts_total')).toBe(500);
  });

  it('carry no secret, no control character and no end of the line', async () => {
    const { telemetry, read } = startTelemetry();
    const target = 'openai/a "quoted"\\ \u001b[31mhunter2\nname{}';
    telemetry.exchangeClosed(exchange({ target, attempts: [attempt({ target })] }));
    const figures = await read();
    expect(figures.text).not.toContain('hunter2');
    expect(figures.value('sluice_requests_total', { model: 'a "quoted"\\ *** name{}' })).toBe(1);
  });
});

describe('what is told to whom', () => {
  it('is the process and nothing of money or names without a key (SEC-01)', async () => {
    const { telemetry, read } = startTelemetry({
      budgets: () => [budgetFigure('monthly', { limit: 10n, spent: 1n, subject: 'ann' })],
      ledger: () => ({ state: 'failing', waiting: 7, dropped_opens: 1, dropped_closes: 2 }),
    });
    telemetry.exchangeClosed(exchange());
    const figures = await read(false);
    expect(figures.value('sluice_exchanges_running')).toBe(3);
    expect(figures.value('sluice_ledger_waiting')).toBe(7);
    expect(figures.value('sluice_ledger_up')).toBe(0);
    expect(figures.value('sluice_ledger_dropped_total')).toBe(3);
    expect(figures.value('sluice_build_info')).toBe(1);
    expect(figures.value('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(figures.text).not.toMatch(/gpt-4o|openai|claude|monthly|ann|usd|token|budget|cost/);
    const own = [...figures.families.keys()].filter((name) => name.startsWith('sluice_'));
    expect(own.sort()).toEqual([
      'sluice_build_info',
      'sluice_exchanges_running',
      'sluice_ledger_dropped_total',
      'sluice_ledger_up',
      'sluice_ledger_waiting',
    ]);
  });

  it('is nothing where the config says so, and everything counted so far once it says otherwise', async () => {
    const { telemetry, read } = startTelemetry({ settings: { otlp_endpoint: null, prometheus: false } });
    telemetry.exchangeClosed(exchange());
    expect(await telemetry.text({ all: true, running: 0 })).toBeUndefined();
    telemetry.configure({ otlp_endpoint: null, prometheus: true });
    expect((await read()).value('sluice_requests_total')).toBe(1);
  });
});

it('a record that cannot be counted is told once and disturbs nobody', async () => {
  const { telemetry, read, logs } = startTelemetry();
  const broken = attempt({ cost: Number.POSITIVE_INFINITY });
  telemetry.exchangeClosed(exchange({ attempts: [broken] }));
  telemetry.exchangeClosed(exchange({ attempts: [broken] }));
  telemetry.exchangeClosed(exchange());
  expect(logs.filter((line) => line.startsWith('telemetry failed'))).toHaveLength(1);
  expect((await read()).value('sluice_cost_usd_total')).toBe(0.00125);
});
