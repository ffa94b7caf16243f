// Describes the packages of a release and signs that with our own key, so that installed apps take them for an update:
//
//   node build/sign-update.mjs --generate-key FILE.pem
//   node build/sign-update.mjs --key FILE.pem --dir dist/packages --version 1.2.3 --expires-days 30
//     [--channel latest] [--min-macos 13.0] [--min-windows 10.0.17763]
//
// The first makes a key, keeps it in FILE.pem for its owner alone and prints the public one, which goes into release.json. The second
// writes update.json and update.json.sig beside the packages. Sign anew before it expires, also when there is nothing new.
import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

/**
 * What an app can install, or a person can compare, by the end of its name.
 * @type {Readonly<Record<string, string>>}
 */
const platforms = { zip: 'darwin', exe: 'win32', AppImage: 'linux', deb: 'linux', rpm: 'linux' };
/** @type {Readonly<Record<string, string>>} */
const architectures = {
  universal: 'universal',
  arm64: 'arm64',
  aarch64: 'arm64',
  x64: 'x64',
  x86_64: 'x64',
  amd64: 'x64',
};
/** As main/electron/updates/manifest.ts takes it. */
const usableName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const dayMs = 24 * 60 * 60_000;

const { values } = parseArgs({
  options: {
    'generate-key': { type: 'string' },
    key: { type: 'string' },
    dir: { type: 'string' },
    version: { type: 'string' },
    channel: { type: 'string', default: 'latest' },
    'expires-days': { type: 'string', default: '30' },
    'min-macos': { type: 'string' },
    'min-windows': { type: 'string' },
  },
});

try {
  if (values['generate-key'] !== undefined) generateKey(values['generate-key']);
  else await signRelease();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** @param {string} file */
function generateKey(file) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  // Never over a key there is: apps that know it would take no update any more.
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  console.log(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64'));
}

async function signRelease() {
  const key = createPrivateKey(readFileSync(required('key')));
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error(`${values.key} is no Ed25519 key: make one with --generate-key`);
  const directory = required('dir');
  const days = Number(values['expires-days']);
  if (!(days > 0 && days <= 365)) throw new Error('--expires-days must be a number from 1 to 365');
  const now = Date.now();
  const files = [];
  for (const name of readdirSync(directory).sort()) {
    const described = await describe(directory, name);
    if (described !== undefined) files.push(described);
  }
  if (files.length === 0) throw new Error(`${directory} holds no package`);
  const manifest = {
    version: required('version'),
    channel: values.channel,
    released_at: new Date(now).toISOString(),
    expires: new Date(now + days * dayMs).toISOString(),
    min_os: {
      ...(values['min-macos'] === undefined ? {} : { darwin: values['min-macos'] }),
      ...(values['min-windows'] === undefined ? {} : { win32: values['min-windows'] }),
    },
    files,
  };
  const bytes = Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
  writeFileSync(join(directory, 'update.json'), bytes);
  writeFileSync(join(directory, 'update.json.sig'), `${sign(null, bytes, key).toString('base64')}\n`);
  console.log(
    `${manifest.version} (${manifest.channel}), ${files.length} ${files.length === 1 ? 'file' : 'files'}, expires ${manifest.expires}`,
  );
}

/**
 * @param {string} directory
 * @param {string} name
 */
async function describe(directory, name) {
  const platform = platforms[name.slice(name.lastIndexOf('.') + 1)];
  if (platform === undefined) return undefined;
  if (!usableName.test(name)) throw new Error(`${name}: name it with letters, digits, dots and dashes alone`);
  const arch = architectures[/-([a-z0-9_]+)\.[A-Za-z]+$/.exec(name)?.[1] ?? ''];
  if (arch === undefined)
    throw new Error(`${name}: its name must end with the architecture, as in Sluice-1.2.3-mac-universal.zip`);
  const file = join(directory, name);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { name, size: statSync(file).size, sha256: hash.digest('hex'), platform, arch };
}

/** @param {'key' | 'dir' | 'version'} name */
function required(name) {
  const value = values[name];
  if (value === undefined) throw new Error(`--${name} is missing`);
  return value;
}
