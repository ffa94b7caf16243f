import { describe, expect, it } from 'vitest';
import { createLinkDesk } from '../../../main/electron/link-desk.ts';
import { isLink, parseLink, type Link } from '../../../main/electron/links.ts';
import { lookAlike } from '../../../main/electron/look-alike.ts';
import { windowPages } from '../../../main/control/window-pages.ts';
import { kindFacts, providerKinds } from '../../../shared/config/provider.ts';
import { linkReview } from '../../../shared/contract/desktop.ts';

/** Of our own table, as the desktop asks for them. */
const hosts = providerKinds.flatMap((kind) => {
  const { baseUrl, local } = kindFacts[kind];
  return baseUrl === undefined || local || kind === 'demo' || baseUrl.includes('{') ? [] : [new URL(baseUrl).hostname];
});

const parse = (text: string): Link | undefined => parseLink(text, hosts);

function providerOf(text: string): unknown {
  const link = parse(text);
  return link?.kind === 'review' && link.review.kind === 'provider' ? link.review : undefined;
}

/** A million of these must not take long, and the same ones must come each time (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('a link to a page', () => {
  it.each([
    ['sluice://open', '/'],
    ['sluice://open/', '/'],
    ['sluice://open/home', '/'],
    ['sluice://open/activity', '/activity'],
    ['sluice://open/activity/', '/activity'],
    ['SLUICE://open/activity?outcome=failed&since=1h', '/activity?outcome=failed&since=1h'],
    ['sluice://open/usage?by=%2F%2Fevil.example%23x', '/usage?by=%2F%2Fevil.example%23x'],
    ['sluice://open/activity#somewhere', '/activity'],
    ['sluice://open/x/../activity', '/activity'],
  ])('%s shows %s', (text, path) => {
    expect(parse(text)).toEqual({ kind: 'open', path });
  });

  it.each([
    ...['sluice://open/popover', 'sluice://open/nothing', 'sluice://open//activity', 'sluice://open/activity/x'],
    ...['sluice://open/constructor', 'sluice://open/__proto__', 'sluice://open/toString', 'sluice://open/ACTIVITY'],
    ...[
      'sluice://open/%61ctivity',
      'sluice://open/..%2factivity',
      'sluice://open/\\activity',
      'sluice://open/activity\u0000',
    ],
    ...['sluice://user@open/activity', 'sluice://open:80/activity', 'sluice:open/activity', 'sluice:///open/activity'],
    ...['sluice://OPEN/activity', 'sluice://open.evil/activity', 'https://open/activity', 'javascript:alert(1)'],
    ...['app://sluice/activity', 'sluice.evil://open', 'sluice://', 'sluice:', '', ' sluice://open', 'sluice://open\n'],
    ...[
      'sluice://open/activity?x=ü',
      'sluice://open/a ctivity',
      'sluice://settings',
      'sluice://quit',
      'sluice://run?x=1',
    ],
  ])('%j is none', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('is taken up to 2 KiB and not beyond', () => {
    const start = 'sluice://open/activity?x=';
    expect(parse(start.padEnd(2_048, 'a'))?.kind).toBe('open');
    expect(parse(start.padEnd(2_049, 'a'))).toBeUndefined();
    expect(parse(start.padEnd(5_000_000, 'a'))).toBeUndefined();
  });
});

describe('a link to a question', () => {
  it('names the host that a team bundle would come from', () => {
    expect(parse('sluice://join?url=https%3A%2F%2Fpolicies.example%3A8443%2Fteam.yaml%3Fv%3D1')).toEqual({
      kind: 'review',
      review: { kind: 'join', url: 'https://policies.example:8443/team.yaml?v=1', host: 'policies.example:8443' },
    });
    const foreign = parse('sluice://join?url=https%3A%2F%2Fpol%D1%96cies.example');
    expect(foreign).toMatchObject({ review: { host: expect.stringMatching(/^xn--/) as string } });
  });

  it.each([
    ...['sluice://join', 'sluice://join?url=', 'sluice://join?url=http://policies.example', 'sluice://join?url=x'],
    ...[
      'sluice://join?url=file:///etc/passwd',
      'sluice://join?url=javascript:alert(1)',
      'sluice://join?url=//a.example',
    ],
    ...['sluice://join?url=https://good.example%40evil.example', 'sluice://join?url=https://a:b@evil.example'],
    ...['sluice://join?url=https://a.example&url=https://b.example', 'sluice://join/x?url=https://a.example'],
    ...['sluice://join?url=https://a.example%23x', 'sluice://join?url=https://a.example&x=1&x=2'],
  ])('%s asks nothing', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('says what a provider would be, without a key whatever else is in it', () => {
    const text = 'sluice://provider?kind=openai-compatible&name=My%20box&base_url=http://10.0.0.7:8000/v1/&key=abc';
    expect(parse(text)).toEqual({
      kind: 'review',
      review: {
        ...{ kind: 'provider', provider_kind: 'openai-compatible', name: 'My box' },
        ...{ base_url: 'http://10.0.0.7:8000/v1', looks_like: null },
      },
    });
    expect(providerOf('sluice://provider?kind=groq')).toMatchObject({ name: null, base_url: null, looks_like: null });
    expect(providerOf(`sluice://provider?kind=groq&name=${'n'.repeat(90)}`)).toMatchObject({ name: 'n'.repeat(64) });
  });

  it.each([
    ...['sluice://provider', 'sluice://provider?kind=', 'sluice://provider?kind=nobody', 'sluice://provider?kind=demo'],
    ...['sluice://provider?kind=openai&kind=groq', 'sluice://provider?kind=openai&name=a&name=b'],
    // The first could be what people see, the second what is asked.
    'sluice://provider?kind=openai&base_url=https://api.openai.com&base_url=https://evil.example',
    ...['sluice://provider?kind=openai&base_url=', 'sluice://provider?kind=openai&base_url=file:///x'],
    ...[
      'sluice://provider?kind=openai&base_url=https://api.openai.com%40evil.example',
      'sluice://provider/x?kind=openai',
    ],
    ...[
      'sluice://provider?kind=openai&name=',
      'sluice://provider?kind=openai&name=%3Cb%3E',
      'sluice://provider?kind=__proto__',
    ],
    ...['sluice://provider?kind=openai&name=a%0Ab', 'sluice://provider?kind=openai&name=%E2%80%AEa'],
  ])('%s asks nothing', (text) => {
    expect(parse(text)).toBeUndefined();
  });
});

describe('a host that looks like a vendor’s', () => {
  it.each([
    ['api.openai.com.evil.io', 'api.openai.com'],
    ['api.x.ai.evil.io', 'api.x.ai'],
    ['openai-api.com', 'api.openai.com'],
    ['open-ai.com', 'api.openai.com'],
    ['api-openai.com', 'api.openai.com'],
    ['openaiapi.com', 'api.openai.com'],
    ['myopenai.net', 'api.openai.com'],
    ['opena1.com', 'api.openai.com'],
    ['0penai.com', 'api.openai.com'],
    ['0pena1.com', 'api.openai.com'],
    ['openal.com', 'api.openai.com'],
    ['opnai.com', 'api.openai.com'],
    ['api.opemai.com', 'api.openai.com'],
    ['api.openai.com.', undefined],
    ['api.openai.co', 'api.openai.com'],
    ['openai.cloudapp.azure.com', 'api.openai.com'],
    ['anthropic.co', 'api.anthropic.com'],
    ['api.anthroplc.com', 'api.anthropic.com'],
    ['api.antrhopic.com', 'api.anthropic.com'],
    ['anthropic.com.login.example', 'api.anthropic.com'],
    ['rnistral.ai', 'api.mistral.ai'],
    ['gr0q.com', 'api.groq.com'],
    ['api.qroq.example', undefined],
    ['generativelanguage-googleapis.com', 'generativelanguage.googleapis.com'],
    ['deepseeek.com', 'api.deepseek.com'],
    ['0penrouter.ai', 'openrouter.ai'],
  ])('%s: %s', (host, official) => {
    expect(lookAlike(new URL(`https://${host}`).hostname, hosts)).toBe(official);
  });

  it.each([
    ['https://api.anthropíc.com', 'api.anthropic.com'],
    ['https://api.оpenai.com', 'api.openai.com'],
    ['https://api.ореnаі.com', 'api.openai.com'],
    ['https://аnthrорiс.com', 'api.anthropic.com'],
    ['https://ɡroq.com', 'api.groq.com'],
    ['https://gröq.com', 'api.groq.com'],
    ['https://api.opénai.com.evil.io', 'api.openai.com'],
  ])('is found behind letters of other scripts: %s', (url, official) => {
    const { hostname } = new URL(url);
    expect(hostname).toMatch(/xn--/);
    expect(lookAlike(hostname, hosts)).toBe(official);
    expect(providerOf(`sluice://provider?kind=openai&base_url=https://${hostname}/v1`)).toMatchObject({
      base_url: `https://${hostname}/v1`,
      looks_like: official,
    });
  });

  it.each([
    ...['api.openai.com', 'eu.api.openai.com', 'openai.com', 'localhost', '127.0.0.1', '[::1]', '10.0.0.7'],
    ...['my-company.example', 'generativelanguage.googleapis.com', 'europe-west4-aiplatform.googleapis.com'],
    ...['api.anthropic.com', 'api.cohere.com', 'api.cohere.ai', 'api.together.ai', 'api.together.xyz', 'api.x.ai'],
    ...['contoso.openai.azure.com', 'bedrock-runtime.us-east-1.amazonaws.com', 'llm.example', 'gateway.example'],
    ...[
      'opera.com',
      'here.com',
      'go.com',
      'grow.com',
      'api.moonshot.ai',
      'api.z.ai',
      'ollama.local',
      'xn--mnchen-3ya.de',
    ],
    ...['huggingface.co', 'api.githubcopilot.com', 'models.github.ai', 'integrate.api.nvidia.com', 'lab.ai', 'a.b'],
  ])('is not %s', (host) => {
    expect(lookAlike(new URL(`https://${host}`).hostname, hosts)).toBeUndefined();
  });
});

describe('an argument of the command line', () => {
  it.each(['sluice://open', 'SLUICE://open', 'sluice:', 'Sluice:garbage'])('%s is a link, right or wrong', (text) => {
    expect(isLink(text)).toBe(true);
  });

  it.each(['--hidden', 'sluice', '', 'https://sluice:80', '/path/sluice:/'])('%j is none', (text) => {
    expect(isLink(text)).toBe(false);
  });
});

describe('a million links that nobody meant', () => {
  const honest = [
    'sluice://open/activity?outcome=failed&model=gpt-5',
    'sluice://open/settings',
    'sluice://join?url=https%3A%2F%2Fpolicies.example%2Fteam.yaml',
    'sluice://provider?kind=openai-compatible&name=Box&base_url=http%3A%2F%2F10.0.0.7%3A8000%2Fv1',
    'sluice://provider?kind=openai&base_url=https://api.openai.com/v1',
  ];
  const pieces = [
    ...[
      '..',
      '%2e%2e',
      '%2f',
      '//',
      '\\',
      '\u0000',
      '%00',
      '@',
      ':80',
      '#',
      '?',
      '&',
      '=',
      '%',
      '%zz',
      '\n',
      '\u202e',
      'é',
    ],
    ...[
      'open',
      'join',
      'provider',
      'quit',
      'url=',
      'kind=',
      'base_url=',
      'name=',
      'javascript:',
      'file:///',
      'https://',
    ],
    ...['xn--penai-5ye.com', '[::1]', '__proto__', 'constructor', '<b>', '"', "'", '--data=/tmp', '$(id)', 'sluice://'],
  ];
  const random = randomFrom(25);
  const below = (limit: number): number => Math.floor(random() * limit);

  function hostile(turn: number): string {
    if (turn % 8 === 0) {
      let text = turn % 16 === 0 ? 'sluice://' : '';
      for (let left = below(24); left > 0; left -= 1) text += String.fromCharCode(below(256));
      return text;
    }
    let text = honest[below(honest.length)] ?? '';
    for (let changes = 1 + below(3); changes > 0; changes -= 1) {
      const at = below(text.length + 1);
      const put = random() < 0.5 ? String.fromCharCode(below(128)) : (pieces[below(pieces.length)] ?? '');
      text = text.slice(0, at) + put + text.slice(at + below(4));
    }
    return text;
  }

  it('show a page that there is, or ask a question, and do nothing else', async () => {
    const seen = { shown: 0, asked: 0, refused: 0 };
    const wrong: string[] = [];
    const told: string[] = [];
    const desk = createLinkDesk({
      officialHosts: () => Promise.resolve(hosts),
      show(path) {
        told.push(path);
        return Promise.resolve();
      },
      publish: ({ event }) => void told.push(event),
      log: { warn: () => void told.push('refused') },
    });
    for (let turn = 0; turn < 1_000_000; turn += 1) {
      const text = hostile(turn);
      await desk.arrived(text);
      const [first = '', second] = told;
      const isAlone = told.length === 1;
      if (isAlone && first === 'refused') seen.refused += 1;
      else if (isAlone && windowPages.has(first.split('?')[0] ?? '')) seen.shown += 1;
      else if (told.length === 2 && first === 'desktop.link' && second === '') seen.asked += 1;
      else wrong.push(text);
      told.length = 0;
    }
    expect(linkReview.safeParse(desk.waiting).success).toBe(true);
    expect(wrong).toEqual([]);
    // Of each kind there were enough to mean something.
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(1_000);
  });
});
