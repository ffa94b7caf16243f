/** Secrets at fixed places of commands, calls and sentences, and names and operators of many languages. */
import { describe, expect, it } from 'vitest';
import { found, foundTexts } from './secrets-find.ts';
import { Dice, keyLines } from './secrets-samples.ts';

const dice = new Dice(29);
const password = `Meadow${'Lark'}!${dice.text('digits', 4)}`;
const plain = `Juniper${dice.text('digits', 4)}`;
const opaque = dice.text('alnum', 40);
const key = dice.base64(32);
const hexPair = `${dice.text('hex', 24)}:${dice.text('hex', 64)}`;

describe('passwords that a command is given', () => {
  it.each([
    (one: string) => `echo '${one}' | sudo -S apt-get update`,
    (one: string) => `echo "${one}" | docker login --username ci --password-stdin registry.test`,
    (one: string) => `printf '${one}' | kinit bob@CORP.TEST`,
    (one: string) => `echo 'bob:${one}' | sudo chpasswd`,
    (one: string) => `htpasswd -bc /etc/nginx/.htpasswd bob ${one}`,
    (one: string) => `net use Z: \\\\files.test\\share ${one} /user:bob`,
    (one: string) => `$p = ConvertTo-SecureString "${one}" -AsPlainText -Force`,
    (one: string) => `keytool -list -keystore a.jks -storepass ${one}`,
    (one: string) => `7z x backup.7z -p${one}`,
    (one: string) => `signtool sign /f cert.pfx /p ${one} app.exe`,
    (one: string) => `nmcli dev wifi connect Office password '${one}'`,
    (one: string) => `username bob privilege 15 secret 0 ${one}\n`,
    (one: string) => `snmp-server community ${one} RO`,
    (one: string) => `WIFI:T:WPA;S:Office;P:${one};;`,
    (one: string) => `bundle config gems.test bob:${one}`,
    (one: string) => `machine git.test login bob password ${one}`,
  ])('takes the password and nothing else (%#)', (line) => {
    expect(foundTexts(line(password))).toEqual([password]);
    expect(foundTexts(line(plain))).toEqual([plain]);
  });

  it('takes both passphrases of SNMP', () => {
    expect(foundTexts(`snmpget -v3 -u bob -a SHA -A ${plain} -x AES -X ${password} host.test`)).toEqual([
      plain,
      password,
    ]);
  });

  it.each([
    'cat list.txt | sudo -S tee /etc/hosts',
    'echo "$PASSWORD" | docker login --username ci --password-stdin registry.test',
    'echo done | sudo -S true',
    'htpasswd -c /etc/nginx/.htpasswd bob',
    'net use Z: \\\\files.test\\share /user:bob',
    'Read-Host -AsSecureString | ConvertFrom-SecureString',
    'the WiFi: it works again since Monday 12:30',
  ])('leaves commands without one alone: %s', (line) => {
    expect(found(line)).toEqual([]);
  });
});

describe('passwords that a call is given', () => {
  it.each([
    (one: string) => `server.login("bob@mail.test", "${one}")`,
    (one: string) => `req.SetBasicAuth("bob", "${one}")`,
    (one: string) => `requests.get(url, auth=("bob", "${one}"))`,
    (one: string) => `new mysqli("db.test", "bob", "${one}", "shop")`,
    (one: string) => `DriverManager.getConnection("jdbc:mysql://db.test/shop", "bob", "${one}")`,
    (one: string) => `dsn := "bob:${one}@tcp(db.test:3306)/shop?parseTime=true"`,
  ])('takes the argument that is one (%#)', (line) => {
    expect(foundTexts(line(password))).toEqual([password]);
  });

  it.each([`login('alice', 'secret')`, 'req.SetBasicAuth(user, pass)', `new mysqli($host, $user, $password, 'shop')`])(
    'leaves variables and stand-ins alone: %s',
    (line) => {
      expect(found(line)).toEqual([]);
    },
  );
});

describe('passwords that a sentence tells', () => {
  it.each([
    (one: string) => `use ${one} as the password for staging`,
    (one: string) => `Login: bob / ${one}`,
    (one: string) => `Zugangsdaten: bob / ${one}`,
    (one: string) => `usuario: bob clave: ${one}`,
    (one: string) => `my pw is ${one}`,
  ])('takes the password (%#)', (line) => {
    expect(foundTexts(line(password))).toEqual([password]);
  });

  it('takes a password that ends in a question mark or a star with it', () => {
    for (const end of ['?', '*']) expect(foundTexts(`DB_PASSWORD=${plain}${end}\nA=1`)).toEqual([plain + end]);
  });

  it('takes a PIN where it is told, and no year, pin of a board or part of a word', () => {
    expect(foundTexts('My PIN is 4821.')).toEqual(['4821']);
    for (const text of ['pin: 13', 'the pin is 2024', 'opinion: 4821', 'PIN: 560001']) expect(found(text)).toEqual([]);
  });

  it('takes each recovery code of a list', () => {
    expect(foundTexts('Recovery codes:\n1k0fz-9qw3t\nm4x7p-c2v8n\n')).toEqual(['1k0fz-9qw3t', 'm4x7p-c2v8n']);
    expect(found('Recovery codes: see the help page about them')).toEqual([]);
  });
});

describe('names and signs of programs', () => {
  it.each([
    (one: string) => `ENV['API_SECRET'] ||= '${one}'`,
    (one: string) => `process.env.API_SECRET = process.env.API_SECRET ?? "${one}"`,
    (one: string) => `var apiSecret = @"${one}";`,
    (one: string) => `api_secret = f'${one}'`,
    (one: string) => `variable "api_secret" {\n  type    = string\n  default = "${one}"\n}`,
    (one: string) => `buildConfigField "String", "API_SECRET", "\\"${one}\\""`,
    (one: string) => `os.Setenv("API_SECRET", "${one}")`,
    (one: string) => `FROM node:24\nENV API_SECRET ${one}\nRUN npm ci`,
    (one: string) => `set -gx API_SECRET ${one}`,
    (one: string) => `acme login --api-secret ${one} --region eu`,
    (one: string) => `kubectl create secret generic app --from-literal=api-secret=${one}`,
  ])('takes the value (%#)', (line) => {
    expect(foundTexts(line(opaque))).toEqual([opaque]);
    expect(foundTexts(line(key))).toEqual([key]);
  });

  it('takes two random parts that belong together', () => {
    expect(foundTexts(`ADMIN_API_KEY=${hexPair}`)).toEqual([hexPair]);
    const uuidPair = `${dice.uuid()}:${dice.text('hex', 32)}`;
    expect(foundTexts(`FAL_KEY="${uuidPair}"`)).toEqual([uuidPair]);
  });

  it('knows the names of keys that go without the word for it', () => {
    for (const name of ['WIFI_PSK', 'snmpCommunity']) expect(foundTexts(`${name}="${password}"`)).toEqual([password]);
    const seed = dice.text('base32', 32);
    expect(foundTexts(`MFA_SEED=${seed}`)).toEqual([seed]);
    expect(found('RANDOM_SEED=20240501')).toEqual([]);
    const uuid = dice.uuid();
    expect(foundTexts(`InstrumentationKey=${uuid};IngestionEndpoint=https://eu.test/`)).toEqual([uuid]);
  });

  it('takes the token of a vendor whose name is a common word', () => {
    expect(foundTexts(`SHORTCUT_API_TOKEN=${opaque}`)).toEqual([opaque]);
    expect(found(`NEXT_PUBLIC_API_KEY=${opaque}`)).toEqual([]);
  });

  it.each([
    'const hasToken = !!node.exclamationToken;',
    'type CommaToken = CommaToken$1;',
    'jwt: /^[A-Za-z0-9-_]+$/,',
    'print(f"password={password!r}")',
    'password = settings.DATABASE.PASSWORD\n',
    `key: Linux-pnpm-store-${dice.text('hex', 64)}`,
  ])('leaves programs alone: %s', (line) => {
    expect(found(line)).toEqual([]);
  });
});

describe('keys in other envelopes', () => {
  it('takes the private members of a JSON Web Key and leaves the public ones', () => {
    const [d, x, y] = [43, 43, 43].map((length) => dice.text('word', length));
    const web = JSON.stringify({ kty: 'EC', crv: 'P-256', x, y, d, kid: 'k1' });
    expect(foundTexts(web)).toEqual([d]);
    expect(foundTexts(JSON.stringify({ content: web }))).toEqual([d]);
    expect(found(JSON.stringify({ kty: 'EC', crv: 'P-256', x, y, kid: 'k1' }))).toEqual([]);
  });

  it('takes what stands between the lines of SSH2 and OpenVPN keys', () => {
    const lines = keyLines(dice, 4);
    const ssh2 = (what: string): string => `---- ${what} SSH2 ENCRYPTED ${'PRIVATE'} KEY ----`;
    expect(foundTexts(`a\n${ssh2('BEGIN')}\n${lines}\n${ssh2('END')}\nb`)).toEqual([lines]);
    const hex = Array.from({ length: 16 }, () => dice.text('hex', 32)).join('\n');
    const vpn = (what: string): string => `-----${what} OpenVPN Static key V1-----`;
    expect(foundTexts(`${vpn('BEGIN')}\n${hex}\n${vpn('END')}\n`)).toEqual([hex]);
    expect(found(`---- BEGIN SSH2 PUBLIC KEY ----\n${lines}\n---- END SSH2 PUBLIC KEY ----`)).toEqual([]);
  });

  it('takes a key that is written as a list of its bytes', () => {
    const bytes = Array.from({ length: 64 }, () => dice.below(256)).join(',');
    expect(foundTexts(`WALLET_PRIVATE_KEY=[${bytes}]`)).toEqual([bytes]);
  });
});
