// Packs the desktop app with the real electron-builder around a stand-in for Electron's own files, looks into what came out, and
// starts it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { extractAll, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builderArguments, gatherApp } from '../../../build/dist.mjs';
import { trayStates } from '../../../build/icons/draw.mjs';
import { ensureBuilt } from '../../../build/setup.mjs';
import { sbomOf } from '../../../build/third-party.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const isLinux = process.platform === 'linux';
if (!isLinux)
  process.stderr.write('!! packing is tested on Linux only: elsewhere Electron itself would have to be here\n');

/** Measured 16.8 MB; two vocabularies of tokens are 4.4 of it. */
const archiveLimitBytes = 18_000_000;

/** Everything that may be in the archive. */
const allowed = [
  /^\/package\.json$/,
  /^\/main\/(?:desktop|ledger-worker|ledger-reader|token-worker)\.js$/,
  /^\/main\/[\w.-]+-[\w-]{8}\.js$/,
  /^\/main\/preload\.cjs$/,
  new RegExp(`^/main/icons/tray/(?:${trayStates.join('|')})-(?:light|dark)(?:@2x)?\\.png$`),
  /^\/main\/icons\/app\.png$/,
  /^\/ui\/(?:index\.html|assets\.json|before-paint\.js|icon\.svg)$/,
  /^\/ui\/assets\/[\w.-]+-[\w-]{8}\.(?:js|css|png|svg|woff2)$/,
];

/** SEC-21, as the program carries it. */
const fuses: Readonly<Record<keyof typeof FuseV1Options, boolean>> = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
};
/** The digits that Electron writes into its program. */
const fuseDigits = { false: 48, true: 49 };

/** As CycloneDX has it. */
interface Sbom {
  readonly metadata: { readonly component: { readonly 'bom-ref': string } };
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly name: string;
    readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;
}

/** What electron-builder needs of a distribution of Electron: its files, and a program with a place for fuses. */
function makeElectron(folder: string): void {
  mkdirSync(join(folder, 'locales'), { recursive: true });
  mkdirSync(join(folder, 'resources'));
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox']) writeFileSync(join(folder, name), name);
  for (const language of ['de', 'en-US', 'fr', 'ja'])
    writeFileSync(join(folder, 'locales', `${language}.pak`), language);
  writeFileSync(join(folder, 'version'), '45.4.1');
  // The mark before the fuses, their version, how many there are, and how each stands in a fresh Electron.
  const sentinel = ['dL7pKGdnNz796Pb', 'bjQWNKmHXBZaB9tsX'].join('');
  writeFileSync(join(folder, 'electron'), `#!/bin/sh\nexit 1\n${sentinel}\u0001\u0009011001010`);
  chmodSync(join(folder, 'electron'), 0o755);
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(said);
  return said;
}

describe.skipIf(!isLinux)('the packed app', () => {
  const folder = isLinux ? mkdtempSync(join(tmpdir(), 'sluice-package-')) : '';
  const unpacked = join(folder, 'out', 'linux-unpacked');
  const archive = join(unpacked, 'resources', 'app.asar');
  const extracted = join(folder, 'extracted');
  let files: string[] = [];
  let packed: ReturnType<typeof gatherApp> = [];

  const text = (file: string): string => readFileSync(join(extracted, file), 'utf8');

  beforeAll(async () => {
    ensureBuilt();
    const [electron, app] = [join(folder, 'electron'), join(folder, 'app')];
    makeElectron(electron);
    packed = gatherApp(app, {});
    await run(process.execPath, [
      join(root, 'node_modules/electron-builder/cli.js'),
      ...builderArguments(['--linux', 'dir'], { ELECTRON_OVERRIDE_DIST_PATH: electron }),
      ...[`-c.directories.app=${app}`, `-c.directories.output=${join(folder, 'out')}`, `-c.extraResources.from=${app}`],
    ]);
    extractAll(archive, extracted);
    files = listPackage(archive, { isPack: false }).filter((file) => statSync(join(extracted, file)).isFile());
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds what runs and nothing else', () => {
    expect(files.filter((file) => !allowed.some((pattern) => pattern.test(file)))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(['/main/desktop.js', '/main/preload.cjs', '/main/token-worker.js']));
    expect(readdirSync(join(unpacked, 'resources')).sort()).toEqual(['LICENSE', 'THIRD-PARTY-NOTICES.txt', 'app.asar']);
    expect(readdirSync(join(unpacked, 'locales')).sort()).toEqual(['de.pak', 'en-US.pak']);
  });

  it('names its entry, and every file of its window is there', () => {
    const about = JSON.parse(text('package.json')) as { main: string; type: string; productName: string };
    expect(about).toMatchObject({ main: 'main/desktop.js', type: 'module', productName: 'Sluice' });
    const assets = Object.values(JSON.parse(text('ui/assets.json')) as Record<string, { file: string }>);
    expect(assets.length).toBeGreaterThan(10);
    expect(assets.filter(({ file }) => !files.includes(`/ui/${file}`))).toEqual([]);
  });

  it('has every picture of the tray that Linux can show', () => {
    const names = trayStates.flatMap((state) =>
      ['-light', '-dark', '-light@2x', '-dark@2x'].map((end) => `${state}${end}.png`),
    );
    expect(names.filter((name) => !files.includes(`/main/icons/tray/${name}`))).toEqual([]);
  });

  it('passes on what the licences of all that it holds ask for', () => {
    const beside = (name: string): string => readFileSync(join(unpacked, name), 'utf8');
    expect(beside('LICENSE.electron.txt')).toBe('LICENSE');
    expect(beside('LICENSES.chromium.html')).toBe('LICENSES.chromium.html');
    expect(beside('resources/LICENSE')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
    const notices = beside('resources/THIRD-PARTY-NOTICES.txt').split(`\n\n${'-'.repeat(80)}\n\n`);
    const names = notices.map((notice) => notice.slice(0, notice.indexOf('\n')));
    // Of the gateway, of the window, of both, one in another's folder, and what is data.
    for (const name of ['undici', 'react', 'intl-messageformat', 'builder-util-runtime', 'models.dev'])
      expect(names.filter((one) => one.startsWith(name)).length).toBeGreaterThan(0);
    expect(names.some((name) => /^(?:vitest|typescript|electron-builder|playwright-core) /.test(name))).toBe(false);
    for (const { name, version } of packed) expect(names).toContain(`${name} ${version}`);
    // All of them allow it, and ask for no more than to be named.
    const free =
      /^\(?(?:MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|CC0-1\.0| (?:AND|OR) )+\)?$/;
    expect(packed.filter(({ license }) => !free.test(license))).toEqual([]);
    const short = notices.slice(1).filter((notice) => notice.length < 500 && !notice.includes('\nUnlicense'));
    expect(short).toEqual([]);
  });

  it('comes with a list of what is in it, by which each part and its sum can be found', () => {
    const sbom = JSON.parse(sbomOf(packed)) as Sbom;
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
    const refs = sbom.components.map((one) => one['bom-ref']);
    expect(refs).toEqual(
      [...packed, { name: 'electron', version: lock.packages['node_modules/electron']?.version }].map(
        ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version ?? ''}`,
      ),
    );
    expect(sbom.components.filter(({ hashes }) => !/^[0-9a-f]{128}$/.test(hashes?.[0]?.content ?? ''))).toEqual([]);
    const [undici] = sbom.components.filter(({ name }) => name === 'undici');
    expect(`sha512-${Buffer.from(undici?.hashes?.[0]?.content ?? '', 'hex').toString('base64')}`).toBe(
      lock.packages['node_modules/undici']?.integrity,
    );
    expect(sbom.components).toContainEqual(
      expect.objectContaining({ group: '@radix-ui', name: 'react-dialog', licenses: [{ license: { id: 'MIT' } }] }),
    );
    const [self, ...others] = sbom.dependencies;
    expect(self?.ref).toBe(sbom.metadata.component['bom-ref']);
    expect(others.map(({ ref }) => ref)).toEqual(refs);
    expect(sbom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.includes(ref))).toEqual([]);
    const express = others.find(({ ref }) => ref.startsWith('pkg:npm/express@'));
    expect(express?.dependsOn).toContainEqual(expect.stringMatching(/^pkg:npm\/body-parser@/));
    expect(JSON.stringify(sbom)).not.toContain(root);
  });

  it('stays within its size', () => {
    expect(statSync(archive).size).toBeLessThan(archiveLimitBytes);
  });

  it('needs no package: what it imports is its own, Node’s or Electron', () => {
    const scripts = files.filter((file) => /^\/main\/[^/]+\.js$/.test(file));
    const foreign = scripts.flatMap((file) =>
      importsOf(text(file))
        .filter((name) => name !== 'electron' && !isBuiltin(name) && !files.includes(join('/main', name)))
        .map((name) => `${file}: ${name}`),
    );
    expect(foreign).toEqual([]);
    // A sandboxed preload script can load nothing else.
    expect([...text('main/preload.cjs').matchAll(/require\(([^)]*)\)/g)].map((match) => match[1])).toEqual([
      '"electron"',
    ]);
  });

  it('says nothing of the machine that made it, and leads to no map', () => {
    const own = files.filter((file) => /\.(?:c?js|css|html|json)$/.test(file));
    expect(own.filter((file) => text(file).includes(root))).toEqual([]);
    expect(own.filter((file) => /^\/[/*][#@] ?sourceMappingURL=/m.test(text(file)))).toEqual([]);
  });

  it('has the fuses of its program set', async () => {
    const wire = (await getCurrentFuseWire(join(unpacked, 'sluice'))) as unknown as Record<number, number>;
    const found = Object.keys(fuses).map((name) => [name, wire[FuseV1Options[name as keyof typeof FuseV1Options]]]);
    expect(found).toEqual(Object.entries(fuses).map(([name, on]) => [name, fuseDigits[`${on}`]]));
  });

  it('looks for no updates where none were configured', () => {
    expect(existsSync(join(unpacked, 'resources', 'app-update.yml'))).toBe(false);
    expect(files).not.toContain('/main/release.json');
  });

  it('loads what it needs late, such as sign-in with Google and the vocabularies, out of its own files', async () => {
    const late = files.filter((file) => /^\/main\/[\w.-]+-[\w-]{8}\.js$/.test(file));
    // A part that leads back to an entry would start it.
    const alone = late.filter(
      (file) => !/["']\.\/(?:desktop|[\w-]+-(?:worker|reader))\.js["']|["']electron["']/.test(text(file)),
    );
    expect(alone.filter((file) => /GoogleAuth|o200k/.test(text(file))).length).toBeGreaterThan(0);
    const script = `for (const file of ${JSON.stringify(alone)}) await import(${JSON.stringify(extracted)} + file)`;
    await run(process.execPath, ['--input-type=module', '--eval', script]);
  });

  it('starts, serves and ends', async () => {
    const home = join(folder, 'home');
    mkdirSync(home);
    const app = spawn(
      process.execPath,
      [
        ...['--import', join(root, 'test/fakes/electron/register.ts'), join(extracted, 'main/desktop.js')],
        ...['--data', join(home, 'data'), '--port', '0', '--hidden'],
      ],
      {
        cwd: home,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { HOME: home, PATH: process.env['PATH'], ELECTRON_STAND_IN: JSON.stringify({ packaged: true }) },
      },
    );
    try {
      let said = '';
      app.stderr.on('data', (chunk) => (said += String(chunk)));
      const address = await readyAddress(app, () => said);
      const answer = await fetch(`${address}/health`);
      expect(answer.status).toBe(200);
      const ended = once(app, 'close');
      app.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
      // Nobody reads what a packed app says: it is in its log too.
      const log = readFileSync(join(home, 'data', 'logs', 'sluice.log'), 'utf8');
      expect(log).toMatch(/"message":"starting"[^]*"message":"stopping/);
      expect(log).toBe(said);
      // A picture or a part that is not in the archive is missed aloud.
      expect(said.split('\n').filter((line) => /"level":"(?:warn|error)"/.test(line))).toEqual([]);
    } finally {
      app.kill('SIGKILL');
    }
  });
});

/** What a bundled script loads: its imports stand above all else, and texts in it that look like code do not count. */
function importsOf(code: string): string[] {
  const lines = code.split('\n');
  const head = lines.slice(
    0,
    lines.findIndex((line) => line !== '' && !/^(?:import\b|\/\/)/.test(line)),
  );
  const late = code.matchAll(/\b(?:__require|import)\("((?:\.\/|electron|node:)[^"]*)"\)|\b__require\("([^"]+)"\)/g);
  return [
    ...head.flatMap((line) => /["']([^"']+)["'];$/.exec(line)?.[1] ?? []),
    ...[...late].map((match) => match[1] ?? match[2] ?? ''),
  ];
}

/** The address of its ready line. Rejects, with what it `said` besides, when it ends before. */
async function readyAddress({ stdout }: { readonly stdout: Readable }, said: () => string): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const [, address] = /^sluice ready gateway=(\S+)/.exec(line) ?? [];
    if (address === undefined) continue;
    stdout.resume();
    return address;
  }
  throw new Error(`it ended before it was ready: ${said()}`);
}
