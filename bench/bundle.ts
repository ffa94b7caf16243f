/** A team bundle of the greatest size that is promised to be quick, and how long it takes until one is in force. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { signEnvelope } from '../main/bundles/envelope.ts';
import { generateSigningKey, type NewSigningKey } from '../main/bundles/keys.ts';
import { openBundles } from '../main/bundles/open.ts';
import type { Bundles } from '../main/bundles/face.ts';
import { openConfigStore, type ConfigStore } from '../main/config/store.ts';
import { createGatewayTools } from '../main/decide.ts';
import { createNodeHost } from '../main/host/node-host.ts';
import { systemClock } from '../main/kit/clock.ts';
import { createLog } from '../main/kit/log.ts';
import { createRedactor } from '../main/kit/redact.ts';
import type { RowResult } from './results.ts';
import { bundleRow } from './rows.ts';

const terms = 20_000;
const day = 86_400_000;

const list = <Value>(count: number, make: (at: number) => Value): Value[] =>
  Array.from({ length: count }, (_, at) => make(at));

/** Signed by one key, which is pinned: 20,000 terms and 500 rules. */
export function largeBundle(key: NewSigningKey, version: number): Buffer {
  const now = systemClock.now();
  const payload = {
    ...{ schema: 'sluice.bundle/1', id: 'bench-core', version, epoch: 1, layer: 'org' },
    issued_at: new Date(now).toISOString(),
    expires_at: new Date(now + 90 * day).toISOString(),
    enforced: {
      models: { deny: list(250, (at) => `vendor-${at}/model-*`) },
      tools: { deny: list(50, (at) => `dangerous_${at}_*`) },
      routes: list(100, (at) => ({ id: `team-${at}`, alias: `team-${at}`, targets: ['demo/echo'] })),
      budgets: list(50, (at) => ({ id: `b${at}`, scope: 'key', match: `nobody-${at}`, limit_usd: '5', period: 'day' })),
      firewall: list(50, (at) => ({ id: `f${at}`, topics: [`forbidden topic ${at}`], in: ['user'], action: 'block' })),
      masking: { enabled: true, terms: list(terms, (at) => `Project ${(at * 7_919).toString(36)} ${at}`) },
    },
  };
  return signEnvelope('bundle', Buffer.from(JSON.stringify(payload)), [key.privateKey]);
}

/** Writes one, and what a config file says to follow it. */
export function writeLargeBundle(folder: string): { readonly url: string; readonly trust: string } {
  const key = generateSigningKey();
  const file = join(folder, 'bench-core.sluice');
  writeFileSync(file, largeBundle(key, 1));
  return { url: pathToFileURL(file).href, trust: key.publicKey };
}

interface World {
  readonly bundles: Bundles;
  readonly config: ConfigStore;
  readonly file: string;
  readonly key: NewSigningKey;
  close(): Promise<void>;
}

async function openWorld(): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-bundle-'));
  const file = join(directory, 'bench-core.sluice');
  const key = generateSigningKey();
  writeFileSync(file, largeBundle(key, 1));
  const url = pathToFileURL(file).href;
  const text = JSON.stringify({ version: 1, policy_bundles: [{ url, trust: key.publicKey }] });
  writeFileSync(join(directory, 'sluice.yaml'), text, { mode: 0o600 });
  const host = await createNodeHost({ dataDir: join(directory, 'data') });
  const log = createLog({ redactor: createRedactor(), level: 'error' });
  const opened: { config?: ConfigStore } = {};
  const bundles = await openBundles({
    ...{ directory: join(directory, 'data', 'bundles'), witness: join(directory, 'data', 'managed.json') },
    ...{ host, clock: systemClock, log, managed: undefined },
    ...{ tools: createGatewayTools(), platform: process.platform, appVersion: '9.0.0' },
    enrolled: () => opened.config?.written.policy_bundles ?? [],
    secretOf: () => Promise.resolve(undefined),
    ...{ systemProxy: () => undefined, onChange: () => undefined, onNotice: () => undefined },
  });
  const config = await openConfigStore({
    ...{ file: join(directory, 'sluice.yaml'), host, clock: systemClock, log, watching: false },
    team: (enrolled) => bundles.restore(enrolled),
    onSnapshot: () => undefined,
  });
  opened.config = config;
  await bundles.start(config);
  return {
    ...{ bundles, config, file, key },
    async close() {
      await bundles.stop();
      await config.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** From the bytes at its host to a snapshot in force, the whole of it. Fails where what is in force is another version. */
export async function measureBundle(effort: { readonly rounds: number }): Promise<RowResult> {
  const row = { id: bundleRow.id, title: bundleRow.title, shown: bundleRow.shown, per: 'request' } as const;
  const world = await openWorld();
  try {
    const took: number[] = [];
    for (let version = 2; version < 2 + Math.max(5, effort.rounds); version += 1) {
      writeFileSync(world.file, largeBundle(world.key, version));
      const startedAt = performance.now();
      const [card] = (await world.bundles.check({})).bundles;
      took.push(performance.now() - startedAt);
      if (card?.version !== version || world.config.snapshot.masking?.terms.length !== terms)
        throw new Error(`version ${version} is not in force: ${card?.error?.message ?? card?.state ?? 'no card'}`);
    }
    took.sort((a, b) => a - b);
    const rounds = [{ p50Ms: took[Math.floor(took.length / 2)] ?? Number.NaN, worstMs: took.at(-1) ?? Number.NaN }];
    return { ...row, rounds: new Map([['sluice', rounds]]), problems: new Map() };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { ...row, rounds: new Map(), problems: new Map([['sluice', problem]]) };
  } finally {
    await world.close();
  }
}
