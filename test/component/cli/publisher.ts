// A publisher at a shell, in a folder of their own that is gone after each test.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { generateSigningKey } from '../../../main/bundles/keys.ts';
import { terminal, type TerminalOptions } from '../../unit/cli/terminal.ts';

let folder = '';

/** Called once by each file of tests, since files share what is loaded: each of its tests has a folder. */
export function inFolder(): void {
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-publisher-')));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
}

/** The absolute path of a file in the folder; without a name the folder. */
export function at(name = ''): string {
  return join(folder, name);
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  /** Without the folder. */
  readonly err: string;
}

export async function sluiceWith(options: TerminalOptions, ...argv: string[]): Promise<Ended> {
  const shown = terminal({ cwd: folder, ...options });
  const code = await shown.run(...argv);
  return { code, out: shown.out.join('\n'), err: shown.err.join('\n').replaceAll(`${folder}/`, '') };
}

export function sluice(...argv: string[]): Promise<Ended> {
  return sluiceWith({}, ...argv);
}

export async function json(...argv: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await sluice(...argv, '--json');
  expect({ code, argv, err }).toMatchObject({ code: 0 });
  return JSON.parse(out) as Record<string, unknown>;
}

export function write(name: string, text: string): void {
  writeFileSync(at(name), text);
}

/** A key that opens without a passphrase: sealing one takes a second of work. */
export function plainKey(name: string): string {
  const key = generateSigningKey();
  write(name, key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  write(`${name}.pub`, `${key.publicKey}\n`);
  return key.id;
}

export const rotate = ['bundle', 'rotate', 'acme-core', '--root-key', 'root.key'];
export const publish = ['bundle', 'publish', 'acme-core', '--key', 'signer.key'];

/** A repository with a bundle, a root key and a signer that is trusted. */
export async function repository(): Promise<{ readonly signer: string }> {
  expect((await sluice('bundle', 'init', 'acme-core')).code).toBe(0);
  plainKey('root.key');
  const signer = plainKey('signer.key');
  await json(...rotate, '--org', 'acme', '--add-signer', 'signer.key.pub');
  return { signer };
}
