// Set-up by itself: installs the packages, builds what runs and finds the right Node, each only when needed.
// Runs on any Node from 20 on, without a single package, and speaks on stderr only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, whatever the working directory is. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The oldest Node that runs the product: the first one whose node:sqlite and type stripping need no flag or warning. */
export const oldestNode = [24, 15];

const lockFile = join(root, 'package-lock.json');
const modules = join(root, 'node_modules');
const installStamp = join(modules, '.sluice-install');
const setupLock = join(root, '.cache', 'setup.lock');

/** What is built: where its sources are, which script builds it, and where the result says what it was built from. */
const parts = [
  {
    name: 'main',
    sources: ['main', 'shared', 'build/main.build.ts', 'build/icons/tray', 'build/icons/linux', 'package-lock.json'],
    script: 'build/main.build.ts',
    stamp: join(root, 'dist', 'main', '.stamp'),
  },
  {
    name: 'the window',
    sources: ['renderer', 'shared', 'build/renderer.build.ts', 'build/third-party.mjs', 'package-lock.json'],
    script: 'build/renderer.build.ts',
    stamp: join(root, 'dist', 'ui', '.stamp'),
  },
];

/** A problem the user can mend; its message says how. */
export class SetupError extends Error {}

/** @param {string} message */
export function say(message) {
  process.stderr.write(`sluice set-up: ${message}\n`);
}

/** @param {string} version such as 24.21.0 */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** Whether this very process can run the product. */
export function runsHere() {
  return isNewEnough(process.versions.node);
}

/**
 * The Node that runs the product: this one if new enough, else the one that came with the packages.
 * @returns {string}
 */
export function nodeBinary() {
  if (runsHere()) return process.execPath;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const bundled = join(modules, `node-${system}-${process.arch}`, 'bin', file);
  if (existsSync(bundled)) return bundled;
  throw new SetupError(
    `Sluice needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node} and no newer one came with the ` +
      `packages for ${process.platform} ${process.arch}. Install a newer Node from https://nodejs.org, or run ` +
      '"npm ci --include=optional" if optional packages were left out.',
  );
}

/** Installs the packages the lockfile names, unless they are there already. */
export function ensureInstalled() {
  if (!existsSync(lockFile)) {
    throw new SetupError('package-lock.json is missing; restore it with "git checkout package-lock.json".');
  }
  if (isInstalled()) return;
  withLock(() => {
    if (isInstalled()) return;
    say('installing packages (npm ci), about a minute …');
    const startedAt = Date.now();
    const result = runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
    if (result.status !== 0) {
      throw new SetupError(
        `npm ci failed (${result.error?.message ?? `exit code ${result.status}`}). Mend what it says above and run again; ` +
          'it needs a reachable npm registry.',
      );
    }
    writeFileSync(installStamp, installKey());
    say(`packages installed in ${seconds(startedAt)}`);
  });
}

/** Builds every part whose sources changed since it was last built. */
export function ensureBuilt() {
  for (const part of parts) {
    if (!needsBuild(part)) continue;
    withLock(() => {
      // The key is taken before the build: a file saved meanwhile makes the next run build again.
      const key = sourceKey(part.sources);
      if (!needsBuild(part)) return;
      say(`building ${part.name} …`);
      const startedAt = Date.now();
      const result = spawnSync(nodeBinary(), [join(root, part.script)], {
        cwd: root,
        stdio: ['ignore', 2, 2],
        env: { ...process.env, NODE_ENV: 'production' },
      });
      if (result.status !== 0) {
        throw new SetupError(
          `building ${part.name} failed (${result.error?.message ?? `exit code ${result.status}`}); the reason is above. ` +
            'On an unchanged checkout, delete node_modules and run again.',
        );
      }
      mkdirSync(dirname(part.stamp), { recursive: true });
      writeFileSync(part.stamp, key);
      say(`${part.name} built in ${seconds(startedAt)}`);
    });
  }
}

/** Everything the product needs before it can run. */
export function ensureReady() {
  ensureInstalled();
  nodeBinary();
  ensureBuilt();
}

/**
 * Runs `work` and turns a problem the user can mend into one line and exit code 1.
 * @template T
 * @param {() => T} work
 * @returns {T}
 */
export function orExit(work) {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(1);
  }
}

/** @param {number} startedAt */
export function seconds(startedAt) {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
}

function isInstalled() {
  if (!existsSync(modules)) return false;
  const key = installKey();
  if (existsSync(installStamp) && readFileSync(installStamp, 'utf8') === key) return true;
  // Somebody ran npm themselves: what npm recorded decides.
  if (!recordedMatchesLock()) return false;
  writeFileSync(installStamp, key);
  return true;
}

/** What the installed packages depend on: the lockfile's bytes and the machine. */
function installKey() {
  return `${createHash('sha256').update(readFileSync(lockFile)).digest('hex')} ${process.platform} ${process.arch}\n`;
}

/** Whether npm's own record of node_modules names every package of the lockfile in the same version. */
function recordedMatchesLock() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  try {
    const recorded = JSON.parse(readFileSync(record, 'utf8')).packages;
    const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
    return Object.keys(wanted).every(
      (path) =>
        path === '' ||
        recorded[path]?.version === wanted[path].version ||
        (recorded[path] === undefined && wanted[path].optional === true),
    );
  } catch {
    return false;
  }
}

/** @param {typeof parts[number]} part */
function needsBuild(part) {
  return !existsSync(part.stamp) || readFileSync(part.stamp, 'utf8') !== sourceKey(part.sources);
}

/**
 * One hash over name, size and time of every source file: cheap enough for every start.
 * @param {string[]} sources
 */
function sourceKey(sources) {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesBelow(join(root, source))) {
      const { size, mtimeMs } = statSync(file);
      hash.update(`${relative(root, file).split(sep).join('/')} ${size} ${mtimeMs}\n`);
    }
  }
  return `${hash.digest('hex')}\n`;
}

/**
 * @param {string} path
 * @returns {string[]} sorted
 */
function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]));
}

/** @param {string[]} args */
function runNpm(args) {
  /** @type {import('node:child_process').SpawnSyncOptions} */
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  const npm = process.env.npm_execpath;
  // Under `npm run`, npm says which npm and which Node it is; both stay usable while node_modules is replaced.
  if (npm !== undefined && /\.[cm]?js$/.test(npm) && existsSync(npm)) {
    return spawnSync(process.env.npm_node_execpath ?? process.execPath, [npm, ...args], options);
  }
  // On Windows npm is a batch file, which only a shell can start; the arguments are our own constants.
  return process.platform === 'win32'
    ? spawnSync(`npm ${args.join(' ')}`, { ...options, shell: true })
    : spawnSync('npm', args, options);
}

/**
 * Two commands started at once must not install or build at once: the second waits for the first.
 * @param {() => void} work
 */
function withLock(work) {
  mkdirSync(dirname(setupLock), { recursive: true });
  let told = false;
  for (;;) {
    try {
      writeFileSync(setupLock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    if (isHolderGone()) {
      rmSync(setupLock, { force: true });
      continue;
    }
    if (!told) say('another command is setting up; waiting for it …');
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  try {
    work();
  } finally {
    rmSync(setupLock, { force: true });
  }
}

function isHolderGone() {
  let holder;
  try {
    holder = Number(readFileSync(setupLock, 'utf8'));
  } catch {
    return false;
  }
  // Just created and not yet written.
  if (holder === 0) return false;
  try {
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) orExit(ensureReady);
