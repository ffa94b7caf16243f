import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findListener } from '../../../main/host/listeners.ts';
import { createNodeHost, giveBack } from '../../../main/host/node-host.ts';
import { makePrivate } from '../../../main/host/private-files.ts';
import { systemProxyFor } from '../../../main/host/system-proxy.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-host-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe.skipIf(process.platform === 'win32')('the data directory (SEC-46)', () => {
  it('is made for its owner alone', async () => {
    const path = join(directory, 'a', 'b');
    expect(await makePrivate(path, process.platform)).toEqual([]);
    expect(modeOf(path)).toBe(0o700);
  });

  it('is repaired when others can get at it, and says so; links are left alone', async () => {
    const outside = join(directory, 'outside');
    writeFileSync(outside, 'x');
    chmodSync(outside, 0o644);
    const data = join(directory, 'data');
    mkdirSync(join(data, 'run'), { recursive: true });
    writeFileSync(join(data, 'run', 'file'), 'x');
    symlinkSync(outside, join(data, 'link'));
    chmodSync(data, 0o755);
    chmodSync(join(data, 'run'), 0o775);
    chmodSync(join(data, 'run', 'file'), 0o664);
    const notices = await makePrivate(data, process.platform);
    expect([modeOf(data), modeOf(join(data, 'run')), modeOf(join(data, 'run', 'file')), modeOf(outside)]).toEqual([
      0o700, 0o700, 0o600, 0o644,
    ]);
    expect(notices).toHaveLength(3);
    expect(notices[0]).toBe(`${data} was open to others (mode 0755); it is 0700 now.`);
    expect(await makePrivate(data, process.platform)).toEqual([]);
  });
});

describe('the Node host', () => {
  it('has an install key that stays, and random bytes that do not', async () => {
    const one = await createNodeHost({ dataDir: directory, environment: {} });
    const two = await createNodeHost({ dataDir: directory, environment: {} });
    expect(two.installKey.reveal()).toBe(one.installKey.reveal());
    expect(readFileSync(join(directory, 'install.key'), 'utf8').trim()).toBe(one.installKey.reveal());
    expect(Buffer.from(one.randomBytes(16)).equals(Buffer.from(one.randomBytes(16)))).toBe(false);
    expect(one.randomBytes(16)).toHaveLength(16);
  });

  it('gives back to whoever takes its place what it took out of the environment, and nothing over what is there', async () => {
    const environment: Record<string, string | undefined> = { UP_KEY: 'one', OTHER: 'two', LEFT: 'three' };
    const host = await createNodeHost({ dataDir: directory, environment });
    expect([host.environment('UP_KEY'), host.environment('OTHER')]).toEqual(['one', 'two']);
    expect(environment).toEqual({ LEFT: 'three' });
    environment['OTHER'] = 'newer';
    giveBack(environment);
    expect(environment).toEqual({ UP_KEY: 'one', OTHER: 'newer', LEFT: 'three' });
  });

  it('seals the box with a passphrase from the environment, which is taken out of it', async () => {
    const environment: Record<string, string | undefined> = { SLUICE_PASSPHRASE: 'correct horse' };
    const sealed = await createNodeHost({ dataDir: directory, environment });
    expect(await sealed.secrets.protection()).toBe('passphrase (argon2id)');
    expect(environment).toEqual({});
    const plain = await createNodeHost({ dataDir: directory, environment: {} });
    expect(await plain.secrets.protection()).toContain('key file');
  });
});

describe('the proxy of the environment', () => {
  const proxy = (environment: Readonly<Record<string, string>>, origin: string): string | undefined =>
    systemProxyFor({ environment: (name) => environment[name] })(origin);

  it.each([
    [{}, 'https://a.example', undefined],
    [{ https_proxy: 'http://p:1' }, 'https://a.example', 'http://p:1'],
    [{ HTTPS_PROXY: 'p:1' }, 'https://a.example', 'http://p:1'],
    [{ https_proxy: 'http://p:1' }, 'http://a.example', undefined],
    [{ ALL_PROXY: 'http://p:1' }, 'http://a.example', 'http://p:1'],
    [{ https_proxy: '' }, 'https://a.example', undefined],
    [{ all_proxy: 'http://p:1' }, 'http://localhost:80', undefined],
    [{ all_proxy: 'http://p:1' }, 'http://127.0.0.1:80', undefined],
    [{ all_proxy: 'http://p:1' }, 'http://[::1]:80', undefined],
    [{ all_proxy: 'http://p:1', no_proxy: 'a.example' }, 'https://a.example', undefined],
    [{ all_proxy: 'http://p:1', NO_PROXY: '.example, other' }, 'https://deep.a.example', undefined],
    [{ all_proxy: 'http://p:1', no_proxy: 'a.example' }, 'https://not-a.example', 'http://p:1'],
    [{ all_proxy: 'http://p:1', no_proxy: 'a.example:8443' }, 'https://a.example', 'http://p:1'],
    [{ all_proxy: 'http://p:1', no_proxy: 'a.example:443' }, 'https://a.example', undefined],
    [{ all_proxy: 'http://p:1', no_proxy: '*' }, 'https://a.example', undefined],
  ])('%o sends %s through %s', (environment, origin, expected) => {
    expect(proxy(environment as Record<string, string>, origin)).toBe(expected);
  });
});

describe.skipIf(process.platform !== 'linux')('findListener', () => {
  it('names the process that holds a port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      expect(await findListener(port, (file) => readFile(file, 'utf8'))).toContain(`(process ${process.pid})`);
    } finally {
      server.close();
    }
    await once(server, 'close');
    expect(await findListener(port, (file) => readFile(file, 'utf8'))).toBeUndefined();
  });
});
