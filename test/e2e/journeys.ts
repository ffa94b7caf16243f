// The journeys of the window, whoever shows it: a browser here, the desktop window with the same file.
import { afterAll, beforeAll, describe } from 'vitest';
import { startFake, type Fake } from '../fakes/fake.ts';
import { describeActivity } from './journeys-activity.ts';
import { describeFrame } from './journeys-frame.ts';
import { describeMoney } from './journeys-money.ts';
import { describePlayground } from './journeys-playground.ts';
import { describeProviders } from './journeys-providers.ts';
import { describeStart } from './journeys-start.ts';
import { livedInConfig, livedInEnvironment } from './lived-in.ts';
import { digestOf, sharedKey, type Open, type Opened, type OpenOptions, type Setup } from './opened.ts';

/** Of the simulated provider. */
export const upstreamKey = ['sk', 'upstream', 'kept-for-the-provider-Zk41'].join('-');

export interface Journeys {
  /** Opens a window and closes it when the journey is over, also when it fails. */
  readonly journey: <Result>(options: OpenOptions, walk: (opened: Opened) => Promise<Result>) => Promise<Result>;
  /** A strict provider that speaks OpenAI's dialect. */
  readonly provider: () => Fake;
  /** With that provider as `up`, a key, everything recorded as it leaves. */
  readonly workshop: Setup;
  /** A ledger of weeks. */
  readonly livedIn: Setup;
  readonly host: 'browser' | 'desktop';
}

export function describeJourneys(open: Open, host: Journeys['host']): void {
  describe('journeys', () => {
    let provider: Fake | undefined;
    beforeAll(async () => {
      provider = await startFake({ dialect: 'openai', key: upstreamKey });
    });
    afterAll(async () => {
      await provider?.close();
    });
    const fake = (): Fake => {
      if (provider === undefined) throw new Error('the simulated provider was not started');
      return provider;
    };
    const journeys: Journeys = {
      host,
      provider: fake,
      workshop: {
        name: 'workshop',
        key: sharedKey,
        options: () =>
          Promise.resolve({ config: workshopConfig(fake().url), env: { UP_KEY: upstreamKey }, welcomed: true }),
      },
      livedIn: {
        name: 'lived in',
        key: sharedKey,
        options: () =>
          Promise.resolve({
            config: livedInConfig.replace('virtual_keys:\n', `virtual_keys:\n${keyLine}`),
            env: livedInEnvironment,
            exchanges: 30_000,
            welcomed: true,
          }),
      },
      async journey(options, walk) {
        const opened = await open(options);
        let result;
        try {
          result = await walk(opened);
        } catch (error) {
          const seen = await opened.page.locator('body').ariaSnapshot().catch(String);
          const broke = await opened.close().then(
            () => '',
            (reason: unknown) => String(reason),
          );
          throw new Error(
            `it broke off at ${opened.page.url()} ${broke}, where was to be seen:\n${seen.slice(0, 6_000)}`,
            {
              cause: error,
            },
          );
        }
        await opened.close();
        return result;
      },
    };
    describeStart(journeys);
    describeFrame(journeys);
    describeActivity(journeys);
    describeMoney(journeys);
    describeProviders(journeys);
    describePlayground(journeys);
  });
}

const keyLine = `  - { id: journeys, name: Journeys, value: "${digestOf(sharedKey)}" }\n`;

const workshopConfig = (url: string): string => `version: 1

# what stands here by hand stays here
providers:
  - id: up # the simulated one
    kind: openai-compatible
    base_url: "${url}/v1"
    keys: [{ name: main, value: "env:UP_KEY" }]
    models:
      - { id: gpt-4.1, pricing: { input: "1", output: "2" } } # made up
      - gpt-4o

virtual_keys:
${keyLine}
budgets:
  # a day is enough to notice
  - { id: per-day, scope: global, limit_usd: "10", period: day, action: alert }

masking:
  enabled: true
  detectors: [secrets, email]

logging: { content: redacted, retention_days: 30 }
`;
