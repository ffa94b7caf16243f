// A process that keeps bundles is killed at any moment, or its disk takes nothing more: what is there then is old or new (FAULT-34).
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAuditLog } from '../../../main/bundles/audit-log.ts';
import { openBundleFiles } from '../../../main/bundles/bundle-files.ts';
import { openBundleState } from '../../../main/bundles/state.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { Secret } from '../../../main/kit/secret.ts';

const room = (name: string): string =>
  JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../../main', name)).href);

/** Activates version after version, as the product does: file, state, what is no longer needed, a line of the log. Says each that is done. */
const activating = `
import { createHash } from 'node:crypto';
const [{ openBundleState, newRecord }, { openBundleFiles }, { openAuditLog }, { Secret }, { systemClock }] = await Promise.all(
  [${['bundles/state.ts', 'bundles/bundle-files.ts', 'bundles/audit-log.ts', 'kit/secret.ts', 'kit/clock.ts'].map(room).join(', ')}]
    .map((name) => import(name)));
const [directory, ...sizes] = process.argv.slice(1);
const quiet = () => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const state = await openBundleState({ directory, installKey: new Secret('k'), clock: systemClock, log });
const files = openBundleFiles({ directory, log });
const audit = await openAuditLog({ file: directory + '/audit.jsonl', clock: systemClock, log });
const last = state.get('acme')?.active?.version ?? 0;
for (let version = last + 1; version <= last + 500; version += 1) {
  const bundle = Buffer.from(String(version % 10).repeat(Number(sizes[version - 1] ?? sizes.at(-1))));
  const sha256 = createHash('sha256').update(bundle).digest('hex');
  try {
    await files.write({ id: 'acme', epoch: 1, version }, { bundle, trust: Buffer.from('trust ' + version) });
    await state.change('acme', (before = newRecord('https://policy.example/a')) => {
      const active = { epoch: 1, version, sha256, activated_at: 0 };
      return { ...before, highest: { epoch: 1, version, sha256 }, active, lkg: [active, ...before.lkg] };
    });
  } catch (error) {
    process.stdout.write(error.code + '\\n');
    break;
  }
  await files.prune('acme', state.get('acme').lkg);
  await audit.append({ action: 'activate', bundle: 'acme', version: String(version), detail: '' });
  process.stdout.write(version + '\\n');
}
`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-crash-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const problems: string[] = [];
const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: quiet, error: (message: string) => void problems.push(message) };
const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What it said, line by line, so far. */
function listen(child: ChildProcess): string[] {
  const said: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => said.push(...text.trim().split('\n')));
  return said;
}

/** Reads all there is as the next start does. Returns the active version. */
async function checkStore(): Promise<number> {
  const state = await openBundleState({ directory, installKey: new Secret('k'), clock: systemClock, log });
  expect(state.alert).toBeUndefined();
  const files = openBundleFiles({ directory, log });
  const record = state.get('acme');
  for (const { epoch, version, sha256 } of record?.lkg ?? []) {
    const stored = await files.read({ id: 'acme', epoch, version });
    if (stored === undefined) throw new Error(`version ${String(version)} is missing`);
    expect(sha256Of(stored.bundle)).toBe(sha256);
    expect(stored.trust?.toString()).toBe(`trust ${String(version)}`);
  }
  return record?.active?.version ?? 0;
}

describe('keeping bundles', () => {
  it('is old or new as a whole, whenever it is killed', async () => {
    let told = 0;
    for (const waitMs of [3, 17]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', activating, directory, '100000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const said = listen(child);
      if (child.stdout !== null) await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      child.kill('SIGKILL');
      await once(child, 'close');
      told = Math.max(told, ...said.map(Number));
      const active = await checkStore();
      // What was told is there; at most the one that was being written may be there besides.
      expect([told, told + 1]).toContain(active);
    }
    const audit = await openAuditLog({ file: join(directory, 'audit.jsonl'), clock: systemClock, log });
    const { entries, intact } = await audit.read(10_000);
    expect(intact).toBe(true);
    expect(entries.map(({ version }) => version)).toContain(String(told));
    await openBundleFiles({ directory, log }).prune('acme', []);
    expect(readdirSync(join(directory, 'acme'))).toEqual([]);
    expect(problems).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'keeps the old where the disk takes no more, and leaves nothing half-written',
    async () => {
      // Files of 512 or 1024 bytes a block, as the shell counts: too few for the second bundle.
      const script = 'ulimit -f 64; exec "$0" --input-type=module -e "$@"';
      const child = spawn('sh', ['-c', script, process.execPath, activating, directory, '1000', '200000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const said = listen(child);
      await once(child, 'close');
      expect(said).toEqual(['1', 'bundle.store']);
      expect(await checkStore()).toBe(1);
      expect(readdirSync(join(directory, 'acme')).filter((name) => name.includes('tmp'))).toEqual([]);
      expect((await openBundleFiles({ directory, log }).list('acme')).map(({ version }) => version)).toEqual([1]);
    },
  );
});
