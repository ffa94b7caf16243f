/** References to secrets: what a value in the file means, and how it is resolved without ever showing up in text. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { Config } from '../../shared/config/config.ts';
import type { VirtualKeySettings } from '../../shared/config/key.ts';
import type { KeySettings } from '../../shared/config/provider-settings.ts';
import { secretIdPattern } from '../../shared/domain/secret-id.ts';
import type { Host } from '../host/host.ts';
import { isErrno } from '../kit/atomic-file.ts';
import { Secret } from '../kit/secret.ts';

export type Reference =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'secret'; readonly id: string }
  /** A digest of a virtual key, lower-case hex. */
  | { readonly kind: 'sha256'; readonly hex: string }
  | { readonly kind: 'literal'; readonly value: Secret };

/** What a value means. Never throws; whether it is any good is for `referenceProblem`. */
export function parseReference(text: string): Reference {
  const [, scheme, rest] = /^(env|file|secret|sha256):(.*)$/s.exec(text) ?? [];
  switch (scheme) {
    case 'env':
      return { kind: 'env', name: rest ?? '' };
    case 'file':
      return { kind: 'file', path: rest ?? '' };
    case 'secret':
      return { kind: 'secret', id: rest ?? '' };
    case 'sha256':
      return { kind: 'sha256', hex: (rest ?? '').toLowerCase() };
    default:
      return { kind: 'literal', value: new Secret(text) };
  }
}

export interface ReferenceProblem {
  readonly problem: string;
  readonly mend: string;
}

/** Other tools' ways to write a variable, which would be taken for the secret itself here. */
const foreignVariable =
  /^(?:\$\{(?:env:)?([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)|os\.environ\/([A-Za-z_]\w*)|\{env:([A-Za-z_]\w*)\})$/;

/**
 * What is wrong with a value before anything is looked up, without repeating it: it may be a secret in the wrong place.
 * `hashes`: whether a digest may stand here.
 */
export function referenceProblem(text: string, hashes: boolean): ReferenceProblem | undefined {
  const foreign = foreignVariable.exec(text);
  const variable = foreign?.slice(1).find((name) => name !== undefined);
  if (variable !== undefined) {
    return { problem: 'variables are not replaced in this file', mend: `Write env:${variable}` };
  }
  const reference = parseReference(text);
  switch (reference.kind) {
    case 'env':
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(reference.name)) return undefined;
      return { problem: 'what follows env: does not name a variable', mend: 'Write env:NAME' };
    case 'file':
      if (isAbsolute(reference.path)) return undefined;
      return { problem: 'what follows file: is not an absolute path', mend: 'Write file:/absolute/path' };
    case 'secret':
      if (secretIdPattern.test(reference.id)) return undefined;
      return { problem: 'what follows secret: does not name a secret', mend: 'Write secret:ID' };
    case 'sha256':
      if (!hashes)
        return {
          problem: 'a digest cannot be sent to a provider',
          mend: 'Give the key as env:NAME, file:/path or secret:id',
        };
      if (/^[0-9a-f]{64}$/.test(reference.hex)) return undefined;
      return { problem: 'the digest is not 64 hexadecimal digits', mend: 'Write sha256: and the SHA-256 of the key' };
    case 'literal':
      return valueProblem(reference.value, 'it');
  }
}

const placeholders: readonly RegExp[] = [
  /^(?:sk-)?(?:x{3,}|\.{3,}|…)$/i,
  /^(?:sk|pk|key|gsk|xai)-(?:x{3,}|\.{3,}|…)$/i,
  /^change[-_ ]?(?:me|this)$/i,
  /^<.*>$/,
  /^\*{3,}$/,
  /your[-_ ]?(?:own[-_ ]?)?(?:api[-_ ]?)?(?:key|token|secret)/i,
  /^(?:placeholder|replace[-_ ]?me|insert[-_ ]?key|none|null|undefined|password|secret)$/i,
];

/** An empty or placeholder secret is no secret: it stops the start instead of protecting nothing (SEC-14). */
export function valueProblem(value: Secret, what: string): ReferenceProblem | undefined {
  const text = value.reveal();
  if (text.trim() === '') {
    return { problem: `${what} is empty`, mend: 'Give a real secret, or remove the line' };
  }
  if (placeholders.some((shape) => shape.test(text.trim()))) {
    return { problem: `${what} is a placeholder, not a secret`, mend: 'Give a real secret, or remove the line' };
  }
  // A line break would end the header the key travels in.
  if (/[\r\n]/.test(text.trim()) && !text.trimStart().startsWith('{')) {
    return { problem: `${what} has more than one line`, mend: 'Give the key alone, on one line' };
  }
  // Typed or pasted from where dashes and dots are made pretty: no header can carry it.
  if (/[^\x20-\x7e]/.test(text.trim()) && !text.trimStart().startsWith('{')) {
    return { problem: `${what} has characters no key has`, mend: 'Copy the key again from where it was made' };
  }
  return undefined;
}

export type Resolution =
  | { readonly kind: 'found'; readonly value: Secret }
  /** Nothing is there. The reason says what is missing and what mends it. */
  | { readonly kind: 'missing'; readonly reason: string }
  /** Something is there that must not be used: the config is refused. */
  | { readonly kind: 'bad'; readonly problem: string; readonly mend: string };

/** What each reference of a config came to, by its text in the file. */
export type Resolutions = ReadonlyMap<string, Resolution>;

/** All texts in a config that stand for secrets. Digests are not: they are compared, not resolved. */
export function referencesIn(config: Config): readonly string[] {
  const found = new Set<string>();
  for (const provider of config.providers) {
    for (const key of provider.keys ?? []) for (const text of secretTextsOf(key)) found.add(text);
  }
  for (const text of config.virtual_keys.flatMap(secretTextsOfVirtualKey)) found.add(text);
  for (const { token } of config.policy_bundles) if (token !== undefined) found.add(token);
  return [...found];
}

/** The texts of one virtual key that stand for secrets, those it had before included. */
export function secretTextsOfVirtualKey({ value, previous }: VirtualKeySettings): readonly string[] {
  return [value, ...previous.map((one) => one.value)].filter((text) => !text.startsWith('sha256:'));
}

/** The texts of one provider's key that stand for secrets. */
export function secretTextsOf(key: KeySettings): readonly string[] {
  const texts = [key.value, key.access_key_id, key.secret_access_key, key.session_token, key.service_account];
  return texts.filter((text) => text !== undefined);
}

/** Files that references name: a change in one of them is a change of the config. */
export function secretFilesIn(config: Config): readonly string[] {
  return referencesIn(config)
    .map(parseReference)
    .flatMap((reference) => (reference.kind === 'file' && isAbsolute(reference.path) ? [reference.path] : []));
}

/** Looks every reference up. Never throws: what cannot be had is an answer. */
export async function resolveReferences(references: Iterable<string>, host: Host): Promise<Resolutions> {
  const entries = [...references].map(async (text) => [text, await resolveReference(text, host)] as const);
  return new Map(await Promise.all(entries));
}

async function resolveReference(text: string, host: Host): Promise<Resolution> {
  const reference = parseReference(text);
  switch (reference.kind) {
    case 'literal':
      return checked(reference.value, 'the secret');
    case 'sha256':
      return { kind: 'missing', reason: 'a digest is not a secret' };
    case 'env': {
      const value = host.environment(reference.name);
      if (value === undefined) {
        return { kind: 'missing', reason: `environment variable ${reference.name} is not set; set it and start again` };
      }
      return checked(new Secret(value), `environment variable ${reference.name}`);
    }
    case 'file':
      return await readSecretFile(reference.path);
    case 'secret': {
      const reading = await host.secrets.get(reference.id);
      if (reading.kind === 'found') return checked(reading.value, `secret "${reference.id}"`);
      if (reading.kind === 'unreadable') return { kind: 'missing', reason: reading.reason };
      return {
        kind: 'missing',
        reason: `there is no secret "${reference.id}" in the box of secrets; run: sluice secrets set ${reference.id}`,
      };
    }
  }
}

/** White space around a secret comes from the file or the shell it was kept in: no header may hold it, no key has it. */
function checked(given: Secret, what: string): Resolution {
  const text = given.reveal().trim();
  const value = text === given.reveal() ? given : new Secret(text);
  const problem = valueProblem(value, what);
  return problem === undefined ? { kind: 'found', value } : { kind: 'bad', ...problem };
}

/** The largest thing referred to is a service account file of about 2.4 KiB. */
const maxSecretBytes = 65_536;

/** Where a container's runtime mounts secrets read-only, owned by root and readable to all of the container. */
const mountedSecrets = '/run/secrets/';

/**
 * The secret in a file. A file others can read is refused (SEC-44), except below
 * `/run/secrets/` when root owns it: a container cannot change its mounts, and everybody in it is the same somebody.
 */
async function readSecretFile(path: string): Promise<Resolution> {
  try {
    const handle = await open(path, 'r');
    try {
      const facts = await handle.stat();
      if (!facts.isFile()) return { kind: 'missing', reason: `${path} is not a regular file` };
      const mounted = path.startsWith(mountedSecrets) && facts.uid === 0;
      if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0 && !mounted) {
        const mode = (facts.mode & 0o777).toString(8).padStart(4, '0');
        return { kind: 'missing', reason: `${path} can be read by others (mode ${mode}); run: chmod 600 ${path}` };
      }
      if (facts.size > maxSecretBytes) return { kind: 'missing', reason: `${path} is too large for a secret` };
      const buffer = Buffer.alloc(maxSecretBytes);
      const { bytesRead } = await handle.read(buffer, 0, maxSecretBytes, 0);
      return checked(new Secret(buffer.toString('utf8', 0, bytesRead)), path);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return { kind: 'missing', reason: `${path} does not exist` };
    if (isErrno(error, 'EACCES')) return { kind: 'missing', reason: `${path} may not be read by this user` };
    return {
      kind: 'missing',
      reason: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** A value's fingerprint: says that a secret changed, and nothing about it. */
export function fingerprint(resolution: Resolution): string {
  if (resolution.kind !== 'found') return resolution.kind;
  return createHash('sha256').update('sluice fingerprint\0').update(resolution.value.reveal()).digest('hex');
}
