/** The signed description of an update: nothing in it is looked at before its signature was (SEC-26). */
import { verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { UpdateProblem } from './problem.ts';
import { compareVersions, isOlderSystem, isVersion } from './version.ts';

/** Far above any installer of ours. */
const maxFileBytes = 1024 ** 3;

const updateFile = z.object({
  // It becomes a name on disk and part of a URL, and must not mean anything to either, nor to a shell.
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'has characters that a file name must not have'),
  size: z.int().min(1).max(maxFileBytes),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hex'),
  platform: z.enum(['darwin', 'win32', 'linux']),
  arch: z.enum(['x64', 'arm64', 'universal']),
});
export type UpdateFile = z.output<typeof updateFile>;

const manifest = z.object({
  version: z.string().refine(isVersion, 'is not a version'),
  channel: z.string(),
  files: z.array(updateFile).max(64),
  /** The oldest system it runs on, by platform. */
  min_os: z.partialRecord(updateFile.shape.platform, z.string()).default({}),
  released_at: z.iso.datetime(),
  /** Looked at after this, it says nothing any more: who serves old ones for ever holds updates back. */
  expires: z.iso.datetime(),
});
export type UpdateManifest = z.output<typeof manifest>;

export interface Installation {
  readonly version: string;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Of the operating system: `14.1`, `10.0.19045`. */
  readonly systemVersion: string;
}

export interface ManifestFacts extends Installation {
  readonly channel: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The newest version that was ever offered here, or ran. */
  readonly seenVersion: string;
  /** The latest time of release that was ever signed: a clock that was set back does not make an old offer new. */
  readonly seenReleasedAt: number;
}

export interface UpdateOffer {
  readonly version: string;
  /** What to fetch; absent where a person or a package manager installs. */
  readonly file: UpdateFile | undefined;
}

/** The manifest, if these very bytes are signed. Throws `UpdateProblem`. */
export function openManifest(bytes: Uint8Array, signature: Uint8Array, key: KeyObject): UpdateManifest {
  if (!isSigned(bytes, signature, key)) throw new UpdateProblem('update.signature');
  try {
    return manifest.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const reason = issue === undefined ? 'it is not JSON' : `${issue.path.join('.')} ${issue.message}`;
    throw new UpdateProblem('update.manifest', { reason }, { cause: error });
  }
}

/** `undefined`: what runs is the newest. Throws `UpdateProblem` for an offer that must not be taken. */
export function judge(given: UpdateManifest, facts: ManifestFacts): UpdateOffer | undefined {
  const { version, channel, expires, min_os, files } = given;
  if (channel !== facts.channel) throw new UpdateProblem('update.channel', { channel });
  if (Date.parse(expires) <= Math.max(facts.now, facts.seenReleasedAt)) {
    throw new UpdateProblem('update.expired', { date: expires.slice(0, 10) });
  }
  const seen = compareVersions(facts.seenVersion, facts.version) > 0 ? facts.seenVersion : facts.version;
  if (compareVersions(version, seen) < 0) throw new UpdateProblem('update.downgrade', { version, seen });
  if (compareVersions(version, facts.version) === 0) return undefined;
  const platform = updateFile.shape.platform.safeParse(facts.platform).data;
  const needed = platform === undefined ? undefined : min_os[platform];
  if (needed !== undefined && isOlderSystem(facts.systemVersion, needed)) {
    const system = systemNames[facts.platform] ?? facts.platform;
    throw new UpdateProblem('update.min_os', { version, system, needed, present: facts.systemVersion });
  }
  if (facts.platform === 'linux') return { version, file: undefined };
  const file = files.find(({ platform: of, arch }) => of === platform && fits(arch, facts.arch));
  if (file === undefined) throw new UpdateProblem('update.no_file', { version });
  return { version, file };
}

const systemNames: Readonly<Record<string, string>> = { darwin: 'macOS', win32: 'Windows', linux: 'Linux' };

function fits(arch: UpdateFile['arch'], present: string): boolean {
  return arch === present || arch === 'universal';
}

function isSigned(bytes: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  const decoded = Buffer.from(Buffer.from(signature).toString('latin1').trim(), 'base64');
  return decoded.length === 64 && verify(null, bytes, key, decoded);
}
