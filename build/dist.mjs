// `npm run dist`: packages of the desktop app for this system, in dist/packages. Arguments go to electron-builder:
// `npm run dist -- --dir` makes the unpacked app alone, `npm run dist -- --linux deb` one kind.
import { spawn, spawnSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureReady, nodeBinary, orExit, root, say, SetupError } from './setup.mjs';
import { noticesOf, packedList, readPacked, sbomOf } from './third-party.mjs';

/** A domain that can belong to nobody: who publishes sets SLUICE_HOMEPAGE and SLUICE_MAINTAINER. */
const nowhere = 'sluice.invalid';

/**
 * What the packed app knows of its own updates, as main/electron/updates/release.ts reads it; `undefined`: it has none.
 * @param {NodeJS.ProcessEnv} environment
 */
export function releaseOf(environment) {
  const { SLUICE_UPDATE_URL: url = '', SLUICE_UPDATE_KEY: key = '', SLUICE_UPDATE_CHANNEL: channel = '' } = environment;
  if (url === '' && key === '') return undefined;
  if (url === '' || key === '') {
    throw new SetupError(
      'SLUICE_UPDATE_URL and SLUICE_UPDATE_KEY go together: updates are taken from the one and must be signed by the other.',
    );
  }
  for (const name of ['SLUICE_UPDATE_URL', 'SLUICE_RELEASES_URL']) {
    const address = environment[name] ?? '';
    if (address !== '' && (!URL.canParse(address) || new URL(address).protocol !== 'https:')) {
      throw new SetupError(`${name} must be an https address, not "${address}".`);
    }
  }
  if (!isPublicKey(key)) {
    throw new SetupError(
      'SLUICE_UPDATE_KEY must be an Ed25519 public key, as "node build/sign-update.mjs --generate-key FILE.pem" prints it.',
    );
  }
  const hosts = environment.SLUICE_UPDATE_HOSTS ?? '';
  const releases = environment.SLUICE_RELEASES_URL ?? '';
  return {
    ...{ update_url: url, update_key: key, channel: channel === '' ? 'latest' : channel },
    ...(hosts === '' ? {} : { hosts: hosts.split(',').map((host) => host.trim()) }),
    ...(releases === '' ? {} : { releases_url: releases }),
  };
}

/** @param {string} key */
function isPublicKey(key) {
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length !== 32 || bytes.toString('base64') !== key) return false;
  try {
    createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}

/**
 * Gathers in `folder` what is packed. The window and the set-up must be there. Answers the packages of others in it.
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} environment
 */
export function gatherApp(folder, environment) {
  const release = releaseOf(environment);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const built = spawnSync(nodeBinary(), [join(root, 'build', 'main.build.ts'), '--app', join(folder, 'main')], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (built.status !== 0) throw new SetupError('building what is packed failed; the reason is above.');
  const packed = readPacked([join(folder, 'main'), join(root, 'dist', 'ui')]);
  rmSync(join(folder, 'main', packedList));
  // Compressed files are for browsers; the desktop's window reads files as they are.
  cpSync(join(root, 'dist', 'ui'), join(folder, 'ui'), {
    recursive: true,
    filter: (file) => !/\.(?:br|gz|stamp)$/.test(file) && basename(file) !== packedList,
  });
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), noticesOf(packed));
  const { name, version, description, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const about = {
    ...{ name, productName: 'Sluice', version, description, license, type: 'module', main: 'main/desktop.js' },
    author: environment.SLUICE_MAINTAINER ?? `Sluice contributors <contributors@${nowhere}>`,
    homepage: environment.SLUICE_HOMEPAGE ?? `https://${nowhere}/`,
    desktopName: 'sluice.desktop',
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(about, undefined, 2)}\n`);
  if (release !== undefined) writeFileSync(join(folder, 'main', 'release.json'), `${JSON.stringify(release)}\n`);
  return packed;
}

/**
 * Arguments for electron-builder; those of `asked` come last and so have the last word.
 * @param {string[]} asked
 * @param {NodeJS.ProcessEnv} environment
 */
export function builderArguments(asked, environment) {
  const release = releaseOf(environment);
  const dist = environment.ELECTRON_OVERRIDE_DIST_PATH ?? '';
  return [
    ...['--config', join(root, 'electron-builder.yml'), '--projectDir', root],
    // Made here, published by whoever may.
    ...['--publish', 'never'],
    ...(dist === '' ? [] : [`-c.electronDist=${dist}`]),
    ...(release === undefined
      ? []
      : ['provider=generic', `url=${release.update_url}`, `channel=${release.channel}`].map(
          (one) => `-c.publish.${one}`,
        )),
    ...asked,
  ];
}

/**
 * What went wrong, where electron-builder does not say it in a way that helps.
 * @param {string} said
 */
export function explainFailure(said) {
  const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|fetch failed|socket hang up|status code [45]\d\d/i;
  if (!offline.test(said)) return 'electron-builder failed; the reason is above.';
  return (
    'electron-builder could not fetch Electron or one of its tools from github.com. Make that address reachable, set ' +
    'ELECTRON_MIRROR and ELECTRON_BUILDER_BINARIES_MIRROR to a mirror, or set ELECTRON_OVERRIDE_DIST_PATH to the folder of an ' +
    'Electron you have; "npm run dist -- --dir" needs Electron alone and none of the tools.'
  );
}

/**
 * @param {string[]} args
 * @returns {Promise<void>}
 */
function runBuilder(args) {
  const cli = join(root, 'node_modules', 'electron-builder', 'cli.js');
  const child = spawn(nodeBinary(), [cli, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      process.stderr.write(chunk);
      said = `${said}${chunk}`.slice(-65_536);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new SetupError(`electron-builder cannot be started: ${error.message}`)));
    child.on('close', (code) => (code === 0 ? resolve() : reject(new SetupError(explainFailure(said)))));
  });
}

/**
 * Beside what was made, its checksums, in the form that `sha256sum --check` reads.
 * @param {string} folder
 */
export function writeChecksums(folder) {
  const made = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(?:SHA256SUMS|builder-.*)$/.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const sums = made.map(
    (name) =>
      `${createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')}  ${name}\n`,
  );
  if (sums.length > 0) writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
  return made;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  orExit(ensureReady);
  const packages = join(root, 'dist', 'packages');
  const packed = orExit(() => gatherApp(join(root, 'dist', 'app'), process.env));
  rmSync(packages, { recursive: true, force: true });
  const failure = await runBuilder(builderArguments(process.argv.slice(2), process.env)).catch((error) => error);
  orExit(() => {
    if (failure !== undefined) throw failure;
  });
  // Of each commit the same, whoever packs it: what is in it, for those who have to know.
  writeFileSync(join(packages, 'Sluice.cdx.json'), sbomOf(packed));
  say(`${writeChecksums(packages).join(', ')} in dist/packages`);
}
