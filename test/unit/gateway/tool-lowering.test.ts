import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import type {
  CanonicalMessage,
  CanonicalRequest,
  CanonicalResponse,
  CanonicalTool,
  StreamPart,
  ToolCallKind,
  ToolChoice,
} from '../../../main/gateway/dialects/canonical.ts';
import type { Dialect } from '../../../main/gateway/dialects/dialect.ts';
import { gemini } from '../../../main/gateway/dialects/gemini/gemini.ts';
import { openaiChat } from '../../../main/gateway/dialects/openai-chat/openai-chat.ts';
import { openaiResponses } from '../../../main/gateway/dialects/openai-responses/openai-responses.ts';
import { InputUnwrapper, lowerTools, unwrapInput, type LoweredRequest } from '../../../main/gateway/tool-lowering.ts';

const empty = { type: 'object', properties: {} };
const fn = (name: string, namespace?: string): CanonicalTool => ({
  kind: 'function',
  name,
  parameters: empty,
  namespace,
});
const custom = (name: string, rest: object = {}): CanonicalTool => ({
  kind: 'custom',
  name,
  description: 'Free.',
  ...rest,
});

interface Lowered extends LoweredRequest {
  readonly losses: string[];
  readonly names: string[];
}

function lower(request: Partial<CanonicalRequest>, target: Dialect = openaiChat): Lowered {
  const losses: string[] = [];
  const lowered = lowerTools(
    { model: 'm', stream: true, messages: [], tools: [], sampling: {}, ...request },
    target,
    (path) => losses.push(path),
  );
  return { ...lowered, losses, names: lowered.request.tools.map((tool) => tool.name) };
}

const start = (name: string, kind: ToolCallKind = 'function', block = 0): StreamPart => ({
  type: 'tool-call-start',
  block,
  id: 'c',
  name,
  kind,
});
const called = (name: string, input: string, kind: ToolCallKind = 'function'): CanonicalMessage => ({
  role: 'assistant',
  parts: [{ type: 'tool-call', id: 'c', name, kind, input }],
});

function answer(name: string, input: string, namespace?: string): CanonicalResponse {
  return {
    id: 'r',
    model: 'm',
    parts: [{ type: 'tool-call', id: 'c', name, namespace, kind: 'function', input }],
    finish: { reason: 'tool_calls' },
  };
}

describe('lowering tools', () => {
  it('leaves what the target takes as it is', () => {
    const tools = [fn('read_file'), { ...fn('grep'), description: 'd', strict: true } as CanonicalTool];
    const { request, losses } = lower({
      tools,
      messages: [called('read_file', '{}')],
      toolChoice: { type: 'tool', name: 'grep' },
    });
    expect(request.tools[0]).toBe(tools[0]);
    expect(request.tools).toEqual(tools);
    expect(request.messages).toEqual([called('read_file', '{}')]);
    expect(request.toolChoice).toMatchObject({ type: 'tool', name: 'grep' });
    expect(losses).toEqual([]);
    const native = lower(
      { tools: [custom('patch'), fn('f', 'ns'), { kind: 'tool_search', name: 'search', parameters: empty }] },
      openaiResponses,
    );
    expect(native.request.tools).toEqual([
      custom('patch'),
      fn('f', 'ns'),
      { kind: 'tool_search', name: 'search', parameters: empty },
    ]);
  });

  it('tells a free-form tool as a function with one text, its grammar in the description', () => {
    const tool = custom('apply_patch', { format: { type: 'grammar', syntax: 'lark', definition: 'start: A' } });
    const { request, losses } = lower({ tools: [tool], messages: [called('apply_patch', '*** "Begin"\n', 'custom')] });
    expect(request.tools).toEqual([
      {
        kind: 'function',
        name: 'apply_patch',
        description: 'Free.\n\nThe input must match this grammar:\nstart: A',
        parameters: expect.objectContaining({ type: 'object', required: ['input'] }) as unknown,
      },
    ]);
    expect(request.messages[0]?.parts[0]).toMatchObject({ kind: 'function', input: '{"input":"*** \\"Begin\\"\\n"}' });
    expect(losses).toEqual(['/tools/0/format']);
    expect(lower({ tools: [custom('p', { format: { type: 'text' } })] }).losses).toEqual([]);
  });

  it('tells namespaced and searched tools under one name, with what the namespace is about', () => {
    const tools: CanonicalTool[] = [
      { ...fn('spawn', 'agents'), namespaceDescription: 'Helpers.' },
      { kind: 'tool_search', name: 'tool_search', parameters: empty, description: 'Finds.' },
    ];
    const { request, restore } = lower({ tools });
    expect(request.tools).toEqual([
      {
        kind: 'function',
        name: 'agents__spawn',
        description: 'Helpers.',
        parameters: empty,
        namespaceDescription: 'Helpers.',
      },
      { kind: 'function', name: 'tool_search', description: 'Finds.', parameters: empty },
    ]);
    expect(restore.part(start('agents__spawn'))).toEqual([{ ...start('spawn'), namespace: 'agents' }]);
    expect(restore.part(start('tool_search'))).toEqual([start('tool_search', 'tool_search')]);
  });

  it('drops hosted tools and second tools of a name, and says so', () => {
    const { names, losses } = lower({
      tools: [fn('f'), { kind: 'hosted', name: 'web_search', raw: {} }, fn('f'), fn('f', 'ns')],
    });
    expect(names).toEqual(['f', 'ns__f']);
    expect(losses).toEqual(['/tools/1', '/tools/2']);
  });

  it('makes names safe, short and distinct, the same ones every time', () => {
    const long = 'mcp__server__'.padEnd(100, 'x');
    const tools = [
      fn(`${long}1`),
      fn(`${long}2`),
      fn('a.b'),
      fn('a b'),
      fn('a_b'),
      fn('spawn', 'agents'),
      fn('agents__spawn'),
      fn('日本'),
      fn('本日'),
    ];
    const { names, restore } = lower({ tools });
    expect(names).toEqual(lower({ tools }).names);
    expect(new Set(names).size).toBe(tools.length);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(names[4]).toBe('a_b');
    tools.forEach((tool, index) => {
      expect(restore.part(start(names[index] ?? ''))).toEqual([{ ...start(tool.name), namespace: tool.namespace }]);
    });
  });

  it('keeps a taken short name apart from one made of it', () => {
    const { names, restore } = lower({ tools: [fn('agents__spawn'), fn('spawn', 'agents')] });
    expect(names).toEqual(['agents__spawn', 'agents__spawn_2']);
    expect(restore.part(start('agents__spawn_2'))).toEqual([{ ...start('spawn'), namespace: 'agents' }]);
    const long = 'x'.repeat(64);
    expect(lower({ tools: [fn(long), fn('y', 'n'), { ...fn(long), namespace: '' }] }).names).toHaveLength(2);
  });

  it('follows the name rule of the target', () => {
    expect(lower({ tools: [fn('a.b'), fn('1st')] }, gemini).names).toEqual([
      'a.b',
      expect.stringMatching(/^_1st_[0-9a-f]{8}$/),
    ]);
    expect(lower({ tools: [fn('1st')] }).names).toEqual(['1st']);
  });

  it('any names survive there and back for any target', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 90 });
    const tool = fc.record({
      name: fc.oneof(name, fc.constantFrom('f', 'f_2', 'ns__f', 'f'.repeat(64))),
      namespace: fc.option(fc.constantFrom('ns', 'n.s', 'ns__'), { nil: undefined }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(tool, { selector: (one) => JSON.stringify([one.namespace ?? '', one.name]), maxLength: 8 }),
        fc.constantFrom(openaiChat, gemini),
        (list, target) => {
          const { request, names, restore } = lower({ tools: list.map((one) => fn(one.name, one.namespace)) }, target);
          expect(new Set(names).size).toBe(list.length);
          request.tools.forEach((lowered, index) => {
            expect(lowered.name.length).toBeLessThanOrEqual(target.toolName.maxLength);
            expect(lowered.name).toMatch(target.toolName.pattern);
            expect(restore.part(start(lowered.name))).toEqual([
              { ...start(list[index]?.name ?? ''), namespace: list[index]?.namespace },
            ]);
          });
        },
      ),
    );
  });

  it('makes schemas portable, native tools too', () => {
    const { request, losses } = lower({
      tools: [{ kind: 'function', name: 'f', parameters: { anyOf: [{ properties: { a: { type: 'array' } } }] } }],
    });
    expect(request.tools).toEqual([
      { kind: 'function', name: 'f', parameters: { type: 'object', properties: { a: { type: 'array', items: {} } } } },
    ]);
    expect(losses).toEqual(['/tools/0/parameters/anyOf']);
  });

  it('renames calls and results of the history alike, declared or not', () => {
    const messages: CanonicalMessage[] = [
      {
        role: 'assistant',
        parts: [
          { type: 'tool-call', id: 'a', name: 'f', namespace: 'ns', kind: 'function', input: '{}' },
          { type: 'tool-call', id: 'b', name: 'gone!', kind: 'custom', input: 'x' },
        ],
      },
      {
        role: 'tool',
        parts: [
          { type: 'tool-result', callId: 'a', name: 'f', namespace: 'ns', kind: 'function', parts: [] },
          { type: 'tool-result', callId: 'b', name: 'gone!', kind: 'custom', parts: [] },
          { type: 'tool-result', callId: 'z', kind: 'custom', parts: [] },
        ],
      },
    ];
    const parts = lower({ tools: [fn('f', 'ns')], messages }).request.messages.flatMap((message) => message.parts);
    const gone = expect.stringMatching(/^gone__[0-9a-f]{8}$/) as unknown;
    expect(parts).toEqual([
      { type: 'tool-call', id: 'a', name: 'ns__f', kind: 'function', input: '{}' },
      { type: 'tool-call', id: 'b', name: gone, kind: 'function', input: '{"input":"x"}' },
      { type: 'tool-result', callId: 'a', name: 'ns__f', kind: 'function', parts: [] },
      { type: 'tool-result', callId: 'b', name: gone, kind: 'function', parts: [] },
      { type: 'tool-result', callId: 'z', kind: 'function', parts: [] },
    ]);
  });

  it('lowers a call whose tool has become a function since', () => {
    expect(
      lower({ tools: [fn('p')], messages: [called('p', 'raw', 'custom')] }).request.messages[0]?.parts[0],
    ).toMatchObject({ kind: 'function', input: '{"input":"raw"}' });
  });

  it.each<[string, ToolChoice, CanonicalTool[], ToolChoice | undefined, string[]]>([
    [
      'a renamed tool',
      { type: 'tool', name: 'f', namespace: 'ns' },
      [fn('f', 'ns')],
      { type: 'tool', name: 'ns__f' },
      [],
    ],
    [
      'a free-form tool',
      { type: 'tool', name: 'p', kind: 'custom' },
      [custom('p')],
      { type: 'tool', name: 'p', kind: 'function' },
      [],
    ],
    ['a tool that was dropped', { type: 'tool', name: 'web' }, [fn('f')], { type: 'auto' }, ['tool_choice']],
    ['no tool that is left', { type: 'required' }, [], undefined, ['tool_choice']],
    ['none of none', { type: 'none' }, [], undefined, []],
    [
      'some allowed',
      { type: 'allowed', mode: 'required', names: ['f', 'gone'] },
      [fn('f'), fn('g')],
      { type: 'allowed', mode: 'required', names: ['f'] },
      ['tool_choice'],
    ],
    [
      'only what is gone',
      { type: 'allowed', mode: 'required', names: ['gone'] },
      [fn('g')],
      { type: 'auto' },
      ['tool_choice'],
    ],
    ['any', { type: 'required' }, [fn('f')], { type: 'required' }, []],
  ])('chooses %s', (_what, toolChoice, tools, expected, lost) => {
    const { request, losses } = lower({ toolChoice, tools });
    if (expected === undefined) expect(request.toolChoice).toBeUndefined();
    else expect(request.toolChoice).toMatchObject(expected);
    expect(losses).toEqual(lost);
  });
});

describe('turning an answer back', () => {
  it('unwraps a free-form input and restores name and kind in a whole answer', () => {
    const { restore } = lower({ tools: [custom('apply_patch'), fn('f', 'ns')] });
    expect(restore.response(answer('apply_patch', '{"input":"a\\nb"}')).parts[0]).toMatchObject({
      name: 'apply_patch',
      kind: 'custom',
      input: 'a\nb',
    });
    expect(restore.response(answer('ns__f', '{"x":1}')).parts[0]).toMatchObject({
      name: 'f',
      namespace: 'ns',
      kind: 'function',
      input: '{"x":1}',
    });
    expect(restore.response(answer('invented', '{}')).parts[0]).toEqual(answer('invented', '{}').parts[0]);
  });

  it('streams parallel calls through, each unwrapped by itself', () => {
    const { restore } = lower({ tools: [custom('p'), fn('f')] });
    const delta = (block: number, input: string): StreamPart => ({ type: 'tool-call-delta', block, input });
    const end = (block: number): StreamPart => ({ type: 'tool-call-end', block });
    const out = [
      start('p', 'function', 1),
      start('f', 'function', 2),
      start('p', 'function', 3),
      delta(1, '{"input"'),
      delta(2, '{"a":1}'),
      delta(3, '{}'),
      delta(1, ':"x\\'),
      delta(1, 'n"}'),
      end(1),
      end(2),
      end(3),
      { type: 'finish', finish: { reason: 'tool_calls' } } as StreamPart,
    ].flatMap((part) => [...restore.part(part)]);
    expect(out).toEqual([
      start('p', 'custom', 1),
      start('f', 'function', 2),
      start('p', 'custom', 3),
      delta(2, '{"a":1}'),
      delta(1, 'x'),
      delta(1, '\n'),
      end(1),
      end(2),
      end(3),
      { type: 'finish', finish: { reason: 'tool_calls' } },
    ]);
  });

  it('gives a broken envelope as the model wrote it', () => {
    const { restore } = lower({ tools: [custom('p')] });
    const out = [
      start('p'),
      { type: 'tool-call-delta', block: 0, input: '*** Begin' } as StreamPart,
      { type: 'tool-call-end', block: 0 } as StreamPart,
    ].flatMap((part) => [...restore.part(part)]);
    expect(out.map((part) => (part.type === 'tool-call-delta' ? part.input : part.type))).toEqual([
      'tool-call-start',
      '*** Begin',
      'tool-call-end',
    ]);
  });
});

describe('unwrapping a free-form input', () => {
  const unwrap = (pieces: readonly string[]): string[] => {
    const unwrapper = new InputUnwrapper();
    return [...pieces.map((piece) => unwrapper.push(piece)), unwrapper.end()];
  };
  const split = (text: string, cuts: readonly number[]): string[] => {
    const points = [0, ...[...cuts].sort((a, b) => a - b), text.length];
    return points.slice(1).map((end, index) => text.slice(points[index], end));
  };
  /** JSON with every character of the input as an escape. */
  const escaped = (input: string): string =>
    `{"input":"${[...Array(input.length).keys()].map((at) => `\\u${input.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"}`;
  const envelopes: readonly ((input: string) => string)[] = [
    (input) => JSON.stringify({ input }),
    (input) => ` {\n "input" :\t${JSON.stringify(input)} }\n`,
    (input) => JSON.stringify({ input, why: 'because "x"' }),
    (input) => JSON.stringify({ why: 'because', input }),
    escaped,
  ];
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('"', '\\', '\n', '/', '\u2028', 'é', '漢', '😀', 'a', '}', '\u0007') }),
  );

  it('gives the input whatever the split, whole characters at a time', () => {
    fc.assert(
      fc.property(
        text,
        fc.constantFrom(...envelopes),
        fc.array(fc.nat(200), { maxLength: 12 }),
        (input, envelope, cuts) => {
          const json = envelope(input);
          const given = unwrap(
            split(
              json,
              cuts.map((cut) => cut % (json.length + 1)),
            ),
          );
          expect(given.join('')).toBe(input);
          if (input.isWellFormed()) for (const piece of given) expect(piece.isWellFormed()).toBe(true);
          expect(unwrapInput(json)).toBe(input);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('gives the input character by character', () => {
    const input = 'a"\\/\b\f\n\r\té😀漢\u2028';
    for (const envelope of envelopes) expect(unwrap([...envelope(input)]).join('')).toBe(input);
    expect(unwrap([...'{"input":"\\/\\q"}']).join('')).toBe('/q');
  });

  it('holds nothing back but unfinished escapes', () => {
    expect(unwrap(['{"input":"abc', 'def\\', 'u00', 'e9"', '}'])).toEqual(['abc', 'def', '', 'é', '', '']);
  });

  it('gives what came of an input that was cut off', () => {
    expect(unwrap(['{"input":"ab\\u00']).join('')).toBe('ab');
  });

  it.each(['', '{}', ' { } '])('gives nothing for %j', (json) => {
    expect(unwrap([json]).join('')).toBe(json.trim() === '' ? json : '');
    expect(unwrapInput(json)).toBe(json.trim() === '' ? json : '');
  });

  it.each(['*** Begin Patch', '["x"]', '{"patch":"x"}', '{"input":5}', '"x"', '{"inp'])('gives %j as it is', (json) => {
    expect(unwrap([...json]).join('')).toBe(json);
    expect(unwrapInput(json)).toBe(json);
  });
});
