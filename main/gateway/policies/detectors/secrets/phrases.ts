/** Finds secrets that stand at a fixed place of a command, a call or a sentence: `echo … | sudo -S`, `SetBasicAuth("bob", "…")`, `… as the password`. */
import { isChosenPassword } from './values.ts';
import { isPlaceholder, looksRandom } from './shapes.ts';

export interface Phrase {
  /** Any of these, parted by `|`; matched in any case. */
  readonly words: string;
  /** From the end of the word on, sticky; its first group is the secret and ends the match up to a closing sign. */
  readonly behind?: RegExp;
  /** What stands in front of the word, to its end; its first group is the secret. */
  readonly before?: RegExp;
  /** The word in front, whole and without its quotes; its first group is the secret. */
  readonly word?: RegExp;
  /** What the value must look like. `any`: the place leaves no doubt. */
  readonly value: 'chosen' | 'random' | 'any' | 'digits';
  readonly kind: string;
}

/** How much in front of a word is looked at. */
const lookback = 320;

const echoed = /(?:echo|printf|<<<) {1,2}(?:-\w{1,2} )?["']?([^\s"'`|$]{4,256})(?:\\n)?\\?["']? ?\|[^|\n]{0,60}$/;
const echoedPair =
  /(?:echo|printf|<<<) {1,2}(?:-\w{1,2} )?["']?[\w.-]{1,32}:([^\s"'`|$]{4,256})(?:\\n)?\\?["']? ?\|[^|\n]{0,60}$/;
/** The word in front of the phrase, without quotes. */
const asPassword = /^([^()<>]{6,64})$/;

/** Quoted arguments of a call; the last of them is the password. */
function argument(count: number): RegExp {
  const one = `(?:\\\\?["'][^"'\\s]{1,128}\\\\?["']|[\\w.$>-]{1,48}),\\s{0,8}`;
  return new RegExp(`\\s{0,8}\\(?\\s{0,8}(?:${one}){${String(count - 1)}}\\\\?["']([^"'\\s\\\\]{4,128})\\\\?["']`, 'y');
}

export const phrases: readonly Phrase[] = [
  {
    words:
      'secret put|vercel env add|gh secret set|docker secret create|podman secret create|sudo -s|kinit |password-stdin|passwd --stdin|cryptsetup |-pass stdin|--passphrase-fd 0',
    before: echoed,
    value: 'chosen',
    kind: 'echoed_password',
  },
  { words: 'chpasswd', before: echoedPair, value: 'any', kind: 'echoed_password' },
  {
    words:
      'as the password|as password|as a password|as my password|as the passphrase|as its password|as their password|als passwort|als kennwort|' +
      'comme mot de passe|como contraseña|como senha|come password|als wachtwoord|jako hasło|som lösenord|в качестве пароля|作为密码',
    word: asPassword,
    value: 'chosen',
    kind: 'password',
  },
  {
    words: '@tcp(|@unix(',
    word: /^(?:\w{1,32}=)?[\w.$-]{1,64}:([^@]{3,64})$/,
    value: 'chosen',
    kind: 'connection_password',
  },
  {
    words: 'to-securestring',
    behind: /\s{1,4}(?:-String\s{1,4})?["']([^"'\s$]{4,128})["']/iy,
    value: 'any',
    kind: 'password',
  },
  {
    words: 'net use ',
    behind: /[^\n]{0,96}?\\\S{1,80}\s{1,3}(?!\/)([^\s"]{5,64})\s{1,3}(?=\/user:)/iy,
    value: 'chosen',
    kind: 'command_password',
  },
  {
    words: 'net user ',
    behind: /[\w.-]{1,32}\s{1,3}(?!\/)([^\s*"/]{5,64})(?=\s|$)/y,
    value: 'chosen',
    kind: 'command_password',
  },
  {
    words: 'htpasswd ',
    behind: /-\w{0,6}b\w{0,6} (?:\S{1,96} )?[\w.@-]{1,64} ["']?([^\s"'$]{4,64})/y,
    value: 'any',
    kind: 'command_password',
  },
  {
    words: 'bundle config',
    behind: /(?: set)?(?: --\w{1,8})? [\w.-]{3,64} [\w.-]{1,32}:([^\s"'$]{6,64})/y,
    value: 'any',
    kind: 'command_password',
  },
  {
    words: 'contribsys__com|contribsys--com|contribsyscom',
    behind: /[\\"'`\]:,= @&a-zA-Z?[|>\n-]{1,48}?([0-9a-f]{8}:[0-9a-f]{8})(?![\w:])/y,
    value: 'any',
    kind: 'bundle_credentials',
  },
  {
    words: 'wifi:',
    behind: /(?:[THSER]\w?:[^;\n]{0,64};){0,4}P:([^;\s"]{4,64})(?=;)/y,
    value: 'any',
    kind: 'wifi_password',
  },
  {
    words: 'enable secret|enable password|snmp-server community| secret 0| password 0|key-string| secret-text',
    behind: /[ \t]{1,2}(?:[0] )?["']?([^\s"';]{4,64})/y,
    value: 'chosen',
    kind: 'device_password',
  },
  {
    words:
      '.login(|setbasicauth(|basicauth(|basic_auth(|auth=(|networkcredential(|passwordcredentials(|passwordauthentication(|.basicauth(',
    behind: argument(2),
    value: 'chosen',
    kind: 'call_password',
  },
  {
    words: 'mysqli(|mysqli_connect(|getconnection(|new pdo(|mysql_connect(|pg.connect(',
    behind: argument(3),
    value: 'chosen',
    kind: 'call_password',
  },
  {
    words: '&signature=|?signature=',
    behind: /([A-Za-z0-9%_~+/=-]{27,1024})(?=$|[&"'\s<>)\\\]])/y,
    value: 'random',
    kind: 'signed_url',
  },
  {
    words:
      'login:|logins:|credentials:|creds:|zugangsdaten:|anmeldedaten:|credenciales:|credenziali:|identifiants:|identifiants :|inloggegevens:|логин:|' +
      'account:|acceso:|acesso:',
    behind: /[ \t]{0,2}[\w.@+-]{1,64}[ \t]?[/|][ \t]?([^\s"'`/|]{6,64})/y,
    value: 'chosen',
    kind: 'password',
  },
  {
    words: 'clave:|clave es|clave :|my pw is|the pw is|your pw is|pw is',
    behind: /[ \t]{0,2}["'`«“]?([^\s"'`»”]{6,64})/y,
    value: 'chosen',
    kind: 'password',
  },
  {
    words: 'pin',
    behind:
      /(?:[- ]?code)?(?:["']?[ \t]{0,2}[:=][ \t]{0,2}["']?| is | ist | lautet | est | es | è | é | = )(\d{4})(?![\w.,:-]*\d)/y,
    value: 'digits',
    kind: 'pin',
  },
];

/** The secret at the word of the phrase, which stands at `start` to `end`. */
export function phraseSecret(
  text: string,
  phrase: Phrase,
  start: number,
  end: number,
): { start: number; end: number } | undefined {
  // `pin` must be a word.
  if (phrase.value === 'digits' && /[\w-]/.test(text[start - 1] ?? ' ')) return undefined;
  const found =
    phrase.word !== undefined
      ? wordInFront(text, phrase.word, start)
      : phrase.behind === undefined
        ? inFront(text, phrase, start)
        : behind(text, phrase.behind, end);
  if (found === undefined) return undefined;
  const trimmed = withoutStops(text, found.start, found.end);
  const value = text.slice(trimmed.start, trimmed.end);
  switch (phrase.value) {
    case 'chosen':
      return isChosenPassword(value) ? trimmed : undefined;
    case 'random':
      return looksRandom(value.slice(0, 256), 24) && !isPlaceholder(value) ? trimmed : undefined;
    case 'digits':
      // No year, nor what manuals take.
      return /^(?:1234|0000|19\d\d|20\d\d)$/.test(value) ? undefined : trimmed;
    case 'any':
      return isPlaceholder(value) || /^(?:\$|%\w+%|<)/.test(value) || !/[^a-z_-]/.test(value) ? undefined : trimmed;
  }
}

function behind(text: string, shape: RegExp, end: number): { start: number; end: number } | undefined {
  shape.lastIndex = end;
  const match = shape.exec(text);
  const value = match?.[1];
  if (match === null || value === undefined) return undefined;
  const start = end + match[0].lastIndexOf(value);
  return { start, end: start + value.length };
}

/** The last word in front, when it has the shape. */
function wordInFront(text: string, shape: RegExp, start: number): { start: number; end: number } | undefined {
  let end = start;
  while (start - end < 3 && isBound(text.charCodeAt(end - 1))) end--;
  let from = end;
  while (from > 0 && end - from <= 132 && !isBound(text.charCodeAt(from - 1))) from--;
  const value = shape.exec(text.slice(from, end))?.[1];
  return value === undefined ? undefined : { start: end - value.length, end };
}

function isBound(code: number): boolean {
  return code <= 32 || code === 34 || code === 39 || code === 96;
}

function inFront(text: string, phrase: Phrase, start: number): { start: number; end: number } | undefined {
  const from = Math.max(0, start - lookback);
  const part = text.slice(from, start);
  const match = phrase.before?.exec(part.slice(part.lastIndexOf('\n') + 1));
  const value = match?.[1];
  if (match === undefined || match === null || value === undefined) return undefined;
  const at = from + part.lastIndexOf('\n') + 1 + match.index + match[0].lastIndexOf(value);
  return { start: at, end: at + value.length };
}

/** Without the comma or the full stop that belongs to the sentence. */
function withoutStops(text: string, start: number, end: number): { start: number; end: number } {
  let last = end;
  while (last > start && '.,;:)]}'.includes(text[last - 1] as string)) last--;
  return { start, end: last };
}

const privateMember = /\\{0,3}"(?:d|p|q|dp|dq|qi|k)\\{0,3}"\s{0,4}:\s{0,4}\\{0,3}"([\w-]{16,1024})/g;
/** How far the members of a JSON Web Key may stand from its `kty`. */
const longestKey = 4096;

/** Calls back with the private members of the JSON Web Key (RFC 7517) whose `kty` stands at `at`; returns where the key ends. */
export function keyMembers(text: string, at: number, report: (start: number, end: number) => void): number {
  let start = at - 1;
  const limit = Math.max(0, at - longestKey / 2);
  while (start >= limit && text.charCodeAt(start) !== 123) start--;
  if (start < limit) return at + longestKey;
  const part = text.slice(start, at + longestKey);
  const closing = part.indexOf('}', at - start);
  const object = closing < 0 ? part : part.slice(0, closing);
  const symmetric = /"kty\\{0,3}"\s{0,4}:\s{0,4}\\{0,3}"oct/.test(object);
  for (const match of object.matchAll(privateMember)) {
    const value = match[1] as string;
    if (/"k\\{0,3}"/.test(match[0]) && !symmetric) continue;
    const end = start + match.index + match[0].length;
    report(end - value.length, end);
  }
  return start + object.length;
}

const code =
  /[\s>*•\d.)([\]"',-]{0,12}?([a-zA-Z0-9]{4,6}-[a-zA-Z0-9]{4,6}(?:-[a-zA-Z0-9]{4,6}){0,3}|[a-z0-9]{10}|\d{8})(?![\w-])/y;
/** Calls back with each code of a list behind `recovery codes` or `backup codes`, which end at `from`. */
export function recoveryCodes(text: string, from: number, report: (start: number, end: number) => void): void {
  const colon = text.slice(from, from + 48).search(/[:\n[]/);
  if (colon < 0) return;
  let at = from + colon + 1;
  const codes: { start: number; end: number }[] = [];
  let digits = false;
  while (codes.length < 24) {
    code.lastIndex = at;
    const value = code.exec(text)?.[1];
    if (value === undefined || isPlaceholder(value)) break;
    digits ||= /\d/.test(value);
    at = code.lastIndex;
    codes.push({ start: at - value.length, end: at });
  }
  // Pairs of words have no figures.
  if (digits) for (const one of codes) report(one.start, one.end);
}
