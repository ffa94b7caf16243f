import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { createRedactor } from '../../../main/kit/redact.ts';
import { Secret } from '../../../main/kit/secret.ts';

const redact = (text: string): string => createRedactor().redact(text);

/** A key of our own and one shaped like each vendor's; none was ever valid. */
const ours = 'sk-sluice-ide-23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkm';
const body = createHash('sha256').update('no key').digest('hex');

describe('shapes of keys', () => {
  it.each([
    [`key ${ours} end`, 'key sk-sluice-*** end'],
    [`{"key":"${ours}"}`, '{"key":"sk-sluice-***"}'],
    [`sk-ant-api03-${body}`, 'sk-***'],
    [`sk-proj-${body}`, 'sk-***'],
    [`AIza${body.slice(0, 35)}`, 'AIza***'],
    [`gsk_${body} xai-${body} pplx-${body}`, 'gsk_*** xai-*** pplx-***'],
    ['AKIAABCDEFGHIJKLMNOP.', 'AKIA***.'],
    [`${'gh'}p_${body} ${'gl'}pat-${body} ${'xox'}b-${body}`, 'ghp_*** glpat-*** xoxb-***'],
    [`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${body}`, 'eyJ***'],
    [`Authorization: Bearer ${body}`, 'Authorization: Bearer ***'],
    ['authorization: basic dXNlcjpzZWNyZXQ=', 'authorization: basic ***'],
    ['x-api-key: whatever-it-is', 'x-api-key: ***'],
    ['{"x-goog-api-key":"whatever-it-is","a":1}', '{"x-goog-api-key":"***","a":1}'],
    ['{\\"api_key\\":\\"whatever\\"}', '{\\"api_key\\":\\"***\\"}'],
    ['client_secret=whatever&b=1', 'client_secret=***&b=1'],
  ])('are taken out of %j', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});

describe('path tokens', () => {
  it.each([
    ['/c/mytoken/v1/messages', '/c/***/v1/messages'],
    ['POST /c/mytoken/v1/messages HTTP/1.1', 'POST /c/***/v1/messages HTTP/1.1'],
    ['http://127.0.0.1:4790/c/mytoken', 'http://127.0.0.1:4790/c/***'],
    ['"path":"/c/mytoken?x=1"', '"path":"/c/***?x=1"'],
    ['url=/c/my%20token/v1', 'url=/c/***/v1'],
  ])('are taken out of %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('are not every folder called c', () => {
    expect(redact('/src/c/main.c')).toBe('/src/c/main.c');
  });
});

describe('credentials in a query', () => {
  it.each([
    ['/v1beta/models?key=AbC.d_-', '/v1beta/models?key=***'],
    ['/x?alt=sse&key=abc&y=1', '/x?alt=sse&key=***&y=1'],
    ['/x?KEY=abc', '/x?KEY=***'],
    ['/x?access_token=abc#f', '/x?access_token=***#f'],
    ['/go?to=%2Fx%3Fkey%3Dabc', '/go?to=%2Fx%3Fkey%3D***'],
  ])('are taken out of %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('leaves other names that end alike', () => {
    expect(redact('/x?monkey=abc&max_tokens=5&keys=2')).toBe('/x?monkey=abc&max_tokens=5&keys=2');
  });
});

describe('known values', () => {
  it('go in every spelling they may turn up in', () => {
    const redactor = createRedactor();
    const secret = 'p/ä+s "w\\ord';
    redactor.learn('config', [new Secret(secret)]);
    const json = JSON.stringify(secret).slice(1, -1);
    for (const text of [
      secret,
      json,
      JSON.stringify(json).slice(1, -1),
      json.replaceAll('/', '\\/'),
      encodeURIComponent(secret),
      encodeURIComponent(secret).toLowerCase(),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
    ]) {
      expect(redactor.redact(`a ${text} b`)).toBe('a *** b');
    }
  });

  it('go whatever stands beside them in base64', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 8, maxLength: 40, unit: 'grapheme' }),
        fc.string({ maxLength: 6 }),
        fc.string({ maxLength: 6 }),
        (secret, before, after) => {
          const redactor = createRedactor();
          redactor.learn('config', [secret]);
          const bytes = Buffer.concat([Buffer.from(before), Buffer.from(secret), Buffer.from(after)]);
          expect(redactor.redact(bytes.toString('base64'))).toContain('***');
          expect(redactor.redact(bytes.toString('base64url'))).toContain('***');
        },
      ),
    );
  });

  it('go as a whole when one contains another', () => {
    const redactor = createRedactor();
    redactor.learn('config', ['secret', 'secret-longer']);
    expect(redactor.redact('secret-longer secret')).toBe('*** ***');
  });

  it('are forgotten when their owner learns others, and only its own', () => {
    const redactor = createRedactor();
    redactor.learn('host', ['install-key']);
    redactor.learn('config', ['first-value']);
    redactor.learn('config', ['second-value']);
    expect(redactor.redact('install-key first-value second-value')).toBe('*** first-value ***');
  });

  it('too short to tell from words are left out', () => {
    const redactor = createRedactor();
    redactor.learn('config', ['', 'a', 'model']);
    expect(redactor.redact('a model')).toBe('a model');
  });

  it('may hold what means something in a pattern', () => {
    const redactor = createRedactor();
    redactor.learn('config', ['a.*+?^${}()|[]\\/b']);
    expect(redactor.redact('x a.*+?^${}()|[]\\/b y axxxxxxb')).toBe('x *** y axxxxxxb');
  });
});

describe('ordinary text', () => {
  it.each([
    'the basic idea, the bearer of news',
    'sk-1 is a road, task-manager-is-a-program',
    '{"max_tokens":4096,"usage":{"input_tokens":12}}',
    'GET /v1/models 200 in 12 ms',
    'secrets.json is not readable; token count 5',
  ])('stays as it is: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('is redacted once and for all', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const once = redact(`${text} ${ours} /c/${text}`);
        expect(redact(once)).toBe(once);
      }),
    );
  });
});

describe('what a redactor has learned', () => {
  it('makes another that takes out the same, and goes on learning', () => {
    const first = createRedactor();
    expect(first.learned).toBe('');
    first.learn('config', ['a+secret/of=one']);
    const second = createRedactor(first.learned);
    second.learn('host', ['another-of-them']);
    for (const text of ['a+secret/of=one', encodeURIComponent('a+secret/of=one')]) {
      expect(second.redact(`x ${text} y another-of-them`)).toBe('x *** y ***');
    }
    const before = first.learned;
    first.learn('config', ['a-new-one']);
    expect(first.learned).not.toBe(before);
    first.learn('config', []);
    expect(first.learned).toBe('');
  });
});
