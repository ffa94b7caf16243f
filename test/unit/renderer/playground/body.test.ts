import { describe, expect, it } from 'vitest';
import { bodyOf, continued, isStrict, messagesOf } from '../../../../renderer/features/playground/body.ts';
import { codeFor, pythonOf } from '../../../../renderer/features/playground/code.ts';
import {
  contentOf,
  draftOf,
  emptyDraft,
  newAnswer,
  newColumn,
  newTurn,
  parametersOf,
  type Draft,
} from '../../../../renderer/features/playground/draft.ts';
import { substitute, variableNames } from '../../../../renderer/features/playground/variables.ts';

const pixel = 'data:image/png;base64,AAAA';

function draft(change: Partial<Draft>): Draft {
  return { ...emptyDraft(), ...change };
}

function asked(change: Partial<Draft>, text = 'Hi'): Draft {
  return draft({ turns: [newTurn('user', text)], ...change });
}

describe('a prompt as messages', () => {
  it('begins with the system prompt, and leaves an empty one out', () => {
    expect(messagesOf(asked({ system: 'Be brief.' })).value).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ]);
    expect(messagesOf(asked({ system: '  \n' })).value).toEqual([{ role: 'user', content: 'Hi' }]);
  });

  it('keeps the order of turns and leaves empty ones out', () => {
    const turns = [newTurn('user', 'a'), newTurn('assistant', 'b'), newTurn('user', ''), newTurn('user', 'c')];
    expect(messagesOf(draft({ turns })).value?.map(({ content }) => content)).toEqual(['a', 'b', 'c']);
  });

  it('sends pictures beside the text, and alone where there is none', () => {
    const picture = { id: '1', name: 'a.png', url: pixel };
    const part = { type: 'image_url', image_url: { url: pixel } };
    const withText = messagesOf(draft({ turns: [{ ...newTurn('user', 'What is this?'), pictures: [picture] }] }));
    expect(withText.value?.[0]?.['content']).toEqual([{ type: 'text', text: 'What is this?' }, part]);
    const alone = messagesOf(draft({ turns: [{ ...newTurn(), pictures: [picture] }] }));
    expect(alone.value?.[0]?.['content']).toEqual([part]);
  });

  it('says that there is nothing to send', () => {
    expect(messagesOf(emptyDraft()).problem).toEqual({ what: 'empty' });
  });

  it('names the variable that has no value', () => {
    const one = asked({ system: 'In {{language}}', variables: { language: 'French' } }, 'Say {{ word }}');
    expect(messagesOf(one).problem).toEqual({ what: 'variable', detail: 'word' });
    expect(messagesOf({ ...one, variables: { ...one.variables, word: 'yes' } }).value).toEqual([
      { role: 'system', content: 'In French' },
      { role: 'user', content: 'Say yes' },
    ]);
  });

  it('takes values of a row before its own, also empty ones', () => {
    const one = asked({ variables: { word: 'mine' } }, '<{{word}}>');
    expect(messagesOf(one, { word: '' }).value?.[0]?.['content']).toBe('<>');
    expect(messagesOf(one, { other: 'x' }).value?.[0]?.['content']).toBe('<mine>');
  });
});

describe('variables', () => {
  it('are named once each, in the order they are read', () => {
    const turns = [newTurn('user', '{{b}} {{a}} {{ b }}'), newTurn('user', '{{c-1.x}} {{1st}} {{ }}')];
    expect(variableNames({ system: '{{a}}', turns })).toEqual(['a', 'b', 'c-1.x']);
  });

  it('are put in once: a value that looks like a variable stays text', () => {
    expect(substitute('{{a}} {{b}}', { a: '{{b}}', b: '$& $1' })).toBe('{{b}} $& $1');
  });

  it('never take a value from the prototype', () => {
    expect(substitute('{{constructor}}', {})).toBe('{{constructor}}');
  });
});

describe('the body of a request', () => {
  const messages = [{ role: 'user', content: 'Hi' }];
  const none = { tools: '', schema: '' };

  it('sends no parameter that is empty', () => {
    const column = newColumn('demo/echo', { temperature: '0', top_p: '', max_tokens: ' ' });
    expect(bodyOf(column, none, messages).value).toEqual({ model: 'demo/echo', messages, temperature: 0 });
  });

  it.each([
    ['temperature', '3'],
    ['temperature', 'warm'],
    ['top_p', '-0.1'],
    ['max_tokens', '1.5'],
    ['max_tokens', '0'],
  ] as const)('refuses %s of %s by name', (name, text) => {
    const column = newColumn('a', { temperature: '', top_p: '', max_tokens: '', [name]: text });
    expect(bodyOf(column, none, messages).problem).toEqual({ what: 'parameter', detail: name });
  });

  it('asks for a model', () => {
    expect(bodyOf(newColumn(' '), none, messages).problem).toEqual({ what: 'model' });
  });

  it('carries tools as they are written', () => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
    expect(bodyOf(newColumn('a'), { tools: JSON.stringify(tools), schema: '' }, messages).value?.['tools']).toEqual(
      tools,
    );
    expect(bodyOf(newColumn('a'), { tools: '[]', schema: '' }, messages).value).not.toHaveProperty('tools');
  });

  it.each([
    ['{', 'json'],
    ['{}', 'list'],
    ['[{"type":"function"}]', 'tool'],
    ['[1]', 'tool'],
  ])('says what is wrong with tools %s', (tools, what) => {
    const { problem } = bodyOf(newColumn('a'), { tools, schema: '' }, messages);
    expect(problem).toMatchObject({ what: 'tools', json: { what } });
  });

  it('asks for JSON of the schema, strictly where providers take it so', () => {
    const open = { type: 'object', properties: { a: { type: 'string' } } };
    const closed = { ...open, required: ['a'], additionalProperties: false };
    const format = (schema: object): unknown =>
      bodyOf(newColumn('a'), { tools: '', schema: JSON.stringify(schema) }, messages).value?.['response_format'];
    expect(format(open)).toEqual({ type: 'json_schema', json_schema: { name: 'answer', schema: open } });
    expect(format(closed)).toEqual({
      type: 'json_schema',
      json_schema: { name: 'answer', schema: closed, strict: true },
    });
    expect(bodyOf(newColumn('a'), { tools: '', schema: '[]' }, messages).problem).toEqual({
      what: 'schema',
      json: { what: 'object' },
    });
  });

  it('finds an open object inside of a closed one', () => {
    const inner = { type: 'object', properties: {} };
    const list = { type: 'array', items: inner };
    expect(isStrict({ type: 'object', properties: { list }, required: ['list'], additionalProperties: false })).toBe(
      false,
    );
  });
});

describe('a conversation that goes on', () => {
  it('holds what was answered, what was called and what that gave', () => {
    const result = {
      ...{
        run: 'r',
        request_id: null,
        status: 200,
        text: '',
        reasoning: 'hm',
        finish_reason: 'tool_calls',
        usage: null,
      },
      tool_calls: [{ id: 'c1', name: 'f', arguments: '{"a":1}' }],
      ...{
        cost_usd: null,
        target: null,
        attempts: 1,
        masked: 0,
        ttft_ms: 1,
        duration_ms: 2,
        error: null,
        stopped: false,
      },
    };
    expect(
      continued([
        { kind: 'answer', answer: { ...newAnswer, text: 'first' } },
        { kind: 'user', text: 'more' },
        { kind: 'answer', answer: { ...newAnswer, result } },
        { kind: 'results', results: [{ id: 'c1', name: 'f', text: '42' }] },
      ]),
    ).toEqual([
      { role: 'assistant', content: 'first' },
      { role: 'user', content: 'more' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '42' },
    ]);
  });
});

describe('a prompt of the library', () => {
  it('comes back as it was saved, without pictures', () => {
    const one = asked({ system: 's', variables: { a: '1', gone: '2' }, tools: '[]', schema: '{}' }, '{{a}}');
    const column = newColumn('demo/echo', { temperature: '0.5', top_p: '', max_tokens: '100' });
    const content = contentOf(one, variableNames(one), column);
    expect(content).toMatchObject({ model: 'demo/echo', temperature: 0.5, top_p: null, max_tokens: 100 });
    expect(content.variables).toEqual([{ name: 'a', value: '1' }]);
    expect(parametersOf(content)).toEqual(column.parameters);
    const back = draftOf(content);
    expect(contentOf(back, variableNames(back), column)).toEqual(content);
  });
});

describe('code to paste', () => {
  const body = { model: 'a', messages: [{ role: 'user', content: 'it\'s `$HOME` "x"\n' }], stream: false, top_p: null };

  it('keeps the shell from reading the text', () => {
    const code = codeFor('curl', 'http://127.0.0.1:1/', body);
    expect(code).toContain('http://127.0.0.1:1/v1/chat/completions');
    expect(code).toContain("it'\\''s `$HOME`");
    expect(code).toContain('$SLUICE_KEY');
  });

  it('is JSON to JavaScript and words of Python to Python', () => {
    expect(codeFor('javascript', 'http://x', body)).toContain('"stream": false');
    expect(pythonOf({ a: true, b: null, c: [1, 'é"'], d: {} })).toBe(
      '{\n    "a": True,\n    "b": None,\n    "c": [\n        1,\n        "é\\"",\n    ],\n    "d": {},\n}',
    );
  });
});
