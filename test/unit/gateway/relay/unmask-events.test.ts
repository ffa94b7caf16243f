import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { Unmasker } from '../../../../main/gateway/relay/unmask.ts';
import {
  all,
  cutAt,
  email,
  inText,
  nickname,
  originalsOf,
  person,
  placeholderOf,
  type Masked,
} from './unmask-making.ts';
import { dataIn, dialectIds, eventsOf, relayed, understood, type StreamDialect, type Told } from './unmask-streams.ts';

const unmasker = (list: readonly Masked[] = all): Unmasker => new Unmasker(originalsOf(list));
const plain = all.filter(({ text }) => !/["\\\n]/.test(text));
const P = placeholderOf(person);
const N = placeholderOf(nickname);

const words = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...all.map(placeholderOf),
        'PERSON',
        'pers',
        'IP 9',
        'EMAIL\\_',
        'the',
        ' ',
        '\n',
        '"',
        '\\',
        '{',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    ),
    { maxLength: 8 },
  )
  .map((list) => list.join(''));
const places = fc.array(fc.nat(300), { maxLength: 8 });

function toldOf(reasoning: string, text: string, call: string, cuts: readonly number[]): Told {
  const json = JSON.stringify({ value: call, n: 1 });
  return {
    reasoning: cutAt(reasoning, cuts),
    text: cutAt(text, cuts),
    calls: [
      cutAt(json, cuts),
      cutAt(
        json,
        cuts.map((at) => at + 3),
      ),
    ],
  };
}

describe.each(dialectIds)('a stream of %s', (dialect) => {
  it.each([
    ['of any originals', all],
    ['of originals that need no escapes', plain],
  ] as const)('gives a client the text with originals %s, however it is cut', (_what, list) => {
    fc.assert(
      fc.property(
        words,
        words,
        words,
        places,
        fc.nat(2_000),
        fc.boolean(),
        (reasoning, text, call, cuts, at, isSlow) => {
          const events = eventsOf(dialect, toldOf(reasoning, text, call, cuts));
          const wire = Buffer.from(events.join(''));
          const spot = at % (wire.length + 1);
          const made = new Unmasker(originalsOf(list), { onSignedReasoning: () => undefined });
          const out = relayed(dialect, isSlow ? events : [wire.subarray(0, spot), wire.subarray(spot)], made);
          expect(out.told.at(-1)).toBe('done well');
          const got = understood(dialect, out.text);
          const whole = unmasker(list);
          expect(got.reasoning).toBe(whole.text(reasoning, inText));
          expect(got.text).toBe(whole.text(text, inText));
          const value = whole.text(call, inText);
          if (!/^\s*[[{]/.test(call))
            expect(got.calls.map((one) => JSON.parse(one) as unknown)).toEqual([
              { value, n: 1 },
              { value, n: 1 },
            ]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('restores a placeholder cut at every place, in texts and arguments', () => {
    for (let at = 0; at <= N.length; at++) {
      const cut = [`Hi ${N.slice(0, at)}`, `${N.slice(at)}, bye`];
      const json = [`{"value":"${N.slice(0, at)}`, `${N.slice(at)}"}`];
      const out = relayed(dialect, eventsOf(dialect, { reasoning: cut, text: cut, calls: [json, json] }), unmasker());
      const got = understood(dialect, out.text);
      expect(got.text).toBe(`Hi ${nickname.text}, bye`);
      expect(got.reasoning).toBe(got.text);
      for (const call of got.calls) expect(JSON.parse(call)).toEqual({ value: nickname.text });
    }
  });

  it('keeps the bytes of every event without a placeholder', () => {
    const events = eventsOf(dialect, {
      reasoning: ['I think, ', 'so 27 of them.'],
      text: ['No names', ' at 5 o\'clock \\ "', 'ümlaut 2024\n', `Dear ${P}, `, '42 things.'],
      calls: [['{"value":', '"none 33"}']],
    });
    const out = relayed(dialect, [events.join('')], unmasker());
    const changed = events.filter((event) => !out.text.includes(event));
    expect(changed.every((event) => event.includes(P))).toBe(true);
    expect(changed.length).toBeGreaterThan(0);
    expect(out.text).toBe(events.map((event) => event.replaceAll(P, person.text)).join(''));
  });

  it('keeps the bytes of words that only begin like a placeholder, as far as what follows is there', () => {
    const text = ['So', ' the', ' nam', 'e', ' is', ' per', 'haps', ' PERS', ' no', ' ip', '.', ' One'];
    const wire = eventsOf(dialect, { text }).join('');
    expect(relayed(dialect, [wire], unmasker()).text).toBe(wire);
    const out = relayed(dialect, eventsOf(dialect, { text }), unmasker()).text;
    expect(out).not.toBe(wire);
    expect(understood(dialect, out).text).toBe(text.join(''));
  });

  it('passes on the very bytes where nothing was masked, with their spelling', () => {
    const wire = eventsOf(dialect, { text: ['Hel', 'lo\\u00e9'], calls: [['{}']] })
      .join('')
      .replaceAll('"choices":', ' "choices" :\t');
    for (const unmask of [undefined, unmasker([]), unmasker([{ ...person, id: '9zzzzz', kind: 'crypto_wallet' }])])
      expect(relayed(dialect, [wire], unmask).text).toBe(wire);
  });

  it('gives what it held back when the stream is cut, before the error', () => {
    const events = eventsOf(dialect, { text: ['Hello, ', 'dear PERSON7k'] });
    const last = events.findIndex((event) => event.includes('PERSON7k'));
    const out = relayed(dialect, events.slice(0, last + 1), unmasker());
    expect(out.told.at(-1)).toBe('done relay.stream_incomplete');
    expect(understood(dialect, out.text).text).toBe('Hello, dear PERSON7k');
    const [held, error] = [out.text.lastIndexOf('PERSON7k'), out.text.lastIndexOf('error')];
    expect(held).toBeGreaterThan(0);
    expect(error).toBeGreaterThan(held);
  });

  it('gives what it held back before an error of the provider', () => {
    const events = eventsOf(dialect, { text: ['Hello, ', 'dear PERSON7k'] });
    const last = events.findIndex((event) => event.includes('PERSON7k'));
    const error: Record<StreamDialect, string> = {
      'openai-chat': 'data: {"error":{"message":"overloaded"}}\n\n',
      'openai-responses':
        'event: error\ndata: {"type":"error","sequence_number":99,"message":"overloaded","code":"x"}\n\n',
      'anthropic-messages':
        'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"overloaded"}}\n\n',
      gemini: 'data: {"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}}\n\n',
    };
    const out = relayed(dialect, [...events.slice(0, last + 1), error[dialect]], unmasker());
    expect(out.told.at(-1)).toBe('done relay.upstream_error');
    expect(understood(dialect, out.text).text).toBe('Hello, dear PERSON7k');
    expect(out.text.indexOf('overloaded')).toBeGreaterThan(out.text.lastIndexOf('PERSON7k'));
  });

  it('tells the same of an answer, whether anything was restored or not', () => {
    const chunks = eventsOf(dialect, { text: ['PERS', `ON7kq2mb and ${P}`], calls: [['{"value":"', `${P}"}`]] });
    expect(relayed(dialect, chunks, unmasker()).told).toEqual(relayed(dialect, chunks, undefined).told);
  });
});

describe('texts that end with the beginning of a placeholder', () => {
  it.each(dialectIds)('lose nothing of it in a stream of %s', (dialect) => {
    const told = { reasoning: ['So PERSON7k'], text: ['Dear e', 'mail'], calls: [['{"value":"per"}']] };
    const out = relayed(dialect, eventsOf(dialect, told), unmasker());
    const got = understood(dialect, out.text);
    expect(got).toMatchObject({ reasoning: 'So PERSON7k', text: 'Dear email' });
    // Reasoning is whole before the text begins.
    expect(out.text.indexOf('PERSON7k')).toBeLessThan(out.text.indexOf('Dear'));
  });
});

describe('an event that had to be added', () => {
  it('does not repeat what begins a call, nor usage', () => {
    const chunk = (delta: object, more: object = {}): string =>
      `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`;
    const out = relayed(
      'openai-chat',
      [
        chunk(
          {
            tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'save', arguments: 'PERSON' } }],
          },
          { usage: { total_tokens: 3 } },
        ),
        `data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n`,
      ],
      unmasker(),
    );
    const [first, added] = dataIn(out.text);
    expect(first).toMatchObject({
      choices: [{ delta: { tool_calls: [{ id: 'call_1', function: { arguments: '' } }] } }],
    });
    expect(added).toEqual({
      id: 'c',
      model: 'm',
      choices: [
        { index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: 'PERSON' } }] }, finish_reason: null },
      ],
    });
  });

  it('keeps the numbers of a Responses stream in order', () => {
    const told = {
      reasoning: ['one p', ' two pers'],
      text: ['a', 'b', 'PERSON7', 'kq2mb, e'],
      calls: [['{"a":"', 'x"}  ip'], ['{"b":1}  e']],
    };
    const wire = eventsOf('openai-responses', told);
    const out = relayed('openai-responses', wire, unmasker());
    const numbers = dataIn(out.text).map((event) => Number(event['sequence_number']));
    expect(numbers).toEqual(numbers.map((_number, index) => index));
    // Reasoning, text and two calls left something.
    expect(numbers.length).toBe(wire.length + 4);
    expect(understood('openai-responses', out.text).text).toBe(`ab${person.text}, e`);
  });

  it('comes before what ends its block', () => {
    const out = relayed('anthropic-messages', eventsOf('anthropic-messages', { text: ['the nam', 'e'] }), unmasker());
    const types = dataIn(out.text).map(({ type }) => type);
    expect(types).toEqual([
      ...['message_start', 'content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_delta'],
      ...['content_block_stop', 'message_delta', 'message_stop'],
    ]);
  });
});

describe('values that come whole', () => {
  it('agree with the pieces in every event of a Responses stream', () => {
    const told = { reasoning: [`${P} `, 'asks'], text: ['Hi PER', 'SON7kq2mb'], calls: [['{"value":"', `${N}"}`]] };
    const events = dataIn(relayed('openai-responses', eventsOf('openai-responses', told), unmasker()).text);
    const escaped = JSON.stringify({ value: nickname.text });
    const find = (type: string): unknown => events.filter((event) => event['type'] === type).at(-1);
    expect(find('response.output_text.done')).toMatchObject({ text: `Hi ${person.text}` });
    expect(find('response.function_call_arguments.done')).toMatchObject({ arguments: escaped });
    expect(find('response.completed')).toMatchObject({
      response: {
        output: [
          { summary: [{ text: `${person.text} asks` }] },
          { content: [{ text: `Hi ${person.text}` }] },
          { name: 'save', arguments: escaped },
        ],
      },
    });
  });

  it('are restored in sources and in results of searches, but never in what is signed or names things', () => {
    const events = [
      ...eventsOf('anthropic-messages', { text: ['x'] }).slice(0, 3),
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"cited_text":"${P} said","title":"${P}","encrypted_index":"${P}"}}}\n\n`,
      `event: content_block_start\ndata: {"type":"content_block_start","index":1,"content_block":{"type":"server_tool_use","id":"${P}","name":"web_search","input":{"id":"${P}","${P}":1}}}\n\n`,
    ];
    const out = dataIn(relayed('anthropic-messages', events, unmasker()).text);
    expect(out[3]).toMatchObject({
      delta: { citation: { cited_text: `${person.text} said`, title: person.text, encrypted_index: P } },
    });
    expect(out[4]).toMatchObject({ content_block: { id: P, input: { id: person.text, [person.text]: 1 } } });
  });

  it('are restored where the data of an event stands in several lines', () => {
    const event = `event: x\ndata: {"choices": [\ndata: {"index": 0, "delta": {"content": "Dear ${P}"}}]}\nid: 7\n\n`;
    const out = relayed('openai-chat', [event], unmasker()).text;
    expect(out).toContain(`"Dear ${person.text}"`);
    expect(out.startsWith('event: x\nid: 7\ndata: {"choices": [\ndata: {')).toBe(true);
  });
});

describe('where an original comes back', () => {
  const secret: Masked = {
    kind: 'secrets',
    id: '4dd3xw',
    text: 'hush',
    inText: true,
    inTool: (tool) => tool === 'vault',
  };
  const S = placeholderOf(secret);

  it.each(dialectIds)('is up to the tool that is called in a stream of %s', (dialect) => {
    const wire = eventsOf(dialect, { text: [`${S}!`], calls: [['{"value":"', `${S}"}`]] }).join('');
    const got = understood(dialect, relayed(dialect, [wire], unmasker([secret])).text);
    expect(got.text).toBe('hush!');
    expect(got.calls).toEqual([`{"value":"${S}"}`]);
    const other = relayed(dialect, [wire.replaceAll('"save"', '"vault"')], unmasker([secret])).text;
    expect(understood(dialect, other).calls).toEqual(['{"value":"hush"}']);
    expect(other).not.toContain(S);
  });
});

describe('calls of Chat Completions', () => {
  it('are told apart by their ids where all have the index 0', () => {
    const call = (id: string, name: string, args: string): string =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, id, function: { name, arguments: args } }] } }] })}\n\n`;
    const out = relayed('openai-chat', [call('a', 'one', 'PERSON7'), call('b', 'two', 'kq2mb')], unmasker());
    expect(dataIn(out.text).map((event) => JSON.stringify(event['choices']))).toEqual([
      expect.stringContaining('"arguments":""'),
      expect.stringContaining('"arguments":"PERSON7"'),
      expect.stringContaining('"arguments":"kq2mb"'),
      // The error: the stream was cut.
      undefined,
    ]);
  });

  it('of two choices do not mix', () => {
    const said = (index: number, content: string, finish_reason: string | null = null): string =>
      `data: ${JSON.stringify({ choices: [{ index, delta: { content }, finish_reason }] })}\n\n`;
    const wire = [
      said(0, 'PERS'),
      said(1, 'EMA'),
      said(0, 'ON7kq2mb'),
      said(1, 'IL5bcdfg'),
      said(0, ' p', 'stop'),
      said(1, '', 'stop'),
    ];
    const out = dataIn(relayed('openai-chat', [...wire, 'data: [DONE]\n\n'], unmasker()).text);
    const of = (index: number): string =>
      out
        .flatMap((event) => event['choices'] as { index: number; delta: { content: string } }[])
        .filter((choice) => choice.index === index)
        .map((choice) => choice.delta.content)
        .join('');
    expect([of(0), of(1)]).toEqual([`${person.text} p`, email.text]);
  });

  it('may have a free form, which is not escaped', () => {
    const call = (input: string, name?: string): string =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, type: 'custom', custom: { name, input } }] } }] })}\n\n`;
    const out = dataIn(relayed('openai-chat', [call('say ', 'patch'), call(N)], unmasker()).text);
    expect(JSON.stringify(out[1])).toContain(JSON.stringify(nickname.text));
  });
});

describe('arguments that Gemini sends in pieces', () => {
  it('are texts of their own by path', () => {
    const call = (partialArgs: object[], more: object): string =>
      `data: ${JSON.stringify({ candidates: [{ content: { parts: [{ functionCall: { partialArgs, ...more } }] } }] })}\n\n`;
    const piece = (jsonPath: string, stringValue: string, willContinue: boolean): object => ({
      jsonPath,
      stringValue,
      willContinue,
    });
    const wire = [
      call([piece('$.a', 'PERS', true), piece('$.b', 'EMA', true)], { name: 'save', willContinue: true }),
      call([piece('$.a', 'ON7kq2mb', true), piece('$.b', 'IL5bcdfg', false)], { willContinue: true }),
      call([piece('$.a', ' per', false)], {}),
    ];
    const out = dataIn(relayed('gemini', wire, unmasker()).text);
    const all = JSON.stringify(out);
    const values = [...all.matchAll(/"jsonPath":"\$\.([ab])","stringValue":"([^"]*)"/g)];
    const of = (path: string): string =>
      values
        .filter(([, at]) => at === path)
        .map(([, , value]) => value)
        .join('');
    expect([of('a'), of('b')]).toEqual([`${person.text} per`, email.text]);
  });
});

describe('signed thinking', () => {
  it('is told of, as the provider wrote it, where something in it was restored', () => {
    const told: [string, string][] = [];
    const watching = (): Unmasker =>
      new Unmasker(originalsOf(all), { onSignedReasoning: (signature, text) => told.push([signature, text]) });
    const stream = (reasoning: string[]): string => eventsOf('anthropic-messages', { reasoning, text: ['x'] }).join('');
    relayed('anthropic-messages', [stream(['Hm, PERS', 'ON7kq2mb ', 'wants'])], watching());
    expect(told).toEqual([['c2lnbmVk', `Hm, ${P} wants`]]);
    const pieces = ['Hm', ', "é" ', 'the', 're\\ is', ' pers', 'on', ' 7kq2mb', ' e'];
    relayed('anthropic-messages', [stream(pieces)], watching());
    expect(told.pop()).toEqual(['c2lnbmVk', pieces.join('')]);
    const out = relayed('anthropic-messages', [stream(['Hm, p', 'erhaps'])], watching());
    expect(understood('anthropic-messages', out.text).reasoning).toBe('Hm, perhaps');
    expect(told).toHaveLength(1);
  });
});
