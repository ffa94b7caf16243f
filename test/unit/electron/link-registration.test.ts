import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { registerLinks } from '../../../main/electron/link-registration.ts';
import { isLink, linkScheme } from '../../../main/electron/links.ts';
import { readStartOptions } from '../../../main/electron/start-options.ts';
import { keptLog } from './support.ts';

const executable = 'C:\\Users\\Jane Doe\\AppData\\Local\\Programs\\Sluice\\Sluice.exe';

function register({ platform = 'win32', isPackaged = true, isTaken = true } = {}) {
  const asked: unknown[] = [];
  const log = keptLog();
  const setAsDefaultProtocolClient = (...entry: unknown[]): boolean => {
    asked.push(entry);
    return isTaken;
  };
  const app = { isPackaged, setAsDefaultProtocolClient };
  registerLinks({ app, platform: platform as NodeJS.Platform, executable, log });
  return { asked, log };
}

const packaging = parse(readFileSync('electron-builder.yml', 'utf8')) as {
  readonly appId: string;
  readonly protocols: readonly { readonly schemes: readonly string[] }[];
  readonly nsis: { readonly include: string };
};

describe('links of ours', () => {
  it('are opened by the installed app on Windows, whose installer enters nobody', () => {
    expect(register().asked).toEqual([['sluice', executable, ['--']]]);
    expect(register().log.noted).toEqual([]);
  });

  it('come as one word after which nothing is an option', () => {
    const [entry] = register().asked as [[string, string, string[]]];
    const start = readStartOptions([...entry[2], 'sluice://open/usage']);
    expect(start).toMatchObject({ link: 'sluice://open/usage' });
    expect(readStartOptions([...entry[2], '--data=\\\\evil\\share'])).toMatchObject({ dataDir: undefined });
  });

  it.each([
    ['darwin', true],
    ['linux', true],
    ['win32', false],
  ])('are the package’s to enter, or nobody’s, on %s (packaged: %s)', (platform, isPackaged) => {
    expect(register({ platform, isPackaged }).asked).toEqual([]);
  });

  it('that Windows does not give us are noted', () => {
    expect(register({ isTaken: false }).log.noted).toHaveLength(1);
  });

  it('have one scheme, in the code and in the packages', () => {
    expect(packaging.protocols.flatMap(({ schemes }) => schemes)).toEqual([linkScheme]);
    expect(isLink(`${linkScheme}://open`)).toBe(true);
  });

  it('go with the app, and so does its start at login', () => {
    const script = readFileSync(packaging.nsis.include, 'utf8');
    expect(script).toContain(`DeleteRegKey HKCU "Software\\Classes\\${linkScheme}"`);
    // Electron enters a start at login under the id that `app.setAppUserModelId` was given.
    expect(readFileSync('main/desktop.ts', 'utf8')).toContain(`setAppUserModelId('${packaging.appId}')`);
    expect(script).toMatch(/DeleteRegValue HKCU "[^"]+\\CurrentVersion\\Run" "\$\{APP_ID\}"/);
  });
});
