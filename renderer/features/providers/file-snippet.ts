/** What to write into the config file for a provider that needs more than a key and an address. */
import type { ProviderKind } from '../../../shared/config/provider.ts';

const snippets: Readonly<Partial<Record<ProviderKind, string>>> = {
  'azure-openai': `providers:
  - id: azure
    kind: azure-openai
    base_url: https://my-resource.openai.azure.com
    api_version: '2024-10-21'
    keys: [{ name: main, value: "env:AZURE_OPENAI_API_KEY" }]
    models: [{ id: my-deployment, context_window: 272000 }]
`,
  bedrock: `providers:
  - id: bedrock
    kind: bedrock
    region: eu-central-1
    keys:
      - name: main
        access_key_id: "env:AWS_ACCESS_KEY_ID"
        secret_access_key: "env:AWS_SECRET_ACCESS_KEY"
`,
  vertex: `providers:
  - id: vertex
    kind: vertex
    project: my-project
    location: europe-west1
    keys: [{ name: main, service_account: "file:/path/to/vertex.json" }]
`,
};

export function fileSnippet(kind: ProviderKind): string {
  return snippets[kind] ?? `providers:\n  - id: ${kind}\n    kind: ${kind}\n`;
}
