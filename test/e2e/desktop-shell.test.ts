// What only the desktop app has, end to end: tray, notifications, links, secrets, and what the system tells and asks.
import { afterAll, beforeAll, describe } from 'vitest';
import { startFake, type Fake } from '../fakes/fake.ts';
import { openShellApp, type ShellApp } from './shell-app.ts';
import { describeLinks } from './shell-links.ts';
import { describeMac, describeWindows } from './shell-notices.ts';
import { describeNoKeyring, describeOtherKeyring } from './shell-secrets.ts';
import { describeStarts } from './shell-start.ts';
import { describeSystem } from './shell-system.ts';
import { describeQuit, describeTray } from './shell-tray.ts';
import { providerKey, shellConfig, type Shell } from './shell.ts';

describe('the desktop shell', () => {
  let provider: Fake;
  let app: ShellApp;
  beforeAll(async () => {
    provider = await startFake({ dialect: 'openai', key: providerKey });
    app = await openShellApp({ config: shellConfig(provider.url), env: { UP_KEY: providerKey } });
  });
  afterAll(async () => {
    await app?.close();
    await provider?.close();
  });
  const shell: Shell = { app: () => app, provider: () => provider };
  // In this order: what a link added is shown later, and sealed by a keyring that changes.
  describeTray(shell);
  describeLinks(shell);
  describeSystem(shell);
  describeOtherKeyring(shell);
  describeQuit(shell);
  describeNoKeyring(shell);
  describeMac(shell);
  describeWindows();
  describeStarts(shell);
});
