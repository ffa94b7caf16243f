// The desktop app under the stand-in, for tests of what is around its window: tray, notices, dialogs, links, the system.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { expect, vi } from 'vitest';
import { isErrno } from '../../main/kit/atomic-file.ts';
import type { CallInput, CallName, CallOutput } from '../../shared/contract/contract.ts';
import type { Desktop } from '../fakes/electron/desktop.ts';
import type { MenuLine } from '../fakes/electron/menu.ts';
import type { Settings } from '../fakes/electron/stage.ts';
import { callOf, openDesktopInstance, standInDriverOn } from './desktop-window.ts';
import type { InstanceOptions } from './instance.ts';
import { digestOf, sharedKey } from './opened.ts';

export interface ShellAppOptions extends InstanceOptions {
  /** What the system is like. */
  readonly settings?: Settings;
}

export interface ShellApp {
  /** `http://127.0.0.1:port` of the data port. */
  readonly gateway: string;
  /** Opens the data port. */
  readonly key: string;
  readonly home: string;
  readonly data: string;
  /** The process that runs now. */
  readonly desktop: () => Desktop;
  /** A call over the local socket; throws what a refusal says. */
  readonly call: <Name extends CallName>(name: Name, input?: CallInput<Name>) => Promise<CallOutput<Name>>;
  /** Leads the window to this path, and opens it first when there is none. */
  readonly page: (path?: string) => Promise<Page>;
  /** The page of the window that is open. */
  readonly opened: () => Promise<Page>;
  /** Closes all windows, and waits until nothing of them runs. */
  readonly leave: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** On the same port; with `settings` on another desktop from then on. */
  readonly start: (settings?: Settings) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Less than a test has, so that it says what did not come. */
export const slow = { timeout: 30_000 } as const;

const starting = 'Starting';

/** Resolves when the tray says that it runs: everything else is there by then. */
export async function openShellApp({ settings = {}, ...options }: ShellAppOptions): Promise<ShellApp> {
  let present = settings;
  const { driver, ...instance } = await openDesktopInstance(await standInDriverOn(() => present), {
    welcomed: true,
    ...options,
  });
  const { desktop } = driver;
  let window: { readonly page: Page; readonly leave: () => Promise<void> } | undefined;
  // The tray is the last that knows; `expect.poll` is for tests alone.
  const isReady = async (): Promise<boolean> => !((await trayOf(desktop()))?.toolTip ?? starting).endsWith(starting);
  const ready = async (): Promise<void> => void (await vi.waitUntil(isReady, { ...slow, interval: 50 }));
  const call = callOf(instance) as ShellApp['call'];
  const opened = async (): Promise<Page> => {
    if (window?.page.context().browser()?.isConnected() !== true) {
      window = await driver.page();
      window.page.setDefaultTimeout(slow.timeout);
    }
    await window.page.waitForSelector('main h1');
    return window.page;
  };
  try {
    await ready();
  } catch (error) {
    await instance.close();
    throw error;
  }
  return {
    ...{ gateway: instance.gateway, key: sharedKey, home: instance.home, data: instance.data, desktop, call, opened },
    async page(path = '/') {
      await call('desktop.show', { path });
      const page = await opened();
      await page.waitForURL((url) => `${url.pathname}${url.search}` === path);
      return page;
    },
    async leave() {
      await window?.page.context().browser()?.close();
      window = undefined;
      await driver.closeWindows();
    },
    stop: () => instance.stop(),
    async start(next = present) {
      present = next;
      await instance.start();
      await ready();
    },
    close: () => instance.close(),
  };
}

export interface TrayFacts {
  readonly toolTip: string;
  readonly title: string;
  readonly image: { readonly path?: string };
  readonly menu: readonly MenuLine[] | null;
}

export async function trayOf(desktop: Desktop): Promise<TrayFacts | null> {
  return (await desktop.ask('tray')) as TrayFacts | null;
}

export interface NoticeFacts {
  readonly title: string;
  readonly body: string;
  readonly actions: readonly string[];
}

/** All that were shown since it started, oldest first. */
export async function noticesOf(desktop: Desktop): Promise<readonly NoticeFacts[]> {
  const happened = await desktop.ask('happened', 'notification');
  return happened.map(({ detail }) => detail as NoticeFacts);
}

export interface DialogFacts {
  readonly message: string;
  readonly detail: string;
  readonly buttons: readonly string[];
}

/** The dialog of the system that people see now, once there is one. */
export async function dialogOf(desktop: Desktop): Promise<DialogFacts> {
  await expect.poll(async () => (await desktop.ask('dialogs')).length, slow).toBe(1);
  const [first] = await desktop.ask('dialogs');
  return first?.options as DialogFacts;
}

/** What was handed to other programs since it started. */
export async function handedOut(desktop: Desktop): Promise<readonly unknown[]> {
  return (await desktop.ask('happened', 'openExternal')).map(({ detail }) => detail);
}

/** Names of the files below this folder that hold this text as it is. */
export function filesWith(text: string, folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return files.filter((file) => isIn(file, text));
}

/** Chromium throws away files of its cache while they are looked at. */
function isIn(file: string, text: string): boolean {
  try {
    return readFileSync(file).includes(text);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** For the key of these tests, to stand under `virtual_keys`. */
export const keyLine = `  - { id: journeys, name: Journeys, value: "${digestOf(sharedKey)}" }\n`;
