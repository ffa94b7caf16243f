/** Where a client takes address and key from: its own settings file, and the environment of the terminal. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A value a client would use, and where it stands, in words for people. */
export interface Given {
  readonly where: string;
  readonly value: string;
}

/** The strongest first. Where a file names a variable that is not set, `missing` says so. */
export interface ClientSettings {
  readonly addresses: readonly Given[];
  readonly keys: readonly Given[];
  /** A variable the file refers to, which is not set here. */
  readonly missing: string | undefined;
}

export interface SettingsFile {
  /** Path below the folder that `folderVariable` names, else below `folder` in the home directory. */
  readonly name: string;
  readonly folder: string;
  readonly folderVariable?: string | undefined;
  readonly read: (text: string, where: string, env: Environment) => ClientSettings;
}

export const nothingGiven: ClientSettings = { addresses: [], keys: [], missing: undefined };

/** Settings larger than this are not read. */
const maxChars = 1_000_000;

/** What the client's own file says; nothing when it is not there or cannot be made out: then the client knows more than we do. */
export async function readSettings(
  file: SettingsFile | undefined,
  { env, home }: { readonly env: Environment; readonly home: string },
): Promise<ClientSettings> {
  if (file === undefined) return nothingGiven;
  const moved = file.folderVariable === undefined ? undefined : env[file.folderVariable];
  const shown = moved === undefined || moved === '' ? `~/${file.folder}/${file.name}` : join(moved, file.name);
  const path = shown.startsWith('~') ? join(home, file.folder, file.name) : shown;
  try {
    const text = await readFile(path, 'utf8');
    return text.length > maxChars ? nothingGiven : file.read(text, shown, env);
  } catch {
    return nothingGiven;
  }
}

/** Claude Code: `env` in JSON, which beats the shell's. */
export function readJsonEnvironment(names: { readonly address: readonly string[]; readonly key: readonly string[] }) {
  return (text: string, where: string): ClientSettings => {
    const settings: unknown = JSON.parse(text);
    const env: unknown = typeof settings === 'object' && settings !== null && 'env' in settings ? settings.env : {};
    return fromVariables(names, new Map(Object.entries(env ?? {})), where);
  };
}

/** Gemini CLI: lines of `NAME=value`. */
export function readDotEnvironment(names: { readonly address: readonly string[]; readonly key: readonly string[] }) {
  return (text: string, where: string): ClientSettings => {
    const lines = text.split('\n').map((line) => /^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$/.exec(line));
    const values = lines.flatMap((match): [string, string][] =>
      match === null ? [] : [[match[1] ?? '', (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2')]],
    );
    return fromVariables(names, new Map(values), where);
  };
}

function fromVariables(
  names: { readonly address: readonly string[]; readonly key: readonly string[] },
  values: ReadonlyMap<string, unknown>,
  where: string,
): ClientSettings {
  const given = (wanted: readonly string[]): Given[] =>
    wanted.flatMap((name) => {
      const value = values.get(name);
      return typeof value === 'string' && value !== '' ? [{ where: `${name} in ${where}`, value }] : [];
    });
  return { addresses: given(names.address), keys: given(names.key), missing: undefined };
}

/** Codex: the provider that `model_provider` chooses, else `openai_base_url` for its built-in one. */
export function readCodexConfig(text: string, where: string, env: Environment): ClientSettings {
  const values = tomlStrings(text);
  const provider = values.get('model_provider') ?? 'openai';
  const table = `model_providers.${provider}`;
  const own = values.get(`${table}.base_url`);
  if (own === undefined) {
    const moved = values.get('openai_base_url');
    if (moved === undefined || provider !== 'openai') return nothingGiven;
    return { addresses: [{ where: `openai_base_url in ${where}`, value: moved }], keys: [], missing: undefined };
  }
  const addresses = [{ where: `base_url of [${table}] in ${where}`, value: own }];
  const literal = values.get(`${table}.experimental_bearer_token`);
  const variable = values.get(`${table}.env_key`);
  const value = variable === undefined ? undefined : env[variable];
  if (variable !== undefined && value !== undefined && value !== '') {
    return { addresses, keys: [{ where: `${variable}, which ${where} names,`, value }], missing: undefined };
  }
  const keys =
    literal === undefined ? [] : [{ where: `experimental_bearer_token of [${table}] in ${where}`, value: literal }];
  return { addresses, keys, missing: variable };
}

/** The strings of a TOML file by dotted name. Lists, numbers and nested values are passed over: none is asked for here. */
function tomlStrings(text: string): Map<string, string> {
  const values = new Map<string, string>();
  let table = '';
  for (const line of text.split('\n')) {
    const header = /^\s*\[\s*([^[\]]+?)\s*\]\s*(?:#.*)?$/.exec(line)?.[1];
    if (header !== undefined) table = `${header.replaceAll('"', '')}.`;
    const pair = /^\s*([\w."-]+)\s*=\s*(?:"([^"\\]*)"|'([^']*)')\s*(?:#.*)?$/.exec(line);
    if (pair !== null) values.set(`${table}${(pair[1] ?? '').replaceAll('"', '')}`, pair[2] ?? pair[3] ?? '');
  }
  return values;
}
