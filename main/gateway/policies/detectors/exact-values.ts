/** Which values are so much themselves that finding one in a text means something, and which of an `.env` file are secret. */
import { envEntries } from '../../../kit/env-file.ts';

const minLength = 8;
const minVariety = 5;
/** Four words and more, as passphrases have and names of environments seldom do. */
const minPhrase = 20;
/** Letters alone are a word up to here. */
const maxWord = 15;

/** What stands in examples and defaults everywhere, also with digits or signs at its ends: `Password123!`. */
const commonWords = new Set(
  (
    'password passwd passphrase secret secretkey admin administrator root user username default changeme change example sample test testing ' +
    'tester dummy placeholder development production staging localhost postgres postgresql mysql mariadb mongodb redis rabbitmq guest ' +
    'welcome letmein qwerty qwertyuiop asdfgh iloveyou undefined null none true false enabled disabled public private internal ' +
    'application database service server client docker kubernetes minio minioadmin elastic grafana wordpress supersecret mysecret ' +
    'mypassword apikey token sandbox version release master main'
  ).split(' '),
);

const placeholderForm =
  /\$\{|\{\{|^<.*>$|^\$[A-Za-z_]+$|your[-_ ]|[-_ ]here$|change[-_ ]?me|replace[-_ ]?(?:me|this|with)|x{4}|\.\.\.|\*{3}/i;
/** A place on the web or on the machine; one with a password in it is a secret. */
const placeForm = /^(?:[a-z][a-z0-9+.-]{1,20}:\/\/[^\s@?#]*$|(?:~|\.{1,2})?\/[\w./ @+-]*$|[A-Za-z]:\\[^:*?"<>|]*$)/i;
const dateForm = /^(?:19|20)\d\d[-/.]?[01]\d[-/.]?[0-3]\d(?:[T ][\d:.,+Z-]*)?$/;
const numberForm = /^[\d.,:/ -]+$/;
const versionForm = /^v?\d+(?:\.\d+){1,3}(?:[-+][\w.-]{0,16})?$/;
const mailForm = /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/;

/**
 * Whether a value can be looked for wherever it stands. Not so, because it stands in many texts that do not mean it: what is
 * shorter than 8 characters or has fewer than 5 different ones (`aaaaaaaa`, `10000000`); single words, names made of words and
 * numbers up to 19 characters (`development`, `us-east-1`, `my-app-staging`, `maxRetryCount`); what defaults and examples
 * consist of (`Password123`, `your-api-key`, `${TOKEN}`); dates, versions and numbers with signs; addresses and paths without a
 * password in them, or with one of these.
 */
export function isTellable(value: string): boolean {
  if (value.length < minLength || new Set(value).size < minVariety) return false;
  if (dateForm.test(value) || versionForm.test(value)) return false;
  if (placeForm.test(value) || mailForm.test(value)) return false;
  const passwords = passwordsIn(value);
  if (passwords.length > 0) return !passwords.some(isCommon);
  if (numberForm.test(value)) return /^\d+$/.test(value) && !isRun(value);
  return !isCommon(value) && !isName(value);
}

function isCommon(value: string): boolean {
  return placeholderForm.test(value) || commonWords.has(value.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '').toLowerCase());
}

/** Digits of which each follows the one before: `12345678`. */
function isRun(digits: string): boolean {
  for (let i = 1; i < digits.length; i++) {
    if ((digits.charCodeAt(i) - digits.charCodeAt(i - 1) + 10) % 10 !== 1) return false;
  }
  return true;
}

const wordPart = /^(?:\p{Lu}?\p{Ll}+|\p{Lu}+|v?\d{1,4}\p{Ll}?|\p{Lo}+)$/u;

/** Words and small numbers, in the ways names are put together. */
function isName(value: string): boolean {
  const parts = value.split(/[-_.:/@\s]+|(?<=\p{Ll}{2})(?=\p{Lu}\p{Ll}{2})/u).filter((part) => part !== '');
  if (!parts.every((part) => wordPart.test(part))) return false;
  return parts.length === 1 ? value.length <= maxWord : value.length < minPhrase || parts.length < 4;
}

/** Names whose values say where and how a program runs. */
const publicNames =
  /^(?:ci|debug|tz|lang|language|lc_\w+|path|home|user|shell|term|pwd|editor|hostname|host|port|env|node_env|node_options|app_env|rails_env|rack_env|pythonpath|log_\w+)$|(?:^|_)(?:public|publishable)(?:_|$)|(?:^|_)(?:env|environment|host|hosts|hostname|port|ports|level|region|zone|timezone|locale|version|name|title|description|timeout|enabled|disabled|path|dir|directory|file|folder|mode|format|driver|dialect|protocol|scheme|domain|origin|origins|bucket|model|count|size|limit|interval|retries|workers|threads|concurrency|email|from|username|user)$/i;
const secretNames =
  /key|token|secret|passw|passphrase|pass$|pwd$|credential|auth|private|dsn|salt|signing|webhook|cookie|session|cert/i;
const publicKeyNames = /public|publishable/i;

function isPublic(name: string): boolean {
  if (publicKeyNames.test(name)) return true;
  return (
    publicNames.test(name) &&
    !secretNames.test(name.replace(/_?(?:path|dir|directory|file|folder|name|timeout|limit|size)$/i, ''))
  );
}

/** The password in `scheme://user:password@host`, as it is written and as it is meant. */
function passwordsIn(value: string): string[] {
  const written = /^[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]*:([^\s@]+)@/i.exec(value)?.[1];
  if (written === undefined) return [];
  try {
    return [written, decodeURIComponent(written)];
  } catch {
    return [written];
  }
}

/**
 * Values in the text of an `.env` file that are secret: all that can be told (`isTellable`) but those whose names say that they
 * are public (`PORT`, `NODE_ENV`, `AWS_REGION`, `STRIPE_PUBLISHABLE_KEY`). Of an address with a password the password as well.
 */
export function envValues(text: string): string[] {
  const values = new Set<string>();
  for (const { name, value } of envEntries(text)) {
    if (isPublic(name)) continue;
    for (const one of [value, ...passwordsIn(value)]) if (isTellable(one)) values.add(one);
  }
  return [...values];
}
