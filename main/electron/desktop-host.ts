/** The host of the desktop app: what every host has, with secrets in the keychain of the system where that protects them. */
import type { Host } from '../host/host.ts';
import { openPlainHost, type NodeHostOptions } from '../host/node-host.ts';
import { systemClock, type Clock } from '../kit/clock.ts';
import { createDesktopSecrets } from './keychain/desktop-secrets.ts';
import { createKeychainBox } from './keychain/keychain-box.ts';
import type { Keychain } from './keychain/keychain.ts';

export interface DesktopHostOptions extends NodeHostOptions {
  readonly keychain: Keychain;
  readonly systemProxy?: Host['systemProxy'];
  readonly clock?: Pick<Clock, 'now'> | undefined;
}

export interface DesktopHost extends Host {
  /**
   * Brings secrets that rest in a file into the keychain, where that protects them; to be called once no other instance can be at
   * work on the directory. What cannot be moved stays where it is. Answers what came of it, a sentence each; never rejects.
   */
  moveSecrets(): Promise<readonly string[]>;
}

/** Makes the data directory private. Throws the file system's error when it cannot be made, and never for a keychain. */
export async function createDesktopHost(options: DesktopHostOptions): Promise<DesktopHost> {
  const { keychain, systemProxy, clock = systemClock } = options;
  const { keychainFile, ...plain } = await openPlainHost(options);
  const secrets = createDesktopSecrets({
    keychain,
    inFile: plain.secrets,
    inKeychain: createKeychainBox({
      file: keychainFile,
      keychain,
      now: () => clock.now(),
      randomBytes: (count) => plain.randomBytes(count),
    }),
  });
  return { ...plain, kind: 'desktop', secrets, systemProxy, moveSecrets: () => secrets.migrate() };
}
