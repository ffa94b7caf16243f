// What the window may never bring about: a process that is started, a file that the caller named (SEC-33). The whole product runs
// here, and everything through which Node starts a process or opens a file is watched.
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type App } from '../../main/app.ts';
import { createNodeHost } from '../../main/host/node-host.ts';
import { dataFiles } from '../../main/kit/data-directory.ts';
import { createLog } from '../../main/kit/log.ts';
import { createRedactor } from '../../main/kit/redact.ts';
import type { Bridge } from '../../renderer/bridge/bridge.ts';
import type { CallName } from '../../shared/contract/contract.ts';
import type { Reply } from '../../shared/contract/reply.ts';
import { baseline } from './house.ts';
import { good } from './inputs.ts';
import { openBrowser, type Door } from './window.ts';

type Doing = (...given: unknown[]) => unknown;
type Module = Record<string, unknown>;

const starting = ['spawn', 'fork', 'exec', 'execFile', 'spawnSync', 'execSync', 'execFileSync'];
const opening = [
  'open',
  'openSync',
  'readFile',
  'readFileSync',
  'createReadStream',
  'opendir',
  'readdir',
  'readdirSync',
];
const openingLater = ['open', 'readFile', 'opendir', 'readdir', 'copyFile', 'cp'];

const started: string[] = [];
const openedPaths: string[] = [];
const restoring: (() => void)[] = [];

/** Puts `watch` in front of a function, for whoever imported it as well. */
function watch(module: object, names: readonly string[], before: (name: string, given: unknown[]) => void): void {
  const table = module as Module;
  for (const name of names) {
    const original = table[name] as Doing;
    table[name] = function watched(this: unknown, ...given: unknown[]): unknown {
      before(name, given);
      return original.apply(this, given);
    };
    restoring.push(() => void (table[name] = original));
  }
}

function watchNode(): void {
  const refuse = (name: string): never => {
    started.push(name);
    throw new Error('a process was to be started');
  };
  watch(childProcess, starting, refuse);
  watch(childProcess.ChildProcess.prototype, ['spawn'], refuse);
  const note = (_name: string, [path]: unknown[]): void => {
    openedPaths.push(String(path));
  };
  watch(fs, opening, note);
  watch(fs.promises, openingLater, note);
  syncBuiltinESMExports();
}

const secretLine = `canary-${'content-that-nobody-may-see'}`;
let folder: string;
let canary: string;
let app: App;
let browser: Door;
const homeBefore = process.env['HOME'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-shut-'));
  canary = join(folder, 'canary.txt');
  writeFileSync(canary, `${secretLine}\n`);
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(data, 'sluice.yaml'), baseline, { mode: 0o600 });
  // What is looked for in the first minutes is looked for below it.
  process.env['HOME'] = folder;
  const redactor = createRedactor();
  app = await startApp({
    host: await createNodeHost({ dataDir: data, environment: {} }),
    ...{ configFile: dataFiles(data).config, listenHost: undefined, port: 0, redactor },
    log: createLog({ redactor, level: 'silent' }),
    ...{ onShutdown: () => undefined, onFirstKey: () => undefined },
  });
  browser = await openBrowser(app, data);
  watchNode();
});

afterAll(async () => {
  for (const restore of restoring) restore();
  syncBuiltinESMExports();
  await browser.close();
  await app.stop(0);
  if (homeBefore === undefined) delete process.env['HOME'];
  else process.env['HOME'] = homeBefore;
  rmSync(folder, { recursive: true, force: true });
});

const ask = (name: string, input: unknown): Promise<Reply<unknown>> =>
  (browser.bridge as Pick<Bridge, 'call'> as { call(name: string, input: unknown): Promise<Reply<unknown>> }).call(
    name,
    input,
  );

/** The input with each of its texts in turn replaced. */
function withText(input: unknown, text: string): unknown[] {
  if (typeof input === 'string') return [text];
  if (Array.isArray(input))
    return input.flatMap((one, index) => withText(one, text).map((changed) => input.with(index, changed) as unknown));
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([key, value]) =>
    withText(value, text).map((changed) => ({ ...input, [key]: changed })),
  );
}

const names = Object.keys(good) as CallName[];

describe('what watches here', () => {
  it('sees a process that is started, and a file that is opened, however they were imported', async () => {
    const { execFile } = await import('node:child_process');
    const { readFile } = await import('node:fs/promises');
    expect(() => execFile('true')).toThrow('a process was to be started');
    const raw = new childProcess.ChildProcess() as unknown as { spawn(options: object): unknown };
    expect(() => raw.spawn({})).toThrow('a process was to be started');
    expect(await readFile(canary, 'utf8')).toContain(secretLine);
    expect(started.splice(0)).toEqual(['execFile', 'spawn']);
    expect(openedPaths.splice(0)).toContain(canary);
  });
});

describe('over HTTP', () => {
  it.each(names)('%s starts no process', async (name) => {
    for (const input of good[name]) await ask(name, input);
    expect(started.splice(0)).toEqual([]);
  });

  it.each(names)('%s opens no file that its caller names, and tells nothing of one', async (name) => {
    const texts = [canary, `file:${canary}`, pathToFileURL(canary).href];
    for (const text of texts) {
      for (const input of good[name].flatMap((one) => withText(one, text)))
        expect(JSON.stringify(await ask(name, input))).not.toContain(secretLine);
    }
    expect(openedPaths.splice(0).filter((path) => path.includes('canary'))).toEqual([]);
    expect(started.splice(0)).toEqual([]);
  });

  const rules = (text: string): unknown => ({ rules: { file: 'x.yaml', text } });
  const edits = (path: unknown[], value: unknown): unknown => ({ edits: [{ op: 'set', path, value }] });
  const masking = (field: string): string => `masking: { enabled: true, ${field}: [CANARY] }`;

  it.each([
    ['policy.backtest', rules(masking('terms_files')), 'control.forbidden'],
    ['policy.backtest', rules(masking('env_files')), 'control.forbidden'],
    ['policy.backtest', rules(masking('"terms\\x5ffiles"')), 'control.forbidden'],
    ['policy.backtest', rules(masking('<<: { terms_files: [CANARY] }, terms')), undefined],
    ['policy.backtest', rules('a: &a { enabled: true, terms_files: [CANARY] }\nmasking: *a'), undefined],
    [
      'policy.backtest',
      rules('enforced: { masking: { terms_files: { value: [CANARY], reason: Law } } }'),
      'control.forbidden',
    ],
    ['config.validate', { file: 'CANARY', text: masking('terms_files') }, undefined],
    ['config.change', edits(['masking', 'terms_files'], ['CANARY']), 'control.refused'],
    ['config.change', edits(['masking', 'env_files'], ['CANARY']), 'control.refused'],
    ['config.change', edits(['providers', 0, 'keys', 0, 'value'], 'file:CANARY'), 'control.refused'],
    ['config.change', edits(['providers', 1, 'base_url'], 'file://CANARY'), 'config.invalid'],
    ['providers.add', { kind: 'openai-compatible', base_url: 'file://CANARY' }, 'control.invalid_input'],
    ['providers.move', { id: 'unused', base_url: 'file://CANARY', confirm: true }, 'control.invalid_input'],
  ])('%s with %j opens no file', async (name, input, code) => {
    // What the calls before changed is put back, and read.
    writeFileSync(app.config.state().file, baseline);
    await ask('config.read', {});
    const reply = await ask(name, JSON.parse(JSON.stringify(input).replaceAll('CANARY', canary)));
    if (code !== undefined) expect(reply).toMatchObject({ ok: false, error: { code } });
    expect(JSON.stringify(reply)).not.toContain(secretLine);
    expect(openedPaths.splice(0).filter((path) => path.includes('canary'))).toEqual([]);
  });
});
