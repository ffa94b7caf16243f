// Starts and ends: what an instance does about signals, ports, broken files and what another one left behind.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { chat, makeHome, type Home } from './instance.ts';

let home: Home;

beforeEach(() => {
  home = makeHome();
});

afterEach(async () => {
  await home.leave();
});

function writeConfig(text: string): string {
  const file = join(home.data, 'sluice.yaml');
  mkdirSync(home.data, { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

describe('the end of an instance', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'after %s lets a running stream finish, keeps its record, and is 0',
    async (signal) => {
      const instance = await home.serve();
      const response = await fetch(`${instance.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${instance.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'demo/slow',
          stream: true,
          messages: [{ role: 'user', content: 'one two three' }],
        }),
      });
      expect(response.status).toBe(200);
      instance.child.kill(signal);
      expect(await response.text()).toContain('data: [DONE]');
      expect((await instance.ended).code).toBe(0);
      const { out } = await home.sluice('log', '--json');
      expect(JSON.parse(out)).toMatchObject([
        { request_id: response.headers.get('x-sluice-request-id'), status: 200, error: null },
      ]);
    },
  );

  it('comes with stop, which waits for it', async () => {
    const instance = await home.serve();
    const { code, out } = await home.sluice('stop', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ stopped: true, pid: instance.pid });
    expect((await instance.ended).code).toBe(0);
    await expect(fetch(`${instance.url}/health`)).rejects.toThrow();
    expect((await home.sluice('stop')).code).toBe(1);
    expect((await home.sluice('status')).code).toBe(1);
  });

  it('by force leaves nothing in the way of the next', async () => {
    const killed = await home.serve();
    await (await chat(killed.url, killed.key)).text();
    killed.child.kill('SIGKILL');
    await killed.ended;
    const next = await home.serve();
    expect(next.key).toBe('');
    expect((await chat(next.url, killed.key)).status).toBe(200);
    expect(JSON.parse((await home.sluice('status', '--json')).out)).toMatchObject({ pid: next.pid });
  });
});

describe('a taken port', () => {
  it('is named with its holder, and nothing of the start stays', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    try {
      const { code, out, err } = await home.process('serve', '--no-ui', '--port', String(port));
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain(`Port ${port} on 127.0.0.1 is taken by`);
      if (process.platform === 'linux') expect(err).toContain(`(process ${process.pid})`);
      expect(err).toContain('--port');
      expect((await home.sluice('status')).code).toBe(1);
      // The directory has its first key now: shown here, or never.
      expect(err).toMatch(/sk-sluice-default-\w+/);
    } finally {
      holder.close();
    }
  });
});

describe('a broken config', () => {
  it('is 2, each problem with file, line, column and what mends it', async () => {
    const file = writeConfig('version: 1\nlisten:\n  prot: 4790\nroutes:\n  - alias: x\n    strategy: fastest\n');
    for (const command of [
      ['serve', '--port', '0'],
      ['config', 'validate'],
      ['keys', 'list'],
    ]) {
      const { code, out, err } = await (command[0] === 'serve' ? home.process(...command) : home.sluice(...command));
      expect({ command, code, out }).toEqual({ command, code: 2, out: '' });
      expect(err).toContain(`${file}:3:3: `);
      expect(err).toMatch(/port/);
      expect(err).toContain(`${file}:6:15: `);
    }
    const { code, out } = await home.sluice('doctor');
    expect(code).toBe(1);
    expect(out).toContain(`FAIL  config file: ${file}:3:3: `);
  });

  it('is named as the user named it', async () => {
    writeFileSync(join(home.folder, 'my.yaml'), 'version: 1\nnothing: here\n');
    const { code, err, out } = await home.sluice('config', 'validate', 'my.yaml', '--json');
    expect(code).toBe(2);
    expect(err).toMatch(/^my\.yaml:2:1: /);
    expect(JSON.parse(out)).toMatchObject({
      valid: false,
      problems: [{ file: 'my.yaml', line: 2, column: 1, path: 'nothing' }],
    });
  });

  it('never replaces a running one, and is told by status until it is mended', async () => {
    const instance = await home.serve();
    const file = join(home.data, 'sluice.yaml');
    const good = readFileSync(file, 'utf8');
    appendFileSync(file, 'nothing: here\n');
    const status = async (): Promise<{ config: { problems: { problem: string }[] } }> =>
      JSON.parse((await home.sluice('status', '--json')).out) as never;
    await expect.poll(async () => (await status()).config.problems.length, { timeout: 30_000 }).toBe(1);
    expect((await chat(instance.url, instance.key)).status).toBe(200);
    writeFileSync(file, good);
    await expect.poll(async () => (await status()).config.problems.length, { timeout: 30_000 }).toBe(0);
  });

  it('whose text is valid and whose secret is not is a failure for doctor, for the old one is in force', async () => {
    await home.serve();
    const file = join(home.data, 'sluice.yaml');
    const secret = join(home.folder, 'secret');
    writeFileSync(secret, '', { mode: 0o600 });
    appendFileSync(
      file,
      `providers:\n  - { id: openai, kind: openai, keys: [{ name: main, value: "file:${secret}" }] }\n`,
    );
    await expect.poll(async () => (await home.sluice('doctor')).code, { timeout: 30_000 }).toBe(1);
    const { out } = await home.sluice('doctor');
    expect(out).toContain(`ok    config file: ${file} is valid.`);
    expect(out).toMatch(/FAIL {2}config in use: .*the configuration before it is in force.*secret is empty/);
  });

  it('that names a secret which is not there says so in the log when it is read again', async () => {
    const instance = await home.serve('--log-level', 'warn');
    appendFileSync(
      join(home.data, 'sluice.yaml'),
      'providers:\n  - { id: openai, kind: openai, keys: [{ name: main, value: "env:NOT_SET" }] }\n',
    );
    await expect.poll(() => instance.err(), { timeout: 30_000 }).toContain('environment variable NOT_SET is not set');
    const { out } = await home.sluice('doctor');
    // Once, as the failure it is, and not as a note beside it.
    expect(out.match(/NOT_SET is not set/g)).toHaveLength(1);
    expect(out).toContain('FAIL  credential openai/main');
  });
});

describe('without an instance', () => {
  it('keys can be made, and work once there is one', async () => {
    const { code, out, err } = await home.sluice('keys', 'create', '--name', 'early', '--json');
    expect(code).toBe(0);
    expect(err).toContain('A first key was made');
    const { key } = JSON.parse(out) as { key: string };
    const instance = await home.serve();
    expect((await chat(instance.url, key)).status).toBe(200);
  });

  it('log and usage read what is there, and nothing where nothing is', async () => {
    const { out: nothing, err } = await home.sluice('log', '--json');
    expect(nothing).toBe('[]\n');
    // The first command on an empty directory makes the first key, and says it.
    const key = /sk-sluice-[A-Za-z0-9-]+/.exec(err)?.[0] ?? '';
    const instance = await home.serve();
    const response = await chat(instance.url, key);
    expect(response.status).toBe(200);
    await response.text();
    expect((await home.sluice('stop')).code).toBe(0);
    const { out } = await home.sluice('log', '--json');
    expect((JSON.parse(out) as ExchangeEntry[]).map(({ request_id }) => request_id)).toEqual([
      response.headers.get('x-sluice-request-id'),
    ]);
    expect(JSON.parse((await home.sluice('usage', '--json')).out)).toMatchObject({
      groups: [{ requests: 1 }],
      total: { requests: 1, errors: 0 },
    });
  });

  it('doctor makes nothing', async () => {
    expect((await home.sluice('doctor')).code).toBe(0);
    expect(existsSync(home.data)).toBe(false);
  });

  it('doctor names a credential that cannot be had, a directory that is open and a port that is taken', async () => {
    const holder = createServer((_request, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    try {
      writeConfig(
        `version: 1\nlisten: { port: ${port} }\nproviders:\n  - { id: openai, kind: openai, keys: [{ name: main, value: "env:NOT_SET" }] }\n`,
      );
      const closed = await home.sluice('doctor');
      expect(closed.code).toBe(1);
      expect(closed.out).toContain('FAIL  credential openai/main: ');
      expect(closed.out).toContain('NOT_SET');
      expect(closed.out).toContain(`FAIL  port ${port}: Another program answers`);
      chmodSync(home.data, 0o755);
      const opened = await home.sluice('doctor');
      expect(opened.out).toContain(`FAIL  data directory: ${home.data} can be read by other users.`);
    } finally {
      holder.close();
    }
  });

  it('the schema of the config is printed as JSON', async () => {
    const { code, out, err } = await home.sluice('config', 'schema');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ type: 'object', properties: { providers: {} } });
  });
});
