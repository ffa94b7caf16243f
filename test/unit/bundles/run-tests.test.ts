// Decision tests of bundles: what they promise is what the gateway decides, and what fails says why.
import { describe, expect, it } from 'vitest';
import { coverageOf, mutationOf } from '../../../main/bundles/coverage.ts';
import { junitXml } from '../../../main/bundles/junit.ts';
import { runTests } from '../../../main/bundles/run-tests.ts';
import { bundleTesting, defaults, failuresOf, now, report, says, spent, tools } from './trial-support.ts';

describe('a decision test holds when', () => {
  it('a denied model is refused by the rule, however the rule is named', async () => {
    const request = { dialect: 'openai-chat', client: 'cursor', model: 'openai/gpt-x-preview', ...says('hi') };
    const rules = ['/enforced/models/deny', '/models/deny', '/enforced/models/deny/0', 'acme-core@12:/models/deny'];
    const cases = rules.map((rule) => ({
      request,
      expect: { decision: 'deny', rule, status: 403, code: 'admit.model_denied' },
    }));
    expect(await failuresOf(cases)).toEqual([]);
  });

  it('a request that no longer fits its budget is answered by the cheaper alias', async () => {
    const request = { dialect: 'anthropic-messages', model: 'best', est_input_tokens: 2_000, max_tokens: 4_000 };
    const cheaper = {
      decision: 'allow',
      model: 'anthropic/claude-haiku-*',
      because: 'budget:per-user-day -> downgrade:cheap',
    };
    const cases = [
      { request, state: spent('24.90'), expect: { ...cheaper, rule: 'per-user-day', route: 'cheap' } },
      { request, state: spent('0'), expect: { decision: 'allow', model: 'anthropic/claude-opus-*', because: '' } },
      { request, state: spent('25'), expect: { decision: 'deny', rule: '/enforced/budgets/0', status: 429 } },
    ];
    expect(await failuresOf(cases)).toEqual([]);
  });

  it('what was spent counts also at the very moment the window begins', async () => {
    const one = { request: { model: 'best', max_tokens: 4_000 }, state: spent('25'), clock: '2026-12-01T00:00:00Z' };
    expect(await failuresOf([{ ...one, expect: { decision: 'deny', rule: 'per-user-day' } }])).toEqual([]);
  });

  it('what must not leave does not, and is counted by the rule that found it', async () => {
    const iban = 'DE89370400440532013000';
    const cases = [
      {
        request: says(`E-123456 asks for E-654321 and ${iban}`),
        expect: {
          upstream_contains_not: ['E-123456', iban],
          upstream_contains: 'asks for',
          masked: [{ rule: 'employee-id', count: 2 }, { rule: 'iban' }],
        },
      },
      { request: says('Project Falcon'), expect: { decision: 'deny', rule: 'falcon', code: 'admit.firewall_blocked' } },
    ];
    expect(await failuresOf(cases)).toEqual([]);
  });

  it('a limit of output is lowered, in the words of every dialect', async () => {
    const cases = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'].map((dialect) => ({
      request: { dialect, model: 'anthropic/claude-haiku-4-5', max_tokens: 60_000 },
      expect: { decision: 'allow', max_output_tokens: 32_000, rule: '/enforced/models/max_output_tokens' },
    }));
    expect(await failuresOf(cases)).toEqual([]);
  });

  it('a tool is not allowed', async () => {
    const tool = { type: 'function', function: { name: 'shell_exec', parameters: { type: 'object' } } };
    const expected = { decision: 'deny', rule: '/enforced/tools/deny', code: 'admit.tool_denied' };
    expect(await failuresOf([{ request: { tools: [tool] }, expect: expected }])).toEqual([]);
  });

  it('the user cannot set aside what is enforced, and can set aside what is suggested', async () => {
    const cases = [
      { user: { models: { deny: [] } }, request: { model: 'openai/gpt-x-preview' }, expect: { decision: 'deny' } },
      {
        user: { models: { aliases: { best: 'openai/gpt-5.2' } } },
        request: { model: 'best' },
        expect: { decision: 'allow', model: 'openai/gpt-5.2' },
      },
      { user: { models: { deny: ['openai/*'] } }, request: { model: 'openai/gpt-5.2' }, expect: { decision: 'deny' } },
    ];
    expect(await failuresOf(cases)).toEqual([]);
  });

  it('a provider of the bundle is there with a stand-in for its key', async () => {
    const request = { model: 'azure-eu/gpt-4o', max_tokens: 10 };
    expect(await failuresOf([{ request, expect: { decision: 'allow', model: 'azure-eu/gpt-4o' } }])).toEqual([]);
  });

  it('its labels are those the bundle is for', async () => {
    const request = { model: 'openai/gpt-x-preview' };
    const cases = [
      { request, labels: { env: 'prod' }, expect: { decision: 'deny' } },
      { request, labels: { env: 'lab' }, expect: { decision: 'allow' } },
      { request, expect: { decision: 'deny' } },
    ];
    expect(await failuresOf(cases, { applies_to: { labels: { env: ['prod'] } } })).toEqual([]);
  });
});

describe('a decision test that fails says', () => {
  it('what was expected, what came, and which rule decided', async () => {
    const cases = [
      { request: { model: 'openai/gpt-x-preview' }, expect: { decision: 'allow', rule: 'falcon' } },
      { request: { model: 'anthropic/claude-haiku-4-5' }, expect: { decision: 'deny', model: 'openai/*' } },
    ];
    const [wrong, rule, allowed, model, ...more] = await failuresOf(cases);
    expect(wrong).toMatch(
      /^1: expected decision allow, but it was refused by acme-core@12:\/models\/deny with 403 admit\.model_denied \(.*No previews with customer data/,
    );
    expect(rule).toMatch(/^1: expected rule "falcon", got "\/enforced\/models\/deny": it was refused/);
    expect(allowed).toBe('2: expected decision deny, but it was allowed to anthropic/claude-haiku-4-5');
    expect(model).toMatch(/^2: expected model "openai\/\*", got "anthropic\/claude-haiku-4-5"/);
    expect(more).toEqual([]);
  });

  it('what leaves though it must not, and what is not masked', async () => {
    const one = {
      request: says('E-123456'),
      expect: { upstream_contains: 'E-123456', masked: [{ rule: 'employee-id', count: 2 }, { rule: 'email' }] },
    };
    const failures = await failuresOf([one]);
    expect(failures.slice(0, 2)).toEqual([
      '1: expected 2 × employee-id to be masked, got 1 × employee-id',
      '1: expected at least 1 × email to be masked, got 1 × employee-id',
    ]);
    expect(failures[2]).toMatch(/^1: expected "E-123456" to leave, but it is not in what does: \{/);
  });

  it('what of its own cannot be read', async () => {
    const cases = [
      { request: {}, user: { models: { allow: 'all' } }, expect: {} },
      { request: {}, state: spent('a lot'), expect: {} },
    ];
    expect(await failuresOf(cases)).toEqual([
      expect.stringMatching(/^1: user\.models\.allow: /),
      '2: it could not be decided: state.budgets.per-user-day.used_usd "a lot" is not an amount',
    ]);
  });
});

describe('coverage', () => {
  const bundle = bundleTesting([
    { request: { model: 'openai/gpt-x-preview' }, expect: { decision: 'deny' } },
    { request: says('Project Falcon'), expect: { decision: 'deny' } },
    // Says so little that it would pass without the rule as well.
    { request: { ...says('E-123456'), model: 'openai/gpt-5.2', max_tokens: 10 }, expect: { decision: 'allow' } },
  ]);

  it('names the rules that no test is about', async () => {
    const { rules, hit, never } = coverageOf([bundle], await report(bundle));
    expect(never).toEqual(
      [
        ...['/enforced/providers/allow', '/enforced/models/max_output_tokens', '/enforced/budgets/per-user-day'],
        ...['/enforced/masking/detectors/iban', '/enforced/tools/deny'],
        ...['/defaults/models/aliases/best', '/defaults/routes/cheap'],
      ].map((rule) => `acme-core ${rule}`),
    );
    expect({ rules, hit }).toEqual({ rules: 10, hit: 3 });
  });

  it('by leaving rules out names those whose loss no test notices', async () => {
    const asked = { bundles: [bundle], suites: bundle.payload.tests, decide: tools.decide, now };
    const { never } = await mutationOf(asked);
    expect(never).toContain('acme-core /enforced/masking/patterns/employee-id');
    expect(never).not.toContain('acme-core /enforced/models/deny');
    expect(never).not.toContain('acme-core /enforced/firewall/falcon');
  });
});

describe('the engine', () => {
  it('gives the same for the same, whatever ran before', async () => {
    const cases = [
      { request: says('E-123456 asks'), expect: {} },
      { request: { model: 'best', max_tokens: 4_000 }, state: spent('24.9'), expect: {} },
    ];
    const bundle = bundleTesting(cases);
    const seen: unknown[] = [];
    const decide: typeof tools.decide = async (snapshot, request) => {
      const outcome = await tools.decide(snapshot, request);
      seen.push(outcome);
      return outcome;
    };
    const { tests } = bundle.payload;
    for (let run = 0; run < 2; run++) await runTests({ bundles: [bundle], suites: tests, decide, now });
    expect(seen.slice(2)).toEqual(seen.slice(0, 2));
  });

  it('takes a bundle that only watches for one that refuses nothing', async () => {
    const one = { request: { model: 'openai/gpt-x-preview' }, expect: { decision: 'allow' } };
    expect(await failuresOf([one], { mode: 'audit' })).toEqual([]);
  });

  it('needs nothing enforced', async () => {
    const one = { request: { model: 'best' }, expect: { decision: 'allow', model: 'anthropic/claude-opus-*' } };
    expect(await failuresOf([one], { enforced: {}, defaults })).toEqual([]);
  });
});

describe('JUnit', () => {
  it('is XML whatever names and texts hold', () => {
    const name = 'a<b> & "c"\u0000\n';
    const xml = junitXml({
      results: [
        { suite: name, case: name, failures: ['x < y', 'and\u0008'] },
        { suite: name, case: 'fine', failures: [] },
      ],
    });
    expect(xml).toContain('<testsuites name="sluice bundle test" tests="2" failures="1">');
    expect(xml).toContain('name="a&lt;b&gt; &amp; &quot;c&quot;\ufffd&#10;"');
    expect(xml).toContain('<failure message="x &lt; y">x &lt; y\nand\ufffd</failure>');
  });
});
