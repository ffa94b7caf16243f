// What tests of the desktop shell share: the app, and the simulated provider behind it.
import type { Fake } from '../fakes/fake.ts';
import { keyLine, type ShellApp } from './shell-app.ts';

export interface Shell {
  readonly app: () => ShellApp;
  /** A strict provider that speaks OpenAI's dialect; `up` in the config. */
  readonly provider: () => Fake;
}

/** Of the simulated provider. */
export const providerKey = ['sk', 'shell', 'kept-for-the-provider-Tp63'].join('-');

export const shellConfig = (url: string): string => `version: 1
providers:
  - id: up
    kind: openai-compatible
    base_url: "${url}/v1"
    keys: [{ name: main, value: "env:UP_KEY" }]
    models:
      - { id: gpt-4.1, pricing: { input: "1", output: "2" } }
      - gpt-4o
routes:
  - { alias: smart, targets: [up/gpt-4o] }
profiles:
  - id: work
    name: Work
    routes:
      - { id: at-work, alias: smart, targets: [demo/echo] }
virtual_keys:
${keyLine}
masking: { enabled: true, detectors: [secrets, email] }
`;

/** Nothing but the key of these tests. */
export const bareConfig = `version: 1
virtual_keys:
${keyLine}`;

/** A thousand tokens of input are a dollar, and ten a day are enough. */
export const spendingConfig = (url: string): string => `version: 1
providers:
  - id: up
    kind: openai-compatible
    base_url: "${url}/v1"
    keys: [{ name: main, value: "env:UP_KEY" }]
    models:
      - { id: gpt-4.1, pricing: { input: "1000", output: "0" } }
      - gpt-4o
virtual_keys:
${keyLine}
budgets:
  - { id: per-day, scope: global, limit_usd: "10", period: day, alert_at: [0.8, 1], action: alert }
`;
