// Conversations stay where they are (RTE-50 to RTE-53), and go on elsewhere when they must.
import { afterEach, describe, expect, it } from 'vitest';
import { ask, startPair, type Pair } from './rigs.ts';

let pair: Pair;
afterEach(() => pair.close());

const target = async (text: string, options: Parameters<typeof ask>[3] = {}): Promise<unknown> => {
  const answer = await ask(pair.gateway, 'messages', text, { stream: false, ...options });
  return answer.headers['x-sluice-target'];
};
const agent = (session: string): { headers: Record<string, string> } => ({
  headers: { 'x-claude-code-session-id': session, 'user-agent': 'claude-cli/2.1.0' },
});
const down = { status: 503, json: { error: { message: 'busy', type: 'server_error' } } };

it('stays with the target it fell back to, while new ones begin at the first', async () => {
  pair = await startPair({});
  pair.a.plan(down);
  expect(await target('one', agent('s1'))).toBe('b/gpt-4o');
  expect(await target('two', agent('s1'))).toBe('b/gpt-4o');
  expect(await target('one', agent('s2'))).toBe('a/gpt-4o');
  expect(await target('three', agent('s1'))).toBe('b/gpt-4o');
  const [, second] = pair.gateway.records;
  expect(second?.decision?.pin).toMatchObject({ kind: 'session', target: 'b/gpt-4o', kept: true });
  expect(second?.session).toContain('s1');
});

it('goes elsewhere when its target fails, and stays there', async () => {
  pair = await startPair({});
  expect(await target('one', agent('s1'))).toBe('a/gpt-4o');
  pair.a.plan(down);
  expect(await target('two', agent('s1'))).toBe('b/gpt-4o');
  expect(await target('three', agent('s1'))).toBe('b/gpt-4o');
});

describe('where no agent says which conversation it is', () => {
  const turn = (...texts: string[]): Parameters<typeof ask>[3] => ({
    more: {
      system: 'You are brief.',
      messages: texts.map((content, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content })),
    },
  });

  it('it is known by its opening, and stays where something of it is cached', async () => {
    pair = await startPair({});
    pair.a.plan(down);
    expect(await target('', turn('a first, cached question'))).toBe('b/gpt-4o');
    expect(await target('', turn('a first, cached question', 'an answer', 'and another'))).toBe('b/gpt-4o');
    expect(await target('something else')).toBe('a/gpt-4o');
  });

  it('the same question asked again goes where the route says, once that is well again', async () => {
    pair = await startPair({});
    pair.a.plan(down);
    expect(await target('', turn('is anybody there?'))).toBe('b/gpt-4o');
    expect(await target('', turn('is anybody there?'))).toBe('a/gpt-4o');
    expect(pair.gateway.records[1]?.decision?.pin).toMatchObject({ kind: 'session', target: 'b/gpt-4o', kept: false });
  });
});

it('draws the same lot for a conversation, whatever chance says', async () => {
  pair = await startPair({ route: 'strategy: weighted' });
  for (const session of ['s1', 's2', 's3', 's4']) {
    const drawn = new Set<unknown>();
    for (let turn = 0; turn < 4; turn++) drawn.add(await target(`turn ${String(turn)}`, agent(session)));
    expect(drawn.size).toBe(1);
  }
});

it('draws anew for every request where the route wants no affinity', async () => {
  pair = await startPair({ route: 'strategy: weighted\n    session_affinity: { scope: none }' });
  const drawn = new Set<unknown>();
  for (let turn = 0; turn < 40; turn++) drawn.add(await target('the same', agent('s1')));
  expect(drawn).toEqual(new Set(['a/gpt-4o', 'b/gpt-4o']));
});

describe('an open loop of tools', () => {
  const tools = [{ name: 'f', input_schema: { type: 'object', properties: {} } }];
  const open = {
    more: {
      tools,
      messages: [
        { role: 'user', content: 'call f {}' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'done' }] },
      ],
    },
  };

  it('does not move by choice, even to where it would be cheaper', async () => {
    pair = await startPair({ route: 'strategy: lowest_cost' });
    pair.a.plan(down);
    expect(await target('call f {}', { ...agent('s1'), more: { tools } })).toBe('b/gpt-4o');
    expect(await target('', { ...agent('s1'), ...open })).toBe('b/gpt-4o');
    expect(pair.gateway.records[1]?.decision?.pin).toMatchObject({ kind: 'tool_loop', kept: true });
  });

  it('goes on elsewhere when its target fails, rather than end', async () => {
    pair = await startPair({});
    expect(await target('call f {}', { ...agent('s1'), more: { tools } })).toBe('a/gpt-4o');
    pair.a.plan(down);
    expect(await target('', { ...agent('s1'), ...open })).toBe('b/gpt-4o');
  });
});

it('is shared by the keys of one provider: the credential that was used is used again', async () => {
  pair = await startPair({});
  await pair.gateway.apply(`
providers:
  - id: a
    kind: openai-compatible
    base_url: "${pair.a.url}/v1"
    local: true
    keys: [{ name: k1, value: sk-of-one }, { name: k2, value: sk-of-two }, { name: k3, value: sk-of-three }]
routes: [{ alias: smart, targets: [a/gpt-4o] }]
`);
  for (const session of ['s1', 's2', 's3'])
    for (let turn = 0; turn < 4; turn++) await target(`turn ${String(turn)}`, agent(session));
  for (const session of ['s1', 's2', 's3']) {
    const used = pair.gateway.records
      .filter((record) => record.session?.includes(session))
      .map((record) => record.attempts[0]?.credential);
    expect([used.length, new Set(used).size]).toEqual([4, 1]);
  }
});
