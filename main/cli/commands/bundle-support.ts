/** What the commands of publishers share: key files, moments, and mistakes told as the command line tells them. */
import type { KeyObject } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { AuthorError } from '../../bundles/author/problems.ts';
import { keyFingerprint } from '../../bundles/author/trust-folder.ts';
import { fingerprintWords } from '../../bundles/fingerprint.ts';
import { keyIdOf, openPrivateKey, sealPrivateKey, type NewSigningKey } from '../../bundles/keys.ts';
import { isErrno } from '../../kit/atomic-file.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import type { Run } from '../command.ts';
import { renderProblem } from '../problems.ts';
import { CommandError, FileProblem, UsageError, type Shell } from '../shell.ts';

/** Opens and seals private keys of publishers instead of a question at the terminal. */
export const passphraseVariable = 'SLUICE_BUNDLE_PASSPHRASE';
/** The file of a sealed key has about 700 characters. */
const maxKeyFileBytes = 65_536;

/** The same command, with what is wrong with a bundle told as what is wrong with a file: exit code 2. */
export function authored(run: Run): Run {
  return async (args, shell) => {
    try {
      return await run(args, shell);
    } catch (error) {
      if (error instanceof AuthorError) throw new FileProblem(error.message);
      if (isInvalidInput(error)) throw new UsageError(error.message);
      throw error;
    }
  };
}

function isInvalidInput(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'control.invalid_input';
}

/** What the bundle of an operand is called: that one, or the folder the command runs in. */
export function bundleOperand(args: Arguments): string {
  return args.operands[0] ?? '.';
}

export function tellProblems(problems: readonly Parameters<typeof renderProblem>[0][], shell: Shell, kind = ''): void {
  for (const problem of problems) shell.err(printable(`${renderProblem(problem)}${kind}`));
}

// ---------------------------------------------------------------- keys

/**
 * Private keys by their files, or by `env:NAME` as CI has them. The passphrase that opened one is tried for the next before another is
 * asked for. Throws UsageError without any.
 */
export async function readKeys(name: string, args: Arguments, shell: Shell): Promise<KeyObject[]> {
  const given = args.list(name) ?? [];
  if (given.length === 0)
    throw new UsageError(`--${name} is missing: the file of a private key, or env:NAME where a variable holds it.`);
  return openKeys(given, shell);
}

/** One private key, by its file. */
export function openKeyFile(given: string, shell: Shell): Promise<KeyObject> {
  return openKey(given, () => readPassphrase(shell, `Passphrase of ${given}: `), shell);
}

async function openKeys(given: readonly string[], shell: Shell): Promise<KeyObject[]> {
  const keys: KeyObject[] = [];
  let known: string | undefined;
  for (const one of given) {
    const ask = async (): Promise<string> => (known = await readPassphrase(shell, `Passphrase of ${one}: `));
    const before = known;
    const opened =
      before === undefined ? undefined : await openKey(one, async () => before, shell).catch(() => undefined);
    keys.push(opened ?? (await openKey(one, ask, shell)));
  }
  return keys;
}

async function openKey(given: string, passphrase: () => Promise<string>, shell: Shell): Promise<KeyObject> {
  const text = given.startsWith('env:') ? keyVariable(given.slice(4), shell) : await keyFile(given, shell);
  try {
    return await openPrivateKey(text, async () => {
      const typed = await passphrase();
      if (typed !== '') return typed;
      // Nobody sits there: a script, or a job of CI.
      throw new FileProblem(
        `${given} is sealed with a passphrase, and none was given. Type it, or set ${passphraseVariable}.`,
      );
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new FileProblem(`${given}: ${error.message}`);
    throw error;
  }
}

function keyVariable(name: string, shell: Shell): string {
  if (name === '') throw new UsageError('env: names no variable. Write env:NAME.');
  const text = shell.env[name];
  if (text !== undefined && text.trim() !== '') return text;
  throw new UsageError(`The variable ${name} holds no private key. Is the secret set, and given to this step?`);
}

async function keyFile(given: string, shell: Shell): Promise<string> {
  const path = resolve(shell.cwd, given);
  const facts = await stat(path).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR'))
      throw new FileProblem(`${given}: this file does not exist. Make a key with \`sluice bundle keygen\`.`);
    throw error;
  });
  // A folder, or what has no end; a pipe is how a shell hands on what a vault prints.
  if (!(facts.isFile() || facts.isFIFO()) || facts.size > maxKeyFileBytes)
    throw new FileProblem(`${given}: this is no key. Give the file that \`sluice bundle keygen\` wrote.`);
  return readFile(path, 'utf8');
}

async function readPassphrase(shell: Shell, prompt: string, again?: string): Promise<string> {
  return shell.env[passphraseVariable] ?? (await shell.readSecret(prompt, again));
}

/** A public key: its text, or a file that holds it. */
export async function readPublicKey(given: string, shell: Shell): Promise<string> {
  const text = given.startsWith('ed25519:') ? given : (await keyFile(given, shell)).trim();
  if (!text.startsWith('ed25519:'))
    throw new FileProblem(
      `${given}: this holds no public key. Give the file that ends with .pub, or the text ed25519:….`,
    );
  try {
    keyIdOf(text);
  } catch (error) {
    if (error instanceof GatewayError) throw new FileProblem(`${given}: ${error.message}`);
    throw error;
  }
  return text;
}

/** The passphrase of new keys; `undefined` where they are to be written without one. */
export async function newPassphrase(args: Arguments, shell: Shell): Promise<string | undefined> {
  if (args.flag('no-passphrase')) {
    shell.err(
      'The private key is written WITHOUT a passphrase: whoever reads the file can sign. Put it into the secrets of your CI and delete the file; never use it for a root key.',
    );
    return undefined;
  }
  const passphrase = await readPassphrase(shell, 'Passphrase for the private key: ', 'The same once more: ');
  if (passphrase !== '') return passphrase;
  throw new UsageError(`The passphrase is empty. Type one, set ${passphraseVariable}, or give --no-passphrase.`);
}

/** Writes a private key for its owner alone, and its public one beside it as `FILE.pub`. Never over anything. */
export async function writeKey(
  key: NewSigningKey,
  file: string,
  passphrase: string | undefined,
  shell: Shell,
): Promise<void> {
  const text =
    passphrase === undefined
      ? key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
      : await sealPrivateKey(key.privateKey, passphrase);
  const path = resolve(shell.cwd, file);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // A private key whose public one could not be written would be of no use to anybody.
  if (existsSync(`${path}.pub`)) throw isThere(`${file}.pub`);
  await writeNew(path, file, text.endsWith('\n') ? text : `${text}\n`, 0o600);
  await writeNew(`${path}.pub`, `${file}.pub`, `${key.publicKey}\n`, 0o644);
}

async function writeNew(path: string, shown: string, text: string, mode: number): Promise<void> {
  try {
    const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isErrno(error, 'EEXIST')) throw isThere(shown);
    throw error;
  }
}

function isThere(shown: string): CommandError {
  return new CommandError(`${shown} is there already, and no key is overwritten. Give another --out.`);
}

export function wordsOfKey(publicKey: string): string {
  return fingerprintWords(keyFingerprint(publicKey)).join(' ');
}
