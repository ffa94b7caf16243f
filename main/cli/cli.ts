/** Entry of the `sluice` command: the real terminal, environment and clock around `run`. */
import { randomBytes } from 'node:crypto';
import { homedir, tmpdir, userInfo } from 'node:os';
import { version } from '../kit/version.ts';
import { readInput } from './read-text.ts';
import { readSecret } from './read-secret.ts';
import { run } from './run.ts';
import type { Shell } from './shell.ts';

const shell: Shell = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  readSecret: (prompt, again) => readSecret(prompt, process.stdin, process.stderr, again),
  readInput: () => readInput(process.stdin, process.stderr),
  env: process.env,
  cwd: process.cwd(),
  platform: process.platform,
  home: homedir(),
  temporary: tmpdir(),
  userId: process.platform === 'win32' ? 0 : userInfo().uid,
  now: () => Date.now(),
  randomId: (count) => randomBytes(count).toString('hex').slice(0, count),
  timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  version,
  product: {
    startHeadless: async (options) => (await import('../headless.ts')).startHeadless(options),
    openOffline: async (options) => (await import('../headless.ts')).openOffline(options),
    checkConfig: async (text, file) => (await import('../headless.ts')).checkConfig(text, file),
  },
};

// `sluice log | head` closes the pipe when it has seen enough: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await run(process.argv.slice(2), shell);
