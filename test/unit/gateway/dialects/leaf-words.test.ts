import { describe, expect, it } from 'vitest';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import { textsOf } from '../../../../main/gateway/dialects/leaves.ts';

const address = 'ann.lee@hafenpost.de';

function wordsOf(body: object): readonly string[] {
  const document = JsonDocument.read(Buffer.from(JSON.stringify(body)));
  return [...textsOf(document, 'chat', { definitions: true }).words];
}

describe('the words of a protocol', () => {
  it.each([
    ['the model', { model: address }],
    ['the name of a tool', { tools: [{ type: 'function', function: { name: address } }] }],
    ['an id', { messages: [{ role: 'tool', tool_call_id: address, content: 'x' }] }],
    ['the name of a field that nobody knows', { [address]: 1 }],
    ['such a name in a block that nobody knows', { messages: [{ content: [{ type: 'x', a: { [address]: 1 } }] }] }],
  ])('are told of: %s', (_where, body) => {
    expect(wordsOf(body)).toContain(address);
  });

  it('are each told once, and short ones not at all', () => {
    expect(wordsOf({ model: 'm', messages: [{ role: 'assistant' }, { role: 'assistant' }, { role: 'user' }] })).toEqual(
      ['assistant'],
    );
  });

  it('hold no ciphertext and no credential that is to be handed over', () => {
    const tool = { type: 'mcp', server_label: 'docs', authorization: 'a-token-for-that-server' };
    const thought = { role: 'assistant', reasoning_details: [{ type: 'reasoning.text', signature: 'c2lnbmF0dXJl' }] };
    const words = wordsOf({ tools: [tool], messages: [thought] });
    expect(words).not.toContain('a-token-for-that-server');
    expect(words).not.toContain('c2lnbmF0dXJl');
  });

  it('that are sentences are texts instead, wherever they stand', () => {
    const said = 'write to Ann';
    const document = JsonDocument.read(Buffer.from(JSON.stringify({ response_format: { type: said } })));
    const { leaves, words } = textsOf(document, 'chat', { definitions: false });
    expect([leaves.map(({ raw }) => raw), words.has(said)]).toEqual([[said], false]);
  });
});
