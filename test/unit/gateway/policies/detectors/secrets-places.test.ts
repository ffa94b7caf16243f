/** Keys in envelopes, passwords in links and commands, and values that only their name gives away. */
import { describe, expect, it } from 'vitest';
import { found, foundKinds, foundTexts } from './secrets-find.ts';
import { Dice, keyLines } from './secrets-samples.ts';

const dice = new Dice(11);
const password = `Winter${'Fox'}!${dice.text('digits', 4)}`;
const plain = `Harbour${dice.text('digits', 4)}`;
const opaque = dice.text('alnum', 40);
const hexKey = dice.text('hex', 32);

describe('private keys', () => {
  const lines = keyLines(dice, 5);
  const mark = (what: string, kind: string): string => `-----${what} ${kind}-----`;

  it.each([
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'DSA PRIVATE KEY',
    'PGP PRIVATE KEY BLOCK',
  ])('takes what stands between the lines of %s', (kind) => {
    expect(foundTexts(`a\n${mark('BEGIN', kind)}\n${lines}\n${mark('END', kind)}\nb`)).toEqual([lines]);
  });

  it('takes a key whose line breaks are escaped', () => {
    const escaped = lines.replaceAll('\n', '\\n');
    const text = `{"private_key": "${mark('BEGIN', 'PRIVATE KEY')}\\n${escaped}\\n${mark('END', 'PRIVATE KEY')}\\n", "x": 1}`;
    expect(foundTexts(text)).toEqual([escaped]);
  });

  it('takes an indented key and one whose end is missing', () => {
    const indented = lines.replaceAll('\n', '\n      ');
    expect(
      foundTexts(
        `key: |\n      ${mark('BEGIN', 'PRIVATE KEY')}\n      ${indented}\n      ${mark('END', 'PRIVATE KEY')}\n`,
      ),
    ).toEqual([indented]);
    expect(foundTexts(`${mark('BEGIN', 'PRIVATE KEY')}\n${lines}`)).toEqual([lines]);
  });

  it('takes the private lines of a PuTTY file and no others', () => {
    const text = `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\n${dice.base64(48)}\nPrivate-Lines: 1\n${dice.base64(36)}\nPrivate-MAC: ${dice.text('hex', 64)}`;
    expect(foundTexts(text)).toEqual([text.split('\n')[5]]);
  });

  it('takes a key that was written in Base64 again, and no certificate', () => {
    const encode = (kind: string): string =>
      Buffer.from(`${mark('BEGIN', kind)}\n${lines}\n${mark('END', kind)}`).toString('base64');
    const key = encode('EC PRIVATE KEY');
    expect(foundTexts(`client-certificate-data: ${encode('CERTIFICATE')}\nclient-key-data: ${key}\n`)).toEqual([key]);
  });

  it('leaves certificates, public keys and shortened keys alone', () => {
    for (const kind of ['CERTIFICATE', 'PUBLIC KEY', 'RSA PUBLIC KEY', 'PGP PUBLIC KEY BLOCK']) {
      expect(found(`${mark('BEGIN', kind)}\n${lines}\n${mark('END', kind)}`)).toEqual([]);
    }
    expect(found(`${mark('BEGIN', 'PRIVATE KEY')}\n...\n${mark('END', 'PRIVATE KEY')}`)).toEqual([]);
  });
});

describe('passwords in links and connection strings', () => {
  it.each([
    'postgres://app:@@db.test:5432/app',
    'mysql+pymysql://app:@@db.test/app',
    'mongodb+srv://app:@@c0.test/app?retryWrites=true',
    'redis://:@@cache.test:6379/0',
    'amqps://app:@@queue.test/v',
    'https://bob:@@git.test/a.git',
    'ftp://bob:@@ftp.test',
    'smtp://bob%40a.test:@@mail.test:587',
    'clickhouse://default:@@h:9000',
    'jdbc:oracle:thin:scott/@@db.test:1521/x',
  ])('finds the password of %s', (link) => {
    expect(foundTexts(`url = "${link.replace('@@', `${plain}@`)}"`)).toEqual([plain]);
  });

  it.each([
    'jdbc:sqlserver://db.test:1433;databaseName=erp;user=app;password=@@;encrypt=true',
    'Server=db.test;Database=erp;User Id=sa;Password=@@;',
    'Data Source=db.test;User ID=sa;Pwd=@@;Encrypt=True',
    'host=db.test user=app password=@@ dbname=app',
    'db.test:5432:app:bob:@@',
    'machine git.test login bob password @@',
    'jdbc:mysql://db.test/app?user=root&password=@@&useSSL=false',
  ])('finds the password of %s', (line) => {
    expect(foundTexts(line.replace('@@', password))).toEqual([password]);
  });

  it('finds the keys of storage accounts and their signatures', () => {
    const key = dice.base64(64);
    expect(
      foundTexts(`DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${key};EndpointSuffix=core.test`),
    ).toEqual([key]);
    const signature = encodeURIComponent(dice.base64(32));
    expect(foundTexts(`https://a.blob.test/b?sv=2024-11-04&sp=rl&sig=${signature}&se=2027`)).toEqual([signature]);
  });

  it.each([
    'postgres://postgres:postgres@localhost:5432/app',
    'https://user:password@example.com',
    'postgres://user:${PASS}@host/db',
    'redis://:<password>@host:6379',
    'http://localhost:3000/@vite/client',
    'https://${user}:${token}@github.com/a/b',
    'git@github.com:a/b.git',
    'http://a.test:8080&mail=bob@b.test',
    'https://$USER:$PASS@a.test',
  ])('leaves %s alone', (link) => {
    expect(found(link)).toEqual([]);
  });
});

describe('headers, cookies and commands', () => {
  const basic = Buffer.from(`bob:${password}`).toString('base64');

  it.each([
    ['Authorization: Bearer @@', opaque],
    ['headers: { authorization: `Bearer @@`', opaque],
    ['curl -H "Authorization: Basic @@" https://a.test', basic],
    ['Authorization: token @@', opaque],
    ['X-Api-Key: @@', opaque],
    ['{"auths":{"r.test":{"auth":"@@"}}}', basic],
    ['Cookie: theme=dark; sessionid=@@; Path=/', opaque],
    ['Set-Cookie: connect.sid=@@; Path=/; HttpOnly', opaque],
    ["curl -b 'PHPSESSID=@@' https://a.test", opaque],
    ['sshpass -p @@ ssh a@b', password],
    ["sshpass -p '@@' ssh a@b", password],
    ["mysqldump -u root -p'@@' app", password],
    ['mysql --password=@@ app', password],
    ['curl -u admin:@@ https://a.test', password],
    ["curl --user 'admin:@@' https://a.test", password],
    ['redis-cli -a @@ ping', password],
    ['docker login -u bob -p @@ r.test', password],
    ['["sshpass", "-p", "@@", "ssh"]', password],
    ['PGPASSWORD=@@ psql', password],
  ])('finds the secret of %s', (line, secret) => {
    expect(foundTexts(line.replace('@@', secret))).toEqual([secret]);
  });

  it.each([
    'Authorization: Bearer <token>',
    'Authorization: Bearer $TOKEN',
    'Bearer authentication is required',
    'Authorization: Basic realm="x2"',
    'Cookie: theme=dark; lang=en-US; _ga=GA1.2.1234567890.1234567890',
    'curl -u user:pass https://a.test',
    'curl -u "$USER:$PASS" https://a.test',
    'mysql -p3307 -u root',
    'mkdir -p dist/app2',
    'docker run -p 8080:80 a',
    'ssh -p 2222 a.test',
  ])('leaves %s alone', (line) => {
    expect(found(line)).toEqual([]);
  });
});

describe('recovery words', () => {
  const words = 'ocean tunnel magnet lizard dove cabin vivid orbit letter wrong zoo river';

  it.each([
    'my seed phrase is: @@ (ledger)',
    '{"mnemonic":"@@"}',
    'Recovery words:\n@@',
    'MNEMONIC="@@"',
    'wallet.fromPhrase("@@")',
    'My backup phrase is @@',
  ])('finds %s', (line) => {
    expect(foundTexts(line.replace('@@', words))).toEqual([words]);
  });

  it('finds numbered words and words in a list', () => {
    const numbered = words.split(' ').map((word, n) => `${n + 1}. ${word}`);
    expect(foundKinds(`Recovery phrase:\n${numbered.join('\n')}`)).toEqual(['bip39_mnemonic']);
    expect(foundKinds(`seed words: ${JSON.stringify(words.split(' '))}`)).toEqual(['bip39_mnemonic']);
  });

  it('leaves sentences and other counts of words alone', () => {
    expect(
      found('Your seed phrase is the most important thing you should never share with anyone online today'),
    ).toEqual([]);
    expect(found(`seed phrase: ${words} forest`)).toEqual([]);
    expect(found(`The recovery went well: ${words.split(' ').slice(0, 11).join(' ')}`)).toEqual([]);
  });
});

/** A name and a value, as files, programs and people put them together. */
const pairs = [
  '@K@=@V@',
  'export @K@="@V@"',
  "  @K@: '@V@',",
  '@K@: @V@\nother: 1',
  '{"@K@": "@V@", "a": 1}',
  '{"content":"{\\"@K@\\": \\"@V@\\"}"}',
  '"{\\\\\\"@K@\\\\\\":\\\\\\"@V@\\\\\\"}"',
  '@K@ = "@V@"',
  'os.environ["@K@"] = "@V@"',
  'ENV @K@ @V@',
  'docker run -e @K@=@V@ -p 80:80 app',
  'tool --@K@ @V@ --verbose',
  'tool --@K@=@V@ --verbose',
  'curl -H "@K@: @V@" https://a.test',
  'https://api.test/items?@K@=@V@&limit=20',
  'name,value\n@K@,@V@\nfoo,bar',
  '"@K@","@V@"',
  '@K@\t@V@\n',
  '| Name | Value |\n|---|---|\n| @K@ | @V@ |',
  '| `@K@` | `@V@` |',
  '- **@K@**: `@V@`',
  '<@K@>@V@</@K@>',
  '<add key="@K@" value="@V@" />',
  '<string name="@K@">@V@</string>',
  '<key>@K@</key>\n\t<string>@V@</string>',
  '- name: @K@\n  value: "@V@"',
  '{"name":"@K@","value":"@V@"}',
  '<input name="@K@" type="hidden" value="@V@">',
  ":@K@ => '@V@'",
  "define('@K@', '@V@');",
  'setx @K@ "@V@"',
  'heroku config:set @K@=@V@ --app a',
  'gh secret set @K@ --body "@V@"',
  'config.put("@K@","@V@");',
  'let k = @K@ := String::from("@V@");',
  'The @K@ is @V@, please rotate it.',
  'Here is the @K@: @V@.',
  '$ echo $@K@\n@V@',
  '@K@ (@V@)',
  'a=1\\n@K@=@V@\\nb=2',
  '+@K@=@V@\n-@K@=old',
  '@K@: ${@K@:-@V@}',
  '\u001b[36m@K@\u001b[0m=\u001b[33m@V@\u001b[0m',
];
const named: readonly [string, string][] = [
  ['DATADOG_API_KEY', hexKey],
  ['ALGOLIA_ADMIN_KEY', dice.text('hex', 32)],
  ['X-Api-Key', opaque],
  ['accessToken', dice.text('alnum', 48)],
  ['client_secret', dice.text('word', 40)],
  ['AZURE_DEVOPS_PAT', dice.text('lower36', 52)],
  ['HEROKU_API_KEY', dice.uuid()],
];

describe('values that their name gives away', () => {
  it.each(pairs.flatMap((pair) => named.map(([key, value]) => [pair, key, value] as const)))(
    'finds in %j the value of %s',
    (pair, key, value) => {
      const text = pair.replaceAll('@K@', key).replaceAll('@V@', value);
      expect(foundTexts(text)).toEqual([value]);
    },
  );

  it.each(pairs.filter((pair) => !pair.includes(' (')))('finds in %j a password that a person chose', (pair) => {
    const text = pair.replaceAll('@K@', 'DB_PASSWORD').replaceAll('@V@', plain);
    expect(foundTexts(text)).toEqual([plain]);
  });

  it.each([
    'the password is @@.',
    'Das Passwort lautet @@.',
    'WLAN-Passwort: @@',
    'le mot de passe est @@',
    'la contraseña del servidor es @@.',
    'a senha é @@',
    'het wachtwoord is @@',
    'lösenordet är @@',
    'adgangskoden er @@',
    'passordet er @@',
    'salasana on @@',
    'hasło to @@',
    'Пароль от сервера — @@',
    'şifre: @@',
    'heslo je @@',
    'パスワードは@@です',
    '密码是@@',
    '비밀번호: @@',
    'كلمة المرور هي @@',
    'mật khẩu là @@',
    'creds: bob / @@',
    "CREATE USER bob IDENTIFIED BY '@@';",
    'user: root\npass: @@',
  ])('finds the password in %s', (sentence) => {
    expect(foundTexts(sentence.replace('@@', plain))).toEqual([plain]);
  });

  it('finds the cells below a name in the head of a table', () => {
    expect(foundTexts(`user,password,role\nbob,${plain},admin\neve,${password},dev\n`)).toEqual([plain, password]);
    expect(foundTexts(`| user | password |\n|---|---|\n| bob | ${plain} |\n`)).toEqual([plain]);
    expect(foundTexts(`user\ttoken\nbob\t${opaque}\n`)).toEqual([opaque]);
  });

  it('takes the whole value of a field with such a name', () => {
    expect(foundTexts(plain, 'password')).toEqual([plain]);
    expect(foundTexts(opaque, 'apiKey')).toEqual([opaque]);
    expect(foundTexts(opaque, 'requestId')).toEqual([]);
    expect(foundTexts('changeme', 'password')).toEqual([]);
  });

  it('takes a password quoted in another sort of quotes than it was opened with', () => {
    expect(foundTexts(`headers: { authorization: \`Bearer ${opaque}"`)).toEqual([opaque]);
  });
});
