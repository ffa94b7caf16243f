import { describe, expect, it } from 'vitest';
import { lintCompiled } from '../../../main/bundles/author/check.ts';
import { compileBundle } from '../../../main/bundles/author/compile.ts';
import { lintBundle } from '../../../main/bundles/lint.ts';
import { readBundle } from '../../../main/bundles/read.ts';
import type { ReadBundle } from '../../../main/bundles/types.ts';
import { createGatewayTools } from '../../../main/decide.ts';
import { tokenRules } from '../../../main/gateway/policies/detectors/secrets/token-table.ts';
import type { TokenRule } from '../../../main/gateway/policies/detectors/secrets/token-rule.ts';
import { Dice } from '../gateway/policies/detectors/secrets-samples.ts';
import { head, makeFolder, now } from './author-support.ts';

type Fields = Readonly<Record<string, unknown>>;

const tools = createGatewayTools();
const tests = [{ suite: 'core', cases: [{ name: 'a', request: {}, expect: { decision: 'allow' } }] }];

function bundle(change: Fields): ReadBundle {
  const frame = { issued_at: '2026-11-20T09:00:00Z', expires_at: '2027-02-18T00:00:00Z', tests };
  const payload = { schema: 'sluice.bundle/1', id: 'acme-core', version: 1, epoch: 1, ...frame, ...change };
  return readBundle(JSON.stringify(payload), { appVersion: '1.0.0' });
}

interface Said {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** `POINTER: text`. */
function said(change: Fields): Said {
  const { problems, warnings } = lintBundle(bundle(change), tools);
  const lines = (list: typeof problems): string[] => list.map(({ pointer, text }) => `${pointer}: ${text}`);
  return { problems: lines(problems), warnings: lines(warnings) };
}

describe('lintBundle', () => {
  it('has nothing to say against a bundle that is well made', () => {
    const enforced = {
      models: { deny: ['*/*-preview*'], allow: ['anthropic/*', 'openai/*'] },
      masking: { terms: ['Project Falcon', '鹰'], patterns: [{ id: 'e', pattern: '\\bE-[0-9]{6}\\b' }] },
      budgets: [{ id: 'b', scope: 'user', limit_usd: '25', period: 'day', action: 'downgrade:cheap' }],
    };
    expect(said({ enforced })).toEqual({ problems: [], warnings: [] });
  });

  it.each<[string, Fields, string]>([
    [
      'a pattern that RE2 does not have',
      { masking: { patterns: [{ id: 'a', pattern: 'a{9999}' }] } },
      '/enforced/masking/patterns/0/pattern: the pattern',
    ],
    [
      'a pattern that fits everywhere',
      { firewall: [{ id: 'a', pattern: 'x*' }] },
      '/enforced/firewall/0/pattern: the pattern fits an empty text',
    ],
    [
      'a glob with signs that mean nothing',
      { models: { deny: ['a/[bc]'] } },
      '/enforced/models/deny/0: "a/[bc]" holds "["',
    ],
    [
      'an id that is used twice',
      {
        firewall: [
          { id: 'a', pattern: 'x' },
          { id: 'a', pattern: 'y' },
        ],
      },
      '/enforced/firewall/1/id: id "a" is used twice',
    ],
    [
      'a detector that is named twice',
      { masking: { detectors: ['email', { id: 'email', mode: 'block' }] } },
      '/enforced/masking/detectors/1/id: id "email" is used twice',
    ],
    [
      'a route that nobody reaches',
      {
        routes: [
          { alias: 'a*', targets: ['demo/echo'] },
          { alias: 'ab', targets: ['demo/echo'] },
        ],
      },
      '/enforced/routes/1/alias: alias "ab" is never reached',
    ],
    [
      'a slot that is not there',
      { providers: { define: { p: { kind: 'openai', auth: { slot: 's' } } } } },
      '/enforced/providers/define/p/auth/slot: there is no slot "s"',
    ],
    [
      'a list that allows nothing it does not deny',
      { models: { allow: ['a/b'], deny: ['a/*'] } },
      '/enforced/models/allow: all of it is denied',
    ],
    [
      'an empty condition',
      { firewall: [{ id: 'a', pattern: 'x', when: {} }] },
      '/enforced/firewall/0/when: the condition is empty',
    ],
    ['a limit of nothing', { rate_limits: [{ id: 'a', scope: 'key' }] }, '/enforced/rate_limits/0: it limits nothing'],
    [
      'a time zone there is none of',
      { budgets: [{ id: 'a', scope: 'key', limit_usd: '1', period: 'day', timezone: 'Europe/Berlim' }] },
      '/enforced/budgets/0/timezone: there is no time zone',
    ],
    [
      'an alias that two have',
      { models: { aliases: { a: 'demo/echo' } }, routes: [{ alias: 'a', targets: ['demo/slow'] }] },
      '/enforced/models/aliases/a: a route has the alias "a" too',
    ],
  ])('refuses %s', (_, enforced, problem) => {
    const { problems } = said({ enforced });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
  });

  it.each<[string, Fields, string]>([
    [
      'words that are too short',
      { masking: { terms: ['ab', 'Falcon'] } },
      '/enforced/masking/terms/0: "ab" is so short',
    ],
    [
      'words that stand there twice',
      { masking: { terms: ['Falcon', 'falcon'] } },
      '/enforced/masking/terms/1: "falcon" stands here twice',
    ],
    [
      'what is allowed and denied',
      { models: { allow: ['a/b', 'c/d'], deny: ['a/*'] } },
      '/enforced/models/allow/0: "a/b" is allowed and denied by "a/*"',
    ],
    [
      'what another pattern covers',
      { models: { deny: ['a/*', 'a/b*'] } },
      '/enforced/models/deny/1: "a/b*" is a part of "a/*"',
    ],
    [
      'an alias that leads nowhere',
      { models: { deny: ['a/*'], aliases: { fast: 'a/b' } } },
      '/enforced/models/aliases/fast: the alias leads nowhere: a/b is denied by /enforced/models/deny',
    ],
    [
      'a route that can serve nobody',
      { providers: { allow: ['openai'] }, routes: [{ alias: 'x', targets: ['a/b'] }] },
      '/enforced/routes/0: the route "x" can serve nobody',
    ],
    [
      'a budget that never counts',
      {
        budgets: [
          { id: 'a', scope: 'user', limit_usd: '5', period: 'day' },
          { id: 'b', scope: 'user', limit_usd: '9', period: 'day' },
        ],
      },
      '/enforced/budgets/1: "b" never counts',
    ],
    [
      'a limit that never counts',
      {
        rate_limits: [
          { id: 'a', scope: 'key', rpm: 5 },
          { id: 'b', scope: 'key', rpm: 9 },
        ],
      },
      '/enforced/rate_limits/1: "b" never counts',
    ],
    [
      'a rule that another shadows',
      {
        firewall: [
          { id: 'a', pattern: 'x', action: 'warn' },
          { id: 'b', pattern: 'x', action: 'block' },
        ],
      },
      '/enforced/firewall/0: "a" never counts',
    ],
    [
      'a variable that is not declared',
      { templates: [{ id: 't', title: 'T', body: '{{x}}', variables: [] }] },
      '/enforced/templates/0/body: {{x}} is no variable',
    ],
    [
      'a provider that nobody knows',
      { providers: { allow: ['openai', 'anthropc', 'azure-*'] } },
      '/enforced/providers/allow/1: "anthropc" is no vendor and not defined here, so whatever somebody calls so in his own file is allowed',
    ],
    [
      'a price that no budget counts',
      {
        budgets: [{ id: 'a', scope: 'global', limit_usd: '5', period: 'day' }],
        pricing: [
          { model: 'openai/*', input: '0', output: '0' },
          { model: 'ollama/*', input: '0', output: '0' },
          { model: 'x/*', input: '0', output: '0.1' },
        ],
      },
      '/enforced/pricing/0: "openai/*" costs nothing by this, so that no budget counts it',
    ],
    ['a list that allows nothing', { tools: { allow: [] } }, '/enforced/tools/allow: an empty list allows no tools'],
  ])('warns of %s', (_, enforced, warning) => {
    const { problems, warnings } = said({ enforced });
    expect(problems).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(warning);
  });

  it('warns where nothing is tested, and where it holds for days only', () => {
    const enforced = { models: { deny: ['a/b'] } };
    expect(said({ enforced, tests: [] }).warnings).toEqual([': nothing tests what it enforces']);
    expect(said({ enforced, expires_at: '2026-11-25T00:00:00Z' }).warnings).toEqual([
      '/expires_at: it holds for 5 days only',
    ]);
  });
});

describe('secrets in a bundle', () => {
  const dice = new Dice(11);
  const secret = `gh${'p_'}${dice.text('alnum', 36)}`;

  it.each<[string, Fields]>([
    ['/description', { description: `use ${secret}` }],
    ['/enforced/masking/terms/1', { enforced: { masking: { terms: ['Project Falcon', secret] } } }],
    [
      '/defaults/templates/0/body',
      { defaults: { templates: [{ id: 'a', title: 'A', body: `curl -H "Authorization: Bearer ${secret}"` }] } },
    ],
    ['/enforced/models/deny/reason', { enforced: { models: { deny: { value: ['a/b'], reason: secret } } } }],
    ['/defaults/later/field', { defaults: { later: { field: secret } } }],
    [
      '/tests/0/cases/0/request/messages/0/content',
      {
        tests: [
          {
            suite: 's',
            cases: [{ name: 'n', request: { messages: [{ content: secret }] }, expect: { decision: 'deny' } }],
          },
        ],
      },
    ],
  ])('are found at %s, and not repeated', (pointer, change) => {
    const { problems } = lintBundle(bundle(change), tools);
    expect(problems).toMatchObject([{ pointer, code: 'bundle.secret_found' }]);
    expect(JSON.stringify(problems)).not.toContain(secret);
  });

  it.each<[string, string, Fields]>([
    ['a header of credentials', '/headers/x-api-key', { headers: { 'x-api-key': 'whatever' } }],
    ['an address with a password', '/base_url', { base_url: `https://user:${'pass'}@api.example` }],
    ['an address with a key', '/base_url', { base_url: 'https://api.example/?key=whatever' }],
  ])('are found as %s', (_, place, provider) => {
    const { problems } = lintBundle(
      bundle({ defaults: { providers: { define: { p: { kind: 'openai', ...provider } } } } }),
      tools,
    );
    expect(problems).toMatchObject([{ pointer: `/defaults/providers/define/p${place}`, code: 'bundle.secret_found' }]);
  });

  it('are found whatever the issuer', () => {
    // Tokens that have parts, or words before them, are tested with the detectors themselves.
    const isPlain = ({ shape, crc, before, min }: TokenRule): boolean =>
      shape === undefined && crc === undefined && before === undefined && min >= 20;
    const plain = tokenRules.filter((rule) => isPlain(rule) && rule.body !== 'dotted' && rule.body !== 'opaque');
    expect(plain.length).toBeGreaterThan(100);
    const terms = plain.flatMap(({ prefix, body, min, max }) =>
      Array.from({ length: 20 }, () => {
        const alphabet = body === 'dotted' || body === 'opaque' ? 'alnum' : body;
        return `${prefix}${dice.text(alphabet, Math.min(max, min + 4))}`;
      }),
    );
    const { problems } = lintBundle(
      bundle({ enforced: { masking: { terms: terms.filter((term) => term.length <= 200) } } }),
      tools,
    );
    expect(problems.length / terms.filter((term) => term.length <= 200).length).toBeGreaterThan(0.999);
  });

  it('are not seen in words, ids and digests', () => {
    const words = [
      'Project Falcon',
      'Kunde Müller GmbH',
      'anthropic/claude-sonnet-4-5',
      'https://wiki.acme.example/llm/keys',
      'sk-learn',
    ];
    const harmless = (index: number): string =>
      [
        () => dice.uuid(),
        () => `sha256:${dice.text('hex', 64)}`,
        () => dice.text('hex', 40),
        () => `${words[index % words.length] ?? ''} ${index}`,
      ][index % 4]?.() ?? '';
    const terms = Array.from({ length: 4_000 }, (_, index) => harmless(index));
    expect(said({ enforced: { masking: { terms } } }).problems).toEqual([]);
  });

  it('are not seen in patterns that look for secrets, in digests and in certificates', () => {
    const certificate = `-----BEGIN CERTIFICATE-----\n${dice.base64(48)}\n${dice.base64(48)}\n-----END CERTIFICATE-----`;
    const change = {
      enforced: {
        firewall: [{ id: 'keys', pattern: `AK${'IA'}[0-9A-Z]{16}` }],
        masking: { patterns: [{ id: 'gh', pattern: 'ghp_[A-Za-z0-9]{36}' }] },
      },
      defaults: { providers: { define: { p: { kind: 'openai', tls_ca: certificate } } } },
      extends_hash: dice.text('hex', 64),
    };
    expect(said(change).problems).toEqual([]);
    const key = `-----BEGIN ${'PRIVATE'} KEY-----\n${dice.base64(48)}\n-----END ${'PRIVATE'} KEY-----`;
    const withKey = {
      defaults: { providers: { define: { p: { kind: 'openai', tls_ca: `${certificate}\n${key}` } } } },
    };
    expect(said(withKey).problems).toHaveLength(1);
  });
});

describe('lint of files', () => {
  async function lint(text: string, others: readonly ReadBundle[] = []): Promise<string[]> {
    const folder = makeFolder({ 'bundle.yaml': `${head}${text}` });
    const { problems } = lintCompiled(await compileBundle(folder, { now }), { tools, now, others });
    return problems.map(({ line, column, problem }) => `${line}:${column}: ${problem}`);
  }

  it('finds aliases that lead nowhere, unless another bundle has them', async () => {
    const text =
      'expires_after: P90D\nenforced:\n  budgets:\n    - { id: b, scope: user, limit_usd: "25", period: day, action: "downgrade:chaep" }\n';
    expect(await lint(text)).toEqual(['6:67: there is no alias "chaep"']);
    const other = bundle({ defaults: { models: { aliases: { chaep: 'demo/echo' } } } });
    expect(await lint(text, [other])).toEqual([]);
  });

  it('finds what allows nothing any more beside another bundle', async () => {
    const other = bundle({ id: 'acme-team', enforced: { providers: { allow: ['b*'] } } });
    const text = 'expires_after: P90D\nenforced:\n  providers: { allow: [anthropic] }\n';
    expect(await lint(text)).toEqual([]);
    const found = await lint(text, [other]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^5:23: /);
  });

  it('finds a bundle that nobody would take for its size', async () => {
    const folder = makeFolder({
      'bundle.yaml': `${head}expires_after: P90D\nenforced: { masking: { terms_file: terms.txt } }\n`,
      'terms.txt': Array.from({ length: 9_000 }, (_, index) => `${'falcon '.repeat(12)}${index}`).join('\n'),
    });
    const { problems } = lintCompiled(await compileBundle(folder, { now }), { tools, now, others: [] });
    expect(problems.map(({ problem }) => problem)).toEqual([expect.stringMatching(/bytes when it is signed/)]);
  });

  it('finds a bundle that is over', async () => {
    const text =
      'issued_at: 2026-01-01T00:00:00Z\nexpires_at: 2026-11-01T00:00:00Z\nenforced: { models: { deny: ["a/*"] } }\n';
    expect(await lint(text)).toEqual(['4:13: it is over already']);
  });
});
