/** Every kind of token with a fixed beginning is found, alone and wherever it stands. */
import { describe, expect, it } from 'vitest';
import { tokenRules } from '../../../../../main/gateway/policies/detectors/secrets/token-table.ts';
import type { TokenRule } from '../../../../../main/gateway/policies/detectors/secrets/token-rule.ts';
import { found, foundKinds, foundTexts } from './secrets-find.ts';
import { bitcoinKey, Dice, webToken, withCrc } from './secrets-samples.ts';

const dice = new Dice(7);

/** Tokens whose parts are counted: what stands behind the prefix. */
const shapedBodies: Readonly<Record<string, () => string>> = {
  'amzn.mws.': () => dice.uuid(),
  'sk-lf-': () => dice.uuid(),
  'FlyV1 ': () => `fm2_${dice.text('base64', 80)}`,
  't1.': () => `${dice.text('word', 40)}.${dice.text('word', 86)}`,
  'v1.0-': () => `${dice.text('hex', 24)}-${dice.text('hex', 146)}`,
  'sig=': () => `${dice.text('alnum', 43)}%3D`,
  'X-Amz-Signature=': () => dice.text('hex', 64),
  'X-Goog-Signature=': () => dice.text('hex', 256),
  'api.netlify.com/build_hooks/': () => dice.text('hex', 24),
  'api.vercel.com/v1/integrations/deploy/': () => `prj_${dice.text('alnum', 16)}/${dice.text('alnum', 10)}`,
  'A3-': () => [6, 6, 5, 5, 5, 5].map((length) => dice.text('upper', length)).join('-'),
  xox: () => `b-${dice.text('digits', 12)}-${dice.text('digits', 13)}-${dice.text('alnum', 24)}`,
  'xapp-': () => `1-A${dice.text('upper', 10)}-${dice.text('digits', 13)}-${dice.text('hex', 64)}`,
  'hooks.slack.com/': () => `services/T${dice.text('upper', 10)}/B${dice.text('upper', 10)}/${dice.text('alnum', 24)}`,
  'discord.com/api/': () => `webhooks/${dice.text('digits', 18)}/${dice.text('word', 68)}`,
  'discordapp.com/api/': () => `webhooks/${dice.text('digits', 18)}/${dice.text('word', 68)}`,
  '/IncomingWebhook/': () => `${dice.text('hex', 32)}/${dice.uuid()}`,
  '/triggers/manual/paths/invoke': () => `?api-version=2016-06-01&sp=%2Ftriggers&sv=1.0&sig=${dice.text('word', 43)}`,
  'hooks.zapier.com/': () => `hooks/catch/123456/${dice.text('lower36', 7)}`,
  'chat.googleapis.com/v1/spaces/': () =>
    `${dice.text('alnum', 11)}/messages?key=${dice.text('word', 39)}&token=${dice.text('word', 43)}`,
  'maker.ifttt.com/trigger/': () => `event/with/key/${dice.text('word', 22)}`,
  'SG.': () => `${dice.text('word', 22)}.${dice.text('word', 43)}`,
  '-us': () => '12',
  re_: () => `${dice.text('alnum', 8)}_${dice.text('alnum', 24)}`,
  pk_: () => dice.text('hex', 34),
  'pat-': () => `na1-${dice.uuid()}`,
  'oauth:': () => dice.text('lower36', 30),
  dapi: () => dice.text('hex', 32),
  dkea: () => dice.text('hex', 32),
  dose: () => dice.text('hex', 32),
  doapi: () => dice.text('hex', 32),
  access_token$production$: () => `${dice.text('lower36', 16)}$${dice.text('hex', 32)}`,
  access_token$sandbox$: () => `${dice.text('lower36', 16)}$${dice.text('hex', 32)}`,
  'access-': () => `production-${dice.uuid()}`,
  pat: () => `${dice.text('alnum', 14)}.${dice.text('hex', 64)}`,
  key: () => `3Q${dice.text('alnum', 12)}`,
  '1/': () => `${dice.text('digits', 16)}:${dice.text('hex', 32)}`,
  '2/': () => `${dice.text('digits', 16)}/${dice.text('digits', 16)}:${dice.text('hex', 32)}`,
  waka_: () => dice.uuid(),
  glsa_: () => `${dice.text('alnum', 32)}_${dice.text('hex', 8)}`,
  dt0: () => `c01.${dice.text('base32', 24)}.${dice.text('base32', 64)}`,
  'xaat-': () => dice.uuid(),
  'xapt-': () => dice.uuid(),
  'sdk-': () => dice.uuid(),
  'api-': () => dice.uuid(),
  'mob-': () => dice.uuid(),
  _mmk: () => '',
  'Q~': () => `${dice.text('word', 33)}a`,
  'django-insecure-': () => `${dice.text('lower36', 44)}x^2=p+`,
  QIBAzCC: () => dice.text('base64', 240),
  'st.': () => `${dice.uuid()}.${dice.text('hex', 32)}.${dice.text('hex', 32)}`,
  'open.feishu.cn/open-apis/bot/': () => `v2/hook/${dice.uuid()}`,
  'open.larksuite.com/open-apis/bot/': () => `v2/hook/${dice.uuid()}`,
  'qyapi.weixin.qq.com/cgi-bin/webhook/': () => `send?key=${dice.uuid()}`,
  'PRD-': () =>
    `${dice.text('hex', 12)}-${dice.text('hex', 4)}-${dice.text('hex', 4)}-${dice.text('hex', 4)}-${dice.text('hex', 4)}`,
  'SBX-': () =>
    `${dice.text('hex', 12)}-${dice.text('hex', 4)}-${dice.text('hex', 4)}-${dice.text('hex', 4)}-${dice.text('hex', 4)}`,
  'hook.eu1.make.com/': () => dice.text('lower36', 32),
  'hook.eu2.make.com/': () => dice.text('lower36', 32),
  'hook.us1.make.com/': () => dice.text('lower36', 32),
  'hook.us2.make.com/': () => dice.text('lower36', 32),
  'hook.integromat.com/': () => dice.text('lower36', 32),
  '00D': () => `${dice.text('alnum', 12)}!${dice.text('alnum', 96)}`,
  'act.': () => `${dice.text('alnum', 60)}!5263.e1`,
  'WPL_AP1.': () => `${dice.text('alnum', 16)}.${dice.text('alnum', 6)}==`,
  'prod:': () => `happy-otter-123|${dice.text('base64', 60)}`,
  'dev:': () => `happy-otter-123|${dice.text('base64', 60)}`,
  AAAAA: () => `${dice.text('word', 6)}:${dice.text('word', 140)}`,
  FFFFNRAL: () => '',
};

/** The alphabet a plain body of the rule's is drawn from. */
function drawnFrom(body: TokenRule['body']): 'digits' | 'hex' | 'upper' | 'alnum' | 'word' | 'base64' {
  if (body === 'dotted') return 'word';
  return body === 'opaque' ? 'alnum' : body;
}

const samples = tokenRules.map((rule) => {
  const before =
    rule.before === undefined
      ? ''
      : dice.text(drawnFrom(rule.before.body === 'base64' ? 'alnum' : rule.before.body), rule.before.min);
  return { kind: rule.kind, prefix: rule.prefix, token: before + rule.prefix + bodyOf(rule) };
});

function bodyOf(rule: TokenRule): string {
  if (rule.kind === 'vendor_token') return `a1b2${dice.text('alnum', 24)}`;
  if (rule.kind === 'telegram_bot_token') return dice.text('word', 34);
  return shapedBodies[rule.prefix]?.() ?? dice.text(drawnFrom(rule.body), Math.min(rule.max, rule.min + 4));
}

describe('tokens by their beginning', () => {
  it('knows more than 150 kinds', () => {
    expect(new Set(tokenRules.map((rule) => rule.kind)).size).toBeGreaterThan(150);
  });

  it.each(samples)('finds $kind ($prefix)', ({ token }) => {
    const text = `value=${token} ttl=3600`;
    const [one, ...others] = found(text);
    expect(others).toEqual([]);
    expect(one?.kind).toBe('secrets');
    expect(one?.score).toBeGreaterThanOrEqual(0.85);
    // Of a webhook the secret part alone is taken, which ends it.
    expect(one?.end).toBe('value='.length + token.length);
  });

  it.each(samples)('leaves $kind alone where it stands for one ($prefix)', ({ prefix }) => {
    expect(found(`value=${prefix}${'x'.repeat(40)} ttl=3600`)).toEqual([]);
    expect(found(`value=${prefix}your-token-here`)).toEqual([]);
    expect(found(`value=${prefix}... and so on`)).toEqual([]);
  });
});

const github = `gh${'p'}_${withCrc(dice.text('alnum', 30))}`;
const anthropic = `sk-${'ant'}-api03-${dice.text('word', 93)}AA`;
const aws = `AK${'IA'}${dice.text('base32', 16)}`;
const carriers: readonly [name: string, before: string, after: string][] = [
  ['alone', '', ''],
  ['at the end of a sentence', 'I committed ', '. What now?'],
  ['in quotes', 'key = "', '"'],
  ['in escaped quotes', '{\\"key\\":\\"', '\\"}'],
  ['in doubly escaped quotes', '{\\\\\\"key\\\\\\":\\\\\\"', '\\\\\\"}'],
  ['in a query', 'https://api.test/items?token=', '&limit=20'],
  ['encoded in a query', 'redirect=https%3A%2F%2Fa.test%3Ft%3D', '%26b%3D2'],
  ['behind an escaped line break', 'A=1\\n', '\\nB=2'],
  ['in back ticks', 'run `', '`'],
  ['in bold type', '**', '**'],
  ['in a quotation', '> ', '\n\nsent from my phone'],
  ['between tags', '<apiKey>', '</apiKey>'],
  ['in CDATA', '<![CDATA[', ']]>'],
  ['in single quotes of a shell', "export T='", "'"],
  ['in a table', '| a | ', ' | b |'],
  ['in a list of values', 'a,', ',b'],
  ['in brackets', 'the key (', ')'],
  ['in colour', '\u001b[32m', '\u001b[0m'],
  ['behind a colon without a blank', 'token:', ''],
  ['between letters of another script', '密钥是', '，请更换'],
  ['as the user of a link', 'https://', '@git.test/a.git'],
  ['in a diff', '+T=', '\n-T=old'],
];

describe('what stands around a token', () => {
  it.each(carriers)('finds a token %s, and nothing but it', (_name, before, after) => {
    for (const token of [github, anthropic, aws]) {
      const text = before + token + after;
      expect(foundTexts(text)).toEqual([token]);
    }
  });

  it('does not find a token inside a longer word', () => {
    expect(found(`abc${github}`)).toEqual([]);
    expect(found(`const X${aws}Z = 1`)).toEqual([]);
  });
});

describe('checks', () => {
  it('is surest of tokens whose CRC-32 is right', () => {
    expect(found(github)[0]?.score).toBe(1);
    expect(found(`gh${'p'}_${dice.text('alnum', 36)}`)[0]?.score).toBe(0.95);
  });

  it('takes a Bitcoin key only with its checksum', () => {
    const key = bitcoinKey(dice);
    const wrong = key.slice(0, -1) + (key.endsWith('a') ? 'b' : 'a');
    expect(foundKinds(`seen ${key} today`)).toEqual(['bitcoin_private_key']);
    expect(found(`seen ${wrong} today`)).toEqual([]);
  });

  it('takes a JSON Web Token only when its header is JSON with an algorithm', () => {
    const token = webToken(dice, { alg: 'HS256', typ: 'JWT' });
    expect(foundKinds(`got ${token}.`)).toEqual(['jwt']);
    expect(found(`got ${webToken(dice, { typ: 'JWT' })}`)).toEqual([]);
    expect(found(`got eyJ${token.slice(6)}`)).toEqual([]);
  });

  it('takes a Discord token only when its first part is a number', () => {
    const tail = `.${dice.text('word', 6)}.${dice.text('word', 38)}`;
    expect(foundKinds(`x ${Buffer.from(`1${dice.text('digits', 17)}`).toString('base64url')}${tail}`)).toEqual([
      'discord_bot_token',
    ]);
    expect(found(`x ${Buffer.from(`1a${dice.text('hex', 16)}`).toString('base64url')}${tail}`)).toEqual([]);
  });
});
