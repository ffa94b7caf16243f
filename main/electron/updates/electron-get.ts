/** GET over Electron's own network stack: it knows the system's proxies and certificates, which Node does not. */
import type { Readable } from 'node:stream';
import type { net, Session } from 'electron';
import type { HttpGet } from './get.ts';

/**
 * `session`: one that is not that of the pages. What these may not load, by `webRequest`, Electron keeps from requests of main in the
 * same session too.
 */
export function electronGet(request: typeof net.request, session: () => Session): HttpGet {
  return (url, { headers, signal, mayRedirectTo }) =>
    new Promise((resolve, reject) => {
      // `net.fetch` does not tell where a redirection leads; a request does, before it goes there.
      const running = request({
        ...{ url, headers: { ...headers }, method: 'GET', redirect: 'manual', credentials: 'omit', cache: 'no-store' },
        referrerPolicy: 'no-referrer',
        session: session(),
      });
      const abort = (): void => {
        running.abort();
        reject(new Error('aborted'));
      };
      signal.addEventListener('abort', abort, { once: true });
      running.on('redirect', (_status, _method, to) => {
        if (mayRedirectTo(to)) running.followRedirect();
        else abort();
      });
      running.on('response', (response) => {
        resolve({
          status: response.statusCode,
          header(name) {
            const value: string | string[] | undefined = response.headers[name];
            return Array.isArray(value) ? value[0] : value;
          },
          // A readable stream in fact, which its type does not say.
          body: response as unknown as Readable,
        });
      });
      running.on('error', reject);
      running.end();
    });
}
