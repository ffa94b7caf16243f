// Loaded before the main script (`node --import`): from then on `electron` is the stand-in, for the app and for every package that it uses.
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { release } from 'node:os';
import { begin } from './control.ts';
import { beginCounting } from './counts.ts';
import { settings } from './stage.ts';
import { haveWindowsPrograms } from './windows-programs.ts';

const standIn = new URL('electron.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'electron' && specifier !== 'electron/main') return next(specifier, context);
    return { url: standIn, format: 'module-typescript', shortCircuit: true };
  },
});

const versions = { ...process.versions, electron: '45.4.1', chrome: '156.0.0.0' };
Object.defineProperty(process, 'versions', { value: versions });
Object.defineProperty(process, 'type', { value: 'browser' });
Object.defineProperty(process, 'resourcesPath', { value: process.cwd() });
Object.defineProperty(process, 'getSystemVersion', { value: release });
if (settings.packaged !== true) Object.defineProperty(process, 'defaultApp', { value: true });
if (settings.platform !== undefined) Object.defineProperty(process, 'platform', { value: settings.platform });

if (settings.platform === 'win32' && !existsSync('C:\\Windows')) haveWindowsPrograms();

if (settings.counts === true) beginCounting();
begin();
