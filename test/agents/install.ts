// Installs a command-line agent in exactly one version, on demand, into a folder of its own that later runs find again.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface AgentSpec {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** What Node runs to start it, inside its package. */
  readonly script: string;
}

/** Both packages bring their program as a binary per platform; their scripts find and start it. */
export const claudeCode: AgentSpec = {
  name: 'claude-code',
  package: '@anthropic-ai/claude-code',
  version: '2.1.330',
  script: 'cli-wrapper.cjs',
};

export const codex: AgentSpec = {
  name: 'codex',
  package: '@openai/codex',
  version: '0.169.0',
  script: 'bin/codex.js',
};

export interface Agent {
  readonly spec: AgentSpec;
  /** The script to run with Node. */
  readonly script: string;
  /** Why it cannot be run here; its tests are skipped then. */
  readonly problem: string | undefined;
}

const cache = fileURLToPath(new URL('../../.cache/agents/', import.meta.url));

/** Has the agent installed. What makes that impossible is written to stderr and told as `problem`; nothing is thrown. */
export function installAgent(spec: AgentSpec): Agent {
  const folder = join(cache, `${spec.name}-${spec.version}`);
  const script = join(folder, 'node_modules', ...spec.package.split('/'), ...spec.script.split('/'));
  const problem = existsSync(script) ? undefined : install(spec, folder);
  const agent = { spec, script, problem: problem ?? whatIsWrong(spec, script) };
  if (agent.problem !== undefined) say(`SKIPPED: ${agent.problem}\nNothing was tested with ${spec.name}.`);
  return agent;
}

/** Installed beside its place and moved there when complete, so that a run cut short leaves nothing that looks finished. */
function install(spec: AgentSpec, folder: string): string | undefined {
  mkdirSync(cache, { recursive: true });
  const draft = mkdtempSync(join(cache, `${spec.name}-draft-`));
  try {
    say(`installing ${spec.package}@${spec.version} …`);
    const manifest = { private: true, dependencies: { [spec.package]: spec.version } };
    writeFileSync(join(draft, 'package.json'), JSON.stringify(manifest));
    const result = npm([
      'install',
      '--prefix',
      draft,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--fetch-retries=1',
    ]);
    if (result.status !== 0) {
      // The first lines say what, the rest where.
      const reason = result.error?.message ?? result.stderr.trim().split('\n').slice(0, 4).join('\n');
      return `npm could not install ${spec.package}@${spec.version}:\n${reason}`;
    }
    // Whoever else installed it meanwhile installed the same.
    if (!existsSync(folder)) renameSync(draft, folder);
    return undefined;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function whatIsWrong(spec: AgentSpec, script: string): string | undefined {
  const asked = spawnSync(process.execPath, [script, '--version'], { encoding: 'utf8', timeout: 60_000 });
  if (asked.stdout.includes(spec.version)) return undefined;
  return `${spec.package}@${spec.version} does not run on ${process.platform} ${process.arch}:\n${asked.stdout}${asked.stderr}`;
}

/** Under `npm run`, npm says where it is; else it is looked up. What npm told its script must not reach the npm within. */
function npm(args: readonly string[]): SpawnSyncReturns<string> {
  const environment = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_local_prefix|package_|lifecycle_)/.test(name),
  );
  const options = { encoding: 'utf8' as const, env: Object.fromEntries(environment), timeout: 240_000 };
  const path = process.env['npm_execpath'];
  if (path !== undefined && basename(path) === 'npm-cli.js') {
    return spawnSync(process.env['npm_node_execpath'] ?? process.execPath, [path, ...args], options);
  }
  // On Windows npm is a batch file, which only a shell can start.
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

function say(text: string): void {
  process.stderr.write(`\n${text.replaceAll(/^/gm, '!! agents: ')}\n\n`);
}
