import { describe, expect, it } from 'vitest';
import type { CanonicalPart, CanonicalRequest, JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { bedrockConverse } from '../../../../../main/gateway/dialects/bedrock-converse/bedrock-converse.ts';
import { JsonDocument } from '../../../../../main/gateway/dialects/document.ts';
import { accepted, collectLosses, decode, encode, mint, refusalOf, sonnet } from './support.ts';

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const thought = 'Let me look.';
const signature = mint.signature(thought);

/** A conversation with everything Converse can say that crosses whole. */
const rich: JsonObject = {
  system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }],
  messages: [
    {
      role: 'user',
      content: [
        { text: 'Grüße 東京' },
        { image: { format: 'png', source: { bytes: pixel } } },
        { document: { format: 'pdf', name: 'Report (2026) [final]', source: { bytes: 'JVBERi0xLjQ=' } } },
        { cachePoint: { type: 'default' } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: thought, signature } } },
        { reasoningContent: { redactedContent: 'cmVkYWN0ZWQ=' } },
        { text: 'Looking.' },
        { toolUse: { toolUseId: 'tooluse_1', name: 'search', input: { q: '東京' } } },
        { toolUse: { toolUseId: 'tooluse_2', name: 'now', input: {} } },
      ],
    },
    {
      role: 'user',
      content: [
        {
          toolResult: {
            toolUseId: 'tooluse_1',
            content: [{ text: 'found' }, { image: { format: 'jpeg', source: { bytes: pixel } } }],
          },
        },
        { toolResult: { toolUseId: 'tooluse_2', content: [{ text: 'broken' }], status: 'error' } },
        { text: 'And now?' },
      ],
    },
  ],
  inferenceConfig: { maxTokens: 4096, stopSequences: ['END'] },
  toolConfig: {
    tools: [
      {
        toolSpec: {
          name: 'search',
          description: 'Searches',
          inputSchema: { json: { type: 'object', properties: { q: { type: 'string' } } } },
        },
      },
      { toolSpec: { name: 'now', inputSchema: { json: { type: 'object', properties: {} } } } },
      { cachePoint: { type: 'default' } },
    ],
    toolChoice: { auto: {} },
  },
  additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 2048 } },
  requestMetadata: { team: 'search' },
};

describe('decoding a client', () => {
  it('reads a whole conversation', () => {
    const losses = collectLosses();
    const request = decode(rich, losses);
    expect(losses.list).toEqual([]);
    expect(request.messages.map((message) => message.role)).toEqual(['system', 'user', 'assistant', 'tool', 'user']);
    expect(request.messages[0]?.parts).toEqual([{ type: 'text', text: 'Be brief.', cache: { ttl: '1h' } }]);
    expect(request.messages[3]?.parts).toMatchObject([
      { type: 'tool-result', callId: 'tooluse_1', name: 'search', parts: [{ text: 'found' }, { type: 'image' }] },
      { type: 'tool-result', callId: 'tooluse_2', name: 'now', isError: true },
    ]);
    expect(request).toMatchObject({
      model: sonnet,
      maxOutputTokens: 4096,
      sampling: { stop: ['END'] },
      reasoning: { mode: 'on', budgetTokens: 2048 },
      toolChoice: { type: 'auto' },
      metadata: { team: 'search' },
    });
    expect(request.tools[1]).toMatchObject({ kind: 'function', name: 'now', cache: {} });
  });

  it('comes back from its own encoding as it was, and Bedrock takes it', () => {
    const first = decode(rich);
    const losses = collectLosses();
    const encoded = accepted(first, {}, losses);
    expect(losses.list).toEqual([]);
    // Claude names the sequence it stopped at only when asked.
    const named = { additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence'] };
    expect(encoded).toEqual({ ...rich, ...named });
    expect(decode(encoded)).toEqual(first);
  });

  it('reads what has no counterpart elsewhere as losses, by name', () => {
    const losses = collectLosses();
    decode(
      {
        messages: [
          {
            role: 'user',
            content: [
              { text: 'x' },
              { video: { format: 'mp4', source: {} } },
              { guardContent: { text: { text: 'y' } } },
            ],
          },
        ],
        guardrailConfig: { guardrailIdentifier: 'g' },
        performanceConfig: { latency: 'optimized' },
        additionalModelRequestFields: { top_k: 4, anthropic_beta: ['x'] },
      },
      losses,
    );
    expect(losses.list.sort()).toEqual([
      '/additionalModelRequestFields/anthropic_beta',
      '/messages/0/content/1',
      '/messages/0/content/2',
      'guardrailConfig',
      'performanceConfig',
    ]);
  });

  it('reads structured output, adaptive thinking and JSON results', () => {
    const request = decode({
      messages: [
        { role: 'user', content: [{ text: 'x' }] },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'f', input: {} } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ json: { n: 1 } }] } }] },
      ],
      outputConfig: {
        textFormat: { type: 'json_schema', structure: { jsonSchema: { name: 'answer', schema: '{"type":"object"}' } } },
      },
      additionalModelRequestFields: {
        thinking: { type: 'adaptive', display: 'summarized' },
        output_config: { effort: 'high' },
      },
    });
    expect(request.output).toMatchObject({ type: 'json_schema', name: 'answer', schema: { type: 'object' } });
    expect(request.reasoning).toEqual({ mode: 'adaptive', effort: 'high', summary: 'auto' });
    expect(request.messages[2]?.parts[0]).toMatchObject({ parts: [{ type: 'text', text: '{"n":1}' }] });
  });

  const message = (content: unknown, role = 'user'): JsonObject => ({ messages: [{ role, content }] }) as JsonObject;
  it.each<[string, JsonObject, string]>([
    ['no messages', {}, 'messages'],
    ['messages of the wrong type', { messages: 'hi' }, 'messages'],
    ['an unknown role', message([], 'system'), 'messages[0].role'],
    ['content as a string', message('hi'), 'messages[0].content'],
    ['text that is a number', message([{ text: 4 }]), 'messages[0].content[0].text'],
    ['an unknown block', message([{ hologram: {} }]), 'messages[0].content[0]'],
    ['an empty block', message([{}]), 'messages[0].content[0].text'],
    [
      'an unknown image format',
      message([{ image: { format: 'bmp', source: { bytes: 'AA==' } } }]),
      'messages[0].content[0].image.format',
    ],
    ['an image without a source', message([{ image: { format: 'png' } }]), 'messages[0].content[0].image.source'],
    [
      'an unknown document format',
      message([{ document: { format: 'exe', name: 'x', source: { bytes: 'AA==' } } }]),
      'messages[0].content[0].document.format',
    ],
    [
      'a call without an id',
      message([{ toolUse: { name: 'f', input: {} } }], 'assistant'),
      'messages[0].content[0].toolUse.toolUseId',
    ],
    [
      'arguments that are text',
      message([{ toolUse: { toolUseId: 'a', name: 'f', input: '{}' } }], 'assistant'),
      'messages[0].content[0].toolUse.input',
    ],
    [
      'an unknown status',
      message([{ toolResult: { toolUseId: 'a', content: [], status: 'odd' } }]),
      'messages[0].content[0].toolResult.status',
    ],
    [
      'a temperature in words',
      { ...message([{ text: 'x' }]), inferenceConfig: { temperature: 'hot' } },
      'inferenceConfig.temperature',
    ],
    [
      'a tool without a schema',
      { ...message([{ text: 'x' }]), toolConfig: { tools: [{ toolSpec: { name: 'f' } }] } },
      'toolConfig.tools[0].toolSpec.inputSchema',
    ],
    [
      'an unknown choice',
      { ...message([{ text: 'x' }]), toolConfig: { toolChoice: { maybe: {} } } },
      'toolConfig.toolChoice',
    ],
    [
      'a schema that is no JSON',
      {
        ...message([{ text: 'x' }]),
        outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{' } } } },
      },
      'outputConfig.textFormat.structure.jsonSchema.schema',
    ],
  ])('refuses %s and names the place', (_what, body, param) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ code: 'read.invalid_field', param }) as Error);
  });

  it('leaves model and stream to the path', () => {
    expect(bedrockConverse.readFacts(JsonDocument.read(Buffer.from('{"messages":[]}')))).toEqual({
      model: '',
      stream: false,
    });
    expect(() => bedrockConverse.readFacts(JsonDocument.read(Buffer.from('{"messages":4}')))).toThrow(
      expect.objectContaining({ param: 'messages' }) as Error,
    );
  });
});

describe('media', () => {
  const sent = (part: CanonicalPart, losses = collectLosses()): JsonObject[] => {
    const request: CanonicalRequest = {
      model: sonnet,
      stream: false,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'See' }, part] }],
      tools: [],
      sampling: {},
    };
    const message = (accepted(request, {}, losses)['messages'] as JsonObject[])[0];
    return (message?.['content'] as JsonObject[]).slice(1);
  };

  it.each([
    ['image/png', 'png'],
    ['image/jpg', 'jpeg'],
    ['image/JPEG', 'jpeg'],
    ['image/gif', 'gif'],
    ['image/webp', 'webp'],
  ])('sends %s as %s', (mediaType, format) => {
    expect(sent({ type: 'image', source: { kind: 'base64', mediaType, data: pixel } })).toEqual([
      { image: { format, source: { bytes: pixel } } },
    ]);
  });

  it.each<[string, CanonicalPart, string]>([
    [
      'an image by URL',
      { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
      '/messages/0/image',
    ],
    ['an image by file id', { type: 'image', source: { kind: 'file', id: 'file-1' } }, '/messages/0/image'],
    [
      'an image of another format',
      { type: 'image', source: { kind: 'base64', mediaType: 'image/heic', data: 'AA==' } },
      '/messages/0/image',
    ],
    [
      'a document by URL',
      { type: 'document', source: { kind: 'url', url: 'https://example.com/a.pdf' } },
      '/messages/0/document',
    ],
    [
      'a document of another format',
      { type: 'document', source: { kind: 'base64', mediaType: 'application/zip', data: 'AA==' } },
      '/messages/0/document',
    ],
    ['sound', { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mp3', data: 'AA==' } }, '/messages/0/audio'],
  ])('leaves out %s and says so', (_what, part, path) => {
    const losses = collectLosses();
    expect(sent(part, losses)).toEqual([]);
    expect(losses.list).toEqual([path]);
  });

  it('mends base64 with line breaks or the URL alphabet', () => {
    expect(sent({ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'ab-_\ncd==' } })).toEqual([
      { image: { format: 'png', source: { bytes: 'ab+/cd==' } } },
    ]);
  });

  it('gives documents names Bedrock takes, none twice', () => {
    const document = (name: string | undefined): CanonicalPart => ({
      type: 'document',
      name,
      source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' },
    });
    const request: CanonicalRequest = {
      model: sonnet,
      stream: false,
      messages: [
        {
          role: 'user',
          parts: [
            document('Übersicht_Q3.pdf'),
            document('a  b.c.pdf'),
            document(undefined),
            document('報告'),
            document('document'),
          ],
        },
      ],
      tools: [],
      sampling: {},
    };
    const content =
      (accepted(request)['messages'] as { content: { document?: { name: string }; text?: string }[] }[])[0]?.content ??
      [];
    expect(content.map((block) => block.document?.name)).toEqual([
      'Ubersicht-Q3',
      'a b-c',
      'document',
      'document 2',
      'document 3',
      undefined,
    ]);
    expect(content.at(-1)?.text).toBe('(See the attached document.)');
  });

  it('sends plain text documents as bytes', () => {
    expect(
      sent({ type: 'document', name: 'n', source: { kind: 'text', text: 'Grüße', mediaType: 'text/plain' } }),
    ).toEqual([{ document: { format: 'txt', name: 'n', source: { bytes: Buffer.from('Grüße').toString('base64') } } }]);
    expect(
      sent({ type: 'document', name: 'n', source: { kind: 'base64', mediaType: 'application/json', data: 'e30=' } }),
    ).toEqual([{ document: { format: 'txt', name: 'n', source: { bytes: 'e30=' } } }]);
  });
});

describe('the judge', () => {
  it('does refuse: what the encoder mends would be a 400', () => {
    expect(refusalOf({ messages: [{ role: 'assistant', content: [{ text: 'x' }] }] })).toContain(
      'must start with a user message',
    );
    expect(refusalOf({ ...encode(decode(rich)), toolConfig: undefined })).toBeDefined();
  });
});
