// `npm test`: sets up what is missing, then every check and every test, and a last line that says how it went.
// `--checks` runs the checks alone, `--agents` the tests that install and drive real command-line agents.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, ensureReady, nodeBinary, orExit, root, seconds } from './setup.mjs';

const results = join(root, 'test-results', 'vitest.json');
// A world without a source file yet has nothing to check.
const worlds = ['shared', 'main', 'renderer', 'test', 'bench', 'build'].filter(hasSources);

/** @param {string} path below node_modules */
const tool = (path) => join(root, 'node_modules', ...path.split('/'));

const lint = [tool('eslint/bin/eslint.js'), '--config', 'build/eslint.config.js', '--max-warnings', '0'];
const product = ['main', 'shared'];

/** @type {{ name: string, commands: string[][] }[]} */
const checks = [
  { name: 'format', commands: [[tool('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']] },
  // In two halves, so that both processors have something to do: one program of types for each.
  { name: 'lint (product)', commands: [[...lint, ...product]] },
  {
    name: 'lint (rest)',
    commands: [[...lint, ...product.flatMap((folder) => ['--ignore-pattern', `${folder}/**`]), '.']],
  },
  {
    name: 'types',
    // The native compiler takes a fifth of the time. What asks a compiler about types (lint, rooms) needs the one before it.
    commands: worlds.map((world) => [tool('typescript-native/bin/tsc'), '--project', world]),
  },
  {
    name: 'rooms',
    commands: [
      [
        tool('dependency-cruiser/bin/dependency-cruiser.mjs'),
        ...['--config', 'build/rooms.cjs', '--output-type', 'err-long'],
        ...worlds,
      ],
    ],
  },
];

/** @param {string} world */
function hasSources(world) {
  const folder = join(root, world);
  return existsSync(folder) && readdirSync(folder, { recursive: true }).some((file) => /\.tsx?$/.test(String(file)));
}

/**
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {Promise<boolean>} whether it ended well
 */
function run(args, environment = process.env) {
  return new Promise((resolve) => {
    // One stream for everything, so that a complaint stands above the line it belongs to.
    const env = process.stdout.isTTY || environment.FORCE_COLOR ? environment : { ...environment, NO_COLOR: '1' };
    const child = spawn(nodeBinary(), args, { cwd: root, stdio: ['ignore', 1, 1], env });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}

/**
 * The same, with what it says held back until it has ended.
 * @param {string[]} args
 * @returns {Promise<{ ok: boolean, said: string }>}
 */
function runQuietly(args) {
  return new Promise((resolve) => {
    const env = process.stdout.isTTY ? { ...process.env, FORCE_COLOR: '1' } : { ...process.env, NO_COLOR: '1' };
    const child = spawn(nodeBinary(), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    child.on('error', (error) => resolve({ ok: false, said: `${said}${error.message}\n` }));
    child.on('close', (code) => resolve({ ok: code === 0, said }));
  });
}

/** Each check keeps one processor busy: two at a time take half as long. */
const checksAtOnce = 2;

/** @returns {Promise<string[]>} the names of the checks that failed; one failing does not hide the next */
async function runChecks() {
  /** @type {string[]} */
  const failed = [];
  // The longest first, so that nothing is left alone at the end.
  const waiting = [...checks].sort((a, b) => Number(b.name.startsWith('lint')) - Number(a.name.startsWith('lint')));
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const startedAt = Date.now();
      let [ok, said] = [true, ''];
      for (const command of check.commands) {
        const ended = await runQuietly(command);
        ok &&= ended.ok;
        said += ended.said;
      }
      process.stdout.write(`${said}${ok ? '✓' : '✗'} ${check.name} ${ok ? '' : 'FAILED '}(${seconds(startedAt)})\n`);
      if (!ok) failed.push(check.name);
    }
  };
  await Promise.all(Array.from({ length: checksAtOnce }, work));
  return failed;
}

/**
 * @param {string[]} args further arguments for vitest
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
async function runTests(args, environment) {
  mkdirSync(join(root, 'test-results'), { recursive: true });
  rmSync(results, { force: true });
  const ok = await run(
    [
      tool('vitest/vitest.mjs'),
      'run',
      ...[
        '--config',
        'build/vitest.config.ts',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${results}`,
      ],
      ...args,
    ],
    environment,
  );
  if (!existsSync(results)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(results, 'utf8'));
  const passed = report.numPassedTests;
  // A file that cannot be loaded has no tests to count, yet it failed.
  const broken = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ file) =>
      file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + broken;
  const skipped = report.numPendingTests + report.numTodoTests;
  // An error outside every test, or no test at all, is a failure too.
  return { passed, failed: failed === 0 && (!ok || passed + skipped === 0) ? 1 : failed, skipped };
}

/** @param {{ passed: number, failed: number, skipped: number }} counts */
function finish({ passed, failed, skipped }) {
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

const mode = process.argv[2];
if (mode === '--checks') {
  orExit(ensureInstalled);
  const failed = await runChecks();
  finish({ passed: checks.length - failed.length, failed: failed.length, skipped: 0 });
} else if (mode === '--agents') {
  orExit(ensureReady);
  const tests = await runTests(['--project', 'agents', ...process.argv.slice(3)], {
    ...process.env,
    SLUICE_TEST_AGENTS: '1',
  });
  // An agent that cannot be installed here has said why above; that must not pass for a proof.
  if (tests.skipped > 0) process.stdout.write('NOT EVERY AGENT COULD BE TESTED: see the lines marked !! above\n');
  finish(tests);
} else {
  orExit(ensureReady);
  const failedChecks = await runChecks();
  const tests = await runTests(process.argv.slice(2));
  if (failedChecks.length > 0) process.stdout.write(`failed checks: ${failedChecks.join(', ')}\n`);
  finish({ ...tests, failed: tests.failed + failedChecks.length });
}
