import { describe, expect, it } from 'vitest';
import { selfSigned } from '../../fakes/certificate.ts';
import { good, problemsOf, warningsOf } from './support.ts';

const hash = 'a'.repeat(64);

/** Problems of `version: 1` and this, without file and place. */
function saying(text: string): string[] {
  return problemsOf(`version: 1\n${text}\n`).map((line) => line.replace(/^sluice\.yaml:\d+:\d+: /, ''));
}

function warning(text: string): string[] {
  return warningsOf(`version: 1\n${text}\n`).map((line) => line.replace(/^sluice\.yaml:\d+:\d+: /, ''));
}

it('a proxy is no address that is never called (SEC-41)', () => {
  const through = (proxy: string): string[] => saying(`providers: [{ id: a, kind: ollama, proxy: "${proxy}" }]`);
  expect(through('http://169.254.169.254:80')[0]).toContain('never called');
  expect(through('http://10.0.0.1:3128')).toEqual([]);
});

describe('listening (SEC-03)', () => {
  it.each(['0.0.0.0', '::', '192.168.1.4', 'example.com'])('on %s needs an acknowledgement', (host) => {
    expect(saying(`listen: { host: "${host}" }`)).toEqual([
      `"${host}" can be reached from other machines. Listen on 127.0.0.1, or add acknowledge_exposure: true if that is meant.`,
    ]);
    expect(saying(`listen: { host: "${host}", acknowledge_exposure: true }`)).toEqual([]);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', '[::1]', 'localhost'])('on %s needs none', (host) => {
    expect(saying(`listen: { host: "${host}" }`)).toEqual([]);
  });

  it('on an address that is no place to listen is refused, acknowledged or not', () => {
    expect(saying('listen: { host: 169.254.169.254, acknowledge_exposure: true }')[0]).toContain(
      'is not an address to listen on',
    );
  });

  it('takes exact origins and hosts only', () => {
    expect(saying('listen: { allowed_origins: ["https://app.example.com", "http://localhost:3000"] }')).toEqual([]);
    expect(saying('listen: { allowed_origins: ["https://app.example.com/"] }')).toEqual([
      '"https://app.example.com/" is not an exact origin. Write scheme, host and port, e.g. https://app.example.com.',
    ]);
    for (const origin of ['*', 'null', 'app.example.com', 'https://*.example.com', 'file:///x']) {
      expect(saying(`listen: { allowed_origins: ["${origin}"] }`)).toHaveLength(1);
    }
    expect(saying('listen: { allowed_hosts: ["host.docker.internal:4790", "[fd00::1]:80"] }')).toEqual([]);
    expect(saying('listen: { allowed_hosts: ["a@b"] }')).toEqual([
      '"a@b" is not a host. Write host or host:port, nothing else.',
    ]);
  });
});

describe('providers', () => {
  it('have names of their own', () => {
    expect(problemsOf('version: 1\nproviders:\n  - { id: a, kind: ollama }\n  - { id: a, kind: openai }\n')).toEqual([
      'sluice.yaml:4:11: id "a" is used twice. Give each its own name.',
    ]);
    expect(saying('providers: [{ id: demo, kind: openai }]')).toEqual([
      '"demo" is the name of the built-in provider. Choose another id.',
    ]);
  });

  it('have an address where the kind has none', () => {
    expect(saying('providers: [{ id: a, kind: openai-compatible }]')).toEqual([
      'provider "a" needs a base_url. Add the address of your OpenAI-compatible endpoint.',
    ]);
    expect(saying('providers: [{ id: a, kind: bedrock }]')).toEqual([
      'provider "a" needs a region. Add region, e.g. us-east-1.',
    ]);
    expect(saying('providers: [{ id: a, kind: vertex }]')[0]).toContain('needs a project');
  });

  it.each([
    ['ftp://x.example', 'is not an http or https address'],
    ['x.example', 'is not an http or https address'],
    ['https://me:pass@x.example', 'has credentials in it'],
    ['https://x.example/v1?key=1', 'has a query or fragment'],
    ['http://169.254.169.254/v1', 'is a link-local, metadata or multicast address'],
    ['http://[fe80::1]/v1', 'is a link-local, metadata or multicast address'],
    ['http://metadata.google.internal/', 'is a link-local, metadata or multicast address'],
    ['http://0x7f.1:4790/', 'is the address Sluice itself listens on'],
    ['http://localhost:4790/v1', 'is the address Sluice itself listens on'],
    ['http://[::1]:4790/v1', 'is the address Sluice itself listens on'],
  ])('do not live at %s', (address, problem) => {
    const found = saying(`providers: [{ id: a, kind: openai-compatible, base_url: "${address}" }]`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(problem);
  });

  it('may live on this machine at another port', () => {
    expect(saying('providers: [{ id: a, kind: openai-compatible, base_url: "http://localhost:4791/v1" }]')).toEqual([]);
  });

  it('are warned of when prompts travel unencrypted, unless they are near', () => {
    const at = (address: string, more = ''): string[] =>
      warning(`providers: [{ id: a, kind: openai-compatible, base_url: "${address}"${more} }]`);
    expect(at('http://llm.example.com/v1')).toEqual([
      'prompts and keys travel unencrypted to llm.example.com. Use https, or local: true if it is in your network.',
    ]);
    expect(at('http://llm.example.com/v1', ', local: true')).toEqual([]);
    expect(at('http://192.168.1.9:8000/v1')).toEqual([]);
    expect(at('http://nas:8000/v1')).toEqual([]);
  });

  it('bring certificates that can be read, and no key', () => {
    const { cert, key } = selfSigned('llm.example');
    const withCa = (text: string, more = ''): string =>
      `providers: [{ id: a, kind: openai, tls_ca: ${JSON.stringify(text)}${more} }]`;
    expect(saying(withCa(cert + selfSigned('other.example').cert))).toEqual([]);
    expect(saying(withCa('nonsense'))[0]).toContain('tls_ca holds no certificate');
    expect(saying(withCa(`${cert}${cert.replace(/M/g, 'N')}`))[0]).toContain('certificate 2 of tls_ca cannot be read');
    const told = saying(withCa(cert + key))[0];
    expect(told).toContain('tls_ca holds a private key');
    expect(told).not.toContain(key.slice(30, 60));
    expect(warning(withCa(cert, ', base_url: "http://10.0.0.1/v1"'))[0]).toContain('means nothing for an http address');
  });

  it('take only what their kind knows', () => {
    expect(saying('providers: [{ id: a, kind: openai, region: x }]')).toEqual([
      'region means nothing for kind openai. Remove it.',
    ]);
    expect(saying('providers: [{ id: a, kind: openai, dialects: [gemini] }]')).toEqual([
      'kind openai cannot be spoken to in gemini. Use openai-chat or openai-responses, or another kind for that endpoint.',
    ]);
    expect(
      saying('providers: [{ id: a, kind: openai, keys: [{ access_key_id: "env:A", secret_access_key: "env:B" }] }]')[0],
    ).toContain('does not take AWS keys');
    expect(saying('providers: [{ id: a, kind: openai, keys: [{ adc: true }] }]')[0]).toContain(
      'does not take Google accounts',
    );
  });

  it('do not carry credentials or the connection in headers', () => {
    expect(saying('providers: [{ id: a, kind: openai, headers: { Authorization: x, host: y, X-Title: z } }]')).toEqual([
      'Authorization carries a credential. Put it under keys: headers are static and not secret.',
      'host belongs to the connection. Remove it.',
    ]);
  });

  it('have a key that can be chosen, and models that exist', () => {
    expect(saying('providers: [{ id: a, kind: openai, keys: [{ value: "env:A", weight: 0 }] }]')[0]).toContain(
      'all weights are 0',
    );
    expect(saying('providers: [{ id: a, kind: openai, keys: [{ value: "env:A", models: ["gpt-?"] }] }]')).toEqual([
      '"gpt-?" holds "?", but only "*" is special. Write a name; "*" stands for any characters.',
    ]);
    expect(saying('providers: [{ id: a, kind: openai, closed_models: true }]')[0]).toContain(
      'no model is listed, so none exists',
    );
  });
});

describe('virtual keys', () => {
  it('do not take the id of the key that this program itself uses', () => {
    expect(saying('virtual_keys: [{ id: sluice-window, value: "env:A" }]')).toEqual([
      '"sluice-window" is the key that Sluice itself uses for what it asks. Choose another id.',
    ]);
  });

  it('have ids and secrets of their own', () => {
    expect(saying('virtual_keys: [{ id: a, value: "env:A" }, { id: a, value: "env:B" }]')).toEqual([
      'id "a" is used twice. Give each its own name.',
    ]);
    expect(
      saying(`virtual_keys: [{ id: a, value: "sha256:${hash}" }, { id: b, value: "sha256:${hash.toUpperCase()}" }]`),
    ).toEqual(['"b" has the same key as "a". Give each its own: sluice keys create --name NAME.']);
  });

  it.each(['""', '"  "', 'changeme', 'sk-xxx', 'your-api-key', '"<key>"', '"***"', 'none'])(
    'do not stand on %s (SEC-14)',
    (value) => {
      expect(saying(`virtual_keys: [{ id: a, value: ${value} }]`)).toHaveLength(1);
      expect(saying(`providers: [{ id: p, kind: openai, keys: [{ value: ${value} }] }]`)).toHaveLength(1);
    },
  );

  it.each([
    ['${OPENAI_API_KEY}', 'OPENAI_API_KEY'],
    ['$OPENAI_API_KEY', 'OPENAI_API_KEY'],
    ['os.environ/OPENAI_API_KEY', 'OPENAI_API_KEY'],
    ['{env:OPENAI_API_KEY}', 'OPENAI_API_KEY'],
  ])('do not take %s for a secret', (value, name) => {
    expect(saying(`providers: [{ id: p, kind: openai, keys: [{ value: "${value}" }] }]`)).toEqual([
      `variables are not replaced in this file. Write env:${name}.`,
    ]);
  });

  it('are warned of when they are written out or short', () => {
    expect(warning('virtual_keys: [{ id: a, value: a-long-enough-literal-key }]')).toEqual([
      'a secret stands in the file itself. Refer to it: env:NAME, file:/path or secret:ID.',
    ]);
    expect(warning('virtual_keys: [{ id: a, value: shorty }]')).toContain(
      'the key is short enough to guess. Let sluice keys create make one.',
    );
  });

  it('are warned of when they have expired', () => {
    const text = (at: string): string => `virtual_keys: [{ id: a, value: "env:A", expires_at: ${at} }]`;
    expect(warning(text('2026-11-25T11:59:59Z'))).toEqual([
      'key "a" has expired. Remove the key or set a later moment.',
    ]);
    expect(warning(text('2026-11-25T13:30:00+02:00'))).toHaveLength(1);
    expect(warning(text('2026-11-26'))).toEqual([]);
  });

  it('do not send a digest to a provider', () => {
    expect(saying(`providers: [{ id: p, kind: openai, keys: [{ value: "sha256:${hash}" }] }]`)).toEqual([
      'a digest cannot be sent to a provider. Give the key as env:NAME, file:/path or secret:id.',
    ]);
  });
});

describe('policies', () => {
  it('downgrade to a route that is there', () => {
    const budget = 'budgets: [{ id: b, scope: global, limit_usd: "1", period: day, action: "downgrade:saving" }]';
    const missing = 'there is no route with alias "saving".';
    expect(saying(budget)).toEqual([`${missing} Name the alias of a route.`]);
    expect(saying(`${budget}\nroutes: [{ alias: savings, targets: [demo/echo] }]`)).toEqual([
      `${missing} Did you mean savings?`,
    ]);
    expect(saying(`${budget}\nroutes: [{ alias: saving, targets: [demo/echo] }]`)).toEqual([]);
    expect(saying(budget.replace('saving', 'cheap'))).toEqual([]);
  });

  it('have names of their own', () => {
    expect(saying('firewall: [{ id: f, pattern: a, action: log }, { id: f, pattern: b, action: log }]')).toHaveLength(
      1,
    );
    expect(saying('rate_limits: [{ id: r, scope: global, rpm: 1 }, { id: r, scope: global, rpm: 2 }]')).toHaveLength(1);
  });

  it('are all named when they are not enforced', () => {
    const everything = `
store: { ledger: "postgres://db", counters: "redis://cache" }`;
    expect(warning(everything).sort()).toEqual(
      ['a ledger other than sqlite', 'counters outside memory']
        .map((what) => `${what}: accepted but not enforced by this version.`)
        .sort(),
    );
    for (const content of ['off', 'metadata', 'full']) expect(warning(`logging: { content: ${content} }`)).toEqual([]);
  });
});

describe('problems', () => {
  it('carry the path and stay on one line, whatever the file repeats', () => {
    const result = problemsOf('version: 1\nroutes: [{ alias: "a\\nb\\e[31m?", targets: [demo/echo] }]\n');
    expect(result).toHaveLength(1);
    expect(result[0]).not.toMatch(/[\n\u001b]/);
    expect(
      good('version: 1\nvirtual_keys: [{ id: a, value: some-literal-of-a-key }]\n').findings.warnings[0]?.path,
    ).toBe('virtual_keys[0].value');
  });
});
