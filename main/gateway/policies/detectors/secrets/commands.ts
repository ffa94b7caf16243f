/** Finds passwords on command lines: `sshpass -p`, `mysql -pSECRET`, `curl -u user:secret` and their like. */
import { isPlaceholder } from './shapes.ts';

/** How the program takes its password: glued to a flag or behind it, alone or behind `user:`. */
export interface Command {
  readonly word: string;
  readonly flags: readonly string[];
  /** The value is `user:password`, with this sign between. */
  readonly pair?: ':' | '%';
  /** The value may follow the flag without a blank. */
  readonly glued?: true;
  /** Each of the flags may carry one. */
  readonly every?: true;
}

export const commands: readonly Command[] = [
  { word: 'sshpass', flags: ['-p'], glued: true },
  { word: 'mysql', flags: ['-p', '--password'], glued: true },
  { word: 'mariadb', flags: ['-p', '--password'], glued: true },
  {
    word: 'curl',
    flags: ['-u', '--user', '--proxy-user', '-U', '-su', '-ku', '-sSu', '-ksu', '-Lu', '-vu', '-iu', '-fsSu'],
    pair: ':',
  },
  { word: 'http ', flags: ['-a', '--auth'], pair: ':' },
  { word: 'wget', flags: ['--password', '--http-password', '--ftp-password'] },
  { word: 'redis-cli', flags: ['-a', '--pass'] },
  { word: 'mongo', flags: ['-p', '--password'] },
  { word: 'sqlcmd', flags: ['-P'] },
  { word: 'bcp ', flags: ['-P'] },
  { word: 'ldapsearch', flags: ['-w'] },
  { word: 'ldapmodify', flags: ['-w'] },
  { word: 'smbclient', flags: ['-U'], pair: '%' },
  { word: 'docker login', flags: ['-p', '--password'] },
  { word: 'podman login', flags: ['-p', '--password'] },
  { word: 'helm registry', flags: ['-p', '--password'] },
  { word: 'az login', flags: ['-p', '--password'] },
  { word: 'xfreerdp', flags: ['/p:'], glued: true },
  { word: 'zip ', flags: ['-P'] },
  { word: 'lftp', flags: ['-u'] },
  { word: 'ipmitool', flags: ['-P'] },
  { word: 'rabbitmqadmin', flags: ['-p'] },
  { word: 'snowsql', flags: ['-p'] },
  { word: 'snmpget', flags: ['-A', '-X', '-c'], every: true },
  { word: 'snmpwalk', flags: ['-A', '-X', '-c'], every: true },
  { word: 'snmpset', flags: ['-A', '-X', '-c'], every: true },
  { word: 'snmpbulkwalk', flags: ['-A', '-X', '-c'], every: true },
  { word: '7z ', flags: ['-p'], glued: true },
  { word: 'unrar ', flags: ['-p'], glued: true },
  { word: 'signtool', flags: ['/p'] },
  { word: 'mosquitto_pub', flags: ['-P', '--pw'] },
  { word: 'mosquitto_sub', flags: ['-P', '--pw'] },
  { word: 'kubectl config set-cred', flags: ['--password'] },
  { word: 'cqlsh', flags: ['-p'] },
  { word: 'influx ', flags: ['-password'] },
  { word: 'oc login', flags: ['-p', '--password'] },
  { word: 'cf login', flags: ['-p'] },
  { word: 'twine upload', flags: ['-p', '--password'] },
  { word: 'skopeo login', flags: ['-p', '--password'] },
  { word: 'nmcli', flags: ['password', 'wifi-sec.psk'] },
  { word: 'rdesktop', flags: ['-p'] },
];

const longestLine = 400;

/** The rest of the command whose program's name ends at `from`. */
export function commandLine(text: string, from: number): string {
  const rest = text.slice(from, from + longestLine);
  const stop = rest.search(/\r|\n|\\n|&&|;\s|\s\|\s/);
  return stop < 0 ? rest : rest.slice(0, stop);
}

/** The passwords in the rest of a command, which begins at `from` in its text: the first, or one for each flag. */
export function commandPasswords(line: string, from: number, command: Command): { start: number; end: number }[] {
  const passwords: { start: number; end: number }[] = [];
  for (const flag of command.flags) {
    for (let at = line.indexOf(flag); at >= 0; at = line.indexOf(flag, at + flag.length)) {
      const before = line[at - 1];
      if (at > 0 && before !== ' ' && before !== '\t' && before !== '"' && before !== "'") continue;
      const behind = at + flag.length;
      const found =
        before === '"' || before === "'" ? elementBehind(line, behind, before) : valueBehind(line, behind, command);
      if (found === undefined) continue;
      passwords.push({ start: from + found.start, end: from + found.end });
      if (command.every === undefined) return passwords;
    }
  }
  return passwords;
}

/** The next element of a list of arguments: `"-p", "secret"`. */
function elementBehind(line: string, behind: number, quote: string): { start: number; end: number } | undefined {
  const opening = /^["'],\s{0,4}["']/.exec(line.slice(behind, behind + 8));
  if (opening === null) return undefined;
  const start = behind + opening[0].length;
  const end = line.indexOf(quote, start);
  return end > 0 && !/\s/.test(line.slice(start, end)) && isValue(line.slice(start, end)) ? { start, end } : undefined;
}

function valueBehind(line: string, behind: number, command: Command): { start: number; end: number } | undefined {
  let start = behind;
  const isGlued = command.glued === true && line[behind] !== ' ' && line[behind] !== '=';
  if (!isGlued) {
    if (line[start] !== ' ' && line[start] !== '=' && line[start] !== '"' && line[start] !== "'") return undefined;
    while (line[start] === ' ' || line[start] === '=') start++;
  }
  const escaped = line.startsWith('\\"', start);
  const quote = escaped ? '\\"' : line[start] === '"' || line[start] === "'" ? (line[start] as string) : '';
  start += quote.length;
  let end = start;
  while (
    end < line.length &&
    !(quote === ''
      ? /[\s"'`]|\\["n]/.test(line.slice(end, end + 2)) && /[\s"'`\\]/.test(line[end] as string)
      : line.startsWith(quote, end))
  )
    end++;
  if (command.pair !== undefined) {
    const sign = line.slice(start, end).search(command.pair === ':' ? /[:,]/ : /%/);
    if (sign < 0) return undefined;
    start += sign + 1;
  }
  const value = line.slice(start, end);
  return isValue(value) ? { start, end } : undefined;
}

function isValue(value: string): boolean {
  if (value.length < 4 || value.length > 128 || isPlaceholder(value)) return false;
  if (/^(?:\$|%[A-Z]|<|\{|-|\/|https?:)/.test(value)) return false;
  // Bare words and numbers are databases, ports and the stand-ins of manuals.
  return (
    /[^a-z_.-]/.test(value) &&
    !/^\d{1,5}$/.test(value) &&
    !/^(?:password|pass|secret|test|root|admin)\d{0,4}$/i.test(value) &&
    !/^[A-Z_]+$/.test(value)
  );
}
