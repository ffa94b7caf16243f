/** The words that the detector of secrets asks to be looked for, and what each of them may be the sign of. */
import { commands } from './commands.ts';
import { phrases } from './phrases.ts';
import { tokenRules } from './token-table.ts';
import type { TokenRule } from './token-rule.ts';

/** What to look for where a word stands. */
export type Sign =
  | 'name'
  | 'password_word'
  | 'pem'
  | 'putty'
  | 'encoded_pem'
  | 'url'
  | 'oracle'
  | 'passfile'
  | 'bearer'
  | 'basic'
  | 'docker_auth'
  | 'cookie'
  | 'session'
  | 'jwt'
  | 'mnemonic'
  | 'ssh2'
  | 'jwk'
  | 'recovery_codes';

export interface Trigger {
  readonly word: string;
  readonly rules: readonly TokenRule[];
  readonly signs: readonly Sign[];
  /** Index into `commands`, -1 for none. */
  readonly command: number;
  /** Indices into `phrases`. */
  readonly phrases: readonly number[];
}

const signWords: Readonly<Record<Sign, string>> = {
  name: 'pass|pwd|secret|token|key|auth|cred|jwt|_pat|-pat|wif|_pw|pw:|pw=|mdp|bearer|psk|snmp|seed',
  // The word for a password in other languages.
  password_word:
    'identified by|passwort|passord|kennwort|contraseña|contrasena|mot de passe|senha|wachtwoord|lösenord|adgangskode|salasana|hasło|haslo|heslo|parola|jelszó|şifre|пароль|' +
    'κωδικός|密码|密碼|口令|パスワード|비밀번호|암호|mật khẩu|kata sandi|كلمة المرور|סיסמה',
  pem: '-----begin ',
  putty: 'putty-user-key-file',
  encoded_pem: 'ls0tls1crudjti',
  url: '://',
  oracle: 'thin:',
  passfile: ':5432:|:5433:|:6432:|:3306:|:26257:',
  bearer: 'bearer ',
  basic: 'basic ',
  docker_auth: '"auth"',
  cookie: 'cookie',
  session: 'phpsessid|jsessionid|sessionid|connect.sid|laravel_session|session_token|_session_id',
  jwt: 'eyj',
  ssh2: '---- begin ',
  jwk: 'kty',
  recovery_codes:
    'recovery codes|backup codes|scratch codes|wiederherstellungscodes|códigos de recuperación|codes de récupération',
  mnemonic: 'mnemonic|seed|recovery|phrase|bip39|bip-39|wallet|words',
};

export const triggers: readonly Trigger[] = makeTriggers();

interface Entry {
  readonly rules: TokenRule[];
  readonly signs: Sign[];
  command: number;
  readonly phrases: number[];
}

function makeTriggers(): Trigger[] {
  const byWord = new Map<string, Entry>();
  const entry = (word: string): Entry => {
    const known = byWord.get(word) ?? { rules: [], signs: [], command: -1, phrases: [] };
    byWord.set(word, known);
    return known;
  };
  for (const rule of tokenRules) entry(rule.prefix.toLowerCase()).rules.push(rule);
  for (const [sign, words] of Object.entries(signWords)) {
    for (const word of words.split('|')) entry(word).signs.push(sign as Sign);
  }
  commands.forEach((command, index) => {
    entry(command.word).command = index;
  });
  phrases.forEach((phrase, index) => {
    for (const word of phrase.words.split('|')) entry(word).phrases.push(index);
  });
  return [...byWord].map(([word, found]) => ({ word, ...found }));
}
