// The journeys in the desktop window: under the stand-in everywhere, and in Electron itself where its binary is.
import { afterAll, beforeAll, describe } from 'vitest';
import type { BrowserWindows } from './browser-window.ts';
import { openDesktopWindows, standInDriver, type Driver } from './desktop-window.ts';
import { describeJourneys } from './journeys.ts';
import type { Open, OpenOptions } from './opened.ts';
import { electronDriver, isElectronBinaryPresent } from './real-electron.ts';

const usual = 'en-US';

/** Opens windows while the tests of this block run. */
function windowsOf(driver: (options: OpenOptions) => Promise<Driver>, nameOf: (options: OpenOptions) => string): Open {
  const byName = new Map<string, Promise<BrowserWindows>>();
  afterAll(async () => {
    for (const windows of byName.values()) await (await windows).close();
  });
  return async (options) => {
    const windows = byName.get(nameOf(options)) ?? openDesktopWindows(() => driver(options));
    byName.set(nameOf(options), windows);
    return await (await windows).open(options);
  };
}

describe('under the stand-in', () => {
  describeJourneys(
    windowsOf(standInDriver, () => ''),
    'desktop',
  );
});

beforeAll(() => {
  if (isElectronBinaryPresent()) return;
  console.warn('\n\n  ELECTRON ITSELF IS NOT HERE: the journeys ran under its stand-in only.\n\n');
});

describe.runIf(isElectronBinaryPresent())('in Electron', () => {
  describeJourneys(
    windowsOf(
      ({ locale = usual }) => Promise.resolve(electronDriver(locale)),
      ({ locale = usual }) => locale,
    ),
    'desktop',
  );
});
