// Runs the built command line: in this process when its Node is new enough, else in a child on the Node that is.
import { spawn } from 'node:child_process';
import * as modules from 'node:module';
import { constants } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureReady, nodeBinary, orExit, root, runsHere } from './setup.mjs';

const cli = join(root, 'dist', 'main', 'cli.js');

/**
 * Sets up what is missing and hands over to `sluice` with these arguments; the process ends with its exit code.
 * @param {string[]} args
 */
export async function launch(args) {
  orExit(ensureReady);
  // Compiled code is kept between starts: compiling is a sixth of a cold start.
  process.env.NODE_COMPILE_CACHE ??= join(root, '.cache', 'compiled');
  if (runsHere()) {
    // Read from the namespace: Node 20 has no such export, and an import of it would not even load.
    modules.enableCompileCache(process.env.NODE_COMPILE_CACHE);
    onLostParent(() => process.kill(process.pid, 'SIGTERM'));
    process.argv = [process.execPath, cli, ...args];
    await import(pathToFileURL(cli).href);
  } else {
    runInChild(orExit(nodeBinary), [cli, ...args]);
  }
}

/**
 * Runs a program in place of this process: it gets its signals, and its exit code is this one's.
 * @param {string} program
 * @param {string[]} args
 */
export function runInChild(program, args) {
  const child = spawn(program, args, { stdio: 'inherit' });
  // A terminal sends an interrupt to the whole group, so the child has it already, and a second one would mean "at
  // once". Sent from elsewhere, only this process gets it and must pass it on.
  const atTerminal = process.stdin.isTTY === true;
  process.on('SIGINT', () => {
    if (!atTerminal) child.kill('SIGINT');
  });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  onLostParent(() => child.kill('SIGTERM'));
  child.on('error', (error) => {
    process.stderr.write(`sluice: cannot start ${program}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal === null ? 1 : constants.signals[signal]));
  });
}

/**
 * npm passes a SIGTERM to the shell between itself and this process, and that shell dies without passing it on. So
 * under npm a lost parent means SIGTERM; otherwise `npm start` in a script could not be stopped.
 * @param {() => void} terminate
 */
function onLostParent(terminate) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    terminate();
  }, 250);
  timer.unref();
}
