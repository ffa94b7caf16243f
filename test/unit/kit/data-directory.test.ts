import { describe, expect, it } from 'vitest';
import { controlAddress, dataFiles, defaultDataDirectory } from '../../../main/kit/data-directory.ts';

describe('the data directory', () => {
  it('is the one that SLUICE_DATA names', () => {
    expect(defaultDataDirectory({ platform: 'linux', env: { SLUICE_DATA: '/srv/sluice' }, home: '/home/me' })).toBe(
      '/srv/sluice',
    );
  });

  it.each([
    ['linux', {}, '/home/me/.local/share/sluice'],
    ['linux', { SLUICE_DATA: '', XDG_DATA_HOME: '/data' }, '/data/sluice'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/me/.local/share/sluice'],
    ['darwin', {}, '/home/me/Library/Application Support/Sluice'],
    ['win32', { APPDATA: 'C:\\Users\\me\\AppData\\Roaming' }, 'C:\\Users\\me\\AppData\\Roaming\\Sluice'],
  ] as const)('is the folder for application data on %s with %o', (platform, env, expected) => {
    expect(defaultDataDirectory({ platform, env, home: '/home/me' })).toBe(expected);
  });

  it('holds everything by fixed names', () => {
    expect(dataFiles('/data')).toEqual({
      config: '/data/sluice.yaml',
      ledger: '/data/ledger.db',
      journal: '/data/journal',
      routing: '/data/routing.json',
      app: '/data/app.json',
      bundles: '/data/bundles',
      managed: '/data/managed.json',
      logs: '/data/logs',
      run: '/data/run',
      instance: '/data/run/instance.json',
      sessions: '/data/run/sessions.json',
    });
  });
});

describe('the control address', () => {
  const facts = { platform: 'linux', temporary: '/tmp', userId: 1000 } as const;

  it('is a socket in the data directory', () => {
    expect(controlAddress('/data', facts)).toBe('/data/run/control.sock');
  });

  it('moves to a directory of this user where the path is too long for a socket', () => {
    const long = `/${'d'.repeat(120)}`;
    const address = controlAddress(long, facts);
    expect(address).toMatch(/^\/tmp\/sluice-1000-[0-9a-f]{24}\/control\.sock$/);
    expect(address.length).toBeLessThan(104);
    expect(controlAddress(`${long}x`, facts)).not.toBe(address);
  });

  it('is a named pipe of this directory on Windows', () => {
    expect(controlAddress('C:\\data', { ...facts, platform: 'win32' })).toMatch(/^\\\\\.\\pipe\\sluice-[0-9a-f]{24}$/);
  });
});
