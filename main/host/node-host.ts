/** The host of a plain Node process: a private data directory, secrets in an encrypted file, no desktop. */
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { Secret } from '../kit/secret.ts';
import type { Host } from './host.ts';
import { makePrivate } from './private-files.ts';
import { createSecretFile, readOrCreateKey } from './secret-file.ts';

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

/** Makes the data directory private, then answers. Throws the file system's error when it cannot be made. */
export async function createNodeHost(options: NodeHostOptions): Promise<Host> {
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
    installKey: await readOrCreateKey(join(dataDir, 'install.key')),
    secrets: createSecretFile({
      file: join(dataDir, 'secrets.json'),
      keyFile: join(dataDir, 'secrets.key'),
      passphrase: passphrase === undefined || passphrase === '' ? undefined : new Secret(passphrase),
    }),
    randomBytes: (count) => randomBytes(count),
  };
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
