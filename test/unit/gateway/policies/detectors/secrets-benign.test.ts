/** What looks like a secret and is none stays as it is, and no text makes the search slow. */
import { describe, expect, it, vi } from 'vitest';
import { found } from './secrets-find.ts';
import { Dice } from './secrets-samples.ts';

const dice = new Dice(23);
const hex = (length: number): string => dice.text('hex', length);
const alnum = (length: number): string => dice.text('alnum', length);

const benign: readonly string[] = [
  // Names of things.
  `const REQUEST_ID = "${dice.uuid()}";`,
  `"session_id": "${dice.uuid()}"`,
  `key: ${dice.uuid()}`,
  `"key": "${hex(32)}"`,
  `cacheKey = "${hex(32)}"`,
  `Idempotency-Key: ${alnum(24)}`,
  `"next_page_token": "${dice.base64(30)}"`,
  `client_id=${dice.uuid()}`,
  `kid: "${alnum(43)}"`,
  `private_key_id: "${hex(40)}"`,
  `"id": "call_${alnum(24)}"`,
  `"id": "msg_01${alnum(22)}"`,
  `chatcmpl-${alnum(29)}`,
  `https://docs.google.com/document/d/${alnum(44)}/edit`,
  `pk_live_${alnum(24)}`,
  `KMS_KEY_ID=arn:aws:kms:eu-west-1:123456789012:key/${dice.uuid()}`,
  // Digests.
  `commit ${hex(40)}`,
  `actions/checkout@${hex(40)} # v4`,
  `"resolved": "git+ssh://git@github.com/foo/bar.git#${hex(40)}"`,
  `FROM node:24@sha256:${hex(64)}`,
  `checksum = "${hex(64)}"`,
  `"contentHash": "${hex(16)}"`,
  `md5: ${hex(32)}`,
  `${hex(64)}  dist/app.tar.gz`,
  `"integrity": "sha512-${dice.base64(64)}"`,
  `github.com/foo/bar v1.2.0/go.mod h1:${dice.base64(32)}`,
  `etag: W/"${hex(32)}"`,
  `password_hash = "$2b$12$${alnum(53)}"`,
  // Data and public keys.
  `data:image/png;base64,${dice.base64(300)}`,
  `"encrypted_content": "gAAAAAB${alnum(200)}"`,
  `"signature": "${dice.base64(64)}"`,
  `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${alnum(43)} bob@a.test`,
  `PublicKey = ${dice.base64(32)}`,
  `-----BEGIN CERTIFICATE-----\n${dice.base64(48)}\n${dice.base64(48)}\n-----END CERTIFICATE-----`,
  `0x${hex(40)} (contract)`,
  // Stand-ins.
  'OPENAI_API_KEY=your-api-key-here',
  'API_KEY="<your-api-key>"',
  'apikey: "YOUR_API_KEY_123"',
  'SLACK_BOT_TOKEN=xoxb-your-token',
  `AK${'IA'}IOSFODNN7EXAMPLE`,
  `aws_secret_access_key = wJalrXUtnFEMI/${'K7MDENG'}/bPxRfiCYEXAMPLEKEY`,
  'password = "********"',
  "password: '••••••••'",
  'PASSWORD=changeme123',
  'api_key="test-key-123"',
  '"apiKey": "dummy"',
  'ANTHROPIC_API_KEY=sk-ant-api03-...',
  'GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}',
  'password: "{{ vault_db_password }}"',
  'NPM_TOKEN=op://vault/npm/token2',
  'access_key: $GROK_API_KEY',
  // Programs.
  'apiKey: process.env.OPENAI_API_KEY ?? ""',
  'api_key = os.environ["OPENAI_API_KEY"]',
  'const token = await getAccessToken(user1);',
  'token = config.get("auth.token2")',
  'private readonly secretsManager: SecretsManagerClient;',
  'readonly bodySecret: Uint8Array | undefined;',
  'secret: !Ref DbSecret2',
  'this.password = password2;',
  'password: z.string().min(12)',
  'KEYWORDS = ["password", "secret", "token", "credential"]',
  '<Input type="password" placeholder="Min8Chars" />',
  'if (key === "F12") return;',
  'sort_key = "USER#12345678#2024"',
  "i18nKey='settings.account.passwordChange2'",
  'credentials: "same-origin"',
  'secretKeyRef:\n  name: db-secret-v2\n  key: password1',
  'redact({ paths: ["user.password", "data[0].secret"] })',
  'S3_BUCKET_KEY_PREFIX=exports/2026/05/',
  'SECRET_SANTA_PAIRING_ALGORITHM_VERSION=2',
  'KEY_VAULT_NAME=kv-prod-01',
  'ssl_key_file = /etc/ssl/private/server1.key',
  // Settings and sentences.
  'password: scram-sha-256',
  'access_token_expires_in: 3600',
  'PASSWORD_MIN_LENGTH=12',
  '"total_tokens": 123456',
  'token_type: "bearer"',
  '"key": "gpt-4o-mini-2024-07-18"',
  'access_key: us-east-1-prod-v2',
  'The secret is AES-256-GCM encrypted.',
  'the token is a 32-byte base64url string',
  'The password is case-sensitive.',
  'tests pass: 1234 passed',
  'Pass startOffset, endOffset and mediaType',
  'PASS 12 tests in 3.4s src/auth2.test.ts',
];

describe('what is no secret', () => {
  it.each(benign)('leaves alone %j', (text) => {
    expect(found(text)).toEqual([]);
    expect(found(`{\n  ${text}\n}\n`)).toEqual([]);
  });
});

/** How often characters are looked at and patterns are tried while the text is searched. */
function workFor(text: string): number {
  const code = vi.spyOn(String.prototype, 'charCodeAt');
  const starts = vi.spyOn(String.prototype, 'startsWith');
  const slices = vi.spyOn(String.prototype, 'slice');
  const tries = vi.spyOn(RegExp.prototype, 'test');
  const runs = vi.spyOn(RegExp.prototype, 'exec');
  found(text);
  const sliced = slices.mock.results.reduce((sum, one) => sum + String(one.value).length, 0);
  const work =
    code.mock.calls.length + starts.mock.calls.length + sliced + tries.mock.calls.length + runs.mock.calls.length;
  vi.restoreAllMocks();
  return work;
}

const hostile = [
  'sk-',
  'password=',
  'eyJ',
  'eyJa.',
  'a',
  'key',
  '://',
  '://a:b',
  '-----BEGIN PRIVATE KEY-----',
  'xoxb-',
  'curl -u ',
  'mysql -p',
  'hasło:',
  'LS0tLS1CRUdJTi',
  'seed abandon ',
  'AAAA',
  'key,',
  'token: ',
  'Bearer ',
  'password is ',
  'cookie: a=b;',
  '"auth":"',
  'user,password\n',
  '"kty"',
  '{"kty":',
  'x as the password ',
  'a:b@tcp(',
  'echo abc | sudo -s ',
  'recovery codes: ',
  'auth=("a", ',
  '&signature=',
  'API_KEY ',
];

describe('time', () => {
  it.each(hostile)('grows with the text and no faster for %j', (piece) => {
    const small = workFor(piece.repeat(Math.ceil(4_000 / piece.length)));
    const large = workFor(piece.repeat(Math.ceil(16_000 / piece.length)));
    expect(large).toBeLessThan(small * 5 + 2_000);
  });
});
