import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findElectron, startMode } from '../../../build/start-mode.mjs';

const electron = '/here/electron';
const display = { DISPLAY: ':0' };

describe('npm start', () => {
  it('opens the desktop app where there is a display and Electron, with what was asked for', () => {
    for (const env of [display, { WAYLAND_DISPLAY: 'wayland-0' }])
      expect(startMode({ args: ['--port', '4791'], platform: 'linux', env, electron })).toEqual({
        ...{ kind: 'desktop', electron, args: ['--port', '4791'] },
      });
    for (const platform of ['darwin', 'win32'])
      expect(startMode({ args: [], platform, env: {}, electron }).kind).toBe('desktop');
  });

  it('starts headless without a display, and says nothing of the desktop app', () => {
    for (const env of [{}, { DISPLAY: '' }])
      expect(startMode({ args: [], platform: 'linux', env, electron })).toEqual({ kind: 'headless', args: [] });
    for (const name of ['SSH_CONNECTION', 'SSH_TTY', 'CI'])
      expect(startMode({ args: [], platform: 'darwin', env: { [name]: '1' }, electron })).toEqual({
        ...{ kind: 'headless', args: [] },
      });
  });

  it('starts headless where only Electron is missing, and says how to get it', () => {
    const mode = startMode({ args: ['--no-ui'], platform: 'linux', env: display, electron: undefined });
    expect(mode).toMatchObject({ kind: 'headless', args: ['--no-ui'] });
    expect(mode).toHaveProperty('hint', expect.stringContaining('npx install-electron'));
  });

  it('starts headless where that is asked for, wherever it stands, and hands on the rest', () => {
    for (const args of [
      ['--headless', '--port', '1'],
      ['--port', '1', '--headless'],
    ])
      expect(startMode({ args, platform: 'linux', env: display, electron: undefined })).toEqual({
        ...{ kind: 'headless', args: ['--port', '1'] },
      });
  });
});

describe('Electron', () => {
  let modules: string;

  beforeEach(() => {
    modules = mkdtempSync(join(tmpdir(), 'sluice-modules-'));
    mkdirSync(join(modules, 'electron', 'dist'), { recursive: true });
    writeFileSync(join(modules, 'electron', 'package.json'), '{ "version": "45.4.1" }');
  });

  afterEach(() => {
    rmSync(modules, { recursive: true });
  });

  function put(folder: string, version: string): string {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'version'), version);
    writeFileSync(join(folder, 'electron'), '');
    return join(folder, 'electron');
  }

  it('is missing as long as it was not fetched', () => {
    expect(findElectron(modules, 'linux', {})).toBeUndefined();
  });

  it('is the one of the packages, in the version they name', () => {
    const program = put(join(modules, 'electron', 'dist'), 'v45.4.1\n');
    expect(findElectron(modules, 'linux', {})).toBe(program);
    put(join(modules, 'electron', 'dist'), '44.0.0');
    expect(findElectron(modules, 'linux', {})).toBeUndefined();
  });

  it('is the one that people point at, in whatever version', () => {
    const own = join(modules, 'own');
    const program = put(own, '46.0.0');
    expect(findElectron(modules, 'linux', { ELECTRON_OVERRIDE_DIST_PATH: own })).toBe(program);
    expect(findElectron(modules, 'linux', { ELECTRON_OVERRIDE_DIST_PATH: join(modules, 'none') })).toBeUndefined();
  });
});
