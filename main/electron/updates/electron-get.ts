/** GET over Electron's own network stack: it knows the system's proxies and certificates, which Node does not. */
import type { Readable } from 'node:stream';
import type { net } from 'electron';
import type { HttpGet } from './get.ts';

export function electronGet(request: typeof net.request): HttpGet {
  return (url, { headers, signal, mayRedirectTo }) =>
    new Promise((resolve, reject) => {
      // `net.fetch` does not tell where a redirection leads; a request does, before it goes there.
      const running = request({
        ...{ url, headers: { ...headers }, method: 'GET', redirect: 'manual', credentials: 'omit', cache: 'no-store' },
        referrerPolicy: 'no-referrer',
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
