// Finding clients on a machine, in a real folder that stands for one.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDetector } from '../../../main/clients/detect.ts';

let machine: string;
let home: string;

beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), 'sluice-detect-'));
  home = join(machine, 'home/ann');
  mkdirSync(home, { recursive: true });
});

afterEach(() => rmSync(machine, { recursive: true, force: true }));

function put(path: string): void {
  const file = path.startsWith('/') ? join(machine, path) : join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
}

function found(platform: NodeJS.Platform, pathVariable?: string): Promise<ReadonlyMap<string, string>> {
  return createDetector({ home, platform, pathVariable, machineRoot: machine })();
}

it('finds a program on the search path, and in the usual places that it lacks', async () => {
  put('/opt/tools/codex');
  put('.local/bin/claude');
  put('/opt/homebrew/bin/aider');
  put('.nvm/versions/node/v24.1.0/bin/gemini');
  const clients = await found('linux', `${machine}/opt/tools:relative/bin:`);
  expect(Object.fromEntries(clients)).toEqual({
    codex: '/opt/tools/codex',
    'claude-code': '~/.local/bin/claude',
    aider: '/opt/homebrew/bin/aider',
    'gemini-cli': '~/.nvm/versions/node/v24.1.0/bin/gemini',
  });
});

it('names the program rather than a folder that it left', async () => {
  put('.claude/settings.json');
  expect((await found('linux')).get('claude-code')).toBe('~/.claude');
  put('.local/bin/claude');
  expect((await found('linux')).get('claude-code')).toBe('~/.local/bin/claude');
});

it('takes no folder for a program, and none that cannot be looked into', async () => {
  mkdirSync(join(machine, 'usr/local/bin/codex'), { recursive: true });
  symlinkSync('/nowhere/at/all', join(home, 'goose'));
  mkdirSync(join(machine, 'closed'));
  chmodSync(join(machine, 'closed'), 0o000);
  expect(Object.fromEntries(await found('linux', `${home}:${machine}/closed:${machine}/missing`))).toEqual({});
  chmodSync(join(machine, 'closed'), 0o700);
});

it('finds extensions by their whole id, whatever their version', async () => {
  put('.vscode/extensions/github.copilot-chat-0.30.1/package.json');
  put('.vscode-server/extensions/Continue.continue-1.2.3-linux-x64/package.json');
  put('.cursor/extensions/anthropic.claude-code-2.1.0/package.json');
  put('.vscode/extensions/someone.continue.continue-1.0.0/package.json');
  const clients = await found('linux');
  expect(clients.get('github-copilot')).toBe('~/.vscode/extensions/github.copilot-chat-0.30.1');
  expect(clients.get('continue')).toContain('.vscode-server');
  expect(clients.get('claude-code-vscode')).toContain('.cursor/extensions');
  expect(clients.has('vscode')).toBe(false);
});

it('looks where each system has its applications', async () => {
  put('/Applications/Zed.app/Contents/Info.plist');
  put('Library/Application Support/Claude/config.json');
  put('AppData/Roaming/npm/codex.cmd');
  expect(Object.fromEntries(await found('darwin'))).toEqual({
    zed: '/Applications/Zed.app',
    'claude-desktop': '~/Library/Application Support/Claude',
  });
  expect(Object.fromEntries(await found('win32'))).toEqual({ codex: '~\\AppData\\Roaming\\npm\\codex.cmd' });
});
