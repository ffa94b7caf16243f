/** Says from the name of a field, a variable, a header or a flag what kind of secret its value is. */

/** `password`: chosen by people. `secret`: drawn at random. `weak`: may be a secret, the value decides; `bare`: `key` and no more. */
export type KeyClass = 'password' | 'secret' | 'weak' | 'bare';

const passwordWords = new Set(
  (
    'pass password passwd pwd pw passphrase passcode passwrd userpass userpassword dbpass dbpassword mypassword rootpassword adminpassword ' +
    'mysqlpassword sshpass passwort kennwort contraseña contrasena clave senha palavra wachtwoord lösenord losenord adgangskode passord ' +
    'salasana motdepasse mdp passordet passwordet requirepass masterauth psk storepass keypass srcstorepass deststorepass wpapsk'
  ).split(' '),
);
const secretWords = new Set(
  (
    'secret token apikey authtoken accesstoken refreshtoken bearertoken sessiontoken apitoken bottoken idtoken usertoken authkey privatekey ' +
    'secretkey accesskey accountkey presharedkey instrumentationkey sharedaccesskey clientsecret apisecret appsecret authorization auth bearer jwt wif credential ' +
    'credentials signingkey encryptionkey masterkey licensekey servicekey appkey passkey webhooksecret authcode creds secrets tokens'
  ).split(' '),
);
/** In front of `key` or `keys`: then it opens something. */
const openingWords = new Set(
  (
    'api access secret private priv account auth master admin signing sign encryption encrypt crypto license licence service storage app ' +
    'application server client shared write ingest integration deploy subscription webhook security session host developer consumer jwt hmac ' +
    'aes ssh rsa gpg pgp cookie functions function root sas user rest management provisioning personal team org ingestion bot preshared instrumentation unseal'
  ).split(' '),
);
/** Behind the word that counts, without changing what the value is. */
const harmlessTails = new Set(
  'value data base prod production dev development test testing staging stage live old new current default primary secondary text string raw b64 base64 hex plain pem main backup root env private'.split(
    ' ',
  ),
);
/** Words of names whose values are not secret, though a key or a token is spoken of. */
const openWords = new Set(
  (
    'public publishable pub foreign partition sort cache idempotency object row group map next page continuation cursor sync max min num ' +
    'total input output prompt completion cached eos bos pad unk special stop cancel cancellation translation i18n query json dict product ' +
    'lookup shortcut hot arrow keyboard composite unique index known hash site monkey turkey donkey react natural surrogate verification ' +
    'fingerprint checksum digest etag resume watch change invalidation request trace correlation message websocket recv pubkey publickey hotkey'
  ).split(' '),
);

const alwaysOpen = new Set(
  'public publishable pub pubkey publickey max min num total hash fingerprint known'.split(' '),
);

/** With `seed` they name what one-time codes are made from. */
const otpWords = new Set('mfa otp totp hotp 2fa fa twofactor authenticator'.split(' '));

/** In front of `key`, they say no more than it does. */
const vague = new Set(
  'my your our his her the this that a an its new old data main same first last base full item'.split(' '),
);

const camelPart = /[A-Z]+(?![a-z])|[A-Z]?[a-z\xdf-\u1fff]+|\d+/g;

/** The class of a name; `before`: the word in front of it where the name is written in words (`API key`). Undefined: no secret. */
export function classOfName(name: string, before = ''): KeyClass | undefined {
  const words = [...(before === '' ? [] : [before.toLowerCase()]), ...partsOf(name)];
  let head = words.length - 1;
  while (
    head > 0 &&
    (harmlessTails.has(words[head] as string) || /^\d+$/.test(words[head] as string)) &&
    !isHead(words[head] as string)
  )
    head--;
  const word = words[head];
  if (word === undefined || isOpen(words, head)) return undefined;
  // Base64 that ends in `pw=`.
  if (word === 'pw' && /^\d+$/.test(words[head - 1] ?? '')) return undefined;
  if (isPasswordWord(word, words[head - 1])) return 'password';
  if (secretWords.has(word)) return 'secret';
  if (word.length > 8 && /(?:token|secret|apikey)$/.test(word)) return 'secret';
  if (word === 'pat' && head > 0) return 'weak';
  if (word === 'community') return words.includes('snmp') ? 'password' : undefined;
  if (word === 'seed') return words.some((one) => otpWords.has(one)) ? 'secret' : undefined;
  if (word.endsWith('instrumentationkey')) return 'secret';
  if (word !== 'key' && word !== 'keys' && !(word.length > 5 && word.endsWith('key') && !openWords.has(word)))
    return undefined;
  if (isOpening(words, head)) return 'secret';
  return head === 0 || vague.has(words[head - 1] as string) ? 'bare' : 'weak';
}

/** Whether the name speaks of something public. In `SHORTCUT_API_TOKEN` the first word is whose token it is. */
function isOpen(words: readonly string[], head: number): boolean {
  return words.some(
    (one, at) =>
      at < head && openWords.has(one) && (alwaysOpen.has(one) || !/^(?:api|secret)$/.test(words[at + 1] ?? '')),
  );
}

function partsOf(name: string): string[] {
  return (name.match(camelPart) ?? []).map((one) => one.toLowerCase());
}

function isHead(word: string): boolean {
  return word === 'key' || passwordWords.has(word) || secretWords.has(word);
}

function isPasswordWord(word: string, before: string | undefined): boolean {
  if (word === 'clave' || word === 'palavra') return before === undefined;
  if (passwordWords.has(word)) return !(word === 'pass' && (before === 'by' || before === 'render'));
  return word.length > 8 && /(?:password|passwd|passphrase|passwort|kennwort)$/.test(word);
}

function isOpening(words: readonly string[], head: number): boolean {
  for (let at = 0; at < head; at++)
    if (openingWords.has(words[at] as string) || secretWords.has(words[at] as string)) return true;
  return false;
}
