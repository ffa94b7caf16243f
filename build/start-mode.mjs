// Which of the two `npm start` starts: the desktop app where one can be seen and Electron is there, else the headless host.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} StartFacts
 * @property {string[]} args What was asked for, as it came.
 * @property {string} platform
 * @property {NodeJS.ProcessEnv} env
 * @property {string | undefined} electron Electron's program, where it is present.
 */

/**
 * @typedef {{ kind: 'desktop', electron: string, args: string[] } | { kind: 'headless', args: string[], hint?: string }} StartMode
 */

/**
 * @param {StartFacts} facts
 * @returns {StartMode} `hint`: one line on how to get the desktop app, where only Electron is missing
 */
export function startMode({ args: asked, platform, env, electron }) {
  const args = asked.filter((argument) => argument !== '--headless');
  if (args.length < asked.length || !hasDisplay(platform, env)) return { kind: 'headless', args };
  if (electron !== undefined) return { kind: 'desktop', electron, args };
  return {
    kind: 'headless',
    args,
    hint: 'Electron is not here yet, so this starts without a desktop app; "npx install-electron" fetches it, --headless asks for this.',
  };
}

/**
 * @param {string} platform
 * @param {NodeJS.ProcessEnv} env
 */
function hasDisplay(platform, env) {
  const isSet = (/** @type {string} */ name) => env[name] !== undefined && env[name] !== '';
  if (platform !== 'darwin' && platform !== 'win32') return isSet('DISPLAY') || isSet('WAYLAND_DISPLAY');
  return !['SSH_CONNECTION', 'SSH_TTY', 'CI'].some(isSet);
}

/**
 * Electron's program, if it is there. Asking Electron's own package would download it.
 * @param {string} modules the folder node_modules
 * @param {string} platform
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function findElectron(modules, platform, env) {
  const folder = join(modules, 'electron');
  const programs = /** @type {Record<string, string>} */ ({
    darwin: 'Electron.app/Contents/MacOS/Electron',
    win32: 'electron.exe',
  });
  const own = env.ELECTRON_OVERRIDE_DIST_PATH ?? '';
  const dist = own === '' ? join(folder, 'dist') : own;
  const program = join(dist, programs[platform] ?? 'electron');
  if (!existsSync(program)) return undefined;
  // One of another version is left over from before an update; what people point at themselves is theirs.
  return own !== '' || read(join(dist, 'version')).replace(/^v/, '') === packageVersion(folder) ? program : undefined;
}

/** @param {string} folder */
function packageVersion(folder) {
  const text = read(join(folder, 'package.json'));
  return text === '' ? undefined : JSON.parse(text).version;
}

/** @param {string} file */
function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}
