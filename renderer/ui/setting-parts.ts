/** Settings of clients, made ready to be copied: which are for another system, which parts of a step are values. */
import type { ClientSetting } from '../../shared/contract/clients.ts';

type System = 'windows' | 'posix';

/** Titles say the shell, since the contract says it to people. */
function systemOf({ format, title }: Pick<ClientSetting, 'format' | 'title'>): System | undefined {
  if (format !== 'shell') return undefined;
  if (title.endsWith('(PowerShell)')) return 'windows';
  return /\((?:bash|zsh|fish)[^)]*\)$/.test(title) ? 'posix' : undefined;
}

/** Of `navigator.userAgent`. */
export function readerSystem(userAgent: string): System {
  return userAgent.includes('Windows') ? 'windows' : 'posix';
}

export interface SortedSettings {
  readonly own: readonly ClientSetting[];
  /** For another system than the reader's. */
  readonly foreign: readonly ClientSetting[];
}

export function sortSettings(settings: readonly ClientSetting[], reader: System): SortedSettings {
  const isForeign = (setting: ClientSetting): boolean => (systemOf(setting) ?? reader) !== reader;
  return { own: settings.filter((one) => !isForeign(one)), foreign: settings.filter(isForeign) };
}

export interface StepPart {
  readonly text: string;
  /** Something to paste: an address, a key, a name. */
  readonly isValue: boolean;
}

/** `1. Base URL: http://127.0.0.1:4790` → its parts without the number, for each line. */
export function stepsOf(text: string): readonly (readonly StepPart[])[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^\d+\.\s+/, '').trim())
    .filter((line) => line !== '')
    .map(partsOf);
}

const named = /^([^:]+: )(\S+)$/;
const pasted = /(https?:\/\/[^\s,;]+|sk-sluice-[\w-]+)/;

function partsOf(line: string): readonly StepPart[] {
  const [, label, value] = named.exec(line) ?? [];
  if (label !== undefined && value !== undefined)
    return [
      { text: label, isValue: false },
      // A placeholder would be pasted as if it were the key.
      { text: value, isValue: !value.includes('…') },
    ];
  return line
    .split(pasted)
    .filter((text) => text !== '')
    .map((text) => ({ text, isValue: pasted.test(text) }));
}
