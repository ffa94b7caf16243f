// The journeys in a real Chromium.
import { afterAll, beforeAll } from 'vitest';
import { openBrowserWindows, type BrowserWindows } from './browser-window.ts';
import { describeJourneys } from './journeys.ts';

let windows: BrowserWindows;

beforeAll(async () => {
  windows = await openBrowserWindows();
});

afterAll(async () => {
  await windows?.close();
});

describeJourneys((options) => windows.open(options), 'browser');
