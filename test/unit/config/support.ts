/** What the tests of the config room share: a parsed config or its findings, and hosts of fixed surroundings. */
import { parseConfig, type ParsedConfig } from '../../../main/config/parse.ts';
import { renderProblem, type ConfigProblem } from '../../../main/config/problems.ts';
import type { Host, SecretReading } from '../../../main/host/host.ts';
import { Secret } from '../../../main/kit/secret.ts';

/** 2026-11-25T12:00:00Z. */
export const now = Date.UTC(2026, 10, 25, 12);

/** When and where a config is compiled: no file of those it names was read. */
export const surroundings = { now, currentTime: () => now, timezone: 'Europe/Berlin', files: new Map() };

export function parse(text: string): ReturnType<typeof parseConfig> {
  return parseConfig(text, { file: 'sluice.yaml', now });
}

/** A config that is good; fails with what is wrong with it. */
export function good(text: string): ParsedConfig {
  const result = parse(text);
  if (!result.ok) throw new Error(result.problems.map(renderProblem).join('\n'));
  return result.parsed;
}

/** Problems as people read them. */
export function problemsOf(text: string): string[] {
  const result = parse(text);
  return result.ok ? [] : result.problems.map(renderProblem);
}

/** Warnings as people read them; fails when the config is not good. */
export function warningsOf(text: string): string[] {
  return [...good(text).findings.warnings].map(renderProblem);
}

export function render(problems: readonly ConfigProblem[]): string[] {
  return problems.map(renderProblem);
}

/** A host whose environment and box of secrets are given. */
export function hostWith(
  environment: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, SecretReading>> = {},
): Host {
  return {
    kind: 'headless',
    dataDir: '/nowhere',
    installKey: new Secret('install-key'),
    notices: [],
    environment: (name) => environment[name],
    randomBytes: (count) => Uint8Array.from({ length: count }, (_, index) => (index * 37 + 11) % 256),
    secrets: {
      protection: () => Promise.resolve('nothing'),
      get: (id) => Promise.resolve(secrets[id] ?? { kind: 'absent' }),
      set: () => Promise.reject(new Error('this box cannot be written')),
      delete: () => Promise.resolve(false),
      list: () => Promise.resolve(Object.keys(secrets)),
      keyring: () =>
        Promise.resolve({ kind: 'key_file', name: 'nothing', state: 'unprotected', was: null, message: null }),
      unlock: () => Promise.resolve(),
      protect: () => Promise.reject(new Error('this box cannot be written')),
      retry: () => Promise.resolve(),
    },
  };
}

/** The sample of the documentation: every section, every setting. */
export const fullSample = `version: 1
listen: { host: 127.0.0.1, port: 4790, max_body_bytes: 33554432, ollama: false }
providers:
  - id: anthropic
    kind: anthropic        # openai anthropic gemini azure-openai bedrock vertex cohere mistral openrouter groq deepseek xai
                           # together fireworks cerebras perplexity ollama lmstudio openai-compatible demo
    base_url: https://api.anthropic.com          # default per kind; as the vendor's own SDK takes it
    keys: [{ name: main, value: "env:ANTHROPIC_API_KEY", weight: 1, models: ["*"] }]
    timeouts: { connect_ms: 5000, ttft_ms: 60000, idle_ms: 120000, total_ms: 900000 }
    retry: { attempts: 2, backoff_ms: 250, on_status_codes: [408, 429, 500, 502, 503, 504, 529], use_retry_after: true }
    headers: {}            # static, non-secret
    proxy: system          # system | direct | http://…
    models: []             # optional list or overrides: { id, context_window, max_output_tokens, pricing: {…} }
  - id: openai
    kind: openai
routes:
  - alias: smart           # the model name clients send; globs allowed, e.g. "claude-*"
    strategy: fallback     # single fallback weighted lowest_cost lowest_latency least_busy conditional auto
    targets:
      - { id: a, provider: anthropic, model: claude-sonnet-4-5, weight: 1 }
      - { id: b, provider: openai, model: gpt-5, when: { tokens: { lt: 200000 } } }
    fallbacks: { on: [error, timeout, ttft, rate_limited, context_window, content_policy] }
    on_break: fail         # fail | continue | hold: what happens when a stream dies after its first content
    session_affinity: { scope: session }
    # opt-in: hedge: { after: p95 }   cache: { mode: exact, ttl_s: 3600 }
virtual_keys:
  - id: ide
    value: "env:SLUICE_KEY_IDE"                  # or sha256: of the key; literal accepted with a warning
    allowed_models: ["*"]
    denied_models: []
    budgets: [{ limit_usd: "5.00", period: day, alert_at: [0.8, 1], action: reject }]   # alert | reject | downgrade:<alias>
    rate_limits: { rpm: 60, tpm: 200000, max_parallel_requests: 8 }
    metadata: { team: core, user: dana, client: claude-code }
    expires_at: 2027-01-01T00:00:00Z
budgets:                   # beyond single keys
  - { id: all-month, scope: global, limit_usd: "100", period: month, timezone: Europe/Berlin, alert_at: [0.5, 0.8, 1], action: reject }
rate_limits: []            # { id, scope: global|key|team|provider|model, match, rpm, tpm, max_parallel_requests }
masking:
  enabled: true
  detectors: [secrets, email, phone, credit_card, iban, national_id, ip_address, crypto_wallet, person, address]
  terms: ["Project Falcon"]
  patterns: [{ id: ticket, pattern: "TCK-[0-9]{4,}" }]      # RE2 syntax
  exclude: { providers: [ollama], clients: [] }
  restore: true            # originals come back in the client's copy of the answer
firewall:
  - { id: injection, detect: prompt_injection, in: [user, tool], action: block }         # block | warn | log
  - { id: topics, pattern: "(?i)project\\\\s+falcon", in: [user], action: block, message: "Use the on-prem model." }
pricing: []                # { model: glob, input, output, cache_read, cache_write, per: 1000000, currency: USD, effective_from }
logging: { content: metadata, retention_days: 30, max_size_mb: 500 }                     # off | metadata | redacted | full
policy_bundles: []         # { url, trust }
store: { ledger: "sqlite:", counters: "memory:" }     # team server: postgres://… and redis://…
telemetry: { otlp_endpoint: null, prometheus: true }
`;
