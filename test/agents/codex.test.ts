// Codex itself through the port: on its own dialect, across dialects, with each of its three ways to offer tools, and on the demo provider.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { testKey } from '../component/gateway/support.ts';
import type { PlannedTurn } from '../fakes/fake.ts';
import { codex, installAgent } from './install.ts';
import {
  expectAccepted,
  expectEndedWell,
  lossesOf,
  picture,
  signatureIn,
  startRig,
  type Counts,
  type Rig,
  type TargetName,
} from './rig.ts';

const agent = installAgent(codex);
const called = 'POST /v1/responses 200';

/** A line of its `--json` output; other fields are left out. */
interface Event {
  readonly type: string;
  readonly usage?: {
    readonly input_tokens: number;
    readonly cached_input_tokens: number;
    readonly output_tokens: number;
    readonly reasoning_output_tokens: number;
  };
  readonly item?: { readonly type: string; readonly text?: string; readonly message?: string };
}

let rig: Rig;
afterEach(() => rig.close());

/** As docs/clients.md says it is connected. */
const provider = (): string => `
model_provider = "sluice"

[model_providers.sluice]
name = "Sluice"
base_url = "${rig.gateway.url}/v1"
wire_api = "responses"
env_key = "SLUICE_KEY"
# What goes wrong shall show at once.
request_max_retries = 0
stream_max_retries = 0
`;

/** The other way: the key in the path, and Codex's own login where it is. */
const pathKey = (): string => `openai_base_url = "${rig.gateway.url}/c/${testKey}/v1"\n`;

const ownSecret = 'own-login-of-the-user';
const apiLogin = { OPENAI_API_KEY: `sk-${ownSecret}` };

/** As `codex login` leaves it; only the vendor could tell that it never signed the token. */
const chatgptLogin = ((): object => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    exp: 4_000_000_000,
    email: 'somebody@example.org',
    'https://api.openai.com/auth': { chatgpt_plan_type: 'pro', chatgpt_account_id: 'account', chatgpt_user_id: 'user' },
  };
  const token = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${ownSecret}`;
  return {
    OPENAI_API_KEY: null,
    auth_mode: 'chatgpt',
    tokens: { id_token: token, access_token: token, refresh_token: ownSecret, account_id: 'account' },
    last_refresh: '2099-01-01T00:00:00Z',
  };
})();

const quiet = `
[analytics]
enabled = false

[features]
plugins = false
`;

interface Asking {
  readonly settings?: string;
  /** Its own login with OpenAI. */
  readonly login?: object;
  /** Goes on with the last conversation. */
  readonly again?: boolean;
}

async function ask(prompt: string, { settings, login, again }: Asking = {}): Promise<readonly Event[]> {
  const home = join(rig.place.home, '.codex');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'config.toml'), `model = "${rig.model}"\n${settings ?? provider()}${quiet}`);
  if (login !== undefined) writeFileSync(join(home, 'auth.json'), JSON.stringify(login));
  const run = await rig.place.run(
    agent,
    [
      'exec',
      ...(again === true ? ['resume', '--last'] : []),
      '--json',
      '--skip-git-repo-check',
      '--dangerously-bypass-approvals-and-sandbox',
      prompt,
    ],
    { CODEX_HOME: home, SLUICE_KEY: testKey },
  );
  expectEndedWell(run);
  const lines = run.stdout.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Event);
}

const said = (events: readonly Event[]): string | undefined =>
  events.findLast(({ item }) => item?.type === 'agent_message')?.item?.text;

function expectCounted(events: readonly Event[], ...turns: Counts[]): void {
  const sum = (count: (turn: Counts) => number): number => turns.reduce((total, turn) => total + count(turn), 0);
  expect(events.at(-1)).toMatchObject({
    type: 'turn.completed',
    usage: {
      input_tokens: sum((turn) => turn.input),
      cached_input_tokens: sum((turn) => turn.cached),
      output_tokens: sum((turn) => turn.output),
      reasoning_output_tokens: sum((turn) => turn.reasoning),
    },
  });
}

const calling: Counts = { input: 1200, cached: 400, output: 60, reasoning: 20 };
const ending: Counts = { input: 1500, cached: 1100, output: 30, reasoning: 10 };

/** The sum is worked out by the shell, so that the text can only come from a command that ran. */
const command = 'echo "made $((6 * 7))" > proof.txt && cat proof.txt';
const proof = (): string => readFileSync(join(rig.place.work, 'proof.txt'), 'utf8');

const patch = '*** Begin Patch\n*** Add File: proof.txt\n+made 42\n*** End Patch';
const script = `const done = await tools.exec_command({ cmd: ${JSON.stringify(command)} });\ntext(done.output);`;

/** By the model's name Codex chooses how it offers its tools: functions, free-form tools beside them, or code mode. */
const ways = {
  functions: { alias: undefined, own: { name: 'exec_command', args: { cmd: command } }, told: undefined },
  freeform: {
    alias: 'gpt-5.5',
    own: { name: 'apply_patch', args: patch, freeform: true },
    told: { name: 'apply_patch', args: { input: patch } },
  },
  code: {
    alias: 'gpt-6-astra',
    own: { name: 'functions.exec', args: script, freeform: true },
    told: { name: 'functions__exec', args: { input: script } },
  },
} satisfies Record<string, { alias: string | undefined; own: Call; told: Call | undefined }>;

type Call = NonNullable<PlannedTurn['calls']>[number];
type Way = keyof typeof ways;

const models = { responses: 'gpt-5.2', chat: 'gpt-5.2', anthropic: 'claude-opus-4-8', gemini: 'gemini-3.8-flash' };

/** What every target but OpenAI's own cannot be told. */
const noSearch = '/tools/N: "web_search" runs at its own vendor and is unknown to this target';
const noGrammar = '/tools/N/format: the grammar is told in the description and not enforced';
const noVerbosity = { anthropic: 'verbosity: Claude has no verbosity', gemini: 'verbosity: Gemini has no verbosity' };
const noCacheKey = {
  anthropic: 'prompt_cache_key: Claude caches without a key',
  gemini: 'prompt_cache_key: Gemini caches without a key',
};

const losses: Readonly<Record<Exclude<TargetName, 'demo'>, Readonly<Record<Way, readonly string[]>>>> = {
  responses: { functions: [], freeform: [], code: [] },
  chat: { functions: [noSearch], freeform: [noSearch, noGrammar], code: [noGrammar] },
  anthropic: {
    functions: [noSearch, noCacheKey.anthropic],
    freeform: [noSearch, noGrammar, noCacheKey.anthropic, noVerbosity.anthropic],
    code: [noGrammar, noCacheKey.anthropic, noVerbosity.anthropic],
  },
  gemini: {
    functions: [noSearch, noCacheKey.gemini],
    freeform: [noSearch, noGrammar, noCacheKey.gemini, noVerbosity.gemini],
    code: [
      noGrammar,
      noCacheKey.gemini,
      noVerbosity.gemini,
      "/tools/N/parameters/properties/message/encrypted: Gemini's JSON Schema has no encrypted",
      'parallel_tool_calls: Gemini always may call several functions at once',
    ],
  },
};

const cases = (['responses', 'chat', 'anthropic', 'gemini'] as const).flatMap((name) =>
  (['functions', 'freeform', 'code'] as const).map((way) => ({ name, way })),
);

describe.skipIf(agent.problem !== undefined)(`Codex ${codex.version}`, () => {
  it('answers a question', async () => {
    rig = await startRig('responses', 'gpt-5.2');
    rig.script({ text: 'Blue, mostly.', counts: ending });
    const events = await ask('What colour is the sky?');
    expect(said(events)).toBe('Blue, mostly.');
    expect(JSON.stringify(rig.fake.requests[0]?.json)).toContain('What colour is the sky?');
    expectCounted(events, ending);
    expectAccepted(rig.fake, 1);
    await rig.expectRecorded('up/gpt-5.2', ending);
    expect(rig.calls()).toEqual([called]);
    expect(rig.place.outside).toEqual([]);
  });

  it.each(cases)('runs a tool turn on $name, offered as $way', async ({ name, way }) => {
    const { alias, own, told } = ways[way];
    rig = await startRig(name, models[name], alias);
    rig.script(
      { reasoning: 'A file is wanted.', calls: [name === 'responses' ? own : (told ?? own)], counts: calling },
      { text: 'The file is made.', counts: ending },
    );
    const events = await ask('Make the file.');
    expect(said(events)).toBe('The file is made.');
    expect(proof()).toBe('made 42\n');
    // The reasoning came back as its provider signed it, and what the tool reported went up as its result.
    expect(signatureIn(rig, 1)).toBe(name !== 'chat');
    expect(JSON.stringify(rig.fake.requests[1]?.json)).toContain(way === 'freeform' ? 'A proof.txt' : 'made 42');
    expectCounted(events, calling, ending);
    expectAccepted(rig.fake, 2);
    const records = await rig.expectRecorded(`up/${models[name]}`, calling, ending);
    expect(rig.calls()).toEqual([called, called]);
    expect(rig.place.outside).toEqual([]);
    expect(lossesOf(records)).toEqual([...losses[name][way]].sort());
  });

  it.each(['responses', 'chat', 'anthropic', 'gemini'] as const)('shows a picture to a model of %s', async (name) => {
    rig = await startRig(name, models[name]);
    const path = join(rig.place.work, 'dot.png');
    writeFileSync(path, Buffer.from(picture, 'base64'));
    rig.script(
      { calls: [{ name: 'view_image', args: { path } }], counts: calling },
      { text: 'A single dot.', counts: ending },
    );
    const events = await ask('What is on it?');
    expect(said(events)).toBe('A single dot.');
    expectAccepted(rig.fake, 2);
    expect(JSON.stringify(rig.fake.requests[1]?.json)).toContain(picture);
    await rig.expectRecorded(`up/${models[name]}`, calling, ending);
    expect(rig.calls()).toEqual([called, called]);
  });

  it.each(['responses', 'chat', 'anthropic', 'gemini'] as const)('goes on with a conversation on %s', async (name) => {
    rig = await startRig(name, models[name]);
    rig.script(
      { reasoning: 'A file is wanted.', calls: [ways.functions.own], counts: calling },
      { reasoning: 'All is done.', text: 'The file is made.', counts: ending },
      { text: 'It is in proof.txt.', counts: ending },
    );
    await ask('Make the file.');
    const events = await ask('Where is it?', { again: true });
    expect(said(events)).toBe('It is in proof.txt.');
    expectAccepted(rig.fake, 3);
    const last = JSON.stringify(rig.fake.requests[2]?.json);
    for (const text of ['Make the file.', 'made 42', 'The file is made.', 'Where is it?']) expect(last).toContain(text);
    await rig.expectRecorded(`up/${models[name]}`, calling, ending, ending);
    expect(rig.calls()).toEqual([called, called, called]);
  });

  it('runs a tool turn on the demo provider', async () => {
    rig = await startRig('demo', 'echo');
    const events = await ask(`call exec_command ${JSON.stringify({ cmd: command })}`);
    expect(proof()).toBe('made 42\n');
    expect(said(events)).toMatch(/^The tool said: [^]*made 42\n$/);
    expect(rig.calls()).toEqual([called, called]);
    expect(rig.place.outside).toEqual([]);
  });

  it.each([
    ['an API key', apiLogin],
    ['ChatGPT', chatgptLogin],
  ])(
    'keeps its own login with %s when the key stands in the path, and the login goes nowhere',
    async (_name, login) => {
      rig = await startRig('responses', 'gpt-5.2', 'gpt-5.5');
      rig.script({ calls: [ways.freeform.own], counts: calling }, { text: 'The file is made.', counts: ending });
      const events = await ask('Make the file.', { settings: pathKey(), login });
      expect(said(events)).toBe('The file is made.');
      expect(proof()).toBe('made 42\n');
      // It still knows what it knows of its own models.
      expect(events.filter(({ item }) => item?.type === 'error')).toEqual([]);
      expectAccepted(rig.fake, 2);
      for (const { rawHeaders, body } of rig.fake.requests) {
        expect(JSON.stringify(rawHeaders) + body.toString('utf8')).not.toContain(ownSecret);
      }
      await rig.expectRecorded('up/gpt-5.2', calling, ending);
      // Its WebSocket was refused before, at once: that is no request.
      const answers = rig.calls().filter((call) => !call.startsWith('GET '));
      expect(answers).toEqual(['POST /c/KEY/v1/responses 200', 'POST /c/KEY/v1/responses 200']);
      if (login !== chatgptLogin) {
        expect(rig.calls()).toEqual(answers);
        expect(rig.place.outside).toEqual([]);
        return;
      }
      // With this login it asks for a catalogue, keeps the answer, and asks its own vendor for more, in vain here.
      const catalogue = `GET /c/KEY/v1/models?client_version=${codex.version} 200`;
      expect([...new Set(rig.calls())].filter((call) => call.startsWith('GET '))).toEqual([catalogue]);
      expect(JSON.parse(readFileSync(join(rig.place.home, '.codex', 'models_cache.json'), 'utf8'))).toMatchObject({
        models: [],
      });
    },
  );

  it.each(['chat', 'anthropic', 'gemini'] as const)('has its conversation compacted by a model of %s', async (name) => {
    rig = await startRig(name, models[name], 'gpt-5.5');
    const summing: Counts = { input: 1600, cached: 0, output: 40, reasoning: 10 };
    rig.script(
      { calls: [ways.freeform.told], counts: calling },
      { text: 'A file was wanted, and was made.', counts: summing },
      { text: 'The file is made.', counts: ending },
    );
    const settings = `${pathKey()}model_auto_compact_token_limit = 1000\n`;
    const events = await ask('Make the file.', { settings, login: apiLogin });
    expect(said(events)).toBe('The file is made.');
    expect(proof()).toBe('made 42\n');
    expectAccepted(rig.fake, 3);
    // The summary stands for the tool turn that led to it, and the user's words are kept.
    const last = JSON.stringify(rig.fake.requests[2]?.json);
    expect(last).toContain('A file was wanted, and was made.');
    expect(last).toContain('Make the file.');
    expect(last).not.toContain('A proof.txt');
    await rig.expectRecorded(`up/${models[name]}`, calling, summing, ending);
    expect(rig.calls()).toEqual(Array.from({ length: 3 }, () => 'POST /c/KEY/v1/responses 200'));
  });
});
