// The one Chromium behind all windows: started with the first of them, ended with the last, so that an app without a window has no renderer.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connectCdp, type Cdp } from './cdp.ts';
import { settings, stage } from './stage.ts';

export interface ChromiumHost {
  readonly cdp: Cdp;
  /** For `connectOverCDP`. */
  readonly endpoint: string;
}

interface Running {
  readonly host: ChromiumHost;
  readonly child: ChildProcess;
}

const killAfterMs = 5_000;

let wanted = 0;
let running: Promise<Running> | undefined;
let ending: Promise<void> = Promise.resolve();
let profile = '';
let profiles = 0;

/** Where pages keep what they store. */
export function useProfile(folder: string): void {
  profile = folder;
}

/** What pages stored so far is gone for those to come. */
export function freshProfile(): void {
  profiles += 1;
}

/** Whoever takes it gives it back. */
export async function takeChromium(): Promise<ChromiumHost> {
  wanted += 1;
  running ??= ending.then(launch);
  return (await running).host;
}

/** Ends it when nobody has it any more, after what is still to be done with it. */
export function giveChromiumBack(last: Promise<unknown>): void {
  wanted -= 1;
  if (wanted > 0 || running === undefined) return;
  const was = running;
  running = undefined;
  ending = last.then(() => was).then(end, () => undefined);
}

/** Without starting it. */
export async function currentChromium(): Promise<ChromiumHost | undefined> {
  return (await running)?.host;
}

/** Resolves when it has ended, if it is about to. */
export function chromiumEnded(): Promise<void> {
  return ending;
}

export async function chromiumPid(): Promise<number | undefined> {
  return (await running)?.child.pid;
}

const switches = [
  ...[
    '--headless',
    '--no-sandbox',
    '--remote-debugging-port=0',
    '--remote-debugging-pipe',
    '--no-startup-window',
    '--no-first-run',
  ],
  ...['--no-default-browser-check', '--mute-audio', '--disable-gpu', '--disable-sync', '--disable-component-update'],
  ...['--disable-background-networking', '--disable-breakpad', '--disable-dev-shm-usage', '--disable-extensions'],
  ...['--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding', '--no-service-autorun'],
  // All frames of a page answer in its own session.
  ...['--disable-site-isolation-trials', '--disable-features=IsolateOrigins,site-per-process'],
  // `window.open` gives nothing, as it does in Electron where the handler denies it.
  '--block-new-web-contents',
];

async function launch(): Promise<Running> {
  mkdirSync(profile, { recursive: true });
  const language = `${stage.locale.replace('-', '_')}.UTF-8`;
  const child = spawn(
    await program(),
    [
      ...switches,
      `--lang=${stage.locale}`,
      `--user-data-dir=${join(profile, profiles === 0 ? 'chromium' : `chromium-${profiles}`)}`,
      ...(settings.switches ?? []),
    ],
    {
      // It ends when its pipe does: with the app, also when that is killed.
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, LANG: language, LANGUAGE: language, LC_ALL: language },
    },
  );
  const kill = (): void => void child.kill('SIGKILL');
  process.on('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  let said = '';
  const address = await new Promise<string>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      if (said.length < 20_000) said += chunk.toString();
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${said}`)));
    child.once('error', reject);
  });
  const cdp = await connectCdp(address);
  await cdp.send('Target.setDiscoverTargets', { discover: true });
  return { child, host: { cdp, endpoint: `http://${new URL(address).host}` } };
}

/** The one that the test names, which saves the app what it takes to look. */
async function program(): Promise<string> {
  const named = process.env['CHROMIUM_PATH'] ?? '';
  return named === '' ? await (await import('../../e2e/chromium.ts')).chromiumPath() : named;
}

async function end({ host, child }: Running): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const late = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  await host.cdp.send('Browser.close').catch(() => undefined);
  await exited;
  clearTimeout(late);
  host.cdp.close();
}
