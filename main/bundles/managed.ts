/** What whoever manages this machine prescribes: which bundles are followed, never what is in them (BND-44). */
import { constants } from 'node:fs';
import { access, lstat, open, type FileHandle } from 'node:fs/promises';
import { dirname, win32 } from 'node:path';
import { z } from 'zod';
import { isErrno } from '../kit/atomic-file.ts';
import type { ManagedPolicy } from './face.ts';
import { hasRegistryKey, readRegistry } from './managed-registry.ts';

/** `broken`: there are prescriptions, and they cannot be followed. Nobody takes that for a machine without any. */
export type ManagedReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'managed'; readonly policy: ManagedPolicy }
  | { readonly kind: 'broken'; readonly reason: string; readonly source: string };

export interface ManagedOptions {
  readonly platform: NodeJS.Platform;
  /** Runs a program of the system without a shell and resolves with what it wrote: for macOS and Windows. */
  readonly run?:
    | ((program: string, args: readonly string[], environment: Readonly<Record<string, string>>) => Promise<string>)
    | undefined;
  /** In place of the file of the platform. */
  readonly file?: string | undefined;
  /** To whom the file must belong. Default: root. */
  readonly owner?: number | undefined;
  /** macOS: prescriptions for this user alone are read too. */
  readonly userName?: string | undefined;
  /** Windows: `C:\Windows`. */
  readonly systemRoot?: string | undefined;
}

const linuxFile = '/etc/sluice/policy.json';
const macFolder = '/Library/Managed Preferences';
export const macDomain = 'com.sluice.app';
export const registryKey = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Sluice';
const maxBytes = 262_144;

/** Never rejects. Follows no wishes of the user: what a user can write is ignored or refused. */
export async function readManagedPolicy(options: ManagedOptions): Promise<ManagedReading> {
  if (options.platform === 'win32') return await fromRegistry(options);
  if (options.platform === 'darwin') return await fromPreferences(options);
  if (options.platform === 'linux') return await fromFile(options.file ?? linuxFile, options.owner ?? 0);
  return { kind: 'none' };
}

// ---------------------------------------------------------------- what it may say

const address = z
  .string()
  .max(2_048)
  .refine((text) => {
    const url = URL.parse(text);
    if (url === null || url.username !== '' || url.password !== '') return false;
    const isHere = /^(?:localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(url.hostname);
    return url.protocol === 'https:' || url.protocol === 'file:' || (url.protocol === 'http:' && isHere);
  }, 'is not an address over HTTPS');
const fingerprint = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'is not a fingerprint: 43 letters, digits, "-" or "_"');
const hostName = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})$/, 'is not the name of a host')
  .transform((name) => name.toLowerCase());
const origin = z.string().transform((text, context) => {
  const url = URL.parse(text);
  const isOrigin = url !== null && url.protocol === 'https:' && `${url.pathname}${url.search}${url.hash}` === '/';
  if (isOrigin && url.username === '' && url.password === '') return url.origin;
  context.addIssue({ code: 'custom', message: 'is not an origin such as https://llm.acme.example' });
  return z.NEVER;
});
const label = z.string().min(1).max(64);

const pinnedBundle = z.strictObject({ url: address, trust: fingerprint.optional() });

/** An address may be a link as people send it, `https://…/acme.sluice#sluice1=<fingerprint>&org=acme`. */
function pinned({ url, trust }: z.output<typeof pinnedBundle>): z.output<typeof pinnedBundle> {
  const [plain = '', fragment = ''] = url.split('#');
  const named = trust ?? new URLSearchParams(fragment).get('sluice1');
  return named === null ? { url: plain } : { url: plain, trust: named };
}

const managedFile = z.strictObject({
  bundles: z.array(pinnedBundle.transform(pinned).pipe(pinnedBundle)).max(8).default([]),
  labels: z.record(label, label).default({}),
  trusted_hosts: z.array(hostName).max(200).default([]),
  approved_origins: z.array(origin).max(200).default([]),
  allow_user_bundles: z.boolean().default(true),
  require_fresh_at_start: z.boolean().default(false),
});

/** Of JSON text as `source` holds it. */
export function parseManagedPolicy(text: string, source: string): ManagedReading {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return broken(source, 'is not readable JSON');
  }
  return checked(value, source);
}

function checked(value: unknown, source: string): ManagedReading {
  const parsed = managedFile.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue === undefined || issue.path.length === 0 ? '' : `/${issue.path.map(String).join('/')} `;
    return broken(source, `cannot be followed: ${place}${issue?.message ?? ''}`);
  }
  const { bundles, labels, ...rest } = parsed.data;
  return {
    kind: 'managed',
    policy: {
      bundles: bundles.map(({ url, trust }) => ({ url, trust })),
      labels,
      trustedHosts: rest.trusted_hosts,
      approvedOrigins: rest.approved_origins,
      allowUserBundles: rest.allow_user_bundles,
      requireFreshAtStart: rest.require_fresh_at_start,
      source,
    },
  };
}

function broken(source: string, what: string): ManagedReading {
  return { kind: 'broken', source, reason: `${source} ${what}. Whoever manages this machine must mend it.` };
}

// ---------------------------------------------------------------- Linux

async function fromFile(file: string, owner: number): Promise<ManagedReading> {
  const found = await readOwned(file, owner);
  return typeof found === 'string' ? parseManagedPolicy(found, file) : found;
}

/** Its text, if nobody but `owner` can have written it. */
async function readOwned(file: string, owner: number): Promise<string | ManagedReading> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const [facts, folder] = [await handle.stat(), await lstat(dirname(file))];
    if (!facts.isFile()) return broken(file, 'is not a plain file');
    if (!isOwned(facts, owner)) return broken(file, `must belong to ${nameOf(owner)} and be writable by nobody else`);
    if (folder.isSymbolicLink() || !isOwned(folder, owner))
      return broken(dirname(file), `must be a directory of ${nameOf(owner)} that nobody else can write to`);
    if (facts.size > maxBytes) return broken(file, 'is too large');
    return await handle.readFile('utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return { kind: 'none' };
    if (isErrno(error, 'ELOOP')) return broken(file, 'is a link, which is not followed');
    return broken(file, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'no reason given'})`);
  } finally {
    await handle?.close();
  }
}

function isOwned({ uid, mode }: { readonly uid: number; readonly mode: number }, owner: number): boolean {
  return uid === owner && (mode & 0o022) === 0;
}

function nameOf(owner: number): string {
  return owner === 0 ? 'root' : `user ${String(owner)}`;
}

// ---------------------------------------------------------------- macOS

async function fromPreferences({ run, file, userName, owner = 0 }: ManagedOptions): Promise<ManagedReading> {
  const names = [`${macDomain}.plist`, ...(userName === undefined ? [] : [`${userName}/${macDomain}.plist`])];
  for (const path of file === undefined ? names.map((name) => `${macFolder}/${name}`) : [file]) {
    // A binary file for the most part: only whether there is one, and whose, is seen here.
    const found = await readOwned(path, owner);
    if (typeof found !== 'string') {
      if (found.kind === 'none') continue;
      return found;
    }
    if (run === undefined) return broken(path, 'cannot be read without the desktop app');
    try {
      const text = await run('/usr/bin/plutil', ['-convert', 'json', '-o', '-', '--', path], {});
      return checked(withoutPayloadFields(JSON.parse(text)), path);
    } catch (error) {
      return broken(path, `cannot be read (${error instanceof SyntaxError ? 'no JSON came of it' : 'plutil failed'})`);
    }
  }
  return { kind: 'none' };
}

/** What a profile says of itself, `PayloadUUID` and the like, may stand beside its settings. */
function withoutPayloadFields(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !name.startsWith('Payload')));
}

// ---------------------------------------------------------------- Windows

const registryTool = (systemRoot: string): string => win32.join(systemRoot, 'System32', 'reg.exe');

async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

const usualRoot = 'C:\\Windows';

async function fromRegistry({ run, systemRoot: named = usualRoot }: ManagedOptions): Promise<ManagedReading> {
  if (run === undefined) return { kind: 'none' };
  // Whoever starts the app may name another system folder, and put a program of that name there.
  const systemRoot = (await isThere(registryTool(usualRoot))) ? usualRoot : named;
  const reg = registryTool(systemRoot);
  const ask = (key: string, ...more: readonly string[]): Promise<string> =>
    run(reg, ['query', key, ...more, '/reg:64'], { SystemRoot: systemRoot });
  try {
    // It fails alike for a key that is not there and for anything else, in the language of the system: so its parent is asked.
    if (!hasRegistryKey(await ask(win32.dirname(registryKey)), registryKey)) return { kind: 'none' };
    const value = readRegistry(await ask(registryKey, '/s'), registryKey);
    return 'problem' in value ? broken(registryKey, value.problem) : checked(value.settings, registryKey);
  } catch {
    return broken(registryKey, 'cannot be read: reg.exe failed');
  }
}
