import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { dialectById } from '../../../../main/gateway/dialect-registry.ts';
import { PlainBody } from '../../../../main/gateway/relay/plain-body.ts';
import type { ClientWriter } from '../../../../main/gateway/relay/client-writer.ts';
import { Relay } from '../../../../main/gateway/relay/relay.ts';
import { restoreAnswer } from '../../../../main/gateway/relay/unmask-answer.ts';
import { JsonTree, type JsonNode } from '../../../../main/gateway/relay/unmask-json.ts';
import { StreamRestorer } from '../../../../main/gateway/relay/unmask-stream.ts';
import { Unmasker } from '../../../../main/gateway/relay/unmask.ts';
import { Scrub } from '../../../../main/kit/scrub.ts';
import { all, nickname, originalsOf, person, placeholderOf, type Masked } from './unmask-making.ts';

const unmasker = (list: readonly Masked[] = all): Unmasker => new Unmasker(originalsOf(list));
const P = placeholderOf(person);
const N = placeholderOf(nickname);

function restored(body: unknown, made = unmasker()): unknown {
  return JSON.parse(restoreAnswer(Buffer.from(JSON.stringify(body)), made).toString());
}

const args = JSON.stringify({ value: N });
const argsRestored = JSON.stringify({ value: nickname.text });

describe('a plain answer', () => {
  it.each<[string, object, object]>([
    [
      'Chat Completions',
      {
        id: P,
        choices: [
          {
            message: {
              role: 'assistant',
              content: `Hi ${N}`,
              reasoning_content: N,
              refusal: null,
              tool_calls: [
                { id: P, type: 'function', function: { name: 'save', arguments: args } },
                { id: 'c2', type: 'custom', custom: { name: 'patch', input: `*** ${N}` } },
              ],
            },
          },
        ],
      },
      {
        id: P,
        choices: [
          {
            message: {
              role: 'assistant',
              content: `Hi ${nickname.text}`,
              reasoning_content: nickname.text,
              refusal: null,
              tool_calls: [
                { id: P, type: 'function', function: { name: 'save', arguments: argsRestored } },
                { id: 'c2', type: 'custom', custom: { name: 'patch', input: `*** ${nickname.text}` } },
              ],
            },
          },
        ],
      },
    ],
    [
      'Responses',
      {
        output: [
          { type: 'reasoning', id: 'r', summary: [{ type: 'summary_text', text: P }], encrypted_content: P },
          {
            type: 'message',
            content: [
              {
                type: 'output_text',
                text: N,
                annotations: [{ type: 'url_citation', title: P, url: `https://x/${P}` }],
              },
            ],
          },
          { type: 'function_call', name: 'save', arguments: args, call_id: P },
          { type: 'custom_tool_call', name: 'patch', input: N },
          { type: 'local_shell_call', id: P, action: { type: 'exec', command: ['echo', N] } },
        ],
        instructions: P,
        metadata: { who: P },
      },
      {
        output: [
          { type: 'reasoning', id: 'r', summary: [{ type: 'summary_text', text: person.text }], encrypted_content: P },
          {
            type: 'message',
            content: [
              {
                type: 'output_text',
                text: nickname.text,
                annotations: [{ type: 'url_citation', title: person.text, url: `https://x/${person.text}` }],
              },
            ],
          },
          { type: 'function_call', name: 'save', arguments: argsRestored, call_id: P },
          { type: 'custom_tool_call', name: 'patch', input: nickname.text },
          { type: 'local_shell_call', id: P, action: { type: 'exec', command: ['echo', nickname.text] } },
        ],
        instructions: person.text,
        metadata: { who: person.text },
      },
    ],
    [
      'Messages',
      {
        content: [
          { type: 'text', text: N, citations: [{ cited_text: P }] },
          { type: 'redacted_thinking', data: P },
          { type: 'tool_use', id: P, name: 'save', input: { id: P, type: N, list: [{ [P]: true }] } },
        ],
      },
      {
        content: [
          { type: 'text', text: nickname.text, citations: [{ cited_text: person.text }] },
          { type: 'redacted_thinking', data: P },
          {
            type: 'tool_use',
            id: P,
            name: 'save',
            input: { id: person.text, type: nickname.text, list: [{ [person.text]: true }] },
          },
        ],
      },
    ],
    [
      'Gemini',
      {
        candidates: [
          {
            content: {
              parts: [{ text: N, thoughtSignature: P }, { functionCall: { name: 'save', args: { name: P, data: N } } }],
            },
          },
        ],
      },
      {
        candidates: [
          {
            content: {
              parts: [
                { text: nickname.text, thoughtSignature: P },
                { functionCall: { name: 'save', args: { name: person.text, data: nickname.text } } },
              ],
            },
          },
        ],
      },
    ],
  ])('of %s gets its originals in everything that is said, and in nothing else', (_dialect, body, expected) => {
    expect(restored(body)).toEqual(expected);
  });

  it('keeps all other bytes', () => {
    const body = `\uFEFF{ "n" : 1.50e1,\r\n "text":"${P}\\u0021","b" :"\\/caf\\u00e9 2024" ,"text": "x"}`;
    const out = restoreAnswer(Buffer.from(body), unmasker()).toString();
    expect(out).toBe(body.replace(`${P}\\u0021`, `${person.text}!`));
  });

  it('is the same buffer where nothing is to be restored, or where it is no JSON', () => {
    for (const text of ['{"text":"in 2024"}', `not JSON ${P}`, `{"text":"${P}"`, '']) {
      const body = Buffer.from(text);
      expect(restoreAnswer(body, unmasker())).toBe(body);
    }
  });

  it('is restored where a placeholder is spelt in hexadecimal', () => {
    const spelt = [...P].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('');
    expect(restoreAnswer(Buffer.from(`{"text":"${spelt}"}`), unmasker()).toString()).toBe(`{"text":"${person.text}"}`);
  });

  it('keeps from a tool what the tool must not have', () => {
    const secret: Masked = {
      kind: 'secrets',
      id: '4dd3xw',
      text: 'hush',
      inText: false,
      inTool: (tool) => tool === 'vault',
    };
    const S = placeholderOf(secret);
    const body = (text: string): object => ({
      content: [
        { type: 'text', text: S },
        { type: 'tool_use', name: 'shell', input: { command: S } },
        { type: 'tool_use', name: 'vault', input: { value: text } },
      ],
    });
    expect(restored(body(S), unmasker([secret]))).toEqual(body('hush'));
  });

  it('tells of thinking that was signed', () => {
    const told: string[][] = [];
    const made = new Unmasker(originalsOf(all), {
      onSignedReasoning: (signature, text) => told.push([signature, text]),
    });
    const block = (thinking: string): object => ({ type: 'thinking', thinking, signature: `of ${thinking}` });
    restored({ content: [block(`${P} asks`), block('nobody asks')] }, made);
    expect(told).toEqual([[`of ${P} asks`, `${P} asks`]]);
  });
});

describe('the tree of a JSON text', () => {
  it('knows every value and its place', () => {
    const valueOf = (tree: JsonTree, node: JsonNode): unknown => {
      if (node.kind === 'string') return tree.text(node);
      if (node.kind === 'list') return node.values.map((one) => valueOf(tree, one));
      if (node.kind === 'other') return JSON.parse(tree.bytes.toString('utf8', node.start, node.end));
      return Object.fromEntries(
        node.names.map((name, index) => [tree.text(name), valueOf(tree, node.values[index] as JsonNode)]),
      );
    };
    fc.assert(
      fc.property(fc.json({ maxDepth: 5, stringUnit: 'binary' }), fc.boolean(), (json, isSpaced) => {
        const expected = JSON.parse(json) as unknown;
        const text = isSpaced ? JSON.stringify(expected, null, ' ') : json;
        const tree = new JsonTree(Buffer.from(text));
        expect(JSON.stringify(valueOf(tree, tree.root))).toBe(JSON.stringify(expected));
      }),
      { numRuns: 300 },
    );
  });
});

describe('the body of a plain answer', () => {
  function answered(
    chunks: readonly Buffer[],
    unmask: Unmasker | undefined,
    isJson = true,
  ): { text: string; told: string[] } {
    let text = '';
    const told: string[] = [];
    const take = (bytes?: Buffer | string): boolean => {
      text += bytes === undefined ? '' : bytes.toString();
      return true;
    };
    const writer = {
      headSent: false,
      head: (_status: number, headers: [string, string][]) =>
        told.push(`length ${headers.find(([name]) => name === 'content-length')?.[1] ?? 'unknown'}`),
      write: take,
      end: take,
      tear: take,
    };
    const relay = new Relay({
      writer: writer as unknown as ClientWriter,
      source: { pause: () => undefined, resume: () => undefined, abort: () => undefined },
      hooks: {
        onContent: () => told.push('content'),
        onCommit: () => told.push('commit'),
        onRefuse: (error) => told.push(`refuse ${error.code}`),
        onDone: (error) => told.push(`done ${error?.code ?? 'well'}`),
        onBroken: () => undefined,
      },
      idleMs: 60_000,
      scrub: new Scrub([]),
      answerHeaders: () => [],
      passHeaders: false,
      createBody: (made) =>
        new PlainBody(made, {
          meter: dialectById('openai-chat').createMeter(),
          contentType: 'application/json',
          isJson,
          onFirstContent: () => undefined,
          unmask,
        }),
    });
    relay.head(200, {});
    for (const chunk of chunks) relay.data(chunk);
    relay.end();
    return { text, told };
  }

  it('is restored wherever it was cut on its way, and sent with its new length', () => {
    const body = Buffer.from(`{"text":"größe ${P}"}`);
    const expected = `{"text":"größe ${person.text}"}`;
    for (let at = 0; at <= body.length; at++) {
      const out = answered(
        [body.subarray(0, at), body.subarray(at)].filter((one) => one.length > 0),
        unmasker(),
      );
      expect(out.text).toBe(expected);
      expect(out.told).toEqual(['content', 'commit', `length ${String(Buffer.byteLength(expected))}`, 'done well']);
    }
  });

  it('is held however long it is, up to a bound', () => {
    const piece = Buffer.from('x'.repeat(1024 * 1024));
    const long = [Buffer.from('{"a":"'), ...Array.from({ length: 9 }, () => piece), Buffer.from(`${P}"}`)];
    const out = answered(long, unmasker());
    expect(out.text.endsWith(`${person.text}"}`)).toBe(true);
    const longer = [...long.slice(0, -1), ...Array.from({ length: 60 }, () => piece)];
    expect(answered(longer, unmasker()).told).toEqual(['content', 'refuse attempt.answer_too_large']);
  });

  it('is refused where it is an error, and passed on where it is not JSON', () => {
    expect(answered([Buffer.from('{"error":{"message":"no"}}')], unmasker()).told.at(-1)).toBe(
      'refuse attempt.upstream_error',
    );
    expect(answered([Buffer.from(P)], unmasker(), false).text).toBe(P);
    expect(answered([], unmasker()).told).toEqual(['refuse attempt.not_an_answer']);
  });

  it('is what came where nothing was masked', () => {
    const body = Buffer.from(`{"text":"${P}"}`);
    for (const unmask of [undefined, unmasker([])]) expect(answered([body], unmask).text).toBe(body.toString());
  });
});

describe('a stream of older completions', () => {
  const said = (text: string, finish_reason: string | null = null): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'text_completion', choices: [{ index: 0, text, finish_reason }] })}\n\n`;
  const textIn = (wire: string): string =>
    [...wire.matchAll(/"text":("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text ?? '""') as string).join('');

  it('has its originals, wherever it is cut', () => {
    const wire = Buffer.from(
      [
        said('Dear PERS'),
        ': ping\n\n',
        said('ON7kq2mb'),
        said(' e'),
        said('', 'stop'),
        'data: {\n\ndata: [DONE]\n\n',
      ].join(''),
    );
    for (let at = 0; at <= wire.length; at++) {
      const stream = new StreamRestorer(unmasker(), 'openai-chat', 1024);
      const pieces = [stream.push(wire.subarray(0, at)), stream.push(wire.subarray(at)), stream.end()];
      const out = Buffer.concat(pieces).toString();
      expect(textIn(out)).toBe(`Dear ${person.text} e`);
      expect(out).toContain(': ping\n\n');
      expect(out.endsWith('data: {\n\ndata: [DONE]\n\n')).toBe(true);
    }
  });

  it('loses nothing when it is cut', () => {
    const stream = new StreamRestorer(unmasker(), 'openai-chat', 1024);
    const out = stream.push(Buffer.from(`${said('Dear PERSON7')}data: {"cho`)).toString() + stream.end().toString();
    expect(textIn(out)).toBe('Dear PERSON7');
    expect(out.endsWith('data: {"cho')).toBe(true);
  });
});
