// A config as a team of four would have it, with the names of the made-up ledger. Its keys are no keys.

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** The keys of the providers are variables that the instance of the pictures has. */
export const livedInEnvironment: Readonly<Record<string, string>> = {
  ANTHROPIC_API_KEY: ['sk', 'ant', 'picture', 'of-a-key-x7Qd'].join('-'),
  OPENAI_API_KEY: ['sk', 'picture', 'of-another-key-9fA2'].join('-'),
  GEMINI_API_KEY: ['picture', 'of-a-third-key-Kq31'].join('-'),
};

export const livedInConfig = `version: 1

providers:
  - id: anthropic
    kind: anthropic
    keys: [{ name: main, value: "env:ANTHROPIC_API_KEY" }]
  - id: openai
    kind: openai
    keys: [{ name: main, value: "env:OPENAI_API_KEY" }]
  - id: google
    kind: gemini
    keys: [{ name: main, value: "env:GEMINI_API_KEY" }]
  - id: ollama
    kind: ollama
    models: ["qwen3-coder:30b", "gemma3:12b"]

routes:
  # agents need tools that work
  - id: agents
    alias: smart
    when: { has: [tools] }
    targets: [anthropic/claude-sonnet-4-5, openai/gpt-5.1]
    on_break: continue
  - id: chats
    alias: smart
    strategy: lowest_cost
    targets: [anthropic/claude-haiku-4-5, openai/gpt-5-mini, google/gemini-2.5-flash]
  - alias: private
    targets: ["ollama/qwen3-coder:30b"]

virtual_keys:
  - { id: claude-code, value: "${digest('a')}", metadata: { client: claude-code, user: dana, team: core } }
  - { id: codex, value: "${digest('b')}", metadata: { client: codex, user: kim, team: core } }
  - id: ide
    value: "${digest('c')}"
    budgets: [{ limit_usd: "5.00", period: day }]
    metadata: { client: cursor, user: dana }
  - { id: household, value: "${digest('d')}", rate_limits: { rpm: 60 }, metadata: { client: open-webui } }
  - { id: ci, value: "${digest('e')}", allowed_models: ["gpt-5-mini", "cheap"], metadata: { team: core } }

budgets:
  - { id: all-month, scope: global, limit_usd: "150", period: month, alert_at: [0.5, 0.8, 1], action: reject }
  - { id: per-day, scope: global, limit_usd: "10", period: day, alert_at: [0.8, 1], action: alert }

masking:
  enabled: true
  detectors: [secrets, email, iban]
  terms: ["Project Falcon"]
  exclude: { providers: [ollama] }

firewall:
  - { id: injection, detect: prompt_injection, in: [user, tool], action: warn }

logging: { content: redacted, retention_days: 90 }
`;
