// A file that cannot be used is told, and so is its being good again, though nothing was swapped in.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openConfigStore, type ConfigStore } from '../../../main/config/store.ts';
import { createNodeHost } from '../../../main/host/node-host.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { Secret } from '../../../main/kit/secret.ts';

let directory: string;
let store: ConfigStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-refused-'));
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

it('is told with its problems while it is refused, and with none once it is as it runs', async () => {
  const file = join(directory, 'sluice.yaml');
  const nothing = (): void => undefined;
  const told: string[] = [];
  writeFileSync(file, 'version: 1\n');
  store = await openConfigStore({
    ...{ file, clock: systemClock, watching: false },
    host: await createNodeHost({ dataDir: directory, environment: {} }),
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    onSnapshot: () => void told.push('swapped'),
    onRefused: (problems) => void told.push(`refused ${String(problems)}`),
  });
  // Whatever puts a secret into the box reads the file anew.
  const reload = (): Promise<unknown> => store.setSecret('some', new Secret('a-value-of-no-meaning'));
  await reload();
  expect(told).toEqual(['swapped']);
  writeFileSync(file, 'version: 1\nuse_model: nobody\nlistn: {}\n');
  await reload();
  expect(told.at(-1)).toMatch(/^refused [1-9]/);
  writeFileSync(file, 'version: 1\n');
  await reload();
  await reload();
  expect([told.length, told.at(-1)]).toEqual([3, 'refused 0']);
  writeFileSync(file, 'version: 1\nuse_model: auto\n');
  await reload();
  expect([told.length, told.at(-1)]).toEqual([4, 'swapped']);
});
