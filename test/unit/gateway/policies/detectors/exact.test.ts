import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import {
  envValues,
  exactDetector,
  isTellable,
  knownValue,
} from '../../../../../main/gateway/policies/detectors/exact.ts';
import { KeywordScan } from '../../../../../main/gateway/policies/detectors/keyword-scan.ts';

const [noHits] = new KeywordScan([[]]).scan('');

function spans(values: readonly string[], text: string): [number, number][] {
  const result: [number, number][] = [];
  if (noHits === undefined) throw new Error('no hits');
  exactDetector(values).find(
    { text, isAscii: false, field: undefined },
    noHits,
    ({ start, end, kind, subtype, score }) => {
      expect({ kind, subtype, score }).toEqual({ kind: 'secrets', subtype: knownValue, score: 1 });
      result.push([start, end]);
    },
  );
  return result;
}

function found(values: readonly string[], text: string): string[] {
  return spans(values, text).map(([start, end]) => text.slice(start, end));
}

// Put together, so that nobody takes them for real ones.
const plain = ['Vq7', 'tRm2', 'xLc9', 'Zk'].join('');
const odd = ['a"b/c+d', ' é8Z$9', 'xQ\\'].join('');
const wrapped = [
  '-----BEGIN',
  ' TEST DATA-----\n',
  'q8Zk2Lw9'.repeat(5),
  '\n',
  'Xr4Tn7Mc'.repeat(3),
  '\n-----END',
  ' TEST DATA-----',
].join('');

describe('exactDetector', () => {
  it('finds a value wherever it stands, also in the middle of something longer', () => {
    expect(found([plain], `KEY=${plain}; x${plain}y`)).toEqual([plain, plain]);
  });

  it('regards the case', () => {
    expect(found([plain], plain.toLowerCase())).toEqual([]);
  });

  it.each([
    ['plain', odd, odd],
    ['in JSON', JSON.stringify({ key: odd }), JSON.stringify(odd).slice(1, -1)],
    [
      'in JSON in JSON',
      JSON.stringify(JSON.stringify(odd)),
      JSON.stringify(JSON.stringify(odd).slice(1, -1)).slice(1, -1),
    ],
    ['in a query', `?key=${encodeURIComponent(odd)}&x=1`, encodeURIComponent(odd)],
    ['in a query, in lower case', encodeURIComponent(odd).replace(/%../g, (hex) => hex.toLowerCase()), undefined],
    ['in a form', encodeURIComponent(odd).replaceAll('%20', '+'), undefined],
  ])('finds a value %s', (_how, text, expected) => {
    expect(found([odd], text)).toEqual([expected ?? text]);
  });

  it('finds a value in Base64 whatever stands beside it', () => {
    for (const encoding of ['base64', 'base64url'] as const) {
      for (const before of ['', 'u:', 'u', 'user:', 'é']) {
        for (const after of ['', '\n', ':zz', '…']) {
          const whole = Buffer.from(before + odd + after).toString(encoding);
          const [from, to] = [Buffer.byteLength(before), Buffer.byteLength(before + odd)];
          // All letters that hold any of its bits, of which each letter has six.
          const letters = whole.slice(Math.floor((from * 8) / 6), Math.ceil((to * 8) / 6));
          expect(found([odd], `Authorization: Basic ${whole}.`)).toEqual([letters]);
        }
      }
    }
  });

  it('finds a value of several lines with any ends of lines, and its lines when they are wrapped anew', () => {
    expect(found([wrapped], `x ${wrapped} y`)).toContain(wrapped);
    expect(found([wrapped], wrapped.replaceAll('\n', '\r\n'))).toContain(wrapped.replaceAll('\n', '\r\n'));
    expect(found([wrapped], JSON.stringify(wrapped))).toContain(JSON.stringify(wrapped).slice(1, -1));
    expect(found([wrapped], `body: ${'q8Zk2Lw9'.repeat(5)}`)).toEqual(['q8Zk2Lw9'.repeat(5)]);
  });

  it('leaves out what can be found anywhere', () => {
    expect(found(['localhost', 'true', 'short', 'development'], 'true development on localhost is short')).toEqual([]);
  });

  it('finds every place that a plain search finds', () => {
    const piece = fc.constantFrom('aB3', 'x9', 'Q', '_7k', 'aB', '3x', '-');
    const value = fc.array(piece, { minLength: 4, maxLength: 7 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 5 }),
        fc.array(fc.oneof(piece, value), { maxLength: 20 }),
        (values, parts) => {
          const text = parts.join('');
          const list = spans(values, text);
          for (const one of values.filter(isTellable)) {
            for (let at = text.indexOf(one); at >= 0; at = text.indexOf(one, at + 1)) {
              for (let place = at; place < at + one.length; place++) {
                expect(list.some(([start, end]) => start <= place && place < end)).toBe(true);
              }
            }
          }
        },
      ),
    );
  });
});

describe('isTellable', () => {
  it.each([
    'true',
    'development',
    'localhost',
    'password',
    'Password123!',
    'changeme1',
    'aaaaaaaaaaaa',
    '1234567',
    '12345678',
    '10000000',
    '20240101',
    '2024-01-01T10:00',
    '192.168.10.20',
    'us-east-1',
    'my-app-staging',
    'maxRetryCount',
    'gpt-4o-mini-2024',
    'v1.22.333',
    'claude-sonnet-4-5',
    'https://api.example.com/v1',
    '/var/lib/data',
    'C:\\Users\\Public',
    'api.example.com',
    'info@example.com',
    '<your key>',
    'your-api-key-123',
    '${API_KEY}',
    '$API_KEY',
    'sk-xxxxxxxxxxxx',
    '::::::::',
    'internationali',
    ['postgres://postgres', ':postgres@localhost/x'].join(''),
    '',
  ])('%j is not: it stands in many texts', (value) => {
    expect(isTellable(value)).toBe(false);
  });

  it.each([
    plain,
    odd,
    '48291037',
    'harbour42x',
    'Tr0ub4dor&3',
    'correct-horse-battery-staple',
    'correcthorsebattery',
    'zQbWxYtKpLmN',
    '7f9c24e8-3b12-4a5f-9d0e-1c2b3a4d5e6f',
    'deadbeefcafe1234',
    ['postgres://app', ':Zk83hfQ@db/x'].join(''),
  ])('%j is', (value) => {
    expect(isTellable(value)).toBe(true);
  });
});

describe('envValues', () => {
  it('reads values in the ways they are written', () => {
    const text = [
      '# TOKEN=Commented0ut',
      `export API_KEY=${plain} # comment`,
      `A_SECRET="with space 9Q"`,
      `B_SECRET='sin#gle 7Z$X'`,
      'C_SECRET="two\nlines 5K8m"',
      'D_TOKEN=',
      'E_TOKEN=short',
    ].join('\n');
    expect(envValues(text)).toEqual([plain, 'with space 9Q', 'sin#gle 7Z$X', 'two\nlines 5K8m']);
  });

  it('leaves out what its name says is public', () => {
    const names = [
      'PORT',
      'NODE_ENV',
      'HOST',
      'LOG_LEVEL',
      'AWS_REGION',
      'DB_USERNAME',
      'DB_HOST',
      'APP_NAME',
      'S3_BUCKET',
      'STRIPE_PUBLISHABLE_KEY',
      'VAPID_PUBLIC_KEY',
    ];
    expect(envValues(names.map((name) => `${name}=${plain}`).join('\n'))).toEqual([]);
  });

  it('keeps what its name says is secret, or does not say', () => {
    for (const name of [
      'API_KEY',
      'DB_PASSWORD',
      'SESSION_SECRET',
      'HOST_TOKEN',
      'SMTP_PASS',
      'SENTRY_DSN',
      'NEXT_KEY',
      'AWS_ACCESS_KEY_ID',
      'SOMETHING',
      'lower_case',
    ]) {
      expect(envValues(`${name}=${plain}`)).toEqual([plain]);
    }
  });

  it('takes the password out of an address', () => {
    const password = ['Qw8%2B', 'z3kLp0'].join('');
    expect(envValues(`DATABASE_URL=postgres://app:${password}@db.example/prod`)).toEqual([
      `postgres://app:${password}@db.example/prod`,
      password,
      decodeURIComponent(password),
    ]);
  });
});
