import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UpdateState } from '../../../shared/contract/desktop.ts';
import type { VerifiedFile } from '../../../main/electron/updates/download.ts';
import type { Installer } from '../../../main/electron/updates/installer.ts';
import { openManifest } from '../../../main/electron/updates/manifest.ts';
import { UpdateProblem } from '../../../main/electron/updates/problem.ts';
import { publicKeyFrom } from '../../../main/electron/updates/release.ts';
import { createUpdates, type Updates } from '../../../main/electron/updates/updates.ts';
import { settled } from './support.ts';
import { fileOf, reached, Rig, start } from './updates-rig.ts';

const name = 'Sluice-1.1.0-win-x64.exe';
const content = 'the new version';
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Takes what it is given, and tells. */
class Taker implements Installer {
  readonly staged: string[] = [];
  readonly installed: boolean[] = [];
  /** Changed since, in the folder where it waits. */
  isSpoilt = false;

  async stage(file: VerifiedFile): Promise<void> {
    this.staged.push(readFileSync(file.path, 'utf8'));
  }

  async check(): Promise<void> {
    if (this.isSpoilt) throw new UpdateProblem('update.tampered', { version: '1.1.0' });
  }

  /** What comes of it: nothing any more, for the process ends. */
  outcome: () => Promise<never> = () => new Promise(() => undefined);

  async install({ restart }: { readonly restart: boolean }): Promise<never> {
    this.installed.push(restart);
    return await this.outcome();
  }
}

const rig = new Rig();
let opened: Updates[];

beforeAll(() => rig.open());
afterAll(() => rig.close());

beforeEach(() => {
  opened = [];
  rig.reset();
});

afterEach(() => {
  for (const updates of opened) updates.stop();
});

function app(...options: Parameters<Rig['app']>): Updates {
  const updates = rig.app(...options);
  opened.push(updates);
  return updates;
}

/** What was fetched and kept, by name. */
function downloads(): readonly string[] {
  const directory = join(rig.directory, 'updates');
  return existsSync(directory) ? readdirSync(directory) : [];
}

describe('looking for updates', () => {
  it('finds a newer version, says when it looked, and fetches nothing unless that is wanted', async () => {
    rig.publish();
    const updates = app({ installer: new Taker() });
    expect(await updates.check()).toEqual({
      ...{ supported: true, reason: null, state: 'available', version: '1.1.0', progress: null, error: null },
      last_checked_at: new Date(start).toISOString(),
    });
    expect(rig.asked).toEqual(['/update.json', '/update.json.sig']);
  });

  it('finds nothing when what runs is the newest', async () => {
    rig.publish({ version: '1.0.0' });
    expect(await app().check()).toMatchObject({ state: 'idle', version: null, error: null });
  });

  it('takes what build/sign-update.mjs signed', async () => {
    const release = join(rig.directory, 'release');
    const key = join(rig.directory, 'key.pem');
    mkdirSync(release);
    writeFileSync(join(release, 'Sluice-2.0.0-mac-universal.zip'), content);
    const tool = (...args: string[]): string => {
      const run = spawnSync(process.execPath, ['build/sign-update.mjs', ...args], { encoding: 'utf8' });
      if (run.status !== 0) throw new Error(run.stderr);
      return run.stdout.trim();
    };
    const publicKey = tool('--generate-key', key);
    tool('--key', key, '--dir', release, '--version', '2.0.0', '--expires-days', '30');
    const bytes = readFileSync(join(release, 'update.json'));
    const signature = readFileSync(join(release, 'update.json.sig'));
    expect(openManifest(bytes, signature, publicKeyFrom(publicKey))).toMatchObject({
      version: '2.0.0',
      files: [fileOf('Sluice-2.0.0-mac-universal.zip', content, { platform: 'darwin', arch: 'universal' })],
    });
    // Over a key that apps know already it writes no other.
    expect(() => tool('--generate-key', key)).toThrow(/EEXIST/);
  });

  it('is not to be had in a build without a release, and says so', async () => {
    for (const [kind, words] of [
      ['absent', /does not look/],
      ['broken', /release\.json/],
    ] as const) {
      const updates = createUpdates({ ...rig.parts(), release: { kind } });
      expect(await updates.check()).toMatchObject({ supported: false, state: 'idle' });
      expect(updates.state().reason).toMatch(words);
      await expect(updates.install()).rejects.toThrow(/does not look/);
    }
    expect(rig.timers).toEqual([]);
  });
});

describe('a release server that cannot be trusted', () => {
  const refused: readonly (readonly [string, (rig: Rig) => void, RegExp])[] = [
    ['a wrong signer', (one) => void one.publish({}, generateKeyPairSync('ed25519').privateKey), /not signed/],
    [
      'a description that was changed after it was signed',
      (one) => one.serve('/update.json', one.publish().toString().replace('1.1.0', '1.2.0')),
      /not signed/,
    ],
    [
      'a signature that is none',
      (one) => {
        one.publish();
        one.serve('/update.json.sig', 'AAAA');
      },
      /not signed/,
    ],
    [
      'an older version than what runs',
      (one) => void one.publish({ version: '0.9.0' }),
      /offers 0\.9\.0 although 1\.0\.0/,
    ],
    [
      'an expired description',
      (one) => void one.publish({ expires: new Date(start - 1).toISOString() }),
      /expired on 2026-05-01/,
    ],
    ['another channel', (one) => void one.publish({ channel: 'beta' }), /channel beta/],
    [
      'a system that is too old',
      (one) => void one.publish({ min_os: { win32: '10.0.22000' } }),
      /needs Windows 10\.0\.22000/,
    ],
    ['no file for this system', (one) => void one.publish({ files: [] }), /no file for this system/],
    ['a signed description that is no use', (one) => void one.publish({ version: 'newest' }), /not usable: version/],
    [
      'a file name with quotes and %ENV%',
      (one) => void one.publish({ files: [fileOf(`x";calc;'%TEMP%.exe`, content)] }),
      /not usable: files\.0\.name/,
    ],
    [
      'a file name that leads out of its folder',
      (one) => void one.publish({ files: [fileOf('../../evil.exe', content)] }),
      /not usable: files\.0\.name/,
    ],
    ['nothing at all (404)', () => undefined, /status 404/],
    [
      'a redirection to http',
      (one) =>
        void one.answers.set('/update.json', (_request, response) =>
          response.writeHead(302, { location: one.url.replace('https:', 'http:') }).end(),
        ),
      /leads to http:/,
    ],
    [
      'a redirection to another host',
      (one) =>
        void one.answers.set('/update.json', (_request, response) =>
          response.writeHead(302, { location: 'https://elsewhere.test/update.json' }).end(),
        ),
      /leads to https:\/\/elsewhere\.test/,
    ],
    [
      'a redirection without end',
      (one) =>
        void one.answers.set('/update.json', (_request, response) =>
          response.writeHead(302, { location: '/update.json' }).end(),
        ),
      /not allowed/,
    ],
    [
      'a description without end',
      (one) => void one.answers.set('/update.json', (_request, response) => endless(response)),
      /update\.json is larger than it may be/,
    ],
    [
      'a connection that breaks',
      (one) => void one.answers.set('/update.json', (request) => void request.socket.destroy()),
      /did not answer/,
    ],
  ];

  it.each(refused)('is refused with the reason and the app goes on: %s', async (_what, prepare, words) => {
    prepare(rig);
    const updates = app({ installer: new Taker() });
    expect(await updates.check()).toMatchObject({ supported: true, state: 'failed', version: null });
    expect(updates.state().error).toMatch(words);
    await expect(updates.install()).rejects.toThrow(/No update is ready/);
    expect(downloads()).toEqual([]);
    // It is asked again as if nothing had been.
    rig.answers.clear();
    rig.publish();
    expect(await updates.check()).toMatchObject({ state: 'available', version: '1.1.0', error: null });
  });

  it('cannot pass off an old description again, after a restart neither', async () => {
    rig.publish({ version: '1.2.0' });
    expect(await app().check()).toMatchObject({ state: 'available', version: '1.2.0' });
    rig.publish({ version: '1.1.0' });
    const next = app();
    expect((await next.check()).error).toMatch(/offers 1\.1\.0 although 1\.2\.0 was seen/);
  });

  it('cannot make an old description good by a clock that was set back', async () => {
    rig.publish({
      released_at: new Date(start + 40 * dayMs).toISOString(),
      expires: new Date(start + 80 * dayMs).toISOString(),
    });
    await app().check();
    rig.publish();
    expect((await app().check()).error).toMatch(/expired on 2026-05-31/);
  });

  it('does not move what counts as seen with what nobody signed', async () => {
    rig.publish({ version: '9.0.0' }, generateKeyPairSync('ed25519').privateKey);
    await app().check();
    rig.publish();
    expect(await app().check()).toMatchObject({ state: 'available', version: '1.1.0' });
  });
});

describe('fetching an update', () => {
  const path = `/${name}`;
  const fetched = async (updates: Updates): Promise<UpdateState> => {
    void updates.check();
    return await reached(updates, 'ready', 'failed');
  };

  /** Whether the app is left to be ended by what installs: there is no answer. */
  const ends = async (answer: Promise<boolean>): Promise<boolean> => {
    let isAnswered = false;
    void answer.then(() => (isAnswered = true));
    await settled();
    return !isAnswered;
  };

  it('fetches by itself where that is wanted, checks every byte, and installs at the end of the app', async () => {
    rig.publish();
    rig.serve(path, content);
    const installer = new Taker();
    const updates = app({ installer, preference: 'automatic' });
    expect(await updates.installAtQuit(false)).toBe(false);
    expect(await fetched(updates)).toMatchObject({ state: 'ready', version: '1.1.0', error: null });
    expect(installer.staged).toEqual([content]);
    expect(await ends(updates.installAtQuit(false))).toBe(true);
    expect(installer.installed).toEqual([false]);
  });

  it('starts the new one at the end of the app for whoever started it meanwhile', async () => {
    rig.publish();
    rig.serve(path, content);
    const installer = new Taker();
    const updates = app({ installer, preference: 'automatic' });
    await fetched(updates);
    expect(await ends(updates.installAtQuit(true))).toBe(true);
    expect(installer.installed).toEqual([true]);
  });

  it('leaves nobody without the app: one that is not installed when people wanted it has the old one come back', async () => {
    rig.publish();
    rig.serve(path, content);
    for (const isPressed of [true, false]) {
      const installer = new Taker();
      installer.outcome = () => Promise.reject(new UpdateProblem('update.installer', { reason: 'no room' }));
      const updates = app({ installer, preference: 'automatic' });
      await fetched(updates);
      if (isPressed) await updates.install();
      expect(await updates.installAtQuit(false)).toBe(isPressed);
    }
  });

  it('fetches when it is told to otherwise, then restarts when it is told to', async () => {
    rig.publish();
    rig.serve(path, content);
    const installer = new Taker();
    const updates = app({ installer });
    await updates.check();
    expect(await updates.install()).toMatchObject({ state: 'downloading' });
    await reached(updates, 'ready');
    expect(await updates.installAtQuit(false)).toBe(false);
    await updates.install();
    // What runs is drained first; the installer comes last.
    expect(rig.quits).toBe(1);
    expect(installer.installed).toEqual([]);
    expect(await ends(updates.installAtQuit(false))).toBe(true);
    expect(installer.installed).toEqual([true]);
    // The installer itself ends the app, which asks once more.
    expect(await updates.installAtQuit(false)).toBe(false);
  });

  it('does not end the app for an update that was changed since', async () => {
    rig.publish();
    rig.serve(path, content);
    const installer = new Taker();
    const updates = app({ installer, preference: 'automatic' });
    await fetched(updates);
    installer.isSpoilt = true;
    const state = await updates.install();
    expect(state.error).toMatch(/not what the makers of Sluice signed/);
    expect(rig.quits).toBe(0);
    expect(await updates.installAtQuit(false)).toBe(false);
  });

  it('is of no avail on Linux: it says that there is one, and leaves it to people', async () => {
    rig.publish({ files: [] });
    const updates = app({ preference: 'automatic', installation: { platform: 'linux' } });
    expect(await updates.check()).toMatchObject({ state: 'available', version: '1.1.0' });
    await expect(updates.install()).rejects.toThrow(/package manager/);
  });

  it('throws away what is not what was signed, of the right length too', async () => {
    rig.publish();
    rig.serve(path, content.replace('new', 'bad'));
    const installer = new Taker();
    const state = await fetched(app({ installer, preference: 'automatic' }));
    expect(state.state).toBe('failed');
    expect(state.error).toMatch(/not what the makers of Sluice signed/);
    expect(installer.staged).toEqual([]);
    expect(downloads()).toEqual([]);
  });

  it('stops at the first byte too many', async () => {
    rig.publish();
    rig.answers.set(path, (_request, response) => endless(response));
    const state = await fetched(app({ installer: new Taker(), preference: 'automatic' }));
    expect(state.error).toMatch(/larger than it may be/);
    expect(downloads()).toEqual([]);
  });

  it('goes on where it was interrupted', async () => {
    rig.publish();
    rig.answers.set(path, (_request, response) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.slice(0, 4));
      // Not before these bytes were kept.
      updates.onChange(({ progress }) => (progress ?? 0) > 0 && response.destroy());
    });
    const installer = new Taker();
    const updates = app({ installer, preference: 'automatic' });
    expect((await fetched(updates)).error).toMatch(/ended early/);
    rig.answers.set(path, (_request, response) => {
      response.writeHead(206, { 'content-range': `bytes 4-${content.length - 1}/${content.length}` });
      response.end(content.slice(4));
    });
    await fetched(updates);
    await reached(updates, 'ready');
    expect(rig.asked.filter((one) => one.startsWith(path))).toEqual([path, `${path} bytes=4-`]);
    expect(installer.staged).toEqual([content]);
  });

  it('begins anew at a server that cannot go on, and with a part that is another file', async () => {
    rig.publish();
    const directory = join(rig.directory, 'updates');
    mkdirSync(directory);
    const part = `${createHash('sha256').update(content).digest('hex')}.part`;
    writeFileSync(join(directory, part), 'THE ');
    writeFileSync(join(directory, 'Sluice-0.9.0-win-x64.exe'), 'old');
    rig.serve(path, content);
    const installer = new Taker();
    expect(await fetched(app({ installer, preference: 'automatic' }))).toMatchObject({ state: 'ready' });
    expect(downloads()).toEqual([name]);
  });

  it.each([404, 416, 500])('says which status it got instead: %i', async (status) => {
    rig.publish();
    rig.answers.set(path, (_request, response) => response.writeHead(status).end());
    expect((await fetched(app({ installer: new Taker(), preference: 'automatic' }))).error).toContain(
      `status ${status}`,
    );
  });

  it('follows to a host that the build allows, and to no other', async () => {
    const files = new Rig();
    await files.open();
    files.serve(path, content);
    rig.publish();
    rig.answers.set(path, (_request, response) => response.writeHead(302, { location: `${files.url}${name}` }).end());
    const strict = await fetched(app({ installer: new Taker(), preference: 'automatic' }));
    expect(strict.error).toMatch(/not allowed/);
    expect(files.asked).toEqual([]);
    await files.close();
  });

  it('says what the installer of the system said, and goes on', async () => {
    rig.publish();
    rig.serve(path, content);
    const installer = new Taker();
    installer.stage = () => Promise.reject(new Error('not signed by the application owner'));
    const state = await fetched(app({ installer, preference: 'automatic' }));
    expect(state.state).toBe('failed');
    expect(state.error).toMatch(/application owner/);
  });

  it('does not lose what is ready to a later check that fails, and takes what is newer still', async () => {
    rig.publish();
    rig.serve(path, content);
    const installer = new Taker();
    const updates = app({ installer, preference: 'automatic' });
    await fetched(updates);
    rig.answers.delete('/update.json');
    expect(await updates.check()).toMatchObject({ state: 'ready', version: '1.1.0' });
    rig.publish({ version: '1.2.0', files: [fileOf('Sluice-1.2.0-win-x64.exe', 'newer still')] });
    rig.serve('/Sluice-1.2.0-win-x64.exe', 'newer still');
    await updates.check();
    expect(await reached(updates, 'ready')).toMatchObject({ version: '1.2.0' });
    expect(downloads()).toEqual(['Sluice-1.2.0-win-x64.exe']);
  });
});

describe('when updates are looked for', () => {
  const waits = (): readonly number[] => rig.timers.map(({ ms }) => ms);

  it('is five minutes after a start, then once a day, with one timer at a time', async () => {
    rig.publish();
    const updates = app();
    expect(waits()).toEqual([5 * minuteMs]);
    rig.now += 5 * minuteMs;
    rig.timers[0]?.run();
    await reached(updates, 'available');
    await updates.check();
    expect(waits()).toEqual([dayMs]);
    updates.stop();
    expect(waits()).toEqual([]);
  });

  it('is a day after the last time, over a restart too', async () => {
    rig.publish();
    await app().check();
    opened[0]?.stop();
    rig.now += 20 * 60 * minuteMs;
    app();
    expect(waits()).toEqual([4 * 60 * minuteMs]);
  });

  it('is never by itself where people do not want it, and at their word all the same', async () => {
    rig.publish();
    const updates = app({ preference: 'off' });
    expect(waits()).toEqual([]);
    expect(rig.asked).toEqual([]);
    expect(await updates.check()).toMatchObject({ state: 'available' });
    expect(waits()).toEqual([]);
    rig.preference = 'notify';
    updates.reschedule();
    expect(waits()).toEqual([dayMs]);
  });

  it('is at once after a sleep that was longer than the day', async () => {
    rig.publish();
    const updates = app();
    await updates.check();
    rig.now += 3 * dayMs;
    updates.reschedule();
    expect(waits()).toEqual([0]);
  });
});

describe('an update that does not work', () => {
  it('is told after its third crash, with the way back', async () => {
    await app({ installation: { version: '1.0.0' } }).check();
    const crash = { at: start, version: '1.1.0', reason: 'Error: x' };
    const installation = { version: '1.1.0' };
    expect(app({ installation, crashes: [crash, crash] }).state().error).toBeNull();
    expect(app({ installation, crashes: [crash, crash, crash] }).state().error).toMatch(
      /1\.1\.0 crashed 3 times since the update\. The version before, 1\.0\.0, can be had at https:\/\/releases\.test\/all/,
    );
  });

  it('is not what a first installation that crashes is', () => {
    const crash = { at: start, version: '1.0.0', reason: 'Error: x' };
    expect(app({ crashes: [crash, crash, crash] }).state().error).toBeNull();
  });
});

function endless(response: ServerResponse): void {
  const block = Buffer.alloc(64 * 1024, ' ');
  const source = new Readable({ read: () => void source.push(block) });
  // It ends when nobody listens any more.
  pipeline(source, response, () => undefined);
}
