// A window on an instance, as journeys use it: they do not know whether a browser or the desktop shows it.
import { createHash } from 'node:crypto';
import type { Page } from 'playwright';
import type { InstanceOptions } from './instance.ts';

/** An instance to begin with. Journeys that name the same one share it, as long as they run. */
export interface Setup {
  readonly name: string;
  readonly options: () => Promise<InstanceOptions>;
  /** Key of its config; without one it is that of the first start. */
  readonly key?: string;
}

export interface OpenOptions {
  readonly setup: Setup;
  readonly locale?: string;
  /** Of the window; 1200 × 800 by default. */
  readonly width?: number;
  readonly height?: number;
  /** It is not signed in: the page is empty. */
  readonly signedOut?: boolean;
}

export interface Opened {
  /** On Home, or where a first start leads. */
  readonly page: Page;
  /** `http://127.0.0.1:port` of the data port. */
  readonly gateway: string;
  /** Opens the data port. */
  readonly key: string;
  readonly home: string;
  readonly data: string;
  /** Loads the window at this path anew. */
  readonly goto: (path: string) => Promise<void>;
  /** What was copied last. */
  readonly clipboard: () => Promise<string>;
  /** The text of the file that this makes the window save. */
  readonly download: (action: () => Promise<void>) => Promise<string>;
  /** A call over the local socket; throws what a refusal says. */
  readonly call: (name: string, input: unknown) => Promise<unknown>;
  /** A link into the window. */
  readonly newLink: () => Promise<string>;
  readonly stop: () => Promise<void>;
  /** On the same ports. */
  readonly start: () => Promise<void>;
  /** A window with nothing of this one. */
  readonly another: () => Promise<Page>;
  /** Ends the window, and fails when a page of it broke. The instance lives as long as other journeys may want it. */
  readonly close: () => Promise<void>;
}

export type Open = (options: OpenOptions) => Promise<Opened>;

/** For `virtual_keys[].value`. */
export const digestOf = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`;

/** A key for the config of a test, of the shape of ours. */
export const sharedKey = ['sk', 'sluice', 'journeys', 'q7'.repeat(24)].join('-');

export interface Asked {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** A client's request to Chat Completions. */
export async function ask(
  { gateway, key }: Pick<Opened, 'gateway' | 'key'>,
  model: string,
  content: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const response = await fetch(`${gateway}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}
