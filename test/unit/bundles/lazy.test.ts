// What is loaded when somebody asks, where it cannot be had.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lazyBundles } from '../../../main/bundles/lazy.ts';
import { createNodeHost } from '../../../main/host/node-host.ts';

it('ends where it could not be opened, so that what was begun beside it can end too', async () => {
  const home = mkdtempSync(join(tmpdir(), 'sluice-lazy-'));
  const silent = (): void => undefined;
  const directory = join(home, 'bundles');
  writeFileSync(directory, 'in the way');
  const bundles = lazyBundles({
    ...{
      directory,
      witness: join(home, 'managed.json'),
      host: await createNodeHost({ dataDir: home, environment: {} }),
    },
    clock: { now: () => 0, monotonic: () => 0 },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    tools: () =>
      Promise.resolve({ decide: () => Promise.reject(new Error('nothing is tried')), findSecrets: () => [] }),
    ...{ managed: undefined, enrolled: () => [], platform: 'linux', appVersion: '1.0.0' },
    ...{ secretOf: () => Promise.resolve(undefined), systemProxy: () => undefined, onChange: silent, onNotice: silent },
  });
  const entry = { url: 'https://policy.example/acme.sluice', trust: undefined, token: undefined, labels: {} };
  await expect(bundles.restore([entry])).rejects.toMatchObject({
    ...{ code: 'bundle.store', message: expect.stringContaining('is not a directory. Move it away') as unknown },
  });
  await bundles.stop();
  rmSync(home, { recursive: true });
});
