import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decisionEntryOf } from '../../../main/control/decision-entry.ts';
import type { Decision } from '../../../main/ledger/ledger.ts';
import { decisionEntry } from '../../../shared/contract/route.ts';
import { decision } from '../../component/ledger/exchanges.ts';
import { attempt, entry, terminal, type Terminal } from './terminal.ts';

const pico = (usd: number): number => Math.round(usd * 1e12);

/** The conversation of an agent that could go elsewhere, with everything there is to tell. */
const rich: Decision = {
  version: 1,
  asked: 'auto',
  chosen: 'anthropic/claude-haiku-4-5',
  reason: 'Route "short-chat" asks anthropic/claude-haiku-4-5 first, because its score is best: 0.62.',
  rule: { id: 'short-chat', alias: 'auto', origin: 'sluice.yaml, line 58', strategy: 'auto' },
  skipped: [{ id: 'big-context', why: 'it wants more than 180,000 tokens' }],
  facts: {
    model: 'auto',
    surface: 'messages',
    at: Date.UTC(2026, 10, 25, 12),
    tokens: 1_812,
    client: 'claude-code',
    maxTokens: 4_096,
    has: { tools: true, image: false, pdf: false },
    language: { code: 'de', confidence: 0.93 },
    promptType: { type: 'translate', confidence: 0.934, difficulty: 1 },
    tags: { team: 'core', user: null },
    matches: { 'system+user: (?i)falcon': false },
    session: { key: 'abc', source: 'x-claude-code-session-id' },
    pins: { toolLoop: true, signedReasoning: false, providerIds: false },
  },
  candidates: [
    { target: 'openai/gpt-x', id: 'c', dropped: 'is not allowed for key "ide"', droppedBy: 'policy' },
    {
      target: 'gemini/flash-x',
      id: 'b',
      quality: [0.76, 0.66, 0.84],
      cost: null,
      ttftMs: 980,
      score: 0.584,
      note: 'slow today: takes 2.4 times as long as usual to begin',
      health: {
        state: 'half_open',
        why: '5 of 8 calls failed (503); the next request finds out whether it is back',
        running: 0,
      },
    },
    {
      target: 'anthropic/claude-haiku-4-5',
      id: 'a',
      quality: [0.78, 0.71, 0.84],
      cost: pico(0.0011),
      ttftMs: 410,
      totalMs: 3_000,
      score: 0.62,
      health: { state: 'closed', running: 2, ttft: { p50: 400, p95: 900, p99: 1_200 }, speed: 80 },
    },
    {
      target: 'anthropic/claude-opus-4-5',
      id: 'd',
      quality: [0.91, 0.86, 0.94],
      cost: pico(0.0221),
      ttftMs: 1_210,
      score: 0.41,
    },
  ],
  order: ['anthropic/claude-haiku-4-5', 'gemini/flash-x'],
  pin: {
    kind: 'session',
    target: 'anthropic/claude-haiku-4-5',
    kept: true,
    why: 'The conversation stays: moving does not pay.',
    switching: {
      to: 'gemini/flash-x',
      cachedTokens: 80_000,
      cost: pico(0.1075),
      gain: pico(0.0308),
      expectedTurns: 2.04,
      balance: pico(0.0308) * 2 - pico(0.1075),
    },
  },
  session: {
    providerId: 'anthropic',
    model: 'claude-haiku-4-5',
    credential: 'main',
    cachedTokens: 80_000,
    cacheLeftMs: 240_000,
    turns: 2,
    expectedTurns: 2.04,
  },
  principal: { key: 'ide', allowedModels: ['*'], deniedModels: [], operation: 'generate', family: 'anthropic' },
  snapshot: 'sha256:0123',
  draw: 0.625,
};

const told = decisionEntry.parse(decisionEntryOf(rich, 0));
const served = entry({
  request_id: 'req-7',
  model_asked: 'auto',
  target: 'gemini/flash-x',
  cost_usd: '0.00123456',
  attempts: [
    attempt({ target: 'anthropic/claude-haiku-4-5', status: 429, error: 'upstream.429', ms: 210 }),
    attempt({ target: 'gemini/flash-x', kind: 'fallback', ms: 1_320 }),
  ],
});
const past = { decision: told, entry: served, verified: 'same', note: '' };

async function explained(value: object, ...argv: string[]): Promise<string> {
  const { run, out, err } = terminal({ answers: { 'route.explain': value } });
  expect(await run('route', 'explain', '--id', 'req-7', ...argv)).toBe(0);
  expect(err).toEqual([]);
  return out.join('\n');
}

describe('route explain --id', () => {
  it('is a page that somebody can follow who knows no gateway', async () => {
    expect(await explained(past)).toBe(
      `
asked        "auto" by claude-code with key ide, over messages, on 2026-11-25 13:00:00
chosen       anthropic/claude-haiku-4-5
why          Route "short-chat" asks anthropic/claude-haiku-4-5 first, because its score is best: 0.62.
rule         short-chat (sluice.yaml, line 58): the best score of quality, cost and speed first
passed over  big-context: it wants more than 180,000 tokens
facts        about 1,812 tokens in, up to 4,096 out; with tools; looks like a translation (93 % sure, easy); in
             German (93 % sure); tag team = core; no tag user; text (system, user) does not fit (?i)falcon; in
             the middle of a tool call
session      turn 3 of a conversation (known by x-claude-code-session-id); answered last by
             anthropic/claude-haiku-4-5, which holds 80,000 tokens in its cache for another 4 min. The
             conversation stays: moving does not pay.
switch       to gemini/flash-x costs $0.1075 once for 80,000 cached tokens and saves $0.0308 a turn: over about 2
             more turns -$0.0459, so it does not pay

#  TARGET                      QUALITY              COST  FIRST WORDS  SCORE  WHY NOT
1  anthropic/claude-haiku-4-5  0.78 (0.71–0.84)  $0.0011       410 ms   0.62
2  gemini/flash-x              0.76 (0.66–0.84)        —       980 ms   0.58  5 of 8 calls failed (503); the next request finds out whether it is back; slow today: takes 2.4 times as long as usual to begin
–  anthropic/claude-opus-4-5   0.91 (0.86–0.94)  $0.0221        1.2 s   0.41
–  openai/gpt-x                                                               is not allowed for key "ide"

attempts     1. anthropic/claude-haiku-4-5 429 after 210 ms → 2. gemini/flash-x 200 after 1.3 s
cost         $0.001235 for 2 attempts together
instead      the one of highest quality was expected to cost $0.021 more
derived again: same
`.trim(),
    );
  });

  it.each([
    ['auto', 'the best balance of quality, cost and speed'],
    ['best', 'the model that promises most'],
    ['fast', 'the one that answers soonest'],
    ['cheap', 'the cheapest that is good enough'],
    ['other', 'the best score of quality, cost and speed first'],
  ])('says what the name %s asks for that needs no route', async (alias, text) => {
    const made = decision({ rule: { id: alias, alias, origin: 'built in', strategy: 'auto' } });
    const page = await explained({ ...past, decision: decisionEntryOf(made, 0) });
    expect(page).toContain(`rule         ${alias} (built in): ${text}\n`);
  });

  it('says what a refused key says once, and no score of minus nothing', async () => {
    const health = { state: 'refused', why: 'key "main" was refused (401)', running: 0 } as const;
    const one = { target: 'a/b', id: '1', score: -0.001, note: 'had its keys refused lately', health };
    const page = await explained({ ...past, decision: decisionEntryOf(decision({ candidates: [one] }), 0) });
    expect(page).toMatch(/ 0\.00 +key "main" was refused \(401\)$/m);
  });

  it('leaves out what there is nothing to say of', async () => {
    const plain = decision(
      { rule: undefined, asked: 'demo/echo', chosen: 'demo/echo', reason: 'the client named it' },
      0,
    );
    const value = {
      decision: decisionEntryOf(plain, 0),
      entry: entry({ key: null, client: null, model_asked: 'demo/echo' }),
      verified: 'different',
      note: 'its first target would be another now',
    };
    expect(await explained(value)).toBe(
      `
asked        "demo/echo", over messages, on 2026-11-25 13:00:00
chosen       demo/echo
why          The client named it.
rule         none: the name that was asked for says where it goes
facts        about 812 tokens in

attempts     1. demo/echo 200 after 13 ms
cost         unknown: not all of it has a known price
derived again: different. Its first target would be another now.
`.trim(),
    );
  });

  it('tells how every kind of try ended', async () => {
    const attempts = [
      attempt({ target: 'a/b', status: 503, error: 'upstream.503', ms: 100 }),
      attempt({ target: 'a/b', status: null, error: 'attempt.connect', ms: 5, kind: 'retry' }),
      attempt({ target: 'c/d', status: null, error: 'hedge_lost', ms: 800, kind: 'fallback' }),
      attempt({ target: 'e/f', status: 200, error: 'relay.stream_cut', ms: 2_000, kind: 'hedge' }),
      attempt({ target: 'g/h', status: 200, ms: 1_000, kind: 'continue' }),
    ];
    const page = await explained({ ...past, entry: entry({ attempts, target: 'g/h' }) });
    expect(page.replaceAll(/\s+/g, ' ')).toContain(
      '1. a/b 503 after 100 ms → 2. a/b again, no connection after 5 ms → 3. c/d overtaken after 800 ms → ' +
        '4. e/f beside it, broke off after 2.0 s → 5. g/h for the rest, 200 after 1.0 s',
    );
  });

  it('says that an answer came from the cache', async () => {
    const hit = entry({ attempts: [], cost_usd: '0', cache: { hit: true, saved_usd: '0.25' } });
    const page = await explained({ ...past, entry: hit });
    expect(page).toContain('attempts     none: the answer came from the cache\n');
    expect(page).toContain('cost         $0; the cache saved $0.25\n');
  });

  it('shows a page of candidates, those that are tried first, and how many more there are', async () => {
    const many = decision({}, 40);
    const turned = { ...many, candidates: many.candidates.toReversed() };
    const page = await explained({ ...past, decision: decisionEntryOf(turned, 12) });
    const rows = page.split('\n').filter((line) => /^ *\d+ +demo/.test(line));
    expect(rows).toHaveLength(25);
    expect(rows[0]).toMatch(/^ 1 +demo\/model-0 +\$0\.0011 +0\.50$/);
    expect(page).toContain('and 15 more: --json shows them all\nand 12 more that were not kept\n');
  });

  it('says why there is nothing to explain', async () => {
    const value = {
      decision: null,
      entry: entry({ attempts: [], target: null, route_reason: null, error: 'admit.model_denied', status: 403 }),
      verified: 'unknown',
      note: 'It was refused before a target was chosen.',
    };
    expect(await explained(value)).toBe(
      `
asked        "smart" by claude-code with key ide, over messages, on 2026-11-25 13:00:00
target       –
why          –
attempts     none: admit.model_denied
decision     none is kept. It was refused before a target was chosen.
`.trim(),
    );
    expect(JSON.parse(await explained(value, '--json'))).toMatchObject({
      request_id: 'req-1',
      asked: 'smart',
      chosen: null,
      candidates: [],
      attempts: [],
      verified: 'unknown',
    });
  });

  it('prints nothing that moves a cursor', async () => {
    const nasty = '\u001b[31mred\u202e';
    const made = decision({ asked: nasty, reason: nasty, candidates: [{ target: nasty, id: 'x', dropped: nasty }] });
    const page = await explained({ ...past, decision: decisionEntryOf(made, 0) });
    expect(page).toContain('asked        "red"');
    for (const moving of ['\u001b', '\u202e']) expect(page).not.toContain(moving);
  });

  it('prints one trace in JSON, costs as decimal strings', async () => {
    const trace = JSON.parse(await explained(past, '--json')) as Record<string, unknown>;
    expect(trace).toMatchObject({
      request_id: 'req-7',
      asked: 'auto',
      chosen: 'anthropic/claude-haiku-4-5',
      rule: 'short-chat (sluice.yaml, line 58)',
      facts: { type: 'translate', conf: 0.934, tokens: 1_812, lang: 'de', tools: true, image: false, session_turn: 3 },
      pin: { kind: 'session', kept: true, switching: { cost_usd: '0.1075', balance_usd: '-0.0459' } },
      attempts: [
        { target: 'anthropic/claude-haiku-4-5', status: 429 },
        { target: 'gemini/flash-x', status: 200 },
      ],
      counterfactual: { if_asked_best: '+0.021' },
      snapshot: 'sha256:0123',
      seed: '0.625',
      verified: 'same',
    });
    expect((trace['candidates'] as Record<string, unknown>[]).map(({ cost_usd }) => cost_usd)).toEqual([
      undefined,
      null,
      '0.0011',
      '0.0221',
    ]);
  });
});

describe('route explain', () => {
  const failing = (...argv: string[]): Promise<[number, Terminal]> => {
    const shown = terminal({ answers: { 'route.explain': past } });
    return shown.run('route', 'explain', ...argv).then((code) => [code, shown]);
  };

  it.each([
    [[], '--id REQUEST_ID'],
    [['--id', 'a', '--request', 'b'], 'not both'],
    [['--id', 'a', '--surface', 'chat'], '--surface goes with --request'],
    [['--id', 'a', '--key', 'k'], '--key goes with --request'],
    [['--request', 'x.json', '--surface', 'chats'], 'give one of chat, responses, messages, gemini'],
  ])('with %j is 2 and says what to give', async (argv, text) => {
    const [code, { err, out, asked }] = await failing(...argv);
    expect({ code, out, asked }).toEqual({ code: 2, out: [], asked: [] });
    expect(err.join('\n')).toContain(text);
  });

  it('is 1 when there is no such exchange', async () => {
    const shown = terminal({
      failures: { 'route.explain': { code: 'control.not_found', message: 'There is no exchange "x".' } },
    });
    expect(await shown.run('route', 'explain', '--id', 'x')).toBe(1);
    expect(shown.err).toEqual(['sluice: There is no exchange "x".']);
  });
});

describe('route explain --request', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'sluice-request-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function simulate(text: string, ...argv: string[]): Promise<{ code: number; shown: Terminal; sent: unknown }> {
    writeFileSync(join(directory, 'request.json'), text);
    const shown = terminal({ cwd: directory, answers: { 'route.simulate': { decision: told } } });
    const code = await shown.run('route', 'explain', '--request', 'request.json', ...argv);
    return { code, shown, sent: shown.asked[0]?.[1] };
  }

  it.each([
    ['{"model":"auto","messages":[{"role":"user","content":"hi"}]}', '/v1/chat/completions'],
    ['{"model":"auto","max_tokens":9,"messages":[{"role":"system","content":"hi"}]}', '/v1/chat/completions'],
    ['{"model":"auto","max_tokens":9,"stop":"x","messages":[]}', '/v1/chat/completions'],
    ['{"model":"auto","messages":[],"tools":[{"type":"function","function":{"name":"f"}}]}', '/v1/chat/completions'],
    ['{"model":"auto","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}', '/v1/messages'],
    ['{"model":"auto","system":"be brief","messages":[]}', '/v1/messages'],
    ['{"model":"auto","messages":[],"tools":[{"name":"f","input_schema":{}}]}', '/v1/messages'],
    ['{"model":"auto","messages":[{"role":"user","content":[{"type":"tool_result"}]}]}', '/v1/messages'],
    ['{"model":"auto","input":"hello"}', '/v1/responses'],
    ['{"model":"models/gemini-x","contents":[]}', '/v1beta/models/gemini-x:generateContent'],
    ['{"model":"x","prompt":"hello"}', '/v1/completions'],
    ['\ufeff{"model":"auto"}', '/v1/chat/completions'],
  ])('takes a bare body for what it looks like: %s', async (text, path) => {
    const { code, sent } = await simulate(text);
    expect(code).toBe(0);
    expect(sent).toEqual({
      request: { path, method: 'POST', headers: {}, body: JSON.parse(text.replace('\ufeff', '')) as unknown },
    });
  });

  it('takes a captured request with its path and headers, and leaves every credential at home', async () => {
    const captured = {
      n: 1,
      method: 'post',
      url: 'https://api.example.com/c/sk-sluice-token/v1/messages?beta=true&key=sk-hush',
      headers: {
        Authorization: 'Bearer sk-hush',
        'x-api-key': 'sk-hush',
        'X-Goog-Api-Key': 'sk-hush',
        cookie: 'sk-hush',
        host: 'api.example.com',
        'x-claude-code-session-id': 's-1',
        'user-agent': 'claude-cli/2.1',
      },
      body: '{"model":"auto","messages":[]}',
    };
    const { sent, shown } = await simulate(JSON.stringify(captured), '--key', 'ide', '--client=claude-code');
    expect(sent).toEqual({
      request: {
        path: '/v1/messages?beta=true',
        method: 'POST',
        headers: { 'x-claude-code-session-id': 's-1', 'user-agent': 'claude-cli/2.1' },
        body: { model: 'auto', messages: [] },
      },
      key: 'ide',
      client: 'claude-code',
    });
    expect(JSON.stringify(shown.asked)).not.toMatch(/hush|token/);
  });

  it('goes by --surface where it is given, whatever the file says', async () => {
    expect((await simulate('{"model":"auto","input":"hello"}', '--surface', 'embeddings')).sent).toMatchObject({
      request: { path: '/v1/embeddings' },
    });
    const captured = '{"path":"/openai/deployments/x/chat/completions","body":{"model":"x","messages":[]}}';
    expect((await simulate(captured, '--surface=chat')).sent).toMatchObject({
      request: { path: '/v1/chat/completions' },
    });
  });

  it.each([
    ['{"model": "auto",\n  "messages": [}', 'request.json:2:16: this is not JSON. "}" cannot stand here.'],
    [
      '{"model": "auto"',
      'request.json:1:17: this is not JSON. It ends too early: something that was opened is not closed.',
    ],
    ['{"n":1}\n{"n":2}', 'request.json:2:1: this is not JSON. Another document follows the first: give one request.'],
    ['', 'request.json:1:1: this is not JSON. It is empty: give a request as JSON.'],
    ['[1]', 'request.json:1:1: this is no request. Give its body, a JSON object, or {method, path, headers, body}.'],
    ['"text"', 'request.json:1:1: this is no request.'],
    ['{"contents":[]}', 'request.json:1:1: a Gemini body does not name its model. Add "model" to it, or give {"path"'],
    [
      '{"path":"v1/x","body":{}}',
      'request.json:1:1: its path is none. Give "path" as in /v1/chat/completions, or "url".',
    ],
    ['{"url":"//host/v1","body":{}}', 'request.json:1:1: its path is none.'],
    ['{"method":"GET","body":null}', 'request.json:1:1: its body is no JSON object.'],
    ['{"path":"/v1/x","body":"<html>"}', 'request.json:1:1: its body is a text that is no JSON object.'],
    ['{"headers":{"a":1},"body":{}}', 'request.json:1:1: its headers are no object of texts.'],
  ])('with %j is 2 and says where it is wrong and what mends it', async (text, message) => {
    const { code, shown } = await simulate(text);
    expect({ code, out: shown.out, asked: shown.asked }).toEqual({ code: 2, out: [], asked: [] });
    expect(shown.err).toEqual([expect.stringContaining(message) as string]);
    expect(shown.err[0]?.startsWith('request.json:')).toBe(true);
  });

  it.each([
    ['missing.json', 'missing.json: this file does not exist.'],
    ['.', '.: this is a directory.'],
  ])('is 2 when %s is no file', async (file, message) => {
    const shown = terminal({ cwd: directory });
    expect(await shown.run('route', 'explain', '--request', file)).toBe(2);
    expect(shown.err).toEqual([expect.stringContaining(message) as string]);
  });

  it('shows the same page, and that nothing was sent', async () => {
    const { shown } = await simulate('{"model":"auto"}');
    const page = shown.out.join('\n');
    expect(page).toMatch(/^asked {8}"auto" by claude-code with key ide, over messages\nchosen {7}anthropic/);
    expect(page).toMatch(
      /\n\ninstead {6}the one of highest quality would cost \$0\.021 more\nSimulated: nothing was sent, spent or recorded\.$/,
    );
    const { shown: inJson } = await simulate('{"model":"auto"}', '--json');
    expect(inJson.out.map((text) => JSON.parse(text) as unknown)).toEqual([
      { request_id: null, ...told, attempts: [] },
    ]);
  });

  it.each([
    [{ code: 'read.invalid_field', message: 'model: expected text.' }, 2, 'request.json: model: expected text.'],
    [{ code: 'route.no_target', message: 'Nothing is left.' }, 1, 'sluice: Nothing is left.'],
    [
      { code: 'control.unsupported', message: 'It needs a running instance.' },
      1,
      'sluice: It needs a running instance.',
    ],
  ])('with %j is %d', async (failure, exit, message) => {
    writeFileSync(join(directory, 'request.json'), '{}');
    const shown = terminal({ cwd: directory, failures: { 'route.simulate': failure } });
    expect(await shown.run('route', 'explain', '--request', 'request.json')).toBe(exit);
    expect(shown.err).toEqual([message]);
    expect(shown.out).toEqual([]);
  });

  it('is 1 when nothing could serve it, with the page all the same', async () => {
    writeFileSync(join(directory, 'request.json'), '{"model":"auto"}');
    const nothing = decisionEntryOf({ ...rich, chosen: undefined, order: [] }, 0);
    const shown = terminal({ cwd: directory, answers: { 'route.simulate': { decision: nothing } } });
    expect(await shown.run('route', 'explain', '--request', 'request.json')).toBe(1);
    expect(shown.out.join('\n')).toContain('chosen       nothing: no target may or can serve this\n');
    const unmeant = decisionEntryOf({ ...rich, chosen: undefined, order: [], rule: undefined }, 0);
    const other = terminal({ cwd: directory, answers: { 'route.simulate': { decision: unmeant } } });
    expect(await other.run('route', 'explain', '--request', 'request.json')).toBe(1);
    expect(other.out.join('\n')).toContain('rule         none: each that has this name is for other requests\n');
  });
});
