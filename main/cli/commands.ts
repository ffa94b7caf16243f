/** The table of commands: what exists, what it takes, and where it is. */
import type { OptionSpec } from './arguments.ts';
import { bundleCommands } from './bundle-commands.ts';
import type { Command } from './command.ts';

export type { Command, Run } from './command.ts';

const json: OptionSpec = { name: 'json', help: 'one JSON document on stdout and nothing else' };
const since: OptionSpec = { name: 'since', value: 'T', help: 'from this moment on' };
const until: OptionSpec = { name: 'until', value: 'T', help: 'up to this moment' };
const output: OptionSpec = { name: 'output', value: 'FILE', help: 'write it there instead of to stdout' };
const times =
  'T is a moment (2026-11-25, 2026-11-25T08:00, with or without a zone), a distance (30m, 24h, 7d, 4w), or today, yesterday, now.';

const idsNote = '`sluice keys list` shows the ids.';

/** What `keys create` and `keys update` set. */
const keyOptions: readonly OptionSpec[] = [
  { name: 'models', value: 'GLOB,…', help: 'models it may use, e.g. "smart,anthropic/*" (default: every model)' },
  { name: 'deny-models', value: 'GLOB,…', help: 'models it may not use' },
  { name: 'providers', value: 'ID,…', help: 'providers it may use (default: every provider)' },
  { name: 'deny-providers', value: 'ID,…', help: 'providers it may not use' },
  { name: 'surfaces', value: 'S,…', help: 'paths it may use: chat, responses, messages, gemini … (default: all)' },
  { name: 'deny-surfaces', value: 'S,…', help: 'paths it may not use' },
  { name: 'budget', value: 'B,…', help: 'US dollars for a period, e.g. 5/day or 5/day,100/month' },
  { name: 'rpm', value: 'N', help: 'requests a minute' },
  { name: 'tpm', value: 'N', help: 'tokens a minute' },
  { name: 'parallel', value: 'N', help: 'requests at a time' },
  { name: 'team', value: 'T', help: 'team whose rules, budgets and limits it shares' },
  { name: 'user', value: 'U', help: 'who uses it' },
  { name: 'client', value: 'C', help: 'what the client is called in the log' },
  { name: 'metadata', value: 'NAME=VALUE,…', help: 'further labels' },
  { name: 'expires', value: 'T', help: 'when it ends: 30d from now, or 2027-01-01' },
  { name: 'origins', value: 'URL,…', help: 'browser origins that may use it' },
];
const keyNotes = [
  'Periods of budgets: hour, day, week, month, session. Further settings stand in the file: docs/keys.md.',
];

export const commands: readonly Command[] = [
  {
    name: 'serve',
    summary: 'run the gateway',
    options: [
      { name: 'port', value: 'N', help: 'port of the gateway (0: any free one)' },
      { name: 'host', value: 'ADDR', help: 'address to listen on' },
      { name: 'log-level', value: 'L', help: 'debug, info, warn, error or silent (default: info)' },
      { name: 'ui-port', value: 'N', help: 'port of the window (default: 4791; 0: any free one)' },
      { name: 'no-ui', help: 'without the window' },
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
    name: 'open',
    summary: 'a new link to the window, which works once; of the desktop app its window',
    options: [json],
    notes: [
      'The ready line of `sluice serve` has the first one. A browser that opened one stays signed in for thirty days.',
      'Where the desktop app runs, its window is opened instead, and no link is printed.',
    ],
    load: async () => (await import('./commands/open.ts')).open,
  },
  {
    name: 'stop',
    summary: 'stop the running instance; running streams get ten seconds',
    options: [json],
    load: async () => (await import('./commands/stop.ts')).stop,
  },
  {
    name: 'pause',
    summary:
      'refuse new requests, or let them pass through, for so many minutes or until `sluice resume`; what runs goes on',
    options: [
      {
        name: 'pass-through',
        help: 'instead of refusing them, let requests through to the model they name: no routes, no masking',
      },
      json,
    ],
    operands: ['MINUTES?'],
    notes: [
      '1 to 1440 minutes. Clients get 429 with the reason and the time to wait.',
      'With --pass-through keys, budgets, limits, the firewall and the log stay.',
    ],
    load: async () => (await import('./commands/pause.ts')).pause,
  },
  {
    name: 'resume',
    summary: 'end a pause',
    options: [json],
    load: async () => (await import('./commands/pause.ts')).resume,
  },
  {
    name: 'profile',
    summary: 'show the profiles of the config file, or choose one',
    options: [{ name: 'none', help: 'choose none: the rules of the file alone' }, json],
    operands: ['ID?'],
    notes: [
      'In force at once, for requests that begin then. Profiles stand in the config file: docs/configuration.md.',
    ],
    load: async () => (await import('./commands/profile.ts')).profile,
  },
  {
    name: 'model',
    summary: 'show what answers every conversation, or choose it',
    options: [{ name: 'auto', help: 'choose none: the rules decide for each request' }, json],
    operands: ['ID?'],
    notes: [
      'ID is an alias or PROVIDER/MODEL. In force at once, for requests that begin then; who names PROVIDER/MODEL gets that.',
    ],
    load: async () => (await import('./commands/model.ts')).model,
  },
  {
    name: 'doctor',
    summary: 'look for what is wrong and say what mends it',
    options: [
      { name: 'client', value: 'C', help: 'also look at claude-code, codex, gemini-cli, openai-sdk or anthropic-sdk' },
      { name: 'ledger', help: 'also read the whole ledger: whether it is whole and its sums are right' },
      json,
    ],
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'keys create',
    summary: 'make a virtual key; it is shown once',
    options: [{ name: 'name', value: 'N', help: 'what it is called; its id is made from it' }, ...keyOptions, json],
    notes: ['Only the key goes to stdout: KEY=$(sluice keys create --name ide --budget 5/day)', ...keyNotes],
    load: async () => (await import('./commands/keys.ts')).createKey,
  },
  {
    name: 'keys list',
    summary: 'the virtual keys there are',
    options: [json],
    load: async () => (await import('./commands/keys.ts')).listKeys,
  },
  {
    name: 'keys show',
    summary: 'one virtual key: what it may do, its limits, what it spent',
    options: [json],
    operands: ['ID'],
    notes: [idsNote],
    load: async () => (await import('./commands/keys.ts')).showKey,
  },
  {
    name: 'keys update',
    summary: 'change what a virtual key may do; its secret stays',
    options: [{ name: 'name', value: 'N', help: 'what it is called; its id stays' }, ...keyOptions, json],
    operands: ['ID'],
    notes: [
      'What is not given stays as it is. "none" takes a setting back (--budget none, --expires none), "*" allows all (--models "*").',
      ...keyNotes,
    ],
    load: async () => (await import('./commands/keys.ts')).updateKey,
  },
  {
    name: 'keys rotate',
    summary: 'give a virtual key a new secret; it is shown once',
    options: [
      {
        name: 'overlap',
        value: 'TIME',
        help: 'how long the secret before goes on to work, e.g. 1h (default: not at all)',
      },
      json,
    ],
    operands: ['ID'],
    notes: ['Only the key goes to stdout. Without --overlap running streams of the secret before are ended.', idsNote],
    load: async () => (await import('./commands/keys.ts')).rotateKey,
  },
  {
    name: 'keys disable',
    summary: 'let nobody use a virtual key until it is enabled, running streams included',
    options: [json],
    operands: ['ID'],
    notes: [idsNote],
    load: async () => (await import('./commands/keys.ts')).disableKey,
  },
  {
    name: 'keys enable',
    summary: 'let a disabled virtual key be used again',
    options: [json],
    operands: ['ID'],
    notes: [idsNote],
    load: async () => (await import('./commands/keys.ts')).enableKey,
  },
  {
    name: 'keys revoke',
    summary: 'end a virtual key at once, running streams included',
    options: [json],
    operands: ['ID'],
    notes: [idsNote],
    load: async () => (await import('./commands/keys.ts')).revokeKey,
  },
  {
    name: 'budgets list',
    summary: 'what may be spent and what was, in the running periods',
    standsForGroup: true,
    options: [json],
    notes: ['`sluice budgets` is the same. Needs a running instance: it is the one that counts.'],
    load: async () => (await import('./commands/budgets.ts')).listBudgets,
  },
  {
    name: 'budgets raise',
    summary: 'let a budget have more for its running period, once',
    options: [
      { name: 'subject', value: 'S', help: 'whose, of a budget that each has: the id of a key, the name of a user …' },
      { name: 'note', value: 'TEXT', help: 'why; it is recorded' },
      json,
    ],
    operands: ['ID', 'AMOUNT'],
    notes: ['AMOUNT is in US dollars: sluice budgets raise key:ide:day 2.50. `sluice budgets` shows the ids.'],
    load: async () => (await import('./commands/budgets.ts')).raiseBudget,
  },
  {
    name: 'budgets accept',
    summary: 'after a ledger was lost: take what is known for what was spent',
    options: [json],
    notes: ['Budgets that refused because they did not know what was spent are open again.'],
    load: async () => (await import('./commands/budgets.ts')).acceptBudgets,
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
    name: 'secrets protect',
    summary: 'seal the box of secrets with a passphrase',
    options: [json],
    operandTooMany: 'A passphrase is never an argument: others could see it. Pipe it, or type it when asked.',
    notes: [
      'From then on nothing in it opens without the passphrase, which is stored nowhere. `secrets unlock` opens it after a start, as does SLUICE_PASSPHRASE.',
    ],
    load: async () => (await import('./commands/secrets.ts')).protectSecrets,
  },
  {
    name: 'secrets unlock',
    summary: 'open a box of secrets that is locked with a passphrase, until the instance ends',
    options: [json],
    operandTooMany: 'A passphrase is never an argument: others could see it. Pipe it, or type it when asked.',
    load: async () => (await import('./commands/secrets.ts')).unlockSecrets,
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
      {
        name: 'group-by',
        value: 'BY,…',
        help: 'a line for each month, week, day, hour, model, provider, key, client, user or team',
      },
      json,
      { name: 'csv', help: 'the groups as comma-separated values' },
      output,
    ],
    notes: [
      times,
      'Where a price is unknown a cost is "≥" what is known, or — when nothing is. HIT is how much of the input a provider’s cache had.',
    ],
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
      {
        name: 'search',
        value: 'TEXT',
        help: 'in model, target, error, client, key or session; or how a request id begins',
      },
      { name: 'key', value: 'ID', help: 'only of this virtual key' },
      { name: 'client', value: 'C', help: 'only of this client' },
      { name: 'user', value: 'U', help: 'only of this user' },
      { name: 'team', value: 'T', help: 'only of this team' },
      { name: 'session', value: 'S', help: 'only of this session' },
      { name: 'model', value: 'M', help: 'only this model, asked for or served' },
      { name: 'provider', value: 'P', help: 'only of this provider' },
      { name: 'target', value: 'P/M', help: 'only served by this target' },
      { name: 'status', value: 'N', help: 'only with this status, or of a class: 4xx, 5xx' },
      { name: 'outcome', value: 'O', help: 'only complete, incomplete, aborted, failed, interrupted or open' },
      { name: 'error', value: 'CODE', help: 'only with this error code; "*" for any error' },
      { name: 'rule', value: 'ID', help: 'only refused by this budget, limit or rule; "*" for any' },
      { name: 'firewall', value: 'ID', help: 'only where this rule of the firewall found something; "*" for any' },
      { name: 'masked', help: 'only where something was replaced before it left' },
      { name: 'min-cost', value: 'USD', help: 'only what cost at least this much' },
      { name: 'min-duration', value: 'MS', help: 'only what took at least this many milliseconds' },
      { name: 'losses', help: 'only where something could not be translated' },
      { name: 'export', value: 'FORMAT', help: 'everything that fits as csv or jsonl, up to --limit' },
      output,
      { name: 'json', help: 'one JSON document, or with --follow one object per line' },
    ],
    notes: [times],
    load: async () => (await import('./commands/log.ts')).log,
  },
  {
    name: 'log show',
    summary: 'one exchange whole: tries, the arithmetic of its cost, request and answer where they are recorded',
    options: [json],
    operands: ['REQUEST_ID?'],
    notes: [
      'Without an id it is the newest. `sluice log --json` and the header x-sluice-request-id tell the ids.',
      'What was said is there with `logging.content: full`: docs/recording.md.',
    ],
    load: async () => (await import('./commands/log-show.ts')).showExchange,
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
    name: 'mask',
    summary: 'what would leave the machine of a text (FILE, or stdin), or of a request',
    options: [
      { name: 'request', help: 'FILE is a request as JSON: its body, or {method, path, headers, body}' },
      { name: 'key', value: 'ID', help: 'with --request: as if it came with this virtual key' },
      { name: 'client', value: 'C', help: 'with --request: as if it came from this client' },
      json,
    ],
    operands: ['FILE?'],
    notes: [
      'Nothing is sent or recorded. The masked text goes to stdout, what was found to stderr.',
      'With --request that needs a running instance, and is 1 when the request would be refused.',
    ],
    load: async () => (await import('./commands/mask.ts')).maskText,
  },
  {
    name: 'policy backtest',
    summary: 'what other rules of masking and firewall would have done with recorded requests',
    options: [
      { name: 'bundle', value: 'FILE', help: 'the rules to try: a config file or a policy bundle, also its folder' },
      { name: 'trust', value: 'T', help: 'of a signed bundle: fingerprint of its publisher' },
      { name: 'since', value: 'T', help: 'from here on' },
      { name: 'until', value: 'T', help: 'up to here' },
      { name: 'limit', value: 'N', help: 'look at no more than so many exchanges, the newest (10000)' },
      json,
    ],
    notes: [
      'Needs a running instance, and requests that were recorded: docs/recording.md. Nothing is sent or changed.',
      'Without --bundle the running rules are tried: what they would do now with what was sent before.',
      times,
    ],
    load: async () => (await import('./commands/policy.ts')).backtestPolicy,
  },
  {
    name: 'policy explain',
    summary: 'what is in force of the rules of teams, and which bundle, line and reason it comes from',
    options: [json],
    operands: ['POINTER?'],
    notes: [
      'POINTER is a JSON Pointer such as /models/deny; without one everything is shown that a bundle set.',
      'Needs a running instance, or the data directory it uses.',
    ],
    load: async () => (await import('./commands/policy-explain.ts')).explainPolicy,
  },
  ...bundleCommands,
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
