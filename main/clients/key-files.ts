/** Where other tools keep API keys in files, and how each is read. Places are fixed, below the home folder (SEC-33). */
import { parseDocument } from 'yaml';
import { kindFacts, providerKinds, type ProviderKind } from '../../shared/config/provider.ts';
import { envEntries } from '../kit/env-file.ts';
import { lookup } from '../kit/lookup.ts';

/** What stands in a file: a value that may be a key, whose it is, and the address it is used at, where the file says one. */
export interface KeyEntry {
  readonly kind: ProviderKind;
  readonly value: string;
  readonly base: string | undefined;
}

export interface KeyFile {
  /** Below the home folder, with `/`. */
  readonly path: string;
  readonly platforms?: readonly NodeJS.Platform[] | undefined;
  /** May throw when the text is not what it should be. */
  readonly read: (text: string) => readonly KeyEntry[];
}

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim() : undefined;
}

function entry(kind: ProviderKind | undefined, value: unknown, base?: unknown): readonly KeyEntry[] {
  const text = textOf(value);
  return kind === undefined || text === undefined ? [] : [{ kind, value: text, base: textOf(base) }];
}

function json(text: string): Fields {
  return fields(JSON.parse(text));
}

/** Settings in YAML are a page or two. The parser works for seconds on what is large and makes no sense. */
const mostYamlChars = 65_536;

/**
 * Without following aliases, which could make a small file a large value. Whether each key is there once takes time with the
 * square of their number, and so do words for errors that nobody reads.
 */
function yaml(text: string): Fields {
  if (text.length > mostYamlChars) throw new Error('too large');
  const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false, prettyErrors: false });
  if (document.errors.length > 0) throw new Error('not YAML');
  return fields(document.toJS({ maxAliasCount: 0 }));
}

const kindOfVariable = new Map<string, ProviderKind>(
  providerKinds.flatMap((kind) => kindFacts[kind].keyEnv.map((name) => [name, kind] as const)),
);

/** Names that tools give vendors: ours, those of models.dev (which opencode has), and a few more. */
const vendorNames: Readonly<Record<string, ProviderKind>> = lookup<ProviderKind>({
  ...Object.fromEntries(
    providerKinds.flatMap((kind) => [
      [kind, kind],
      [kindFacts[kind].catalogue ?? kind, kind],
    ]),
  ),
  claude: 'anthropic',
});

function vendor(name: unknown): ProviderKind | undefined {
  const text = textOf(name)?.toLowerCase();
  return text === undefined ? undefined : vendorNames[text];
}

/** Only a key that was entered: with a ChatGPT login the value beside its tokens was made from it. */
function codexLogin(text: string): readonly KeyEntry[] {
  const { OPENAI_API_KEY: key, auth_mode: mode, tokens } = json(text);
  const isLogin =
    (typeof mode === 'string' && mode.toLowerCase() !== 'apikey') || Object.keys(fields(tokens)).length > 0;
  return isLogin ? [] : entry('openai', key);
}

function claudeSettings(text: string): readonly KeyEntry[] {
  const env = fields(json(text)['env']);
  return entry('anthropic', env['ANTHROPIC_API_KEY'], env['ANTHROPIC_BASE_URL']);
}

function geminiEnvironment(text: string): readonly KeyEntry[] {
  const entries = envEntries(text);
  const base = entries.find(({ name }) => name === 'GOOGLE_GEMINI_BASE_URL')?.value;
  return entries.filter(({ name }) => name === 'GEMINI_API_KEY').flatMap(({ value }) => entry('gemini', value, base));
}

function openCodeLogins(text: string): readonly KeyEntry[] {
  return Object.entries(json(text)).flatMap(([name, login]) => {
    const { type, key } = fields(login);
    return type === 'api' ? entry(vendor(name), key) : [];
  });
}

function aiderSettings(text: string): readonly KeyEntry[] {
  const settings = yaml(text);
  const more = settings['api-key'];
  return [
    ...entry('openai', settings['openai-api-key'], settings['openai-api-base']),
    ...entry('anthropic', settings['anthropic-api-key']),
    ...(Array.isArray(more) ? more : [more]).flatMap((pair: unknown) => {
      const [, name, value] = /^([^=]+)=(.+)$/.exec(textOf(pair) ?? '') ?? [];
      return entry(vendor(name), value);
    }),
  ];
}

function continueSettings(text: string): readonly KeyEntry[] {
  const { models } = yaml(text);
  return (Array.isArray(models) ? models : []).flatMap((model: unknown) => {
    const { provider, apiKey, apiBase } = fields(model);
    return entry(vendor(provider), apiKey, apiBase);
  });
}

function llmKeys(text: string): readonly KeyEntry[] {
  return Object.entries(json(text)).flatMap(([name, value]) => entry(vendor(name), value));
}

function gooseSecrets(text: string): readonly KeyEntry[] {
  const secrets = yaml(text);
  return Object.entries(secrets).flatMap(([name, value]) =>
    entry(kindOfVariable.get(name), value, name === 'OPENAI_API_KEY' ? secrets['OPENAI_HOST'] : undefined),
  );
}

export const keyFiles: readonly KeyFile[] = [
  { path: '.codex/auth.json', read: codexLogin },
  { path: '.claude/settings.json', read: claudeSettings },
  { path: '.gemini/.env', read: geminiEnvironment },
  { path: '.local/share/opencode/auth.json', read: openCodeLogins },
  { path: '.aider.conf.yml', read: aiderSettings },
  { path: '.continue/config.yaml', read: continueSettings },
  { path: '.config/io.datasette.llm/keys.json', read: llmKeys },
  { path: 'Library/Application Support/io.datasette.llm/keys.json', platforms: ['darwin'], read: llmKeys },
  { path: 'AppData/Roaming/io.datasette.llm/keys.json', platforms: ['win32'], read: llmKeys },
  { path: '.config/goose/secrets.yaml', read: gooseSecrets },
];
