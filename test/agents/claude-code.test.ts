// Claude Code itself through the port: on its own dialect, across dialects, and on the demo provider.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { testKey } from '../component/gateway/support.ts';
import { claudeCode, installAgent } from './install.ts';
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

const agent = installAgent(claudeCode);
const called = 'POST /v1/messages?beta=true 200';

/** Its last line with `--output-format json`; other fields are left out. */
interface Outcome {
  readonly is_error: boolean;
  readonly result: string;
  readonly num_turns: number;
  readonly permission_denials: readonly unknown[];
  readonly usage: {
    readonly input_tokens: number;
    readonly cache_read_input_tokens: number;
    readonly cache_creation_input_tokens: number;
    readonly output_tokens: number;
    readonly output_tokens_details: { readonly thinking_tokens: number };
  };
}

const quiet = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
  DISABLE_AUTOUPDATER: '1',
  // What goes wrong shall show at once.
  CLAUDE_CODE_MAX_RETRIES: '0',
};

let rig: Rig;
afterEach(() => rig.close());

/** As docs/clients.md says it is connected. */
async function ask(prompt: string, further: readonly string[] = [], environment = {}): Promise<Outcome> {
  const run = await rig.place.run(
    agent,
    ['-p', prompt, '--output-format', 'json', '--allowedTools', 'Bash,Write,Read', ...further],
    {
      ANTHROPIC_BASE_URL: rig.gateway.url,
      ANTHROPIC_AUTH_TOKEN: testKey,
      ANTHROPIC_MODEL: rig.model,
      ...quiet,
      ...environment,
    },
  );
  expectEndedWell(run);
  const outcome = JSON.parse(run.stdout) as Outcome;
  expect(outcome).toMatchObject({ is_error: false, permission_denials: [] });
  return outcome;
}

function expectCounted(outcome: Outcome, ...turns: Counts[]): void {
  const sum = (count: (turn: Counts) => number): number => turns.reduce((total, turn) => total + count(turn), 0);
  expect(outcome.usage).toMatchObject({
    input_tokens: sum((turn) => turn.input - turn.cached),
    cache_read_input_tokens: sum((turn) => turn.cached),
    cache_creation_input_tokens: 0,
    output_tokens: sum((turn) => turn.output),
    output_tokens_details: { thinking_tokens: sum((turn) => turn.reasoning) },
  });
}

const calling: Counts = { input: 1200, cached: 400, output: 60, reasoning: 20 };
const ending: Counts = { input: 1500, cached: 1100, output: 30, reasoning: 10 };

/** The sum is worked out by the shell, so that the text can only come from a command that ran. */
const command = 'echo "made $((6 * 7))" > proof.txt && cat proof.txt';
const proof = (): string => readFileSync(join(rig.place.work, 'proof.txt'), 'utf8');

const toChat = [
  'context_management: only Anthropic edits the context by itself',
  'tools[N].defer_loading: this target is offered the tool from the start',
  'user: longer than the 64 characters OpenAI takes',
];

const targets: readonly { name: Exclude<TargetName, 'demo'>; model: string; losses: readonly string[] }[] = [
  { name: 'anthropic', model: 'claude-sonnet-4-5', losses: [] },
  // Newer models, and all it does not know, get instructions between the messages and adaptive thinking.
  { name: 'anthropic', model: 'claude-opus-4-8', losses: [] },
  { name: 'chat', model: 'gpt-5.2', losses: toChat },
  { name: 'chat', model: 'gpt-4.1', losses: [...toChat, 'reasoning: this target cannot be told how much to reason'] },
  { name: 'responses', model: 'gpt-5.2', losses: toChat },
  {
    name: 'gemini',
    model: 'gemini-3.8-flash',
    losses: [
      "/tools/N/parameters/$schema: Gemini's JSON Schema has no $schema",
      '/tools/N/parameters/properties/limit/exclusiveMinimum: Gemini has no exclusiveMinimum: written as minimum',
      '/messages/N: Gemini has no instructions between messages: sent as user text',
      'context_management: only Anthropic edits the context by itself',
      'tools[N].defer_loading: this target is offered the tool from the start',
      'user: Gemini has no end-user id',
    ],
  },
];

const modelOf = (name: TargetName): string => targets.find((target) => target.name === name)?.model ?? '';

describe.skipIf(agent.problem !== undefined)(`Claude Code ${claudeCode.version}`, () => {
  it('answers a question', async () => {
    rig = await startRig('anthropic', 'claude-sonnet-4-5');
    rig.script({ text: 'Blue, mostly.', counts: ending });
    const outcome = await ask('What colour is the sky?');
    expect(outcome).toMatchObject({ result: 'Blue, mostly.', num_turns: 1 });
    expect(JSON.stringify(rig.fake.requests[0]?.json)).toContain('What colour is the sky?');
    expectCounted(outcome, ending);
    expectAccepted(rig.fake, 1);
    await rig.expectRecorded('up/claude-sonnet-4-5', ending);
    expect(rig.calls()).toEqual([called]);
    expect(rig.place.outside).toEqual([]);
  });

  it.each(targets)('runs a tool turn on $name with $model', async ({ name, model, losses }) => {
    rig = await startRig(name, model);
    rig.script(
      { reasoning: 'A file is wanted.', calls: [{ name: 'Bash', args: { command } }], counts: calling },
      { text: 'The file is made.', counts: ending },
    );
    const outcome = await ask('Make the file.');
    expect(outcome).toMatchObject({ result: 'The file is made.', num_turns: 2 });
    expect(proof()).toBe('made 42\n');
    // The reasoning came back as its provider signed it, and what the command printed went up as the tool's result.
    expect(signatureIn(rig, 1)).toBe(name !== 'chat');
    expect(JSON.stringify(rig.fake.requests[1]?.json)).toContain('made 42');
    expectCounted(outcome, calling, ending);
    expectAccepted(rig.fake, 2);
    const records = await rig.expectRecorded(`up/${model}`, calling, ending);
    expect(lossesOf(records)).toEqual([...losses].sort());
    expect(rig.calls()).toEqual([called, called]);
    expect(rig.place.outside).toEqual([]);
  });

  it.each(['anthropic', 'chat', 'gemini'] as const)('runs two tools at once on %s', async (name) => {
    rig = await startRig(
      name,
      name === 'gemini' ? 'gemini-3.8-flash' : name === 'chat' ? 'gpt-5.2' : 'claude-opus-4-8',
    );
    const file = join(rig.place.work, 'written.txt');
    rig.script(
      {
        calls: [
          { name: 'Write', args: { file_path: file, content: 'héllo 世界\n' } },
          { name: 'Bash', args: { command } },
        ],
        counts: calling,
      },
      { text: 'Both are done.', counts: ending },
    );
    const outcome = await ask('Make both files.');
    expect(outcome.result).toBe('Both are done.');
    expect(readFileSync(file, 'utf8')).toBe('héllo 世界\n');
    expect(proof()).toBe('made 42\n');
    expectAccepted(rig.fake, 2);
    expect(rig.calls()).toEqual([called, called]);
  });

  it.each(['anthropic', 'chat', 'gemini', 'responses'] as const)('shows a picture to a model of %s', async (name) => {
    rig = await startRig(name, modelOf(name));
    const file = join(rig.place.work, 'dot.png');
    writeFileSync(file, Buffer.from(picture, 'base64'));
    rig.script(
      { reasoning: 'There is a picture.', calls: [{ name: 'Read', args: { file_path: file } }], counts: calling },
      { text: 'A single dot.', counts: ending },
    );
    const outcome = await ask('What is on it?');
    expect(outcome.result).toBe('A single dot.');
    expectAccepted(rig.fake, 2);
    expect(JSON.stringify(rig.fake.requests[1]?.json)).toContain(picture);
    await rig.expectRecorded(`up/${modelOf(name)}`, calling, ending);
    expect(rig.calls()).toEqual([called, called]);
  });

  it.each(['anthropic', 'chat', 'gemini', 'responses'] as const)('goes on with a conversation on %s', async (name) => {
    rig = await startRig(name, modelOf(name));
    rig.script(
      { reasoning: 'A file is wanted.', calls: [{ name: 'Bash', args: { command } }], counts: calling },
      { reasoning: 'All is done.', text: 'The file is made.', counts: ending },
      { text: 'It is in proof.txt.', counts: ending },
    );
    await ask('Make the file.');
    const outcome = await ask('Where is it?', ['--continue']);
    expect(outcome.result).toBe('It is in proof.txt.');
    expectAccepted(rig.fake, 3);
    const last = JSON.stringify(rig.fake.requests[2]?.json);
    for (const text of ['Make the file.', 'made 42', 'The file is made.', 'Where is it?']) expect(last).toContain(text);
    await rig.expectRecorded(`up/${modelOf(name)}`, calling, ending, ending);
    expect(rig.calls()).toEqual([called, called, called]);
  });

  it('runs a tool turn on the demo provider', async () => {
    rig = await startRig('demo', 'echo');
    const outcome = await ask(`call Bash ${JSON.stringify({ command })}`);
    expect(proof()).toBe('made 42\n');
    expect(outcome.result).toBe('The tool said: made 42');
    expect(rig.calls()).toEqual([called, called]);
    expect(rig.place.outside).toEqual([]);
  });

  it.each(['anthropic', 'chat', 'gemini'] as const)('counts its context for a model of %s', async (name) => {
    rig = await startRig(name, modelOf(name));
    const outcome = await ask('/context');
    expect(outcome.result).toContain('Context Usage');
    expect([...new Set(rig.calls())]).toEqual(['POST /v1/messages/count_tokens?beta=true 200']);
    // Only Anthropic counts in this dialect; for the others the gateway estimates.
    expectAccepted(rig.fake, name === 'anthropic' ? rig.calls().length : 0);
  });

  it('finds the models of the gateway under names its picker keeps, and may use them', async () => {
    rig = await startRig('demo', 'echo', 'claude-demo-echo');
    const discovering = {
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '',
      CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
    };
    const outcome = await ask('Good morning.', [], discovering);
    expect(outcome.result).toBe('Good morning.');
    expect(rig.calls().sort()).toEqual(['GET /v1/models?limit=1000 200', called]);
    const found = JSON.parse(readFileSync(join(rig.place.home, '.claude', 'cache', 'gateway-models.json'), 'utf8')) as {
      readonly models: readonly { readonly id: string }[];
    };
    expect(found.models.map(({ id }) => id)).toEqual(expect.arrayContaining(['claude-demo-echo', 'claude-demo-slow']));
  });
});
