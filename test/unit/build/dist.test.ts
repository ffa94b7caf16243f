import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { builderArguments, explainFailure, releaseOf, writeChecksums } from '../../../build/dist.mjs';
import { readRelease } from '../../../main/electron/updates/release.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const key = Buffer.alloc(32, 7).toString('base64');
const updates = { SLUICE_UPDATE_URL: 'https://updates.example.com/sluice', SLUICE_UPDATE_KEY: key };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-dist-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('what a build knows of its updates', () => {
  it('is nothing where nothing is set', () => {
    expect(releaseOf({})).toBeUndefined();
    expect(builderArguments([], {}).join(' ')).not.toContain('publish.');
  });

  it('is read by the app as it was written', () => {
    const file = join(folder, 'release.json');
    const more = { SLUICE_UPDATE_HOSTS: 'files.example.com, cdn.example.com', SLUICE_UPDATE_CHANNEL: 'beta' };
    writeFileSync(file, JSON.stringify(releaseOf({ ...updates, ...more })));
    expect(readRelease(file)).toMatchObject({
      kind: 'found',
      release: {
        url: 'https://updates.example.com/sluice/',
        channel: 'beta',
        hosts: ['files.example.com', 'cdn.example.com'],
      },
    });
  });

  it('is refused where half of it, or something unsafe, is set', () => {
    expect(() => releaseOf({ SLUICE_UPDATE_URL: updates.SLUICE_UPDATE_URL })).toThrow('SLUICE_UPDATE_KEY');
    expect(() => releaseOf({ ...updates, SLUICE_UPDATE_URL: 'http://updates.example.com' })).toThrow('https');
    expect(() => releaseOf({ ...updates, SLUICE_RELEASES_URL: 'nowhere' })).toThrow('SLUICE_RELEASES_URL');
    expect(() => releaseOf({ ...updates, SLUICE_UPDATE_KEY: key.slice(4) })).toThrow('sign-update.mjs');
  });
});

describe('npm run dist', () => {
  it('never publishes, and leaves the last word to who asks', () => {
    const args = builderArguments(['--dir', '-c.asar=false'], { ...updates, ELECTRON_OVERRIDE_DIST_PATH: '/electron' });
    expect(args.join(' ')).toContain('--publish never');
    expect(args).toEqual(
      expect.arrayContaining([
        '-c.electronDist=/electron',
        '-c.publish.provider=generic',
        `-c.publish.url=${updates.SLUICE_UPDATE_URL}`,
      ]),
    );
    expect(args.slice(-2)).toEqual(['--dir', '-c.asar=false']);
  });

  it('says what to do where Electron cannot be fetched, and only there', () => {
    for (const said of ['getaddrinfo ENOTFOUND github.com', 'TypeError: fetch failed', 'status code 407'])
      expect(explainFailure(said)).toContain('ELECTRON_MIRROR');
    expect(explainFailure('cannot find valid "Developer ID Application" identity')).not.toContain('ELECTRON_MIRROR');
  });

  it('writes the checksums of what it made, as sha256sum reads them', () => {
    mkdirSync(join(folder, 'linux-unpacked'));
    for (const name of ['b.deb', 'a.AppImage', 'builder-debug.yml', 'SHA256SUMS'])
      writeFileSync(join(folder, name), 'x');
    expect(writeChecksums(folder)).toEqual(['a.AppImage', 'b.deb']);
    const sum = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
    expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toBe(`${sum}  a.AppImage\n${sum}  b.deb\n`);
  });
});

describe('the packages of other systems, which are not made here', () => {
  interface Packages {
    readonly [part: string]: unknown;
    readonly mac: { readonly entitlements: string; readonly entitlementsInherit: string };
  }
  const packages = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as Packages;

  it('are hardened on macOS, and give up nothing but what V8 needs', () => {
    expect(packages.mac).toMatchObject({ hardenedRuntime: true });
    expect(packages.mac).not.toHaveProperty('notarize', false);
    expect(packages.mac.entitlementsInherit).toBe(packages.mac.entitlements);
    const entitlements = readFileSync(join(root, packages.mac.entitlements), 'utf8');
    expect([...entitlements.matchAll(/<key>(.*)<\/key>/g)].map((match) => match[1])).toEqual([
      'com.apple.security.cs.allow-jit',
    ]);
  });

  it('check who signed an update on Windows, and install without an administrator', () => {
    expect(packages['win']).toMatchObject({ verifyUpdateCodeSignature: true, requestedExecutionLevel: 'asInvoker' });
    expect(packages['nsis']).toMatchObject({
      perMachine: false,
      allowElevation: false,
      deleteAppDataOnUninstall: false,
    });
  });

  it('name no credential and no server', () => {
    const text = JSON.stringify(packages);
    expect(text).not.toMatch(/password|certificate|token|teamId|https?:/i);
    expect(packages['publish']).toBeNull();
  });
});
