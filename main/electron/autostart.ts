/** Entries of the XDG Autostart specification: written with the quoting of the Desktop Entry specification, and read back. */

/** Characters that make an argument need quotes. */
const reserved = /[\s"'\\><~|&;$*?#()`]/;

export interface AutostartFacts {
  /** `false`: somebody switched it off, by one of the two ways desktops have for it. */
  readonly isOn: boolean;
  /** What would be started; `undefined` when its line is not to be read. */
  readonly program: string | undefined;
}

/** The text of an entry. Throws when a path cannot be written into one. */
export function autostartEntry(program: string, args: readonly string[]): string {
  for (const part of [program, ...args]) {
    if (hasControls(part)) throw new Error(`${JSON.stringify(part)} cannot be written into a desktop entry`);
  }
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.5',
    'Name=Sluice',
    `Exec=${[program, ...args].map(execArgument).join(' ')}`,
    // Desktops pass over an entry whose program is gone.
    `TryExec=${asString(program)}`,
    'Icon=sluice',
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
  ];
  return `${lines.join('\n')}\n`;
}

/** `undefined`: there is no entry. */
export function readAutostart(text: string | undefined): AutostartFacts | undefined {
  if (text === undefined) return undefined;
  const values = new Map<string, string>();
  let isInGroup = false;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('[')) isInGroup = line.trim() === '[Desktop Entry]';
    const [, name, value] = /^([A-Za-z0-9-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (isInGroup && name !== undefined && value !== undefined && !values.has(name)) values.set(name, value.trim());
  }
  return {
    isOn: values.get('Hidden') !== 'true' && values.get('X-GNOME-Autostart-enabled') !== 'false',
    program: programOf(fromString(values.get('Exec') ?? '')),
  };
}

/** Quoted as an argument; then, since the whole is a value of type string, its backslashes once more. */
function execArgument(argument: string): string {
  const percents = argument.replaceAll('%', '%%');
  const quoted =
    argument === '' || reserved.test(argument) ? `"${percents.replaceAll(/["`$\\]/g, (one) => `\\${one}`)}"` : percents;
  return asString(quoted);
}

function asString(value: string): string {
  return value.replaceAll('\\', '\\\\');
}

const escapes: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' };

function fromString(value: string): string {
  return value.replaceAll(/\\(.)/g, (whole, letter: string) => escapes[letter] ?? whole);
}

/** The first argument of a command line. */
function programOf(command: string): string | undefined {
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(command)?.[1];
  const program = quoted?.replaceAll(/\\(.)/g, '$1') ?? /^[^\s"]+/.exec(command)?.[0];
  return program?.replaceAll('%%', '%');
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
