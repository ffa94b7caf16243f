/** Applications of desktop and server: what to set so that each comes here. */
import type { ClientFacts } from './client-facts.ts';

const containerNote =
  'A container reaches this machine as host.docker.internal: add that name to listen.allowed_hosts, and on Linux let the port listen on the bridge’s address.';

const claudeDesktop: ClientFacts = {
  id: 'claude-desktop',
  name: 'Claude Desktop',
  support: 'partial',
  reason:
    'Only on macOS and Windows. Its picker shows models whose names hold “claude”; the others are there as claude-PROVIDER-MODEL.',
  traces: {
    macPaths: ['/Applications/Claude.app', 'Library/Application Support/Claude'],
    windowsPaths: ['AppData/Local/AnthropicClaude', 'AppData/Roaming/Claude', 'AppData/Local/Claude-3p'],
  },
  settings: [
    {
      title: 'Third-party inference',
      place: 'Help › Troubleshooting › Enable Developer Mode, then Developer › Configure Third-Party Inference',
      format: 'steps',
      text: `1. Inference provider: Gateway
2. Gateway base URL: {{root}}
3. Gateway API key: {{key}}
4. Gateway auth scheme: bearer
5. Apply Changes (Apply locally in older versions)`,
    },
  ],
  restart: 'Quit it, from the menu and not only its window, and open it again.',
  check: 'The model picker lists the models of this gateway.',
};

const claudeOffice: ClientFacts = {
  id: 'claude-office',
  name: 'Claude for Office',
  support: 'partial',
  reason:
    'It runs in a web view that only takes an HTTPS address, and this port speaks HTTP: put something that adds HTTPS in front of it.',
  traces: {},
  settings: [
    {
      title: 'With an HTTPS address of yours in place of https://gateway.example.com',
      place: 'the add-in › Settings › Gateway',
      format: 'steps',
      text: `1. Gateway URL: https://gateway.example.com
2. API key: {{key}}
3. In Sluice, add the add-in’s origin to the origins of this key`,
    },
  ],
  restart: 'Close the add-in’s pane and open it again.',
  check: 'Its first request shows here, with the model that answered.',
};

const openWebUi: ClientFacts = {
  id: 'open-webui',
  name: 'Open WebUI',
  support: 'full',
  reason: null,
  traces: { binaries: ['open-webui'] },
  settings: [
    {
      title: 'A connection',
      place: 'Admin Panel › Settings › Connections › OpenAI API › +',
      format: 'steps',
      text: `1. URL: {{container}}/v1 from a container, else {{v1}}
2. Key: {{key}}
3. Save`,
    },
    {
      title: 'Or from the environment, which it only reads the first time it is started',
      place: 'environment of the container',
      format: 'env',
      text: `OPENAI_API_BASE_URLS={{container}}/v1
OPENAI_API_KEYS={{key}}`,
    },
  ],
  restart: `Nothing to do once it is saved. ${containerNote}`,
  check: 'The model picker lists the models of this gateway.',
};

const libreChat: ClientFacts = {
  id: 'librechat',
  name: 'LibreChat',
  support: 'full',
  reason: null,
  traces: {},
  settings: [
    {
      title: 'An endpoint of your own',
      place: 'librechat.yaml',
      format: 'yaml',
      text: `version: 1.2.1
endpoints:
  custom:
    - name: Sluice
      apiKey: "{{key}}"
      baseURL: "{{container}}/v1"
      models:
        default: ["{{model}}"]
        fetch: true
      titleConvo: true
      titleModel: "{{model}}"`,
    },
  ],
  restart: `Restart its container. ${containerNote}`,
  check: 'Its menu of endpoints lists “Sluice”.',
};

const n8n: ClientFacts = {
  id: 'n8n',
  name: 'n8n',
  support: 'full',
  reason: null,
  traces: { binaries: ['n8n'], paths: ['.n8n'] },
  settings: [
    {
      title: 'A credential for the nodes of OpenAI',
      place: 'Credentials › Create › OpenAI',
      format: 'steps',
      text: `1. API Key: {{key}}
2. Base URL: {{container}}/v1 from a container, else {{v1}}
3. Save, and choose {{model}} by its id in the node`,
    },
  ],
  restart: `Nothing to do once it is saved. ${containerNote}`,
  check: 'The credential says “Connection tested successfully”; the first run of the node shows here.',
};

export const appClients: readonly ClientFacts[] = [claudeDesktop, claudeOffice, openWebUi, libreChat, n8n];
