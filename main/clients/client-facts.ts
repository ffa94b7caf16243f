/** What is known of a client: where it is found on a machine, and what to set so that it comes here. */
import type { ClientSetting, ClientEntry } from '../../shared/contract/clients.ts';

/** Where traces of a client are, all of them fixed: nothing here comes from a caller. */
export interface ClientTraces {
  /** Programs on the search path, without `.exe`. */
  readonly binaries?: readonly string[];
  /** Folders and files below the home folder, with `/`; absolute ones begin with one. */
  readonly paths?: readonly string[];
  /** The same, of one system alone. */
  readonly macPaths?: readonly string[];
  readonly windowsPaths?: readonly string[];
  readonly linuxPaths?: readonly string[];
  /** Ids of extensions of VS Code and its kin. */
  readonly extensions?: readonly string[];
}

/**
 * A setting before anything is filled in. In its text stand `{{root}}` (`http://127.0.0.1:4790`), `{{v1}}` (the same with
 * `/v1`), `{{container}}` (the root as containers of this machine reach it), `{{key}}` and `{{model}}`.
 */
export interface SettingTemplate extends Omit<ClientSetting, 'place'> {
  readonly place: string;
  /** The place on Windows and on macOS, where it is another. */
  readonly windowsPlace?: string;
  readonly macPlace?: string;
  /** For people of one system first; all see it. */
  readonly system?: 'posix' | 'windows';
}

export interface ClientFacts extends Pick<ClientEntry, 'id' | 'name' | 'support' | 'reason' | 'restart' | 'check'> {
  readonly traces: ClientTraces;
  readonly settings: readonly SettingTemplate[];
  /** Model names that it takes for its own, and never sends. */
  readonly ownModels?: readonly string[];
}

interface Shell {
  readonly set: Readonly<Record<string, string>>;
  /** Variables that would win over these, or conflict with them. */
  readonly unset?: readonly string[];
  /** What is started afterwards. */
  readonly run?: string;
  readonly title?: string;
}

/** Variables for a terminal, once for bash, zsh and fish and once for PowerShell. */
export function variables({ set, unset = [], run, title = 'Environment' }: Shell): readonly SettingTemplate[] {
  const pairs = Object.entries(set);
  const start = run === undefined ? [] : [run];
  return [
    {
      title: `${title} (bash, zsh)`,
      place: 'the terminal, or ~/.zshrc or ~/.bashrc',
      format: 'shell',
      system: 'posix',
      text: [
        ...pairs.map(([name, value]) => `export ${name}="${value}"`),
        ...unset.map((name) => `unset ${name}`),
        ...start,
      ].join('\n'),
    },
    {
      title: `${title} (PowerShell)`,
      place: 'PowerShell, or $PROFILE',
      format: 'shell',
      system: 'windows',
      text: [
        ...pairs.map(([name, value]) => `$env:${name} = '${value}'`),
        ...unset.map((name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`),
        ...start,
      ].join('\n'),
    },
  ];
}

export interface Filling {
  /** Without a slash at its end. */
  readonly root: string;
  readonly key: string;
  readonly model: string;
  readonly platform: NodeJS.Platform;
}

/** What stands for a key where there is none to show. */
export const keyPlaceholder = 'sk-sluice-…';

/** A name outside of these letters could end a string in one of the formats. */
const plainModel = /^[A-Za-z0-9][\w./:@+-]*$/;
/** Names that are always there and choose among what there is. */
const anyModels = ['auto', 'best'];

/** The settings of a client, ready to copy, those of this system first. */
export function fillSettings(
  { settings, ownModels = [] }: Pick<ClientFacts, 'settings' | 'ownModels'>,
  filling: Filling,
): ClientSetting[] {
  const foreign = filling.platform === 'win32' ? 'posix' : 'windows';
  const ordered = [...settings].sort((a, b) => Number(a.system === foreign) - Number(b.system === foreign));
  const values: Readonly<Record<string, string>> = {
    root: filling.root,
    v1: `${filling.root}/v1`,
    container: filling.root.replace(
      /^(https?:\/\/)(?:127\.0\.0\.1|\[::1\]|localhost)(?=:|$)/,
      '$1host.docker.internal',
    ),
    key: filling.key,
    model: [filling.model, ...anyModels].find((name) => plainModel.test(name) && !ownModels.includes(name)) ?? 'auto',
  };
  const fill = (text: string): string =>
    text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) =>
      Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
    );
  return ordered.map((template) => ({
    title: template.title,
    place: placeOn(filling.platform, template),
    format: template.format,
    text: fill(template.text),
  }));
}

function placeOn(platform: NodeJS.Platform, { place, windowsPlace, macPlace }: SettingTemplate): string {
  if (platform === 'win32') return windowsPlace ?? place;
  return platform === 'darwin' ? (macPlace ?? place) : place;
}
