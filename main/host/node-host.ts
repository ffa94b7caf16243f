/** The host of a plain Node process: a private data directory, secrets in an encrypted file, no desktop. */
import { randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Secret } from '../kit/secret.ts';
import type { Host } from './host.ts';
import { makePrivate } from './private-files.ts';
import { readOrCreateKey } from './box-file.ts';
import { createSecretFile, type SecretFileBox } from './secret-file.ts';

export type Environment = Record<string, string | undefined>;

export interface NodeHostOptions {
  readonly dataDir: string;
  /** Default: the environment of this process. Variables are removed from it once read. */
  readonly environment?: Environment | undefined;
  readonly platform?: NodeJS.Platform | undefined;
}

/** Seals the box of secrets instead of a key file, when set. */
const passphraseVariable = 'SLUICE_PASSPHRASE';

// What was taken out of an environment stays known to later hosts of the same process.
const takenFrom = new WeakMap<Environment, Map<string, Secret>>();

/** Of the desktop app: no other program can open it. */
const keychainFile = 'keychain.json';

/** Makes the data directory private, then answers. Throws the file system's error when it cannot be made. */
export async function createNodeHost(options: NodeHostOptions): Promise<Host> {
  const { keychainFile: file, ...host } = await openPlainHost(options);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return host;
  const notice = `The secrets in ${file} open only in the desktop app. What is needed here goes in with \`sluice secrets set ID\`.`;
  return { ...host, notices: [...host.notices, notice] };
}

/** What every host of this machine has: its box is a file, whatever the desktop may offer besides. */
export interface PlainHost extends Host {
  readonly secrets: SecretFileBox;
  /** Where secrets rest that the keychain of the desktop sealed. */
  readonly keychainFile: string;
}

export async function openPlainHost(options: NodeHostOptions): Promise<PlainHost> {
  const platform = options.platform ?? process.platform;
  const dataDir = resolve(options.dataDir);
  const environment = environmentReader(options.environment ?? process.env);
  const notices = await makePrivate(dataDir, platform);
  const passphrase = environment(passphraseVariable);
  return {
    kind: 'headless',
    dataDir,
    notices,
    environment,
    keychainFile: join(dataDir, keychainFile),
    installKey: await readOrCreateKey(join(dataDir, 'install.key')),
    secrets: createSecretFile({
      file: join(dataDir, 'secrets.json'),
      keyFile: join(dataDir, 'secrets.key'),
      passphrase: passphrase === undefined || passphrase === '' ? undefined : new Secret(passphrase),
    }),
    randomBytes: (count) => randomBytes(count),
  };
}

/** Puts back what was taken out, for the process that takes the place of this one and finds its keys and proxies there. */
export function giveBack(environment: Environment): void {
  for (const [name, value] of takenFrom.get(environment) ?? []) environment[name] ??= value.reveal();
}

function environmentReader(environment: Environment): (name: string) => string | undefined {
  const taken = takenFrom.get(environment) ?? new Map<string, Secret>();
  takenFrom.set(environment, taken);
  return (name) => {
    const value = environment[name];
    if (value === undefined) return taken.get(name)?.reveal();
    taken.set(name, new Secret(value));
    // What child processes and crash reports do not see, they cannot leak.
    delete environment[name];
    return value;
  };
}
