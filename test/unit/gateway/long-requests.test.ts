// Requests as long as a body may be: each takes time in proportion to its length, and no list is too long for the stack.
import { beforeAll, describe, expect, it } from 'vitest';
import { clientNames, type Body, type ClientName } from '../../golden/conversation.ts';
import { bugIn, targetIds, targetsOf, type TargetId } from './translating.ts';

/** More than fit on the stack as arguments of a call. */
const many = 130_000;

let targets: Awaited<ReturnType<typeof targetsOf>>;

beforeAll(async () => {
  targets = await targetsOf();
});

const parts: Readonly<Record<ClientName, Body>> = {
  chat: { messages: [{ role: 'user', content: Array(many).fill({ type: 'text', text: 'x' }) }] },
  responses: { input: [{ role: 'user', content: Array(many).fill({ type: 'input_text', text: 'x' }) }] },
  anthropic: { max_tokens: 5, messages: [{ role: 'user', content: Array(many).fill({ type: 'text', text: 'x' }) }] },
  gemini: { contents: [{ role: 'user', parts: Array(many).fill({ text: 'x' }) }] },
};

const call = { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{}' } };
const calls: Body = {
  messages: [
    { role: 'user', content: 'x' },
    { role: 'assistant', content: null, tool_calls: Array(many).fill(call) },
  ],
};

describe.each(targetIds)('to %s', (id: TargetId) => {
  it.each(clientNames)('a message of very many parts is translated from %s', (name) => {
    expect(bugIn(name, { model: 'x/y', ...parts[name] }, targets[id], false)).toBeUndefined();
  });

  it('very many calls of one id are translated', () => {
    expect(bugIn('chat', { model: 'x/y', ...calls }, targets[id], false)).toBeUndefined();
  });
});
