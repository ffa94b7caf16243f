/** The table of commands: what exists, what it takes, and where it is. */
import type { Arguments, CommandSpec, OptionSpec } from './arguments.ts';
import type { Shell } from './shell.ts';

/** Does the command; resolves to the exit code. */
export type Run = (args: Arguments, shell: Shell) => Promise<number>;

export interface Command extends CommandSpec {
  /** Loaded when it is used: a start of the gateway must not wait for the rest. */
  load(): Promise<Run>;
}

const json: OptionSpec = { name: 'json', help: 'one JSON document on stdout and nothing else' };
const since: OptionSpec = { name: 'since', value: 'T', help: 'from this moment on' };
const until: OptionSpec = { name: 'until', value: 'T', help: 'up to this moment' };
const times =
  'T is a moment (2026-11-25, 2026-11-25T08:00, with or without a zone), a distance (30m, 24h, 7d, 4w), or today, yesterday, now.';

export const commands: readonly Command[] = [
  {
    name: 'serve',
    summary: 'run the gateway',
    options: [
      { name: 'port', value: 'N', help: 'port of the gateway (0: any free one)' },
      { name: 'host', value: 'ADDR', help: 'address to listen on' },
      { name: 'log-level', value: 'L', help: 'debug, info, warn, error or silent (default: info)' },
      { name: 'ui-port', value: 'N', help: 'accepted; there is no UI in this version' },
      { name: 'no-ui', help: 'accepted likewise' },
    ],
    notes: ['Prints one line on stdout once everything accepts; logs to stderr. SIGTERM and SIGINT drain and end it.'],
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    name: 'status',
    summary: 'what the running instance is doing',
    options: [json],
    load: async () => (await import('./commands/status.ts')).status,
  },
  {
    name: 'stop',
    summary: 'stop the running instance; running streams get ten seconds',
    options: [json],
    load: async () => (await import('./commands/stop.ts')).stop,
  },
  {
    name: 'doctor',
    summary: 'look for what is wrong and say what mends it',
    options: [
      { name: 'client', value: 'C', help: 'also look at claude-code, codex, gemini-cli, openai-sdk or anthropic-sdk' },
      json,
    ],
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'keys create',
    summary: 'make a virtual key; it is shown once',
    options: [
      { name: 'name', value: 'N', help: 'what it is called; its id is made from it' },
      { name: 'models', value: 'GLOB,…', help: 'models it may use, e.g. "smart,anthropic/*" (default: every model)' },
      json,
    ],
    notes: ['Only the key goes to stdout: KEY=$(sluice keys create --name ide)'],
    load: async () => (await import('./commands/keys.ts')).createKey,
  },
  {
    name: 'keys list',
    summary: 'the virtual keys there are',
    options: [json],
    load: async () => (await import('./commands/keys.ts')).listKeys,
  },
  {
    name: 'keys revoke',
    summary: 'end a virtual key at once, running streams included',
    options: [json],
    operands: ['ID'],
    notes: ['`sluice keys list` shows the ids.'],
    load: async () => (await import('./commands/keys.ts')).revokeKey,
  },
  {
    name: 'secrets set',
    summary: 'put a secret into the box that secret:ID in the config refers to',
    options: [json],
    operands: ['ID'],
    operandTooMany:
      'A secret is never an argument: others could see it. Pipe it, as in `sluice secrets set ID < FILE`, or type it when asked.',
    notes: [
      'The value comes from stdin, or is asked for at a terminal that does not show it: pass show openai | sluice secrets set openai',
      'It is in force at once in a running instance, and never shown again.',
    ],
    load: async () => (await import('./commands/secrets.ts')).setSecret,
  },
  {
    name: 'secrets list',
    summary: 'ids of the secrets, and which keys refer to them; never values',
    options: [json],
    load: async () => (await import('./commands/secrets.ts')).listSecrets,
  },
  {
    name: 'secrets delete',
    summary: 'take a secret out of the box',
    options: [{ name: 'force', help: 'even while the config refers to it' }, json],
    operands: ['ID'],
    notes: ['`sluice secrets list` shows the ids.'],
    load: async () => (await import('./commands/secrets.ts')).deleteSecret,
  },
  {
    name: 'usage',
    summary: 'sums of requests, tokens and cost',
    options: [
      since,
      until,
      { name: 'group-by', value: 'BY,…', help: 'a line for each day, model, provider, key or client' },
      json,
    ],
    notes: [times, 'A cost is — while a price in it is unknown.'],
    load: async () => (await import('./commands/usage.ts')).usage,
  },
  {
    name: 'log',
    summary: 'exchanges, newest first',
    options: [
      { name: 'limit', value: 'N', help: 'how many (default: 50, with --follow 10)' },
      { name: 'follow', help: 'go on with those that end from now on' },
      since,
      until,
      { name: 'key', value: 'ID', help: 'only of this virtual key' },
      { name: 'client', value: 'C', help: 'only of this client' },
      { name: 'model', value: 'M', help: 'only this model, asked for or served' },
      { name: 'provider', value: 'P', help: 'only of this provider' },
      { name: 'status', value: 'N', help: 'only with this status' },
      { name: 'error', value: 'CODE', help: 'only with this error code; "*" for any error' },
      { name: 'json', help: 'one JSON document, or with --follow one object per line' },
    ],
    notes: [times],
    load: async () => (await import('./commands/log.ts')).log,
  },
  {
    name: 'route explain',
    summary: 'why a request went where it went, or where one would go',
    options: [
      {
        name: 'id',
        value: 'REQUEST_ID',
        help: 'an exchange that was, or "last": its decision, and whether it comes out the same again',
      },
      { name: 'request', value: 'FILE', help: 'a request as JSON: its body, or {method, path, headers, body}' },
      { name: 'surface', value: 'S', help: 'chat, responses, messages, gemini … instead of what the file tells' },
      { name: 'key', value: 'ID', help: 'as if it came with this virtual key' },
      { name: 'client', value: 'C', help: 'as if it came from this client' },
      json,
    ],
    notes: [
      'With --request nothing is sent, spent or recorded. That needs a running instance, and is 1 when no target can serve it.',
      '`sluice log --json` and the header x-sluice-request-id tell the ids.',
    ],
    load: async () => (await import('./commands/route.ts')).explainRoute,
  },
  {
    name: 'config validate',
    summary: 'check a config file; every problem with its line and column',
    options: [json],
    operands: ['FILE?'],
    load: async () => (await import('./commands/config.ts')).validateConfig,
  },
  {
    name: 'config schema',
    summary: 'JSON Schema of the config file',
    options: [],
    load: async () => (await import('./commands/config.ts')).printSchema,
  },
];
