// One instance for all of these: what the commands say about it and do to it.
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { usageReport } from '../../../shared/contract/usage.ts';
import { chat, jsonLines, makeHome, type Home, type Running } from './instance.ts';

// Processes start slowly where many do at once.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let home: Home;
let instance: Running;

beforeAll(async () => {
  home = makeHome();
  instance = await home.serve();
});

afterAll(async () => {
  await home.leave();
});

/** The one document on stdout. */
async function json(...argv: string[]): Promise<unknown> {
  const { code, out, err } = await home.sluice(...argv, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const lines = jsonLines(out);
  expect(lines).toHaveLength(1);
  return lines[0];
}

describe('the first start', () => {
  it('says where it listens, in one line on stdout', () => {
    expect(instance.ready).toMatch(/^sluice ready gateway=http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('makes a private directory with a config, and shows the key of it once', async () => {
    expect(statSync(home.data).mode & 0o777).toBe(0o700);
    expect(statSync(join(home.data, 'sluice.yaml')).mode & 0o077).toBe(0);
    expect(instance.key).toMatch(/^sk-sluice-default-/);
    expect(readFileSync(join(home.data, 'sluice.yaml'), 'utf8')).not.toContain(instance.key);
    expect((await chat(instance.url, instance.key)).status).toBe(200);
  });
});

describe('a second instance', () => {
  it('is refused with the process of the first, and changes nothing for it', async () => {
    const { code, out, err } = await home.process('serve', '--port', '0', '--no-ui');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`process ${instance.pid}`);
    expect(err).toContain(instance.url);
    expect(err).toContain('sluice stop');
    expect(await json('status')).toMatchObject({ running: true, pid: instance.pid });
  });
});

describe('status', () => {
  it('tells process, address, config and ledger', async () => {
    expect(await json('status')).toMatchObject({
      running: true,
      pid: instance.pid,
      data_directory: home.data,
      gateway: { urls: expect.arrayContaining([instance.url]) as string[], keys: 1 },
      config: { problems: [], file: join(home.data, 'sluice.yaml') },
      ledger: { state: 'writing' },
    });
    const { code, out } = await home.process('status');
    expect(code).toBe(0);
    expect(out).toContain(`process ${instance.pid}`);
    expect(out).toContain(instance.url);
  });
});

describe('pause', () => {
  it('refuses requests until it is ended, which status tells', async () => {
    expect(await json('pause', '30')).toMatchObject({ paused: { until: expect.any(String) as string } });
    expect((await chat(instance.url, instance.key)).status).toBe(429);
    expect((await home.sluice('status')).out).toMatch(/^paused +by you until .+, for another \d+ min: new requests/m);
    expect(await json('pause')).toMatchObject({ paused: { until: null } });
    const told = await home.sluice('status');
    expect(told.out).toContain('by you until `sluice resume`: new requests are refused');
    expect(await json('resume')).toEqual({ paused: null });
    expect((await chat(instance.url, instance.key)).status).toBe(200);
    expect((await home.sluice('status')).out).not.toContain('paused');
  });

  it.each(['0', '1441', 'soon', '1.5'])('of %s minutes is refused', async (minutes) => {
    const { code, err } = await home.sluice('pause', minutes);
    expect(code).toBe(2);
    expect(err).toContain(`"${minutes}" is no number of minutes from 1 to 1440`);
  });
});

describe('keys', () => {
  it('work at once when they are made, and no more when they are revoked', async () => {
    const made = (await json('keys', 'create', '--name', 'IDE of mine', '--models', 'demo/*')) as {
      id: string;
      key: string;
    };
    expect(made).toMatchObject({
      id: 'ide-of-mine',
      name: 'IDE of mine',
      state: 'active',
      allowed_models: ['demo/*'],
      expires_at: null,
      metadata: {},
      key: expect.stringMatching(/^sk-sluice-ide-of-mine-/) as string,
    });
    expect((await chat(instance.url, made.key)).status).toBe(200);
    expect(await json('keys', 'list')).toMatchObject({
      keys: [{ id: 'default' }, { id: 'ide-of-mine', name: 'IDE of mine' }],
    });
    expect(JSON.stringify(await json('keys', 'list'))).not.toContain(made.key);
    expect(await json('keys', 'revoke', made.id)).toEqual({ id: 'ide-of-mine', revoked: true });
    expect((await chat(instance.url, made.key)).status).toBe(401);
    expect(await json('keys', 'list')).toMatchObject({ keys: [{ id: 'default' }] });
  });

  it('are kept as digests, in a file whose comments stay', async () => {
    const { code, out, err } = await home.sluice('keys', 'create', '--name', 'other');
    expect(code).toBe(0);
    expect(out).toMatch(/^sk-sluice-other-\S+\n$/);
    expect(err).toContain('shown this once');
    const text = readFileSync(join(home.data, 'sluice.yaml'), 'utf8');
    expect(text).toContain('# Sluice');
    expect(text).not.toContain(out.trim());
    expect((await home.sluice('keys', 'revoke', 'other')).code).toBe(0);
  });

  it('that do not exist cannot be revoked', async () => {
    const { code, err } = await home.sluice('keys', 'revoke', 'nobody');
    expect(code).toBe(1);
    expect(err).toContain('There is no key "nobody"');
  });

  it('may not use what they are not for', async () => {
    const made = (await json('keys', 'create', '--name', 'narrow', '--models', 'gpt-*')) as { key: string };
    expect((await chat(instance.url, made.key)).status).toBe(403);
    await home.sluice('keys', 'revoke', 'narrow');
  });
});

describe('log and usage', () => {
  it('show an exchange as soon as it is over', async () => {
    const response = await chat(instance.url, instance.key);
    await response.text();
    const id = response.headers.get('x-sluice-request-id');
    const entries = (await json('log', '--limit', '1')) as ExchangeEntry[];
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      request_id: id,
      key: 'default',
      dialect: 'openai-chat',
      model_asked: 'demo/echo',
      target: 'demo/echo',
      status: 200,
      error: null,
      attempts: [{ target: 'demo/echo', status: 200, error: null }],
      stream: false,
      masked: 0,
      firewall: null,
      losses: [],
    });
    expect(Object.keys(entries[0] ?? {})).toEqual([
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
      'losses',
      'cache',
      'user',
      'team',
      'rule',
      'downgrade',
      'masked_kinds',
    ]);
    const { usage } = entries[0] as ExchangeEntry;
    expect(Object.keys(usage ?? {})).toEqual([
      'input_tokens',
      'output_tokens',
      'cache_read_tokens',
      'cache_write_tokens',
      'reasoning_tokens',
    ]);
  });

  it('agree on what was used', async () => {
    await (await chat(instance.url, instance.key)).text();
    await (await chat(instance.url, instance.key, 'demo/no-such-model')).text();
    const entries = (await json('log', '--limit', '1000')) as ExchangeEntry[];
    const report = usageReport.parse(await json('usage', '--group-by', 'provider,key'));
    const sum = (pick: (entry: ExchangeEntry) => number): number =>
      entries.reduce((total, entry) => total + pick(entry), 0);
    expect(report.total).toMatchObject({
      requests: entries.length,
      input_tokens: sum(({ usage }) => usage?.input_tokens ?? 0),
      output_tokens: sum(({ usage }) => usage?.output_tokens ?? 0),
    });
    expect(report.total.errors).toBeGreaterThan(0);
    expect(report.groups.reduce((total, { requests }) => total + requests, 0)).toBe(report.total.requests);
    expect(
      report.groups.find(({ provider, key }) => provider === 'demo' && key === 'default')?.requests,
    ).toBeGreaterThan(0);
  });

  it('show errors when only errors are asked for', async () => {
    await (await chat(instance.url, instance.key, 'demo/no-such-model')).text();
    const entries = (await json('log', '--error', '*')) as ExchangeEntry[];
    expect(entries.length).toBeGreaterThan(0);
    for (const { error } of entries) expect(error).not.toBeNull();
  });

  it('follow what ends from then on, one object to a line', async () => {
    const cli = fileURLToPath(new URL('../../../main/cli/cli.ts', import.meta.url));
    const follower = spawn(process.execPath, [cli, 'log', '--follow', '--json', '--limit', '1'], {
      env: { PATH: process.env['PATH'] ?? '', HOME: home.folder, SLUICE_DATA: home.data },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const lines = createInterface({ input: follower.stdout });
      const [past] = (await once(lines, 'line')) as [string];
      expect(JSON.parse(past)).toHaveProperty('request_id');
      const next = once(lines, 'line') as Promise<[string]>;
      const response = await chat(instance.url, instance.key);
      await response.text();
      const [line] = await next;
      expect(JSON.parse(line)).toMatchObject({ request_id: response.headers.get('x-sluice-request-id'), status: 200 });
    } finally {
      follower.kill();
      await once(follower, 'exit');
    }
  });

  it('are tables for people', async () => {
    expect((await home.sluice('log')).out).toMatch(/^TIME +STATUS +KEY/);
    expect((await home.sluice('usage', '--group-by', 'model')).out).toMatch(/\ntotal +\d/);
  });
});

describe('doctor', () => {
  it('finds nothing wrong with an instance that is well', async () => {
    const { code, out, err } = await home.sluice('doctor');
    expect({ code, err }).toEqual({ code: 0, err: 'Nothing is wrong.\n' });
    expect(out).toContain(`Process ${instance.pid} is running`);
    expect(out).toContain('This instance answers.');
    expect(out).not.toContain('FAIL');
  });

  it('looks into the ledger when it is asked to', async () => {
    const { code, out } = await home.sluice('doctor', '--ledger');
    expect(code).toBe(0);
    for (const check of ['file', 'tries', 'sums', 'spend']) expect(out).toContain(`ok    ledger ${check}: `);
    expect((await home.sluice('doctor')).out).not.toContain('ledger sums');
  });

  it.each(['claude-code', 'codex', 'gemini-cli', 'openai-sdk', 'anthropic-sdk'])(
    'replays the start of %s, with a key and without',
    async (client) => {
      mkdirSync(join(home.folder, '.codex'), { recursive: true });
      writeFileSync(
        join(home.folder, '.codex', 'config.toml'),
        `model_provider = "sluice"\n[model_providers.sluice]\nbase_url = "${instance.url}/v1"\nenv_key = "SLUICE_KEY"\n`,
      );
      const without = (await json('doctor', '--client', client)) as { checks: { check: string; result: string }[] };
      expect(without.checks.filter(({ result }) => result === 'fail')).toEqual([]);
      const env = {
        ANTHROPIC_AUTH_TOKEN: instance.key,
        OPENAI_API_KEY: instance.key,
        GEMINI_API_KEY: instance.key,
        SLUICE_KEY: instance.key,
      };
      const { code, out } = await home.sluiceWith(env, 'doctor', '--client', client, '--json');
      const { checks } = JSON.parse(out) as typeof without;
      expect(checks.filter(({ result }) => result === 'fail')).toEqual([]);
      expect(
        checks.filter(({ check, result }) => check.startsWith(`${client}:`) && result === 'ok').length,
      ).toBeGreaterThan(1);
      expect(code).toBe(0);
      expect(out).not.toContain(instance.key);
      expect((await home.sluice('log', '--client', 'sluice-doctor')).out).toContain('sluice-doctor');
    },
  );

  it('is 1 and says what mends it when the key or the address of a client is another’s', async () => {
    const { code, out } = await home.sluiceWith(
      { OPENAI_API_KEY: 'sk-of-somebody-else', OPENAI_BASE_URL: 'https://api.openai.com/v1' },
      'doctor',
      '--client',
      'openai-sdk',
    );
    expect(code).toBe(1);
    expect(out).toContain('FAIL  openai-sdk: lists models: GET /v1/models was answered with 401.');
    expect(out).toContain(`export OPENAI_BASE_URL=${instance.url}/v1`);
    expect(out).not.toContain('somebody-else');
  });
});
