// A release server over real HTTPS that can misbehave in every way SECURITY names, and an app that looks there for updates.
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DesktopPreferences, UpdateState } from '../../../shared/contract/desktop.ts';
import { desktopMessages } from '../../../shared/text/desktop.ts';
import { createText } from '../../../shared/text/text.ts';
import type { CrashEntry } from '../../../main/electron/crash-journal.ts';
import type { HttpGet } from '../../../main/electron/updates/get.ts';
import type { Installer } from '../../../main/electron/updates/installer.ts';
import type { Installation } from '../../../main/electron/updates/manifest.ts';
import { openUpdateMemory } from '../../../main/electron/updates/memory.ts';
import type { ReleaseReading } from '../../../main/electron/updates/release.ts';
import {
  createUpdates,
  updateFiles,
  type Updates,
  type UpdatesOptions,
} from '../../../main/electron/updates/updates.ts';
import type { Log } from '../../../main/kit/log.ts';
import { selfSigned } from '../../fakes/certificate.ts';

export const silentLog: Log = {
  ...{ debug: () => undefined, info: () => undefined, warn: () => undefined },
  ...{ error: () => undefined, flush: () => undefined },
};

export const start = Date.parse('2026-05-01T12:00:00Z');
const dayMs = 24 * 60 * 60_000;

/** As Electron's, over Node's own HTTPS: redirections are asked about before they are followed. */
export function nodeGet(certificate: string): HttpGet {
  const agent = new Agent({ keepAlive: true });
  return async function get(url, options) {
    const sent = request(url, {
      headers: options.headers,
      signal: options.signal,
      ca: certificate,
      // Certificates of the tests are for a name, and the servers have an address.
      checkServerIdentity: () => undefined,
      agent,
    });
    sent.end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const { location } = response.headers;
    if (location === undefined) {
      const header = (name: string): string | undefined => response.headers[name]?.toString();
      return { status: response.statusCode ?? 0, header, body: response };
    }
    response.resume();
    const to = new URL(location, url).href;
    if (!options.mayRedirectTo(to)) throw new Error('redirect was cancelled');
    return await get(to, options);
  };
}

export interface RigOptions {
  readonly preference?: DesktopPreferences['updates'];
  readonly installation?: Partial<Installation>;
  readonly installer?: Installer | undefined;
  readonly crashes?: readonly CrashEntry[];
  readonly hosts?: readonly string[];
}

export interface SignedFields {
  readonly version?: string;
  readonly channel?: string;
  readonly files?: readonly unknown[];
  readonly min_os?: Readonly<Record<string, string>>;
  readonly released_at?: string;
  readonly expires?: string;
}

/** What an answer to a path is; without one it is 404. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export class Rig {
  readonly answers = new Map<string, Answer>();
  /** `GET /update.json`, with the range that was asked for. */
  readonly asked: string[] = [];
  readonly #certificate = selfSigned('releases.test');
  readonly #keys = generateKeyPairSync('ed25519');
  /** Those that wait. */
  readonly timers: { readonly ms: number; readonly run: () => void }[] = [];
  readonly #get = nodeGet(this.#certificate.cert);
  #server: Server | undefined;
  directory = '';
  quits = 0;
  url = '';
  now = start;
  preference: DesktopPreferences['updates'] = 'notify';

  async open(): Promise<void> {
    this.#server = createServer(this.#certificate, (request, response) => {
      const path = decodeURIComponent(request.url ?? '/');
      this.asked.push(`${path}${request.headers.range === undefined ? '' : ` ${request.headers.range}`}`);
      const answer = this.answers.get(path);
      if (answer !== undefined) answer(request, response);
      else response.writeHead(404).end('not found');
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Another machine that never saw this server, which serves nothing yet. */
  reset(): void {
    rmSync(this.directory, { recursive: true, force: true });
    this.directory = mkdtempSync(join(tmpdir(), 'sluice-updates-'));
    this.answers.clear();
    this.asked.length = 0;
    this.timers.length = 0;
    this.now = start;
    this.quits = 0;
    this.preference = 'notify';
  }

  async close(): Promise<void> {
    rmSync(this.directory, { recursive: true, force: true });
    this.#server?.closeAllConnections();
    this.#server?.close();
    if (this.#server !== undefined) await once(this.#server, 'close');
  }

  get key(): KeyObject {
    return this.#keys.publicKey;
  }

  serve(path: string, body: Uint8Array | string): void {
    this.answers.set(path, (_request, response) => response.end(body));
  }

  /** Puts a description there, signed; by us unless it says otherwise. */
  publish(fields: SignedFields = {}, signer: KeyObject = this.#keys.privateKey): Buffer {
    const bytes = Buffer.from(
      JSON.stringify({
        version: '1.1.0',
        channel: 'latest',
        released_at: new Date(start - dayMs).toISOString(),
        expires: new Date(start + 30 * dayMs).toISOString(),
        files: [fileOf('Sluice-1.1.0-win-x64.exe', 'the new version')],
        ...fields,
      }),
    );
    this.serve('/update.json', bytes);
    this.serve('/update.json.sig', `${sign(null, bytes, signer).toString('base64')}\n`);
    return bytes;
  }

  /** An app that starts now, with what the one before it knew. */
  app(options: RigOptions = {}): Updates {
    return createUpdates(this.parts(options));
  }

  parts(options: RigOptions = {}): UpdatesOptions {
    this.preference = options.preference ?? this.preference;
    const release: ReleaseReading = {
      kind: 'found',
      release: {
        ...{ url: this.url, key: this.key, channel: 'latest', hosts: options.hosts ?? [] },
        releasesUrl: 'https://releases.test/all',
      },
    };
    const { memory, downloads } = updateFiles(this.directory);
    return {
      release,
      installation: {
        version: '1.0.0',
        platform: 'win32',
        arch: 'x64',
        systemVersion: '10.0.19045',
        ...options.installation,
      },
      preference: () => this.preference,
      get: this.#get,
      memory: openUpdateMemory({ file: memory, log: silentLog }),
      directory: downloads,
      installer: options.installer,
      quit: () => void (this.quits += 1),
      crashes: options.crashes ?? [],
      text: () => createText('en', 'en', desktopMessages.en),
      clock: { now: () => this.now, monotonic: () => this.now },
      timer: (ms, run) => {
        const end = (): void => {
          if (this.timers.includes(timer)) this.timers.splice(this.timers.indexOf(timer), 1);
        };
        const timer = {
          ms,
          run() {
            end();
            run();
          },
        };
        this.timers.push(timer);
        return end;
      },
      log: silentLog,
    };
  }
}

export function fileOf(
  name: string,
  content: string,
  fields: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { name, size: Buffer.byteLength(content), sha256, platform: 'win32', arch: 'x64', ...fields };
}

/** The state once it is one of these. */
export function reached(updates: Updates, ...states: readonly UpdateState['state'][]): Promise<UpdateState> {
  return new Promise((resolve) => {
    const look = (state: UpdateState): void => {
      if (states.includes(state.state)) resolve(state);
    };
    updates.onChange(look);
    look(updates.state());
  });
}
