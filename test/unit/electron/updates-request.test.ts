// The one request that main makes through Electron, as Electron treats it: by the rules of the session it is made in.
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import type { ClientRequestConstructorOptions, net, Session } from 'electron';
import { describe, expect, it } from 'vitest';
import { guardSession } from '../../../main/electron/guard.ts';
import { electronGet } from '../../../main/electron/updates/electron-get.ts';
import type { HttpGet } from '../../../main/electron/updates/get.ts';

type Rule = (details: { readonly url: string }, answer: (verdict: { readonly cancel?: boolean }) => void) => void;

/** A session, with what its `webRequest` was told. */
class RuledSession {
  rule: Rule = (_details, answer) => answer({});
  readonly webRequest = { onBeforeRequest: (rule: Rule): void => void (this.rule = rule) };
  setPermissionRequestHandler(): void {}
  setPermissionCheckHandler(): void {}
  setDevicePermissionHandler(): void {}
  setSpellCheckerEnabled(): void {}
  get asSession(): Session {
    return this as unknown as Session;
  }
}

interface Served {
  /** Where each address leads; none: it is answered. */
  readonly redirects?: Readonly<Record<string, string>>;
}

/** As Electron's `net`: no session named is the one of the pages, whose rules are asked about every step. */
function network(pages: RuledSession, { redirects = {} }: Served = {}) {
  const asked: ClientRequestConstructorOptions[] = [];
  class Asked extends EventEmitter {
    readonly #options: ClientRequestConstructorOptions;
    #followed = false;
    aborted = false;
    constructor(options: ClientRequestConstructorOptions) {
      super();
      asked.push(options);
      this.#options = options;
    }
    end(): void {
      setImmediate(() => this.#go(this.#options.url ?? ''));
    }
    followRedirect(): void {
      this.#followed = true;
    }
    abort(): void {
      this.aborted = true;
    }
    #go(url: string): void {
      const session = (this.#options.session as unknown as RuledSession | undefined) ?? pages;
      session.rule({ url }, ({ cancel = false }) => {
        if (cancel) this.emit('error', new Error('net::ERR_BLOCKED_BY_CLIENT'));
        else this.#answer(redirects[url]);
      });
    }
    #answer(to: string | undefined): void {
      if (to === undefined) {
        const response = Object.assign(Readable.from([Buffer.from('signed')]), {
          statusCode: 200,
          headers: { 'content-type': 'application/json', 'content-range': ['bytes 3-5/6'] },
        });
        this.emit('response', response);
        return;
      }
      this.#followed = false;
      this.emit('redirect', 302, 'GET', to, {});
      if (this.#followed) this.#go(to);
      else if (!this.aborted) this.emit('error', new Error('Redirect was cancelled'));
    }
  }
  return { asked, request: ((options: never) => new Asked(options)) as unknown as typeof net.request };
}

const url = 'https://updates.example/update.json';

function getting(served: Served = {}): {
  readonly get: HttpGet;
  readonly asked: readonly ClientRequestConstructorOptions[];
} {
  const pages = new RuledSession();
  guardSession(pages.asSession);
  const { asked, request } = network(pages, served);
  const own = new RuledSession();
  return { asked, get: electronGet(request, () => own.asSession) };
}

const signal = new AbortController().signal;

describe('the request for an update', () => {
  it('goes out although pages may load nothing, without cookies, cache or referrer', async () => {
    const { get, asked } = getting();
    const answer = await get(url, { headers: { 'user-agent': 'Sluice' }, signal, mayRedirectTo: () => false });
    expect([answer.status, answer.header('content-type')]).toEqual([200, 'application/json']);
    expect(answer.header('content-range')).toBe('bytes 3-5/6');
    expect(answer.header('etag')).toBeUndefined();
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('signed');
    expect(asked).toMatchObject([
      {
        ...{ url, method: 'GET', redirect: 'manual', credentials: 'omit', cache: 'no-store' },
        ...{ referrerPolicy: 'no-referrer', headers: { 'user-agent': 'Sluice' } },
      },
    ]);
  });

  it('follows where that is allowed, and nowhere else', async () => {
    const there = 'https://files.example/update.json';
    const steps: string[] = [];
    const allowing = (isAllowed: boolean) => (to: string) => {
      steps.push(to);
      return isAllowed;
    };
    const { get } = getting({ redirects: { [url]: there } });
    expect((await get(url, { headers: {}, signal, mayRedirectTo: allowing(true) })).status).toBe(200);
    await expect(get(url, { headers: {}, signal, mayRedirectTo: allowing(false) })).rejects.toThrow();
    expect(steps).toEqual([there, there]);
  });

  it('ends when nobody waits for it any more', async () => {
    const ending = new AbortController();
    const answer = getting().get(url, { headers: {}, signal: ending.signal, mayRedirectTo: () => false });
    ending.abort();
    await expect(answer).rejects.toThrow('aborted');
  });
});
