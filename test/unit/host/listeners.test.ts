import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findListener } from '../../../main/host/listeners.ts';

describe.runIf(process.platform === 'linux')('who listens on a port', () => {
  const server = createServer();
  let port = 0;

  beforeEach(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });

  afterEach(() => {
    server.close();
  });

  /** The system's files, but this process bears these names. */
  const withNames =
    (names: Readonly<Record<string, string>>) =>
    async (file: string): Promise<string> =>
      names[file.replace(`/proc/${process.pid}/`, '')] ?? (await readFile(file, 'utf8'));

  it('is told by name and process', async () => {
    expect(await findListener(port, withNames({ comm: 'nginx\n' }))).toBe(`nginx (process ${process.pid})`);
  });

  it('is told by its program when Node has named only its thread, and never with its arguments', async () => {
    const names = { comm: 'MainThread\n', cmdline: '/usr/bin/node\0/srv/app.js\0--key\0sk-secret\0' };
    expect(await findListener(port, withNames(names))).toBe(`node (process ${process.pid})`);
  });

  it('is another program where it has no name, and nobody where nobody listens', async () => {
    expect(await findListener(port, withNames({ comm: '', cmdline: '' }))).toBe(
      `another program (process ${process.pid})`,
    );
    server.close();
    await once(server, 'close');
    expect(await findListener(port, (file) => readFile(file, 'utf8'))).toBeUndefined();
  });
});
