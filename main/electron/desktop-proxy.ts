/** The proxies that this desktop prescribes, before and while there are providers to ask about. */
import { app, session } from 'electron';
import type { Host } from '../host/host.ts';
import { proxyExceptions, systemProxyFor } from '../host/system-proxy.ts';
import type { Log } from '../kit/log.ts';
import { createSystemProxy, type SystemProxy } from './system-proxy.ts';

export function openDesktopProxy(
  host: Pick<Host, 'environment'>,
  origins: () => readonly string[],
  log: Log,
): SystemProxy {
  return createSystemProxy({
    async resolve(url) {
      await app.whenReady();
      return await session.defaultSession.resolveProxy(url);
    },
    fallback: systemProxyFor(host),
    isExcepted: proxyExceptions(host),
    ...{ origins, log },
  });
}
