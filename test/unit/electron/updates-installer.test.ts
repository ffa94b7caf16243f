import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verified, type VerifiedFile } from '../../../main/electron/updates/download.ts';
import { createInstaller, type Installer, type PlatformUpdater } from '../../../main/electron/updates/installer.ts';
import type { UpdateFile } from '../../../main/electron/updates/manifest.ts';
import { compareVersions, isOlderSystem } from '../../../main/electron/updates/version.ts';
import { refusalOf, windowsSignatureCheck } from '../../../main/electron/updates/windows-signature.ts';
import { fileOf } from './updates-rig.ts';

const content = 'the new version';
const signed = fileOf('Sluice-1.1.0-win-x64.exe', content) as UpdateFile;

let directory: string;
let updater: FakeUpdater;
let installer: Installer;

/** As electron-updater does it: reads a description from its feed, fetches the file that names, and keeps it. */
class FakeUpdater implements PlatformUpdater {
  autoDownload = true;
  autoInstallOnAppQuit = true;
  autoRunAppAfterInstall = true;
  allowDowngrade = true;
  disableWebInstaller = false;
  disableDifferentialDownload = false;
  verifyUpdateCodeSignature?: (publishers: string[], file: string) => Promise<string | null>;
  feed = '';
  isNewer = true;
  readonly quits: (readonly [boolean, boolean])[] = [];
  /** What goes wrong with the next installation; none: it is under way, and ends the process. */
  failure: Error | undefined;
  readonly #onError: ((error: Error) => void)[] = [];
  #file = '';

  get path(): string {
    return join(directory, 'kept.exe');
  }

  setFeedURL({ url }: { readonly url: string }): void {
    this.feed = url;
  }

  async checkForUpdates(): Promise<{ isUpdateAvailable: boolean; updateInfo: { version: string } }> {
    const answer = await fetch(`${this.feed}/latest.yml?noCache=1`);
    const info = (await answer.json()) as { version: string; files: { url: string }[] };
    this.#file = info.files[0]?.url ?? '';
    return { isUpdateAvailable: this.isNewer, updateInfo: info };
  }

  async downloadUpdate(): Promise<string[]> {
    const answer = await fetch(`${this.feed}/${this.#file}`);
    writeFileSync(this.path, Buffer.from(await answer.arrayBuffer()));
    const refusal = await this.verifyUpdateCodeSignature?.(['Example'], this.path);
    if (typeof refusal === 'string') throw new Error(refusal);
    return [this.path];
  }

  quitAndInstall(isSilent: boolean, isForceRunAfter: boolean): void {
    this.quits.push([isSilent, isForceRunAfter]);
    if (this.failure !== undefined) for (const listener of this.#onError) listener(this.failure);
  }

  on(_event: 'error', listener: (error: Error) => void): void {
    this.#onError.push(listener);
  }
}

async function fetched(): Promise<VerifiedFile> {
  const path = join(directory, signed.name);
  writeFileSync(path, content);
  const file = await verified(path, signed, '1.1.0');
  if (file === undefined) throw new Error('the file is not what it should be');
  return file;
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-installer-'));
  updater = new FakeUpdater();
  installer = createInstaller({
    load: async () => updater,
    platform: 'win32',
    verifySignature: async () => null,
    randomId: (letters) => 'k'.repeat(letters),
    patienceMs: 20,
  });
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('handing an update to the installer of the system', () => {
  it('gives it the very bytes that were verified, over loopback alone, with nothing left to its own judgement', async () => {
    await installer.stage(await fetched(), signed);
    expect(readFileSync(updater.path, 'utf8')).toBe(content);
    expect(updater.feed).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/k{32}$/);
    expect(updater).toMatchObject({
      ...{ autoDownload: false, autoInstallOnAppQuit: false, allowDowngrade: false },
      ...{ disableWebInstaller: true, disableDifferentialDownload: true },
    });
    // The feed is gone with the need for it.
    await expect(fetch(`${updater.feed}/latest.yml`)).rejects.toThrow();
  });

  it('ends the app to install, and starts the new one where that is wanted', async () => {
    await installer.stage(await fetched(), signed);
    for (const restart of [true, false]) {
      // Where nothing comes of it, whoever waits goes on.
      await expect(installer.install({ restart })).rejects.toMatchObject({ key: 'update.installer' });
      expect(updater.autoRunAppAfterInstall).toBe(restart);
    }
    expect(updater.quits).toEqual([
      [true, true],
      [true, false],
    ]);
  });

  it('says what the system said where it does not install, for nobody is to be left with an app that does nothing', async () => {
    await installer.stage(await fetched(), signed);
    updater.failure = new Error('Code signature at URL did not pass validation.');
    await expect(installer.install({ restart: true })).rejects.toMatchObject({
      values: { reason: 'Code signature at URL did not pass validation' },
    });
  });

  it('installs nothing that was changed since, in the folder where it waits', async () => {
    await installer.stage(await fetched(), signed);
    writeFileSync(updater.path, content.replace('new', 'bad'));
    await expect(installer.check()).rejects.toMatchObject({ key: 'update.tampered' });
    await expect(installer.install({ restart: true })).rejects.toMatchObject({ key: 'update.tampered' });
    expect(updater.quits).toEqual([]);
  });

  it('installs nothing whose code signature is somebody else’s', async () => {
    const strict = createInstaller({
      load: async () => updater,
      platform: 'win32',
      verifySignature: async () => 'it is signed by somebody else',
      randomId: () => 'k',
    });
    await expect(strict.stage(await fetched(), signed)).rejects.toMatchObject({ key: 'update.installer' });
    await expect(strict.install({ restart: true })).rejects.toMatchObject({ key: 'update.installer' });
    expect(updater.quits).toEqual([]);
  });

  it('installs nothing that the installer does not take for newer', async () => {
    updater.isNewer = false;
    await expect(installer.stage(await fetched(), signed)).rejects.toMatchObject({ key: 'update.installer' });
  });
});

describe('the code signature on Windows', () => {
  const subject = 'CN="Example, Inc.", O=Example, C=DE';

  it('is asked for without a shell, and the name of the file is no part of what is run', async () => {
    const file = `C:\\Users\\x\\";calc;'%TEMP%.exe`;
    const check = windowsSignatureCheck('C:\\Windows', async (program, args, environment) => {
      expect(program).toBe('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe');
      expect(args.join(' ')).not.toContain('calc');
      expect(Object.values(environment)).toContain(file);
      return JSON.stringify({ status: 'Valid', subject });
    });
    expect(await check(['Example, Inc.'], file)).toBeNull();
  });

  it('is a refusal when Windows does not answer', async () => {
    const check = windowsSignatureCheck('C:\\Windows', () => Promise.reject(new Error('timed out')));
    expect(await check(['Example'], 'x.exe')).toMatch(/did not say.*timed out/);
  });

  it.each([
    ['Valid', ['Example, Inc.'], true],
    ['Valid', ['CN="Example, Inc.", O=Example'], true],
    ['Valid', ['CN="Example, Inc.", O=Other'], false],
    ['Valid', ['Example'], false],
    ['Valid', [], false],
    ['NotSigned', ['Example, Inc.'], false],
    ['HashMismatch', ['Example, Inc.'], false],
  ])('%s by %j is taken: %s', (status, publishers, isTaken) => {
    expect(refusalOf({ status, subject }, publishers) === null).toBe(isTaken);
  });
});

describe('versions', () => {
  it('are in the order of Semantic Versioning', () => {
    const ordered = [
      '',
      '0.9.9',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0',
      '1.10.0',
    ];
    for (const [at, version] of ordered.entries()) {
      for (const [otherAt, other] of ordered.entries()) {
        expect(Math.sign(compareVersions(version, other)), `${version} and ${other}`).toBe(Math.sign(at - otherAt));
      }
    }
  });

  it('of systems have as many numbers as they like', () => {
    expect(isOlderSystem('10.0.19045', '10.0.22000')).toBe(true);
    expect(isOlderSystem('14.1', '13')).toBe(false);
    expect(isOlderSystem('13', '13.0')).toBe(false);
  });
});
