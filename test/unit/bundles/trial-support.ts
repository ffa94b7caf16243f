// A team's bundle as the tests of decisions have it: the one of the specification, with what a test wants otherwise.
import { readBundle } from '../../../main/bundles/read.ts';
import { runTests, type TestReport } from '../../../main/bundles/run-tests.ts';
import type { ReadBundle } from '../../../main/bundles/types.ts';
import { createGatewayTools } from '../../../main/decide.ts';

export const tools = createGatewayTools();
/** 1 December 2026, ten o'clock UTC. */
export const now = Date.UTC(2026, 11, 1, 10);

type Fields = Readonly<Record<string, unknown>>;

export const enforced: Fields = {
  providers: {
    allow: ['anthropic', 'openai', 'azure-eu', 'ollama'],
    define: {
      'azure-eu': {
        ...{ kind: 'azure-openai', base_url: 'https://acme-eu.openai.azure.com', region: 'eu' },
        auth: { slot: 'azure-eu' },
      },
    },
  },
  models: {
    deny: { value: ['*/*-preview*'], reason: 'No previews with customer data', ref: 'ACME-12' },
    max_output_tokens: 32_000,
  },
  masking: {
    detectors: [{ id: 'iban', replace: 'tag', in: ['request', 'tools', 'logs'] }],
    patterns: [{ id: 'employee-id', pattern: '\\bE-[0-9]{6}\\b', replace: 'hash', in: ['request', 'logs'] }],
  },
  firewall: [{ id: 'falcon', pattern: '(?i)project\\s+falcon', in: ['user', 'tool'], action: 'block' }],
  budgets: [{ id: 'per-user-day', scope: 'user', limit_usd: '25', period: 'day', action: 'downgrade:cheap' }],
  tools: { deny: ['shell*'] },
};

export const defaults: Fields = {
  models: { aliases: { best: 'anthropic/claude-opus-*' } },
  routes: [{ id: 'cheap', alias: 'cheap', strategy: 'fallback', targets: ['anthropic/claude-haiku-*', 'ollama/*'] }],
};

export function bundleWith(more: Fields = {}): ReadBundle {
  const payload = {
    ...{ schema: 'sluice.bundle/1', id: 'acme-core', version: 12, epoch: 2, layer: 'org' },
    ...{ issued_at: '2026-11-20T09:00:00Z', expires_at: '2027-02-18T00:00:00Z', contact: { text: '#llm-platform' } },
    secrets: [{ id: 'azure-eu', label: 'Azure OpenAI EU', provider: 'azure-eu' }],
    ...{ enforced, defaults },
    ...more,
  };
  return readBundle(JSON.stringify(payload, undefined, 1), { appVersion: '9.0.0' });
}

export interface CaseGiven {
  readonly request: Fields;
  readonly expect: Fields;
  readonly user?: Fields;
  readonly state?: Fields;
  readonly labels?: Fields;
  readonly clock?: string;
}

/** A bundle whose one suite has these cases, each called by its number. */
export function bundleTesting(cases: readonly CaseGiven[], more: Fields = {}): ReadBundle {
  const named = cases.map((one, index) => ({ name: String(index + 1), ...one }));
  return bundleWith({ tests: [{ suite: 'core', clock: '2026-12-01T10:00:00Z', cases: named }], ...more });
}

export function report(bundle: ReadBundle): Promise<TestReport> {
  return runTests({ bundles: [bundle], suites: bundle.payload.tests, decide: tools.decide, now });
}

/** What the cases fail with, by their numbers. */
export async function failuresOf(cases: readonly CaseGiven[], more: Fields = {}): Promise<string[]> {
  const { failures } = await report(bundleTesting(cases, more));
  return failures.map((one) => `${one.case}: ${one.text}`);
}

export const says = (content: string): Fields => ({ messages: [{ role: 'user', content }] });
export const spent = (used_usd: string): Fields => ({ budgets: { 'per-user-day': { used_usd } } });
