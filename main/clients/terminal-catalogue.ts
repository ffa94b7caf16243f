/** Agents of the terminal: what to set so that each comes here. Each shape is its vendor's; docs/clients.md says which are driven by tests. */
import { variables, type ClientFacts } from './client-facts.ts';

const restart = 'Quit it and start it again.';
const firstLine = 'Say anything: its first request shows here, with the model that answered.';

const claudeCode: ClientFacts = {
  id: 'claude-code',
  name: 'Claude Code',
  support: 'full',
  reason: null,
  ownModels: ['default', 'best', 'sonnet', 'opus', 'haiku', 'opusplan', 'fable'],
  traces: { binaries: ['claude'], paths: ['.claude/local/claude', '.claude'] },
  settings: [
    {
      title: 'Settings of your user',
      place: '~/.claude/settings.json',
      windowsPlace: '%USERPROFILE%\\.claude\\settings.json',
      format: 'json',
      text: `{
  "env": {
    "ANTHROPIC_BASE_URL": "{{root}}",
    "ANTHROPIC_AUTH_TOKEN": "{{key}}",
    "ANTHROPIC_MODEL": "{{model}}",
    "ANTHROPIC_DEFAULT_HAIKU_MODEL": "{{model}}",
    "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1"
  }
}`,
    },
    ...variables({
      title: 'One session, nothing written',
      set: {
        ANTHROPIC_BASE_URL: '{{root}}',
        ANTHROPIC_AUTH_TOKEN: '{{key}}',
        ANTHROPIC_MODEL: '{{model}}',
        ANTHROPIC_DEFAULT_HAIKU_MODEL: '{{model}}',
      },
      unset: ['ANTHROPIC_API_KEY'],
      run: 'claude',
    }),
  ],
  restart:
    'Start a new session. Another ANTHROPIC_API_KEY must not be set beside it: a request with two keys is refused.',
  check: '/status shows this address behind “Anthropic base URL” and ANTHROPIC_AUTH_TOKEN behind “Auth token”.',
};

const codex: ClientFacts = {
  id: 'codex',
  name: 'Codex',
  support: 'full',
  reason: null,
  traces: {
    binaries: ['codex'],
    paths: ['.codex'],
    macPaths: ['/Applications/Codex.app'],
    extensions: ['openai.chatgpt'],
  },
  settings: [
    {
      title: 'Any model, with a key of its own',
      place: '~/.codex/config.toml',
      windowsPlace: '%USERPROFILE%\\.codex\\config.toml',
      format: 'toml',
      text: `model = "{{model}}"
model_provider = "sluice"

[model_providers.sluice]
name = "Sluice"
base_url = "{{v1}}"
wire_api = "responses"
env_key = "SLUICE_KEY"`,
    },
    {
      title: 'The key for it; the app and the extension read it here too',
      place: '~/.codex/.env',
      windowsPlace: '%USERPROFILE%\\.codex\\.env',
      format: 'env',
      text: 'SLUICE_KEY={{key}}',
    },
    ...variables({ title: 'Or the key from the terminal', set: { SLUICE_KEY: '{{key}}' }, run: 'codex' }),
    {
      title: 'Instead: keep Codex’s own login and models',
      place: '~/.codex/config.toml, above the first [section]',
      windowsPlace: '%USERPROFILE%\\.codex\\config.toml, above the first [section]',
      format: 'toml',
      text: 'openai_base_url = "{{root}}/c/{{key}}/v1"',
    },
  ],
  restart,
  check: 'The line “provider:” at the start of `codex exec` says sluice; in a session /status shows it.',
};

const geminiCli: ClientFacts = {
  id: 'gemini-cli',
  name: 'Gemini CLI',
  support: 'full',
  reason: null,
  ownModels: ['auto', 'pro', 'flash', 'flash-lite'],
  traces: { binaries: ['gemini'], paths: ['.gemini/settings.json', '.gemini'] },
  settings: [
    {
      title: 'Address and key',
      place: '~/.gemini/.env',
      windowsPlace: '%USERPROFILE%\\.gemini\\.env',
      format: 'env',
      text: `GOOGLE_GEMINI_BASE_URL={{root}}
GEMINI_API_KEY={{key}}
GEMINI_MODEL={{model}}`,
    },
    {
      title: 'With a key in place of a Google login, which would pass the address by',
      place: '~/.gemini/settings.json',
      windowsPlace: '%USERPROFILE%\\.gemini\\settings.json',
      format: 'json',
      text: `{
  "security": {
    "auth": {
      "selectedType": "gemini-api-key"
    }
  }
}`,
    },
    ...variables({
      title: 'One session, nothing written',
      set: { GOOGLE_GEMINI_BASE_URL: '{{root}}', GEMINI_API_KEY: '{{key}}', GEMINI_MODEL: '{{model}}' },
      unset: ['GOOGLE_API_KEY', 'GOOGLE_GENAI_USE_VERTEXAI', 'GOOGLE_GENAI_USE_GCA'],
      run: 'gemini',
    }),
  ],
  restart,
  check: '/about names “gemini-api-key” as the way it logs in; its first request shows here.',
};

function openCodeLike(first = ''): string {
  return `{
${first}  "provider": {
    "sluice": {
      "npm": "@ai-sdk/openai-compatible",
      "name": "Sluice",
      "options": {
        "baseURL": "{{v1}}",
        "apiKey": "{{key}}"
      },
      "models": {
        "{{model}}": {
          "name": "{{model}}",
          "limit": { "context": 200000, "output": 32000 }
        }
      }
    }
  },
  "model": "sluice/{{model}}",
  "small_model": "sluice/{{model}}"
}`;
}

const openCode: ClientFacts = {
  id: 'opencode',
  name: 'opencode',
  support: 'full',
  reason: null,
  traces: { binaries: ['opencode'], paths: ['.config/opencode', '.opencode/bin/opencode'] },
  settings: [
    {
      title: 'A provider of its own',
      place: '~/.config/opencode/opencode.json',
      windowsPlace: '%USERPROFILE%\\.config\\opencode\\opencode.json',
      format: 'json',
      text: openCodeLike('  "$schema": "https://opencode.ai/config.json",\n'),
    },
  ],
  restart,
  check: '/models lists “Sluice”; models you want besides are added under “models”.',
};

const kilo: ClientFacts = {
  id: 'kilo-code',
  name: 'Kilo Code',
  support: 'full',
  reason: null,
  traces: { binaries: ['kilo', 'kilocode'], paths: ['.config/kilo'], extensions: ['kilocode.kilo-code'] },
  settings: [
    {
      title: 'Command line',
      place: '~/.config/kilo/kilo.jsonc',
      windowsPlace: '%USERPROFILE%\\.config\\kilo\\kilo.jsonc',
      format: 'json',
      text: openCodeLike(),
    },
    {
      title: 'Extension of VS Code',
      place: 'Kilo Code › Settings › Providers',
      format: 'steps',
      text: `1. API Provider: OpenAI Compatible
2. Base URL: {{v1}}
3. API Key: {{key}}
4. Model: {{model}}`,
    },
  ],
  restart,
  check: firstLine,
};

const copilotCli: ClientFacts = {
  id: 'copilot-cli',
  name: 'GitHub Copilot CLI',
  support: 'full',
  reason: null,
  traces: { binaries: ['copilot'], paths: ['.copilot'] },
  settings: variables({
    set: {
      COPILOT_PROVIDER_TYPE: 'openai',
      COPILOT_PROVIDER_BASE_URL: '{{v1}}',
      COPILOT_PROVIDER_API_KEY: '{{key}}',
      COPILOT_MODEL: '{{model}}',
    },
    run: 'copilot',
  }),
  restart: 'Start it from the terminal that has these variables.',
  check: `${firstLine} The model must be able to use tools.`,
};

const aider: ClientFacts = {
  id: 'aider',
  name: 'Aider',
  support: 'full',
  reason: null,
  traces: { binaries: ['aider'], paths: ['.aider.conf.yml', '.aider'] },
  settings: [
    {
      title: 'Settings of your user',
      place: '~/.aider.conf.yml',
      windowsPlace: '%USERPROFILE%\\.aider.conf.yml',
      format: 'yaml',
      text: `openai-api-base: "{{v1}}"
openai-api-key: "{{key}}"
model: "openai/{{model}}"
weak-model: "openai/{{model}}"`,
    },
    ...variables({
      title: 'One session, nothing written',
      set: { OPENAI_API_BASE: '{{v1}}', OPENAI_API_KEY: '{{key}}' },
      run: 'aider --model "openai/{{model}}"',
    }),
  ],
  restart,
  check: 'Its first line names the model; it says that it knows no price for a name of ours, and goes on.',
};

const goose: ClientFacts = {
  id: 'goose',
  name: 'Goose',
  support: 'full',
  reason: null,
  traces: {
    binaries: ['goose'],
    paths: ['.config/goose'],
    macPaths: ['/Applications/Goose.app'],
    windowsPaths: ['AppData/Roaming/Block/goose'],
  },
  settings: [
    {
      title: 'Address and model',
      place: '~/.config/goose/config.yaml',
      windowsPlace: '%APPDATA%\\Block\\goose\\config\\config.yaml',
      format: 'yaml',
      text: `GOOSE_PROVIDER: openai
GOOSE_MODEL: "{{model}}"
OPENAI_HOST: "{{root}}"
OPENAI_BASE_PATH: v1/chat/completions`,
    },
    ...variables({
      title: 'The key, which it does not read from that file',
      set: { OPENAI_API_KEY: '{{key}}' },
      run: 'goose session',
    }),
  ],
  restart: 'Start a new session. `goose configure` can keep the key in your keychain instead.',
  check: firstLine,
};

const qwenCode: ClientFacts = {
  id: 'qwen-code',
  name: 'Qwen Code',
  support: 'full',
  reason: null,
  traces: { binaries: ['qwen'], paths: ['.qwen'] },
  settings: [
    {
      title: 'A provider of its own',
      place: '~/.qwen/settings.json',
      windowsPlace: '%USERPROFILE%\\.qwen\\settings.json',
      format: 'json',
      text: `{
  "modelProviders": {
    "openai": [
      {
        "id": "{{model}}",
        "name": "Sluice",
        "baseUrl": "{{v1}}",
        "envKey": "SLUICE_KEY"
      }
    ]
  },
  "security": {
    "auth": {
      "selectedType": "openai"
    }
  },
  "model": {
    "name": "{{model}}"
  }
}`,
    },
    {
      title: 'The key for it',
      place: '~/.qwen/.env',
      windowsPlace: '%USERPROFILE%\\.qwen\\.env',
      format: 'env',
      text: 'SLUICE_KEY={{key}}',
    },
  ],
  restart,
  check: '/model lists “Sluice”.',
};

const droid: ClientFacts = {
  id: 'droid',
  name: 'Factory Droid',
  support: 'full',
  reason: null,
  traces: { binaries: ['droid'], paths: ['.factory'] },
  settings: [
    {
      title: 'A model of your own',
      place: '~/.factory/settings.json',
      windowsPlace: '%USERPROFILE%\\.factory\\settings.json',
      format: 'json',
      text: `{
  "customModels": [
    {
      "model": "{{model}}",
      "displayName": "Sluice",
      "baseUrl": "{{v1}}",
      "apiKey": "{{key}}",
      "provider": "generic-chat-completion-api",
      "maxOutputTokens": 16384
    }
  ]
}`,
    },
  ],
  restart,
  check: '/model lists “Sluice” among the custom models.',
};

const crush: ClientFacts = {
  id: 'crush',
  name: 'Crush',
  support: 'full',
  reason: null,
  traces: { binaries: ['crush'], paths: ['.config/crush', '.local/share/crush'] },
  settings: [
    {
      title: 'A provider of its own',
      place: '~/.config/crush/crush.json',
      windowsPlace: '%USERPROFILE%\\.config\\crush\\crush.json',
      format: 'json',
      text: `{
  "$schema": "https://charm.land/crush.json",
  "providers": {
    "sluice": {
      "name": "Sluice",
      "type": "openai-compat",
      "base_url": "{{v1}}",
      "api_key": "{{key}}",
      "models": [
        {
          "id": "{{model}}",
          "name": "{{model}}",
          "context_window": 200000,
          "default_max_tokens": 16384
        }
      ]
    }
  }
}`,
    },
  ],
  restart,
  check: 'ctrl+l lists “Sluice”; choose its model there.',
};

const grokCli: ClientFacts = {
  id: 'grok-cli',
  name: 'Grok CLI',
  support: 'full',
  reason: null,
  traces: { binaries: ['grok'], paths: ['.grok'] },
  settings: [
    {
      title: 'A model of your own',
      place: '~/.grok/config.toml',
      windowsPlace: '%USERPROFILE%\\.grok\\config.toml',
      format: 'toml',
      text: `[models]
default = "sluice"

[model.sluice]
name = "Sluice"
model = "{{model}}"
base_url = "{{v1}}"
env_key = "SLUICE_KEY"
context_window = 200000`,
    },
    ...variables({ title: 'The key for it', set: { SLUICE_KEY: '{{key}}' }, run: 'grok' }),
    ...variables({
      title: 'Or one session, nothing written',
      set: {
        GROK_MODELS_BASE_URL: '{{v1}}',
        GROK_MODELS_LIST_URL: '{{v1}}/models',
        XAI_API_KEY: '{{key}}',
        GROK_DEFAULT_MODEL: '{{model}}',
      },
      run: 'grok',
    }),
  ],
  restart: 'Start it from the terminal that has these variables.',
  check: '/model lists “Sluice”.',
};

const kimiCli: ClientFacts = {
  id: 'kimi-cli',
  name: 'Kimi Code CLI',
  support: 'full',
  reason: null,
  traces: { binaries: ['kimi'], paths: ['.kimi-code', '.kimi'] },
  settings: [
    {
      title: 'A provider of its own',
      place: '~/.kimi-code/config.toml',
      windowsPlace: '%USERPROFILE%\\.kimi-code\\config.toml',
      format: 'toml',
      text: `default_model = "sluice"

[providers.sluice]
type = "openai"
base_url = "{{v1}}"
api_key = "{{key}}"

[models.sluice]
provider = "sluice"
model = "{{model}}"
max_context_size = 200000`,
    },
  ],
  restart,
  check: '/model lists “sluice”.',
};

export const terminalClients: readonly ClientFacts[] = [
  claudeCode,
  codex,
  geminiCli,
  openCode,
  copilotCli,
  aider,
  goose,
  qwenCode,
  droid,
  crush,
  grokCli,
  kimiCli,
  kilo,
];
