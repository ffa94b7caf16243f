import { describe, expect, it } from 'vitest';
import { foundKinds } from '../../../shared/domain/masking.ts';
import { fullSample, good, parse, problemsOf, warningsOf } from './support.ts';

describe('a config file', () => {
  it('takes every setting of the documentation', () => {
    expect(problemsOf(fullSample)).toEqual([]);
    // The sample leaves a provider out of masking that it does not have.
    const line = fullSample.split('\n').findIndex((text) => text.includes('exclude:')) + 1;
    expect(warningsOf(fullSample)).toEqual([`sluice.yaml:${line}:26: there is no provider "ollama".`]);
  });

  it('points at the setting that is not enforced', () => {
    const text = 'version: 1\nlisten: { port: 0 }\nstore: { counters: "redis://cache" }\n';
    const counters = good(text).findings.warnings.find((one) => one.problem.startsWith('counters'));
    expect(counters).toMatchObject({ path: 'store.counters', line: 3 });
    expect(counters?.problem).toBe('counters outside memory: accepted but not enforced by this version');
  });

  it('fills in defaults', () => {
    const { config } = good('version: 1\nproviders: [{ id: a, kind: anthropic }]\n');
    expect(config.listen).toMatchObject({ host: '127.0.0.1', port: 4790, max_body_bytes: 33_554_432, ollama: false });
    expect(config.providers[0]).toMatchObject({
      timeouts: { connect_ms: 5000, idle_ms: 120_000, total_ms: 900_000 },
      retry: {
        attempts: 2,
        backoff_ms: 250,
        on_status_codes: [408, 429, 500, 502, 503, 504, 529],
        use_retry_after: true,
      },
      proxy: 'system',
    });
    expect(config.logging).toEqual({ content: 'metadata', retention_days: 30, max_size_mb: 500 });
    expect(config.masking).toEqual({
      enabled: false,
      detectors: foundKinds.filter((kind) => kind !== 'terms' && kind !== 'patterns'),
      ...{ terms: [], terms_files: [], patterns: [], env_files: [], overrides: [] },
      exclude: { providers: [], clients: [] },
      ...{ restore: true, answers: 'warn', definitions: false, media: 'pass', on_failure: 'block', allow: [] },
      time_budget_ms: 5000,
    });
  });

  it('may be JSON, with a byte order mark, with CRLF, with sections left empty', () => {
    expect(problemsOf('{ "$schema": "./sluice.schema.json", "version": 1, "listen": { "port": 0 } }')).toEqual([]);
    expect(problemsOf('\uFEFFversion: 1\r\nlisten:\r\n  port: 0\r\n')).toEqual([]);
    expect(problemsOf('version: 1\nroutes:\nproviders:\n')).toEqual([]);
  });

  it('may use anchors, and is not blown up by them', () => {
    const text =
      'version: 1\nproviders:\n  - { id: a, kind: ollama, timeouts: &t { idle_ms: 5 } }\n  - { id: b, kind: ollama, timeouts: *t }\n';
    expect(good(text).config.providers[1]?.timeouts.idle_ms).toBe(5);
    const levels = Array.from(
      { length: 9 },
      (_, level) =>
        `l${level}: &l${level} [${Array(10)
          .fill(level === 0 ? 'x' : `*l${level - 1}`)
          .join(', ')}]`,
    );
    expect(problemsOf(`version: 1\n${levels.join('\n')}\n`).join('\n')).toContain('cannot be read');
  });
});

describe('what cannot be read', () => {
  it.each([
    ['an empty file', '', 'sluice.yaml:1:1: the file is empty. Start the file with "version: 1".'],
    [
      'a list',
      '- 1\n',
      'sluice.yaml:1:1: the file is not a set of "name: value" pairs. Start the file with "version: 1".',
    ],
    [
      'a tab',
      'version: 1\nlisten:\n\tport: 1\n',
      'sluice.yaml:3:1: Tabs are not allowed as indentation. Indent with spaces.',
    ],
    [
      'the same name twice',
      'version: 1\nlisten: {}\nlisten: {}\n',
      'sluice.yaml:3:1: Map keys must be unique. Keep one of the two.',
    ],
    ['no version', 'listen: {}\n', 'sluice.yaml:1:1: version is missing. Start the file with "version: 1".'],
    [
      'a version that is text',
      'version: one\n',
      'sluice.yaml:1:10: version is not a whole number. Write "version: 1".',
    ],
    [
      'a version from the future',
      '# mine\nversion: 2\n',
      'sluice.yaml:2:10: version 2 is newer than what this Sluice understands (1). Update Sluice, or go back to the file of this version.',
    ],
  ])('%s is said with its place and what mends it', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  it('says where brackets, quotes and indentation go wrong', () => {
    for (const text of [
      'version: 1\nroutes: [',
      'version: 1\nlisten: { host: "x }\n',
      'version: 1\n  port: 2\n',
      '{"version": 1,',
    ]) {
      expect(problemsOf(text)[0]).toMatch(/^sluice\.yaml:\d+:\d+: .+\. .+\.$/);
    }
  });

  it('refuses what is far too large without reading it', () => {
    expect(problemsOf(`version: 1\n# ${'x'.repeat(5 * 1024 * 1024)}`)).toEqual([
      'sluice.yaml:1:1: the file is larger than 4 MiB. This is not a config file.',
    ]);
  });

  it('never throws, whatever the file holds', () => {
    for (const text of [
      '\0',
      '&a *a',
      '!!js/function x',
      '? [1]\n: 2',
      'version: 1\n? { a: b }\n: c\n',
      '%YAML 1.1\n---\nversion: 1\n',
      '---\n---\n',
      'version: 1\nproviders: [[[[[1]]]]]\n',
      'version: &v 1\nroutes: *w\n',
    ]) {
      expect(() => parse(text)).not.toThrow();
    }
  });
});

describe('a name that is not known', () => {
  it.each([
    ['version: 1\nproviderz: []\n', 'sluice.yaml:2:1: unknown name "providerz". Did you mean providers?'],
    ['version: 1\nlisten:\n  hots: x\n', 'sluice.yaml:3:3: unknown name "hots" in listen. Did you mean host?'],
    [
      'version: 1\nproviders:\n  - id: a\n    kind: ollama\n    base_ur: http://x\n',
      'sluice.yaml:5:5: unknown name "base_ur" in providers. Did you mean base_url?',
    ],
    [
      'version: 1\nproviders: [{ id: a, kind: ollama, timeouts: { conect_ms: 5 } }]\n',
      'sluice.yaml:2:48: unknown name "conect_ms" in timeouts. Did you mean connect_ms?',
    ],
    [
      'version: 1\nroutes: [{ alias: a, targets: [{ provider: demo, modell: echo }] }]\n',
      'sluice.yaml:2:50: unknown name "modell" in targets. Did you mean model?',
    ],
    [
      'version: 1\nroutes: [{ alias: a, targets: [demo/echo], hedge: { afterwards: p95, after: p95 } }]\n',
      'sluice.yaml:2:53: unknown name "afterwards" in hedge. Did you mean after?',
    ],
  ])('is shown with the nearest one: %s', (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  it('lists what is known where nothing is near', () => {
    expect(problemsOf('version: 1\ntelemetry: { zzzzzz: 1 }\n')).toEqual([
      'sluice.yaml:2:14: unknown name "zzzzzz" in telemetry. Known here: otlp_endpoint, prometheus.',
    ]);
  });
});

describe('a value that does not fit', () => {
  it.each([
    ['listen: { port: "x" }', 'port: expected a number, found text.'],
    ['listen: { port: "4790" }', 'port: expected a number, found text. Remove the quotes: 4790.'],
    ['listen: { port: 70000 }', 'port: 70000 is out of range. Use at most 65535.'],
    ['listen: { host: 127 }', 'host: expected text, found 127. Put it in quotes: "127".'],
    ['listen: { ollama: "yes" }', 'ollama: expected true or false, found text. Write true or false.'],
    [
      'routes: {}',
      'routes: expected a list, found a set of "name: value" pairs. Write a list: [a, b], or one "- " per line.',
    ],
    [
      'providers: [{ id: a, kind: opnai }]',
      /kind: "opnai" is not known\. Did you mean openai\? Use openai, anthropic, /,
    ],
    ['providers: [{ kind: openai }]', 'id is missing. Add id: text.'],
    [
      'providers: [{ id: "a/b", kind: openai }]',
      'id: "a/b" is not a usable name. Use 1 to 63 letters, digits, ".", "_" or "-", starting with a letter or digit.',
    ],
    ['routes: [{ alias: a, targets: [] }]', 'targets: is too short. Use at least 1 entry.'],
    [
      'routes: [{ alias: a, targets: ["/echo"] }]',
      'targets: "/echo" is not a target. Write provider/model, the alias of a route, or "@requested".',
    ],
    [
      'routes: [{ alias: a, targets: ["@request"] }]',
      'targets: "@request" is not a target. Write provider/model, the alias of a route, or "@requested".',
    ],
    [
      'routes: [{ alias: a, targets: [{ provder: demo, model: echo }] }]',
      'unknown name "provder" in targets. Did you mean provider?',
    ],
    [
      'routes: [{ alias: a, targets: [demo/echo], objective: cheep }]',
      'objective: "cheep" is not known. Did you mean cheap? Use cheap, balanced, best or fast.',
    ],
    [
      'routes: [{ alias: a, targets: [demo/echo], objective: { speed: 1 } }]',
      'unknown name "speed" in objective. Known here: quality, cost, latency, floor.',
    ],
    [
      'routes: [{ alias: a, targets: [demo/echo], hedge: {} }]',
      'after is missing. Add after: p50, p95 or p99 or a number.',
    ],
    [
      'routes: [{ alias: a, targets: [demo/echo], hedge: { after: p90 } }]',
      /after: "p90" is not known\. Did you mean p\d\d\? Use p50, p95 or p99\.$/,
    ],
    ['routes: [{ alias: a, targets: [demo/echo], hedge: { after: 0 } }]', 'after: 0 is out of range. Use at least 1.'],
    [
      'routes: [{ alias: a, targets: [demo/echo], fallbacks: { on: [{ statuss: 418 }] } }]',
      'unknown name "statuss" in on. Did you mean status?',
    ],
    [
      'routes: [{ alias: a, targets: [demo/echo], fallbacks: { on: [errors] } }]',
      /on: "errors" is not known\. Did you mean error\? Use error, timeout, /,
    ],
    [
      'providers: [{ id: a, kind: openai, timeouts: { drain_ms: 60001 } }]',
      'drain_ms: 60001 is out of range. Use at most 60000.',
    ],
    [
      'routes: [{ alias: a, targets: [demo/echo], max_attempts: 21 }]',
      'max_attempts: 21 is out of range. Use at most 20.',
    ],
    [
      'routes: [{ alias: a, targets: [demo/echo], cache: { mode: exact, max_size_mb: 2000 } }]',
      'max_size_mb: 2000 is out of range. Use at most 1024.',
    ],
    [
      'virtual_keys: [{ id: a, value: "env:A", expires_at: tomorrow }]',
      'expires_at: "tomorrow" is not a moment. Write 2027-01-01T00:00:00Z.',
    ],
    [
      'budgets: [{ id: b, scope: global, limit_usd: "5,00", period: day }]',
      /limit_usd: "5,00" is not a decimal amount\./,
    ],
    ['masking: { patterns: [{ id: p, pattern: "(?=a)b" }] }', /uses look-around or a back-reference/],
    [
      'providers: [{ id: a, kind: openai, keys: [{ name: k }] }]',
      /needs exactly one form of credential\. Give value, /,
    ],
    [
      'providers: [{ id: a, kind: bedrock, region: x, keys: [{ access_key_id: "env:A" }] }]',
      /needs exactly one form of credential/,
    ],
    ['providers: [{ id: a, kind: ollama, headers: { x: "a\\nb" } }]', /holds characters a header cannot carry/],
  ])('%s', (text, problem) => {
    const found = problemsOf(`version: 1\n${text}\n`);
    expect(found).toHaveLength(1);
    const [, said] = /^sluice\.yaml:2:\d+: (.*)$/.exec(found[0] ?? '') ?? [];
    if (typeof problem === 'string') expect(said).toBe(problem);
    else expect(said).toMatch(problem);
  });

  it('is found together with all others, in the order of the file', () => {
    const found = problemsOf('version: 1\nlisten: { port: -1 }\nroutes: 5\nlogging: { content: some }\n');
    expect(found.map((line) => line.split(':')[1])).toEqual(['2', '3', '4']);
  });

  it('is not repeated when it may be a secret in the wrong place', () => {
    const secret = 'gsk_a1B2c3D4e5F6g7H8i9J0';
    for (const text of [
      `providers: [{ id: a, kind: groq, keys: [${secret}] }]`,
      `providers: [{ id: a, kind: groq, keys: ${secret} }]`,
      `providers: [{ id: a, kind: groq, keys: [{ value: "env:${secret}-x" }] }]`,
      `providers: [{ id: a, kind: groq, keys: [{ value: "file:${secret}" }] }]`,
      `providers: [{ id: a, kind: groq, keys: [{ value: "secret:${secret}/x" }] }]`,
      `providers: [{ id: a, kind: groq, base_url: "https://me:${secret}@groq.example" }]`,
      `providers: [{ id: a, kind: groq, base_url: "${secret}" }]`,
      `virtual_keys: [{ id: a, value: "sha256:${secret}" }]`,
    ]) {
      const found = problemsOf(`version: 1\n${text}\n`);
      expect(found.length).toBeGreaterThan(0);
      expect(found.join('\n')).not.toContain(secret);
    }
  });
});

describe('a file of an older format', () => {
  const old =
    '# mine\nversion: 0 # drafts\nlisten: { port: 0, max_body_mb: 4 }\n# people\nkeys:\n  - { id: a, value: "env:A" } # Ann\n';

  it('is brought to the current one, comments and order kept', () => {
    const { config, migratedText } = good(old);
    expect(config.listen.max_body_bytes).toBe(4_194_304);
    expect(config.virtual_keys[0]?.id).toBe('a');
    expect(migratedText).toBe(
      '# mine\nversion: 1 # drafts\nlisten: { port: 0, max_body_bytes: 4194304 }\n# people\nvirtual_keys:\n  - { id: a, value: "env:A" } # Ann\n',
    );
  });

  it('is the same after a second reading', () => {
    const { migratedText } = good(old);
    expect(good(migratedText ?? '').migratedText).toBeUndefined();
  });

  it('stays JSON when it was', () => {
    expect(good('{"version":0,"keys":[{"id":"a","value":"env:A"}]}').migratedText).toBe(
      '{"version":1,"virtual_keys":[{"id":"a","value":"env:A"}]}\n',
    );
  });
});
