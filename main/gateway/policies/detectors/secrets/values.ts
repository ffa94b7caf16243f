/** Says of a value that has a name whether it is a secret: drawn at random, chosen as passwords are, or part of a program. */
import type { KeyClass } from './key-names.ts';
import { entropy, isHex, isInterleaved, isPlaceholder, isSlug, isUuid, looksRandom, wordiness } from './shapes.ts';

/** How a value hangs on its name. `loose`: by words or a line break, so that the value itself must say more. */
export interface Place {
  readonly start: number;
  /** Text that ends the value; empty where it is not quoted. */
  readonly quote: string;
  readonly loose: boolean;
  /** In a cell of a table or between tags, where no program stands. */
  readonly isText: boolean;
  /** Set off by blanks around an equals sign: more likely a program than a setting. */
  readonly spaced: boolean;
  /** Both name and value are quoted, with a comma between: `setenv("TOKEN", "…")`. */
  readonly listed?: boolean;
}

/** Whether a value has anything of a secret at all; cheap, and true of most. */
export function mayBeSecret(value: string): boolean {
  let other = false;
  let upper = false;
  let lower = false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code >= 97 && code <= 122) lower = true;
    else if (code >= 65 && code <= 90) upper = true;
    else if (code !== 95 && code !== 45 && code !== 46 && code !== 47) other = true;
  }
  return other || (upper && lower && value.length >= 8);
}

const reference =
  /^(?:\$[{(]|\$[A-Z_][A-Z0-9_]*$|%[A-Za-z_]+%$|!(?:Ref|Sub|GetAtt|ImportValue|vault|env)|process\.|os\.|env\.|secrets?\.|this\.|self\.|config\.|vault:|ssm:|arn:|op:\/\/|file:|https?:|\.{1,2}\/|@[A-Za-z_]\w*$|data:|AWS4-|(?:scram|hmac|aes|rsa|ecdsa|argon2|pbkdf2|bcrypt|ed25519|x25519|[hrep]s(?:256|384|512))\b|sha\d{1,3}[-:=]|0x[0-9a-fA-F]{1,40}$)/i;
const member = /^!{0,2}[A-Za-z_$][\w$]*(?:[?!]?\.[A-Za-z_$][\w$]*)+$/;
const identifier = /^[A-Za-z_$][\w$]*$/;

function endsLine(text: string, at: number): boolean {
  return at === text.length || text[at] === '\n' || text[at] === '\r';
}

/** Whether an unquoted value is part of a program: a call, a member, a variable. */
export function isExpression(text: string, value: string, end: number, place: Place): boolean {
  if (/^[\w$.?!:]+[([]/.test(value) || /^\$[a-z]\w*-?$/.test(value) || value.includes('=>') || value.includes('()'))
    return true;
  if (/^[\w.]+![rsa]$/.test(value)) return true;
  const next = text.charCodeAt(end);
  if (next === 40 || next === 91) return true;
  // Members are seldom numbered in hundreds; passwords are.
  if (member.test(value) && wordiness(value) > 0.6)
    return !/\d{3,}$/.test(value) || (place.spaced && !endsLine(text, end));
  if (!identifier.test(value) || wordiness(value) < 0.6 || isHex(value) || isInterleaved(value)) return false;
  // A setting ends its line behind the value; a program goes on, or has blanks around the sign.
  const endsThere =
    text.length === end ||
    (!place.spaced && /\d{3,}$/.test(value)) ||
    ('\r\n\u001b"\'.\\&;< '.includes(text[end] as string) && !'|=+?&:'.includes(text[end + 1] ?? 'x'));
  return (
    !endsThere || !(place.spaced ? /\d{2,}$/.test(value) && text[end] !== ';' : /\d/.test(value) && value.length >= 5)
  );
}

/** Whether the value of a name of this class is a secret. `shortest`: of keys and tokens that were drawn from all letters and figures. */
export function isSecret(value: string, kind: KeyClass, place: Place, shortest = 15): boolean {
  if (
    isPlaceholder(value) ||
    /^(?:%[sdvq]\W?)+$/.test(value) ||
    reference.test(value) ||
    /^\/[\^(]/.test(value) ||
    (/^[/$]/.test(value) && wordiness(value) > 0.55)
  )
    return false;
  // Beside a name without a sign between stand other names: `#define PASSWORD OBJ_pkcs9`.
  if (
    place.loose &&
    !place.isText &&
    (place.quote === '' || (place.listed !== undefined && !(place.listed && /\d{3,}$/.test(value)))) &&
    identifier.test(value) &&
    value.includes('_') &&
    !isInterleaved(value) &&
    (kind === 'password' || wordiness(value) > 0.4)
  )
    return false;
  // Tokens are ASCII.
  if (kind !== 'password' && /[^ -~]/.test(value)) return false;
  // What only stands near a name must not read like a word or a path.
  // What one-time codes are made from is Base32, now and then without a figure.
  if (kind === 'secret' && /^[A-Z2-7]{16,64}$/.test(value) && wordiness(value) < 0.3 && entropy(value) > 3) return true;
  if (kind === 'secret' && hexGroups.test(value) && value.length >= 34) return true;
  if (kind !== 'password' && isJoined(value)) return kind !== 'bare';
  if (place.loose && place.listed !== true && kind !== 'password' && readsLikeText(value)) return false;
  if (kind === 'weak' || kind === 'bare') return isWeakSecret(value, kind === 'bare');
  if (looksRandom(value, kind === 'password' ? 8 : 16) || isUuid(value))
    return !(place.loose && isUuid(value) && kind === 'password');
  if (kind === 'password')
    return isChosen(value, place.loose) || ((!place.loose || place.quote !== '') && changesCase(value));
  if (place.loose) return isSecretInLoose(value, place, shortest);
  // Short secrets that programs were given: sixteen hexadecimal digits, or a phrase with figures.
  return (
    (isHex(value) && value.length >= 16) ||
    (looksRandom(value, shortest) && (value.length >= 15 || (wordiness(value) < 0.5 && !value.includes('/')))) ||
    (value.length >= (/[!#$%*?]$/.test(value) ? 10 : Math.min(shortest, 12)) &&
      !isSlug(value) &&
      isChosen(value, true) &&
      !/[/:@()]/.test(value))
  );
}

/** Whether capitals and small letters take turns as they do only by chance. */
function changesCase(value: string): boolean {
  const turns = (value.match(/[a-z](?=[A-Z])|[A-Z]{2}(?=[a-z])/g) ?? []).length;
  return value.length >= 10 && turns >= 3 && wordiness(value) < 0.3 && /^[\w!#$%*?+-]+$/.test(value);
}

/** Of a key or a token that is too short to be told by chance alone, in a place that says less than an assignment. */
function isSecretInLoose(value: string, place: Place, shortest: number): boolean {
  if (isHex(value)) return value.length >= 14 && (isInterleaved(value) || entropy(value) >= 2.9);
  const chosen = shortest < 12 && value.length >= 10 && /\d{3}/.test(value) && !isSlug(value) && isChosen(value, true);
  if (chosen && (place.quote !== '' || place.isText) && !/[/:@()=]/.test(value)) return true;
  if (place.listed === true || place.quote !== '')
    return looksRandom(value, shortest > 15 ? shortest : Math.min(12, shortest));
  return place.isText && /\d/.test(value) && wordiness(value) < 0.3 && looksRandom(value, shortest);
}

const hexGroups = /^(?=[a-f-]*\d)[0-9a-f]{8,}(?:-[0-9a-f]{4,}){1,7}$/;

/** Two or three random parts with a sign between, as ids with their secrets are: `…hex:…hex`, `…uuid:…`. */
function isJoined(value: string): boolean {
  if (value.length < 17 || value.length > 200) return false;
  const parts = value.split(/[:.]/);
  if (parts.length < 2 || parts.length > 3) return false;
  const drawn = parts.filter((part) => isUuid(part) || (isHex(part) ? part.length >= 8 : looksRandom(part, 20)));
  return drawn.length === parts.length || (isUuid(parts[0] as string) && /^[a-z]{2}$/.test(parts[1] as string));
}

function readsLikeText(value: string): boolean {
  if (isUuid(value) || isHex(value.replace(/^0x/, '')) || isInterleaved(value)) return false;
  if (value.length >= 40 && wordiness(value) < 0.4 && looksRandom(value)) return false;
  return /[^\w+/=.~-]/.test(value.replace(/^base64:/, '')) || wordiness(value) > (/[0-9]/.test(value) ? 0.5 : 0.3);
}

/** With a name that says little, the value must leave no doubt. */
function isWeakSecret(value: string, isBare: boolean): boolean {
  if (isUuid(value)) return false;
  // Keys of caches: words, and the hash of what is cached.
  if (/^(?:[A-Za-z][A-Za-z0-9]{1,15}[-_]){1,8}(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})$/.test(value)) return false;
  if (isHex(value)) return !isBare && value.length >= 32 && entropy(value) > 3;
  if (!isBare && /^[A-Za-z0-9+/]{42,200}={1,2}$/.test(value)) return looksRandom(value, 40);
  return !/[./:@(){}[\],;]/.test(value) && looksRandom(value, 20) && /[0-9]/.test(value);
}

/** Words of which the passwords and keys of manuals and tests are made. */
const standWords = new Set(
  (
    'password passwd pass secret test testing tester admin administrator root user username guest foo bar foobar baz demo sample default ' +
    'postgres mysql redis mongo string none null undefined true false token key api abc qwe my new old correct wrong bad invalid short hidden ' +
    'secure strong weak some any another fake mock stub the a super this is not real client access auth app value id min max chars'
  ).split(' '),
);

/** `test-key-123`, `password1`, `mySecret`: nothing but such words, and a few figures. */
function isStandIn(value: string): boolean {
  const words = value.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  if (words.length === 0 || !/^[\w .!-]*$/.test(value) || (value.match(/[0-9]/g) ?? []).length > 4) return false;
  return words.every((one) => standWords.has(one.toLowerCase()));
}

/** Whether a word that stands where a password is expected is one as people choose them. */
export function isChosenPassword(value: string): boolean {
  return (
    !isPlaceholder(value) &&
    !reference.test(value) &&
    !isSlug(value) &&
    (isChosen(value, true) || looksRandom(value, 12)) &&
    !/^[\w-]+@[\w-]+\./.test(value)
  );
}

/** Whether it is a password as people choose them: letters with figures or signs among them, and not one of those in manuals. */
function isChosen(value: string, strict: boolean): boolean {
  if (value.length > 128 || isStandIn(value)) return false;
  const digits = (value.match(/[0-9]/g) ?? []).length;
  const letters = (value.match(/[A-Za-z]/g) ?? []).length;
  const signs = (value.match(/[^A-Za-z0-9\s_./-]/g) ?? []).length;
  if (letters === 0) return !strict && digits >= 6 && signs > 0;
  if (digits === 0 && signs === 0) return false;
  if (!strict) return value.length >= 5 && (digits > 0 || /[!@#$%^&*+~]/.test(value)) && !/^[\w-]+[:(]/.test(value);
  const cases = Number(/[a-z]/.test(value)) + Number(/[A-Z]/.test(value));
  return (
    value.length >= 7 &&
    (digits > 0
      ? signs > 0 || cases === 2 || digits >= 2
      : cases === 2 && value.length >= 10 && (signs >= 2 || (signs === 1 && wordiness(value) < 0.5))) &&
    !/[(){}[\]<>"':]/.test(value) &&
    !/^v?\d+(?:\.\d+)+/.test(value)
  );
}
