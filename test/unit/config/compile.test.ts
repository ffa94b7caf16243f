import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { allReferences, compileConfig, secretsIn } from '../../../main/config/compile.ts';
import { resolveReferences } from '../../../main/config/secrets.ts';
import type { Provider, Snapshot } from '../../../main/gateway/ports.ts';
import { providerKinds } from '../../../shared/config/provider.ts';
import { fullSample, good, hostWith, render, surroundings } from './support.ts';

interface Compiled {
  readonly snapshot: Snapshot | undefined;
  readonly problems: string[];
  readonly warnings: string[];
  readonly secrets: string[];
}

async function compile(text: string, environment: Readonly<Record<string, string>> = {}): Promise<Compiled> {
  const { config, findings } = good(text);
  const resolutions = await resolveReferences(allReferences(config), hostWith(environment));
  const snapshot = compileConfig({ config, resolutions, catalogue: await loadCatalogue(), findings, ...surroundings });
  return {
    snapshot,
    problems: render(findings.problems),
    warnings: render(findings.warnings),
    secrets: secretsIn(resolutions).map((secret) => secret.reveal()),
  };
}

async function snapshotOf(text: string, environment: Readonly<Record<string, string>> = {}): Promise<Snapshot> {
  const { snapshot, problems } = await compile(text, environment);
  if (snapshot === undefined) throw new Error(problems.join('\n'));
  return snapshot;
}

/** The provider of a config with one entry, written in flow style without braces. */
async function provider(entry: string, environment: Readonly<Record<string, string>> = {}): Promise<Provider> {
  const found = (await snapshotOf(`version: 1\nproviders:\n  - { id: p, ${entry} }\n`, environment)).providers.get('p');
  if (found === undefined) throw new Error('no provider');
  return found;
}

describe('the snapshot', () => {
  it('has the demo provider whether it is configured or not', async () => {
    const demo = (await snapshotOf('version: 1\n')).providers.get('demo');
    expect(demo).toMatchObject({ kind: 'demo', local: true, credentials: [{ secret: { kind: 'none' } }] });
    expect([...(demo?.models.keys() ?? [])]).toEqual(['echo', 'slow', 'flaky']);
  });

  it('holds the sample of the documentation', async () => {
    const snapshot = await snapshotOf(fullSample, {
      ANTHROPIC_API_KEY: 'sk-ant-one',
      OPENAI_API_KEY: 'sk-openai-two',
      SLUICE_KEY_IDE: 'a-key-for-the-ide',
    });
    expect(snapshot.listen).toEqual({
      ...{ host: '127.0.0.1', port: 4790, maxBodyBytes: 33_554_432, ollama: false },
      ...{ allowedHosts: [], allowedOrigins: [] },
    });
    expect([...snapshot.providers.keys()]).toEqual(['anthropic', 'openai', 'demo']);
    expect(snapshot.routes[0]).toMatchObject({ id: 'smart', alias: 'smart', strategy: 'fallback' });
    expect(snapshot.keys.find('a-key-for-the-ide')).toMatchObject({
      id: 'ide',
      expiresAt: Date.UTC(2027, 0, 1),
      metadata: { team: 'core', user: 'dana', client: 'claude-code' },
    });
    expect(snapshot.providers.get('anthropic')?.credentials[0]).toMatchObject({
      name: 'main',
      weight: 1,
      models: ['*'],
    });
  });

  it('never shows a secret when it is printed', async () => {
    const { snapshot, secrets } = await compile(fullSample, {
      ANTHROPIC_API_KEY: 'sk-ant-one',
      SLUICE_KEY_IDE: 'a-key-for-the-ide',
    });
    expect(secrets.sort()).toEqual(['a-key-for-the-ide', 'sk-ant-one']);
    const printed = JSON.stringify([...(snapshot?.providers.values() ?? [])]) + (snapshot?.id ?? '');
    for (const secret of secrets) expect(printed).not.toContain(secret);
  });

  it('has an id that changes with meaning and secrets, not with layout', async () => {
    const one = await snapshotOf('version: 1\nproviders: [{ id: a, kind: openai, keys: [{ value: "env:A" }] }]\n', {
      A: 'one-secret',
    });
    const laidOut = await snapshotOf(
      '# mine\nproviders:\n  - kind: openai\n    id: a\n    keys:\n      - value: env:A\n\nversion: 1\n',
      { A: 'one-secret' },
    );
    const other = await snapshotOf('version: 1\nproviders: [{ id: a, kind: openai, keys: [{ value: "env:A" }] }]\n', {
      A: 'new-secret',
    });
    const more = await snapshotOf(
      'version: 1\nproviders: [{ id: a, kind: openai, keys: [{ value: "env:A" }], proxy: direct }]\n',
      { A: 'one-secret' },
    );
    expect(laidOut.id).toBe(one.id);
    expect(new Set([one.id, other.id, more.id]).size).toBe(3);
  });

  it('holds keys with their team, rules, budgets and limits', async () => {
    const text = `version: 1
virtual_keys:
  - id: ide
    value: "env:IDE"
    disabled: true
    denied_providers: [openai]
    denied_surfaces: [images]
    budgets: [{ limit_usd: "5", period: day }]
    rate_limits: { rpm: 60 }
    metadata: { team: core }
  - { id: guest, value: "env:GUEST", metadata: { team: nobody } }
teams:
  - { id: core, allowed_models: ["gpt-*"], budgets: [{ limit_usd: "20", period: month, timezone: UTC }] }
budgets: [{ id: all, scope: global, limit_usd: "100", period: month }]
rate_limits: [{ id: busy, scope: global, max_parallel_requests: 9 }]
`;
    const { keys, budgets, rateLimits } = await snapshotOf(text, {
      IDE: 'a-key-for-the-ide',
      GUEST: 'a-key-for-a-guest',
    });
    expect(budgets.map(({ id, timezone }) => [id, timezone])).toEqual([['all', 'Europe/Berlin']]);
    expect(rateLimits.map(({ id, maxParallel }) => [id, maxParallel])).toEqual([['busy', 9]]);
    expect(keys.find('a-key-for-the-ide')).toMatchObject({
      disabled: true,
      allowedProviders: ['*'],
      deniedProviders: ['openai'],
      deniedSurfaces: ['images'],
      budgets: [{ id: 'key:ide:day', timezone: 'Europe/Berlin' }],
      rateLimits: [{ id: 'key:ide', rpm: 60 }],
      team: { id: 'core', allowedModels: ['gpt-*'], budgets: [{ id: 'team:core:month', timezone: 'UTC' }] },
      origin: 'sluice.yaml, line 3',
    });
    // A name that no team in the file has is a label.
    expect(keys.find('a-key-for-a-guest')).toMatchObject({
      team: undefined,
      metadata: { team: 'nobody' },
      budgets: [],
    });
  });

  it('is another one once a previous secret has ended', async () => {
    const text = `version: 1
virtual_keys: [{ id: a, value: "env:A", previous: [{ value: "env:B", until: "2026-11-25T13:00:00Z" }] }]
`;
    const { config, findings } = good(text);
    const catalogue = await loadCatalogue();
    const host = hostWith({ A: 'the-present-secret', B: 'the-secret-before' });
    const resolutions = await resolveReferences(allReferences(config), host);
    const at = (hour: number): Snapshot => {
      const moment = Date.UTC(2026, 10, 25, hour);
      const made = compileConfig({
        ...{ config, resolutions, files: new Map(), catalogue, findings, timezone: 'UTC', now: moment },
        currentTime: () => moment,
      });
      if (made === undefined) throw new Error('not compiled');
      return made;
    };
    expect(at(11).id).toBe(at(12).id);
    expect(at(13).id).not.toBe(at(12).id);
    expect(at(12).keys.find('the-secret-before')?.id).toBe('a');
    expect(at(13).keys.find('the-secret-before')).toBeUndefined();
    expect(at(13).keys.find('the-present-secret')?.id).toBe('a');
  });

  it('goes on without a previous secret that is not there', async () => {
    const text = (until: string): string =>
      `version: 1\nvirtual_keys: [{ id: a, value: "env:A", previous: [{ value: "env:B", until: "${until}" }] }]\n`;
    const { snapshot, warnings } = await compile(text('2027-01-01'), { A: 'the-present-secret' });
    expect(snapshot?.keys.find('the-present-secret')?.id).toBe('a');
    expect(warnings).toEqual([expect.stringContaining('the secret before of key "a" cannot be used') as string]);
    const ended = await compile(text('2026-01-01'), { A: 'the-present-secret' });
    expect(ended.warnings).toEqual([]);
  });

  it('has another id when the catalogue that decisions rest on is another one', async () => {
    const { config, findings } = good('version: 1\n');
    const catalogue = await loadCatalogue();
    const idWith = (date: string): string | undefined =>
      compileConfig({ config, resolutions: new Map(), catalogue: { ...catalogue, date }, findings, ...surroundings })
        ?.id;
    expect(idWith('2026-01-01')).toBe(idWith('2026-01-01'));
    expect(idWith('2026-01-01')).not.toBe(idWith('2026-01-02'));
  });
});

describe('a provider', () => {
  it('of every kind can be compiled', async () => {
    for (const kind of providerKinds) {
      const needs = {
        bedrock: 'region: eu-west-1',
        vertex: 'project: p',
        'azure-openai': 'base_url: "https://x.openai.azure.com"',
        'openai-compatible': 'base_url: "https://x.example/v1"',
      };
      const more = Object.entries(needs).find(([name]) => name === kind)?.[1];
      const made = await provider(`kind: ${kind}${more === undefined ? '' : `, ${more}`}`);
      expect(made.dialects.length).toBeGreaterThan(0);
      expect(made.credentials).toHaveLength(1);
      expect(URL.canParse(made.baseUrl)).toBe(true);
      expect(made.rulesFor('a-model-nobody-knows')).toBeDefined();
    }
  });

  it('has the address of its kind, region and location', async () => {
    expect((await provider('kind: anthropic')).baseUrl).toBe('https://api.anthropic.com');
    expect((await provider('kind: bedrock, region: eu-west-1')).baseUrl).toBe(
      'https://bedrock-runtime.eu-west-1.amazonaws.com',
    );
    expect((await provider('kind: vertex, project: p')).baseUrl).toBe('https://aiplatform.googleapis.com');
    expect(await provider('kind: vertex, project: p, location: europe-west4')).toMatchObject({
      baseUrl: 'https://europe-west4-aiplatform.googleapis.com',
      options: { project: 'p', location: 'europe-west4' },
    });
    expect((await provider('kind: openai-compatible, base_url: "https://x.example/v1//"')).baseUrl).toBe(
      'https://x.example/v1',
    );
    expect(
      (await provider('kind: azure-openai, base_url: "https://x.openai.azure.com", api_version: "2025-04-01"')).options,
    ).toEqual({ apiVersion: '2025-04-01' });
  });

  it.each([
    ['kind: ollama', true],
    ['kind: openai', false],
    ['kind: openai-compatible, base_url: "http://127.0.0.1:8000/v1"', true],
    ['kind: openai-compatible, base_url: "http://192.168.0.9:8000/v1"', true],
    ['kind: openai-compatible, base_url: "http://[fd12::1]:8000/v1"', true],
    ['kind: openai-compatible, base_url: "http://host.docker.internal:8000/v1"', true],
    ['kind: openai-compatible, base_url: "http://nas.local/v1"', true],
    ['kind: openai-compatible, base_url: "http://vllm:8000/v1"', true],
    ['kind: openai-compatible, base_url: "https://llm.example.com/v1"', false],
    ['kind: openai-compatible, base_url: "https://8.8.8.8/v1"', false],
    ['kind: openai-compatible, base_url: "https://llm.example.com/v1", local: true', true],
    ['kind: openai-compatible, base_url: "http://127.0.0.1:8000/v1", local: false', false],
  ])('with %s is local: %s', async (entry, local) => {
    expect((await provider(entry)).local).toBe(local);
  });

  it('waits longer for a model that is loaded on this machine, unless told otherwise', async () => {
    expect((await provider('kind: openai')).timeouts).toEqual({
      connectMs: 5000,
      ttftMs: 60_000,
      idleMs: 120_000,
      totalMs: 900_000,
      drainMs: 0,
    });
    expect((await provider('kind: openai, timeouts: { drain_ms: 60000 }')).timeouts.drainMs).toBe(60_000);
    expect((await provider('kind: ollama')).timeouts.ttftMs).toBe(300_000);
    expect((await provider('kind: ollama, timeouts: { ttft_ms: 7 }')).timeouts.ttftMs).toBe(7);
    expect(
      (await provider('kind: openai-compatible, base_url: "https://x.example", local: true')).timeouts.ttftMs,
    ).toBe(300_000);
  });

  it('has its settings in the gateway’s words', async () => {
    const made = await provider(
      'kind: openai, retry: { attempts: 5, backoff_ms: 1, on_status_codes: [418], use_retry_after: false }, headers: { X-Title: t }, proxy: "http://proxy:3128", dialects: [openai-chat]',
    );
    expect(made).toMatchObject({
      retry: { attempts: 5, backoffMs: 1, onStatusCodes: [418], useRetryAfter: false },
      headers: { 'x-title': 't' },
      proxy: { kind: 'url', url: 'http://proxy:3128' },
      dialects: ['openai-chat'],
    });
    expect((await provider('kind: openai')).proxy).toEqual({ kind: 'system' });
    expect((await provider('kind: openai, proxy: direct')).proxy).toEqual({ kind: 'direct' });
  });
});

describe('credentials', () => {
  it('come from the variable the vendor’s own SDK reads when none are configured', async () => {
    const [credential] = (await provider('kind: gemini', { GOOGLE_API_KEY: 'google-secret' })).credentials;
    expect(credential?.secret.kind === 'key' && credential.secret.value.reveal()).toBe('google-secret');
  });

  it('do not follow to another address than the vendor’s (SEC-40)', async () => {
    const [credential] = (
      await provider('kind: openai, base_url: "https://elsewhere.example/v1"', { OPENAI_API_KEY: 'openai-secret' })
    ).credentials;
    expect(credential?.secret.kind).toBe('missing');
  });

  it('that are missing leave the provider and say what mends it', async () => {
    const { snapshot, warnings } = await compile(
      'version: 1\nproviders:\n  - { id: a, kind: anthropic }\n  - { id: b, kind: openai, keys: [{ value: "env:NONE" }] }\n',
    );
    expect(warnings).toEqual([
      'sluice.yaml:3:5: provider "a" has no keys and ANTHROPIC_API_KEY is not set; add keys: [{ name: main, value: "env:ANTHROPIC_API_KEY" }].',
      'sluice.yaml:4:44: environment variable NONE is not set; set it and start again.',
    ]);
    expect(snapshot?.providers.get('b')?.credentials[0]?.secret).toEqual({
      kind: 'missing',
      reason: 'environment variable NONE is not set; set it and start again',
    });
  });

  it('that are empty or placeholders refuse the whole config (SEC-14)', async () => {
    const { snapshot, problems } = await compile(
      'version: 1\nproviders: [{ id: b, kind: openai, keys: [{ value: "env:A" }] }]\nvirtual_keys: [{ id: k, value: "env:B" }]\n',
      { A: '', B: 'changeme' },
    );
    expect(snapshot).toBeUndefined();
    expect(problems).toHaveLength(2);
  });

  it('may be several, with names, weights and models', async () => {
    const made = await provider(
      'kind: openai, keys: [{ value: "env:A", weight: 3 }, { name: batch, value: "env:B", models: ["gpt-5*"] }]',
      { A: 'first-secret', B: 'second-secret' },
    );
    expect(made.credentials).toMatchObject([
      { name: 'key-1', weight: 3, models: ['*'] },
      { name: 'batch', weight: 1, models: ['gpt-5*'] },
    ]);
  });

  it('of AWS and Google keep their parts', async () => {
    const [aws] = (
      await provider('kind: bedrock, region: x, keys: [{ access_key_id: "env:A", secret_access_key: "env:B" }]', {
        A: 'AKIA1',
        B: 'aws-secret',
      })
    ).credentials;
    expect(aws?.secret).toMatchObject({ kind: 'aws', sessionToken: undefined });
    const [half] = (
      await provider(
        'kind: bedrock, region: x, keys: [{ access_key_id: "env:A", secret_access_key: "env:B", session_token: "env:C" }]',
        { A: 'AKIA1', B: 'aws-secret' },
      )
    ).credentials;
    expect(half?.secret.kind).toBe('missing');
    const implied = (
      await provider('kind: bedrock, region: x', { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_SECRET_ACCESS_KEY: 'aws-secret' })
    ).credentials[0];
    expect(implied?.secret.kind).toBe('aws');
    expect((await provider('kind: vertex, project: p')).credentials[0]?.secret).toEqual({ kind: 'google' });
    expect((await provider('kind: vertex, project: p, keys: [{ adc: true }]')).credentials[0]?.secret).toEqual({
      kind: 'google',
    });
  });

  it('are not needed by a server on this machine', async () => {
    expect((await provider('kind: ollama')).credentials[0]?.secret).toEqual({ kind: 'none' });
  });
});

describe('models', () => {
  it('are the catalogue of the vendor with the user’s list on top', async () => {
    const made = await provider(
      'kind: anthropic, models: [my-tuned-claude, { id: claude-sonnet-4-5, context_window: 77, tools: false }]',
    );
    expect(made.models.get('my-tuned-claude')?.id).toBe('my-tuned-claude');
    expect(made.models.get('claude-sonnet-4-5')).toMatchObject({
      contextWindow: 77,
      tools: false,
      maxOutputTokens: 64_000,
    });
    expect(made.models.size).toBeGreaterThan(5);
    expect(made.closedModels).toBe(false);
  });

  it('are the user’s list alone when it is closed', async () => {
    const made = await provider('kind: anthropic, closed_models: true, models: [claude-sonnet-4-5]');
    expect([...made.models.keys()]).toEqual(['claude-sonnet-4-5']);
    expect(made.closedModels).toBe(true);
  });

  it('have rules by name, listed or not', async () => {
    const openai = await provider('kind: openai');
    expect(openai.rulesFor('gpt-5')).toMatchObject({
      maxCompletionTokens: true,
      noSampling: true,
      reasoningParameter: 'reasoning_effort',
    });
    expect(openai.rulesFor('gpt-5-2031-01-01')).toMatchObject({ maxCompletionTokens: true, noSampling: true });
    expect(openai.rulesFor('gpt-4o')).not.toMatchObject({ noSampling: true });
    expect(openai.rulesFor('gpt-4o').maxCompletionTokens).toBeUndefined();
  });

  it('that are not listed borrow the limits of their nearest relative', async () => {
    const anthropic = await provider('kind: anthropic');
    expect(anthropic.models.has('claude-sonnet-4-5@20250929')).toBe(false);
    expect(anthropic.rulesFor('claude-sonnet-4-5@20250929').maxOutputTokens).toBe(64_000);
    expect(anthropic.rulesFor('claude-nobody-knows').maxOutputTokens).toBeUndefined();
    expect(
      (await provider('kind: anthropic, models: [{ id: claude-sonnet-4-5, max_output_tokens: 9 }]')).rulesFor(
        'claude-sonnet-4-5',
      ).maxOutputTokens,
    ).toBe(9);
  });
});

describe('virtual keys', () => {
  it('whose secret is missing let nobody in, and say so', async () => {
    const { snapshot, warnings } = await compile('version: 1\nvirtual_keys: [{ id: k, value: "env:NONE" }]\n');
    expect(snapshot?.keys.count).toBe(0);
    expect(warnings[0]).toContain('key "k" cannot be used: environment variable NONE is not set');
  });

  it('carry what they may do', async () => {
    const snapshot = await snapshotOf(
      'version: 1\nvirtual_keys: [{ id: k, name: Kim, value: "env:K", allowed_models: ["gpt-*"], denied_models: [gpt-5], allowed_origins: ["https://app.example"] }]\n',
      { K: 'the-key-of-kim' },
    );
    expect(snapshot.keys.find('the-key-of-kim')).toMatchObject({
      ...{
        id: 'k',
        name: 'Kim',
        allowedModels: ['gpt-*'],
        deniedModels: ['gpt-5'],
        allowedOrigins: ['https://app.example'],
      },
      expiresAt: undefined,
    });
    expect([...snapshot.keys.origins]).toEqual(['https://app.example']);
  });
});
