/** The config file a first start writes: commented, with one virtual key. */

export function firstConfig(sha256: string): string {
  return `# Sluice: one file, read again within a second of a change. \`sluice config validate\` checks it, \`sluice config schema\`
# prints its JSON Schema. Secrets are references: env:NAME, file:/path, secret:id.
version: 1

# The built-in provider "demo" always answers (models demo/echo, demo/slow, demo/flaky). Add your own, for example:
# providers:
#   - id: anthropic
#     kind: anthropic
#     keys: [{ name: main, value: "env:ANTHROPIC_API_KEY" }]
#   - id: ollama
#     kind: ollama

# The model names auto, best, fast and cheap choose among the models of your providers, and sluice route explain says why.
# A route is a model name of your own, with targets in order of preference:
# routes:
#   - alias: smart
#     strategy: fallback
#     targets: [anthropic/claude-sonnet-4-5, demo/echo]

# Keys for clients, made with: sluice keys create --name NAME. Only their digests are kept.
virtual_keys:
  - id: default
    value: sha256:${sha256}
`;
}
