/** Editors and their extensions: what to set so that each comes here. */
import type { ClientFacts } from './client-facts.ts';

const firstLine = 'Say anything in its chat: its first request shows here, with the model that answered.';

const claudeCodeVscode: ClientFacts = {
  id: 'claude-code-vscode',
  name: 'Claude Code for VS Code',
  support: 'full',
  reason: null,
  ownModels: ['default', 'best', 'sonnet', 'opus', 'haiku', 'opusplan', 'fable'],
  traces: { extensions: ['anthropic.claude-code'] },
  settings: [
    {
      title: 'User settings of VS Code: the extension looks for a login itself, the command line’s file is not enough',
      place: 'Preferences: Open User Settings (JSON)',
      format: 'json',
      text: `{
  "claudeCode.environmentVariables": [
    { "name": "ANTHROPIC_BASE_URL", "value": "{{root}}" },
    { "name": "ANTHROPIC_AUTH_TOKEN", "value": "{{key}}" },
    { "name": "ANTHROPIC_MODEL", "value": "{{model}}" },
    { "name": "ANTHROPIC_DEFAULT_HAIKU_MODEL", "value": "{{model}}" },
    { "name": "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY", "value": "1" }
  ]
}`,
    },
  ],
  restart: 'Run “Developer: Reload Window”.',
  check: '/status shows this address behind “Anthropic base URL”.',
};

const vscode: ClientFacts = {
  id: 'vscode',
  name: 'VS Code (Custom Endpoint)',
  support: 'partial',
  reason:
    'Chat and agents go through Sluice. Inline completions and embeddings stay with GitHub, and an organisation may switch own models off.',
  traces: {
    binaries: ['code', 'code-insiders'],
    linuxPaths: ['.config/Code/User'],
    macPaths: ['/Applications/Visual Studio Code.app', 'Library/Application Support/Code/User'],
    windowsPaths: ['AppData/Roaming/Code/User', 'AppData/Local/Programs/Microsoft VS Code'],
  },
  settings: [
    {
      title: 'A custom endpoint',
      place: '~/.config/Code/User/chatLanguageModels.json, or: Manage Models › Add Models › Custom Endpoint',
      macPlace:
        '~/Library/Application Support/Code/User/chatLanguageModels.json, or: Manage Models › Add Models › Custom Endpoint',
      windowsPlace: '%APPDATA%\\Code\\User\\chatLanguageModels.json, or: Manage Models › Add Models › Custom Endpoint',
      format: 'json',
      text: `[
  {
    "name": "Sluice",
    "vendor": "customendpoint",
    "apiKey": "{{key}}",
    "apiType": "chat-completions",
    "models": [
      {
        "id": "{{model}}",
        "name": "{{model}}",
        "url": "{{v1}}/chat/completions",
        "toolCalling": true,
        "vision": true,
        "maxInputTokens": 168000,
        "maxOutputTokens": 32000
      }
    ]
  }
]`,
    },
  ],
  restart: 'Restart VS Code if the model is not in the picker yet.',
  check: 'The model picker lists it below “Sluice”.',
};

const continueDev: ClientFacts = {
  id: 'continue',
  name: 'Continue',
  support: 'full',
  reason: null,
  traces: { binaries: ['cn'], paths: ['.continue'], extensions: ['continue.continue'] },
  settings: [
    {
      title: 'A model of your own',
      place: '~/.continue/config.yaml',
      windowsPlace: '%USERPROFILE%\\.continue\\config.yaml',
      format: 'yaml',
      text: `name: Sluice
version: 1.0.0
schema: v1
models:
  - name: Sluice
    provider: openai
    model: "{{model}}"
    apiBase: "{{v1}}"
    apiKey: "{{key}}"
    roles: [chat, edit, apply]
    capabilities: [tool_use, image_input]`,
    },
  ],
  restart: 'Nothing to do: it reads the file again by itself.',
  check: firstLine,
};

const openAiSteps = `1. API Provider: OpenAI Compatible
2. Base URL: {{v1}}
3. API Key: {{key}}
4. Model ID: {{model}}`;

const cline: ClientFacts = {
  id: 'cline',
  name: 'Cline',
  support: 'full',
  reason: null,
  traces: { binaries: ['cline'], paths: ['.cline'], extensions: ['saoudrizwan.claude-dev'] },
  settings: [{ title: 'Provider', place: 'Cline › Settings › API Configuration', format: 'steps', text: openAiSteps }],
  restart: 'Press Done, and begin a new task.',
  check: firstLine,
};

const rooCode: ClientFacts = {
  id: 'roo-code',
  name: 'Roo Code',
  support: 'full',
  reason: null,
  traces: { extensions: ['rooveterinaryinc.roo-cline'] },
  settings: [{ title: 'Provider', place: 'Roo Code › Settings › Providers', format: 'steps', text: openAiSteps }],
  restart: 'Press Save, and begin a new task.',
  check: firstLine,
};

const zed: ClientFacts = {
  id: 'zed',
  name: 'Zed',
  support: 'partial',
  reason:
    'Its own agent and assistant go through Sluice. Agents of others inside Zed (Claude Code, Codex) need their own settings.',
  traces: {
    binaries: ['zed', 'zeditor'],
    paths: ['.config/zed'],
    macPaths: ['/Applications/Zed.app'],
    windowsPaths: ['AppData/Roaming/Zed'],
  },
  settings: [
    {
      title: 'A provider of its own',
      place: '~/.config/zed/settings.json',
      windowsPlace: '%APPDATA%\\Zed\\settings.json',
      format: 'json',
      text: `{
  "language_models": {
    "openai_compatible": {
      "Sluice": {
        "api_url": "{{v1}}",
        "available_models": [
          {
            "name": "{{model}}",
            "display_name": "{{model}}",
            "max_tokens": 200000,
            "capabilities": {
              "tools": true,
              "images": true,
              "parallel_tool_calls": true,
              "prompt_cache_key": false
            }
          }
        ]
      }
    }
  },
  "agent": {
    "default_model": {
      "provider": "Sluice",
      "model": "{{model}}"
    }
  }
}`,
    },
    {
      title: 'The key, which Zed keeps in your keychain and not in that file',
      place: 'agent: open settings › LLM Providers › Sluice › API key',
      format: 'steps',
      text: '{{key}}',
    },
  ],
  restart: 'Nothing to do: it reads the file again by itself.',
  check: 'The model picker of the agent panel lists it below “Sluice”.',
};

const jetbrains: ClientFacts = {
  id: 'jetbrains',
  name: 'JetBrains AI Assistant',
  support: 'partial',
  reason: 'Chat and the features it lets you assign go through Sluice. Some features, and Junie, stay with JetBrains.',
  traces: {
    linuxPaths: ['.config/JetBrains', '.local/share/JetBrains/Toolbox'],
    macPaths: ['Library/Application Support/JetBrains'],
    windowsPaths: ['AppData/Roaming/JetBrains', 'AppData/Local/JetBrains/Toolbox'],
  },
  settings: [
    {
      title: 'A provider of its own',
      place: 'Settings › Tools › AI Assistant › Models › Providers & API keys',
      format: 'steps',
      text: `1. Provider: OpenAI-compatible
2. URL: {{v1}}
3. API key: {{key}}
4. Test Connection, then Apply
5. Assign {{model}} to the features below`,
    },
  ],
  restart: 'Nothing to do once it is applied.',
  check: firstLine,
};

const cursor: ClientFacts = {
  id: 'cursor',
  name: 'Cursor',
  support: 'partial',
  reason:
    'Its requests come from Cursor’s servers, so it needs a public HTTPS address that leads to this port: 127.0.0.1 cannot work. Chat only; Tab and most of Agent stay with Cursor, and it takes a paid plan.',
  traces: {
    binaries: ['cursor', 'cursor-agent'],
    paths: ['.cursor'],
    macPaths: ['/Applications/Cursor.app'],
    windowsPaths: ['AppData/Local/Programs/cursor'],
  },
  settings: [
    {
      title: 'With a public HTTPS address of yours in place of https://gateway.example.com',
      place: 'Cursor Settings › Models › API Keys',
      format: 'steps',
      text: `1. OpenAI API Key: {{key}}
2. Override OpenAI Base URL: https://gateway.example.com/v1
3. Add a custom model: {{model}}
4. Switch the other models off, and press Verify`,
    },
  ],
  restart: 'Nothing to do once it is verified.',
  check: firstLine,
};

export const editorClients: readonly ClientFacts[] = [
  claudeCodeVscode,
  vscode,
  continueDev,
  cline,
  rooCode,
  zed,
  jetbrains,
  cursor,
];
