// One instance for all of these: what the commands say about it and do to it.
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { usageReport } from '../../../shared/contract/usage.ts';
import { builtCli } from './built.ts';
import { chat, jsonLines, makeHome, type Home, type Running } from './instance.ts';

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

  it('lets requests pass through where that is asked for, which status tells', async () => {
    expect(await json('pause', '5', '--pass-through')).toMatchObject({ paused: { mode: 'pass_through' } });
    expect((await chat(instance.url, instance.key)).status).toBe(200);
    expect((await home.sluice('status')).out).toMatch(
      /^paused +by you until .+: new requests go to the model they name, by no route and unmasked/m,
    );
    const { err } = await home.sluice('pause', '--pass-through');
    expect(err).toBe(
      'New requests go to the model they name, by no route and unmasked, until `sluice resume`. What runs goes on.\n',
    );
    await json('resume');
  });

  it.each(['0', '1441', 'soon', '1.5'])('of %s minutes is refused', async (minutes) => {
    const { code, err } = await home.sluice('pause', minutes);
    expect(code).toBe(2);
    expect(err).toContain(`"${minutes}" is no number of minutes from 1 to 1440`);
  });
});

describe('profile', () => {
  it('shows the profiles of the file, chooses one and none', async () => {
    expect((await home.sluice('profile')).err).toContain('has no profiles');
    const file = join(home.data, 'sluice.yaml');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, `${before}\nprofiles:\n  - { id: work, name: At work }\n  - { id: home }\n`);
    expect(await json('profile')).toEqual({
      profiles: [
        { id: 'work', name: 'At work' },
        { id: 'home', name: 'home' },
      ],
      profile: null,
    });
    expect(await json('profile', 'work')).toEqual({ profile: 'work' });
    expect((await home.sluice('profile')).out).toMatch(/^work +At work +yes$/m);
    const wrong = await home.sluice('profile', 'wrok');
    expect([wrong.code, wrong.err]).toEqual([1, 'sluice: There is no profile "wrok". Is it work?\n']);
    expect((await home.sluice('profile', 'home', '--none')).code).toBe(2);
    expect((await home.sluice('profile', '--none')).err).toBe('No profile: the rules of the file alone.\n');
    writeFileSync(file, before);
    await expect.poll(async () => json('profile')).toEqual({ profiles: [], profile: null });
  });
});

describe('model', () => {
  it('says what answers every conversation, and is chosen and given back', async () => {
    expect(await json('model')).toEqual({ model: null });
    expect(await json('model', 'demo/echo')).toEqual({ model: 'demo/echo' });
    expect((await home.sluice('model')).err).toContain('demo/echo answers every conversation');
    expect(readFileSync(join(home.data, 'sluice.yaml'), 'utf8')).toContain('use_model: demo/echo');
    const wrong = await home.sluice('model', 'nobody/nothing');
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('nobody/nothing')]);
    expect((await home.sluice('model', 'demo/echo', '--auto')).code).toBe(2);
    expect((await home.sluice('model', '--auto')).err).toContain('the rules decide');
    expect(await json('model')).toEqual({ model: null });
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
    const follower = spawn(process.execPath, [builtCli(), 'log', '--follow', '--json', '--limit', '1'], {
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

  it('says where the desktop app keeps its log, once there is one', async () => {
    expect((await home.sluice('doctor')).out).not.toContain('ok    log: ');
    const logs = join(home.data, 'logs');
    mkdirSync(logs);
    writeFileSync(join(logs, 'sluice.log'), '');
    expect((await home.sluice('doctor')).out).toContain(`ok    log: What the desktop app says is in ${logs}`);
    rmSync(logs, { recursive: true });
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
