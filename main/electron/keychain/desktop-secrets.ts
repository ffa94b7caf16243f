/** The box of secrets of the desktop: the keychain where it protects them, else the file that every host has. */
import type { Keyring } from '../../../shared/contract/secrets.ts';
import { SecretBoxError } from '../../host/box-file.ts';
import type { SecretBox, SecretReading } from '../../host/host.ts';
import type { SecretFileBox } from '../../host/secret-file.ts';
import type { Secret } from '../../kit/secret.ts';
import type { KeychainBox, KeychainProblem } from './keychain-box.ts';
import { isKeyring, keyringName, protectsNow, type Keychain } from './keychain.ts';

export interface DesktopSecretsParts {
  readonly keychain: Keychain;
  readonly inKeychain: KeychainBox;
  readonly inFile: SecretFileBox;
}

export interface DesktopSecrets extends SecretBox {
  /** Brings secrets from the file into the keychain, where that protects them. Answers what came of it, a sentence each. */
  migrate(): Promise<readonly string[]>;
}

export function createDesktopSecrets(parts: DesktopSecretsParts): DesktopSecrets {
  return new TwoBoxes(parts);
}

class TwoBoxes implements DesktopSecrets {
  readonly #keychain: Keychain;
  readonly #inKeychain: KeychainBox;
  readonly #inFile: SecretFileBox;
  #moving: Promise<unknown> = Promise.resolve();

  constructor({ keychain, inKeychain, inFile }: DesktopSecretsParts) {
    this.#keychain = keychain;
    this.#inKeychain = inKeychain;
    this.#inFile = inFile;
  }

  /** In both: it was entered while the keychain did not answer, or is on its way there; the file has the newer one. */
  async get(id: string): Promise<SecretReading> {
    const inFile = await this.#inFile.get(id);
    if (inFile.kind === 'found') return inFile;
    const inKeychain = await this.#inKeychain.get(id);
    return inKeychain.kind === 'absent' ? inFile : inKeychain;
  }

  async set(id: string, value: Secret): Promise<void> {
    if (protectsNow(await this.#keychain.state())) {
      await this.#inKeychain.set(id, value);
      if ((await this.#inFile.list()).includes(id)) await this.#dropFromFile(id);
      return;
    }
    await this.#inFile.set(id, value);
    await this.#inKeychain.setAside(id);
  }

  async delete(id: string): Promise<boolean> {
    const done = await Promise.allSettled([this.#inKeychain.delete(id), this.#inFile.delete(id)]);
    for (const one of done) if (one.status === 'rejected') throw one.reason;
    return done.some((one) => one.status === 'fulfilled' && one.value);
  }

  /** One that cannot be read does not hide the other; `keyring` tells of it. */
  async list(): Promise<readonly string[]> {
    const [inKeychain, inFile] = await Promise.allSettled([this.#inKeychain.list(), this.#inFile.list()]);
    const names = [inKeychain, inFile].flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    return [...new Set(names)].sort();
  }

  async protection(): Promise<string> {
    const state = await this.#keychain.state();
    return protectsNow(state) ? keyringName(state.backend) : await this.#inFile.protection();
  }

  async keyring(): Promise<Keyring> {
    const state = await this.#keychain.state();
    const isProtected = protectsNow(state);
    const name = keyringName(state.backend);
    const inFile = await this.#inFile.keyring();
    const isFileUsed = !isProtected || (await this.#fileHasEntries());
    if (isFileUsed && inFile.state === 'locked') return inFile;
    const problem = await this.#keychainProblem();
    if (problem !== undefined) return { kind: 'keychain', name, ...problem };
    if (isFileUsed && inFile.state === 'changed') return inFile;
    // Windows keeps it from other users, and from no program of this one (SEC-42).
    const limits =
      state.backend === 'dpapi' ? 'Windows protects them from other users, not from your other programs.' : null;
    if (isProtected) return { kind: 'keychain', name, state: 'open', was: null, message: limits };
    if (inFile.state !== 'unprotected') return inFile;
    const why = isKeyring(state) ? `${name} does not answer.` : 'This system offers no keyring to the app.';
    return { ...inFile, message: `${why} ${inFile.message ?? ''}` };
  }

  async unlock(passphrase: Secret): Promise<void> {
    await this.#inFile.unlock(passphrase);
    await this.migrate();
  }

  async protect(passphrase: Secret): Promise<void> {
    const state = await this.#keychain.state();
    if (protectsNow(state))
      throw new SecretBoxError(`The secrets rest in ${keyringName(state.backend)}, which protects them already.`);
    await this.#inFile.protect(passphrase);
  }

  async retry(): Promise<void> {
    await this.#inFile.retry();
    await this.migrate();
  }

  async migrate(): Promise<readonly string[]> {
    const mine = this.#moving.then(() => this.#migrate());
    this.#moving = mine;
    return await mine;
  }

  async #migrate(): Promise<readonly string[]> {
    try {
      const state = await this.#keychain.state();
      const ids = protectsNow(state) ? await this.#inFile.list() : [];
      const left: string[] = [];
      for (const id of ids) if (!(await this.#moved(id))) left.push(id);
      const moved = ids.length - left.length;
      if (moved > 0) await this.#inFile.tidy();
      const name = keyringName(state.backend);
      return [
        ...(moved === 0 ? [] : [`${moved === 1 ? '1 secret was' : `${moved} secrets were`} moved into ${name}.`]),
        ...(left.length === 0 ? [] : [`Not moved into ${name}, and left where they are: ${left.join(', ')}.`]),
      ];
    } catch (error) {
      return [
        `Secrets could not be moved into the keychain: ${error instanceof Error ? error.message : String(error)}`,
      ];
    }
  }

  /** The old one goes only after the new one was read back. */
  async #moved(id: string): Promise<boolean> {
    try {
      const reading = await this.#inFile.get(id);
      if (reading.kind !== 'found') return false;
      const { value } = reading;
      if (!(await this.#keychainHas(id, value))) await this.#inKeychain.set(id, value);
      if (!(await this.#keychainHas(id, value))) return false;
      await this.#inFile.delete(id);
      return true;
    } catch {
      return false;
    }
  }

  async #keychainHas(id: string, value: Secret): Promise<boolean> {
    const reading = await this.#inKeychain.get(id);
    return reading.kind === 'found' && reading.value.reveal() === value.reveal();
  }

  async #dropFromFile(id: string): Promise<void> {
    await this.#inFile.delete(id);
    await this.#inFile.tidy();
  }

  async #fileHasEntries(): Promise<boolean> {
    return await this.#inFile.list().then(
      (names) => names.length > 0,
      () => true,
    );
  }

  async #keychainProblem(): Promise<Pick<KeychainProblem, 'state' | 'was' | 'message'> | undefined> {
    try {
      const problem = await this.#inKeychain.problem();
      return problem && { state: problem.state, was: problem.was, message: problem.message };
    } catch (error) {
      return { state: 'changed', was: null, message: error instanceof Error ? error.message : String(error) };
    }
  }
}
