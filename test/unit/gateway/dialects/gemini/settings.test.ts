import { describe, expect, it } from 'vitest';
import type {
  CanonicalRequest,
  CanonicalTool,
  JsonObject,
  OutputFormat,
  ReasoningRequest,
  ToolChoice,
} from '../../../../../main/gateway/dialects/canonical.ts';
import type { TargetRules } from '../../../../../main/gateway/dialects/dialect.ts';
import { encode, gemini3, collectLosses } from './support.ts';

interface Sent {
  readonly body: JsonObject;
  readonly config: JsonObject | undefined;
  readonly losses: readonly string[];
}

function sent(request: Partial<CanonicalRequest>, rules: TargetRules = {}): Sent {
  const losses = collectLosses();
  const body = encode(request, rules, losses);
  return { body, config: body['generationConfig'] as JsonObject | undefined, losses: losses.list };
}

const f: CanonicalTool = {
  kind: 'function',
  name: 'f',
  description: 'F',
  parameters: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
};
const g: CanonicalTool = { kind: 'function', name: 'g', parameters: { type: 'object', properties: {} } };

describe('sampling', () => {
  it('is sent field by field', () => {
    const sampling = {
      temperature: 0.25,
      topP: 0.5,
      topK: 40,
      presencePenalty: 1,
      frequencyPenalty: -1,
      seed: 7,
      stop: ['a', 'b'],
      logprobs: true,
      topLogprobs: 5,
    };
    expect(sent({ sampling, maxOutputTokens: 100 })).toMatchObject({
      config: {
        temperature: 0.25,
        topP: 0.5,
        topK: 40,
        presencePenalty: 1,
        frequencyPenalty: -1,
        seed: 7,
        stopSequences: ['a', 'b'],
        responseLogprobs: true,
        logprobs: 5,
        maxOutputTokens: 100,
      },
      losses: [],
    });
  });

  it('is left out when nothing was asked for', () => {
    expect(sent({}).body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'hello' }] }] });
  });

  it('records what Gemini does not have', () => {
    const { config, losses } = sent({
      sampling: { minP: 0.1, repetitionPenalty: 1.1, logitBias: { 1: 2 } },
      userId: 'u',
      metadata: { a: 'b' },
      promptCacheKey: 'k',
      verbosity: 'low',
      store: true,
      parallelToolCalls: false,
      candidateCount: 3,
    });
    expect(config).toBeUndefined();
    expect([...losses].sort()).toEqual(
      [
        'logit_bias',
        'metadata',
        'min_p',
        'n',
        'parallel_tool_calls',
        'prompt_cache_key',
        'repetition_penalty',
        'store',
        'user',
        'verbosity',
      ].sort(),
    );
    expect(sent({ metadata: {}, store: false, parallelToolCalls: true, candidateCount: 1 }).losses).toEqual([]);
  });

  it('keeps to the limits of the target', () => {
    const { config, losses } = sent(
      { sampling: { stop: ['1', '2', '3', '4', '5', '6'], logprobs: true, topLogprobs: 50 }, maxOutputTokens: 99_999 },
      { maxOutputTokens: 8192 },
    );
    expect(config).toMatchObject({ stopSequences: ['1', '2', '3', '4', '5'], logprobs: 20, maxOutputTokens: 8192 });
    expect(losses).toEqual(['stop', 'max_tokens']);
  });

  it.each([
    [2_147_483_647, 2_147_483_647, []],
    [-1, -1, []],
    [4_294_967_297, 1, ['seed']],
    [1.5, 1, ['seed']],
  ])('makes the seed %d an int32: %d', (seed, expected, losses) => {
    expect(sent({ sampling: { seed } })).toMatchObject({ config: { seed: expected }, losses });
  });

  it('leaves out what the model refuses, with losses', () => {
    expect(
      sent({ sampling: { temperature: 1, topP: 1, seed: 3 } }, { noSampling: true, refusedFields: ['seed'] }),
    ).toMatchObject({ config: undefined, losses: ['temperature', 'topP', 'seed'] });
    expect(sent({ serviceTier: 'flex' }, { refusedFields: ['serviceTier'] })).toMatchObject({
      losses: ['serviceTier'],
    });
  });

  it.each([
    ['flex', 'flex', []],
    ['priority', 'priority', []],
    ['auto', undefined, []],
    ['default', undefined, []],
    ['scale', undefined, ['service_tier']],
  ])('sends the service tier %s as %s', (serviceTier, expected, losses) => {
    const one = sent({ serviceTier });
    expect(one.body['serviceTier']).toBe(expected);
    expect(one.losses).toEqual(losses);
  });
});

describe('reasoning', () => {
  const thinking = (
    reasoning: ReasoningRequest,
    model = 'gemini-2.5-flash',
    rules: TargetRules = {},
  ): [unknown, readonly string[]] => {
    const { config, losses } = sent({ reasoning, model }, rules);
    return [config?.['thinkingConfig'], losses];
  };
  const since3: TargetRules = { thinkingLevel: true };

  it.each<[ReasoningRequest, JsonObject, string[]]>([
    [{ mode: 'off' }, { thinkingBudget: 0 }, []],
    [{ mode: 'on', effort: 'none', summary: 'auto' }, { thinkingBudget: 0 }, []],
    [{ mode: 'adaptive', summary: 'auto' }, { thinkingBudget: -1, includeThoughts: true }, []],
    [{ mode: 'on', effort: 'minimal' }, { thinkingBudget: 1024 }, []],
    [{ mode: 'on', effort: 'low' }, { thinkingBudget: 1024 }, []],
    [{ mode: 'on', effort: 'medium', summary: 'none' }, { thinkingBudget: 8192, includeThoughts: false }, []],
    [{ mode: 'on', effort: 'high' }, { thinkingBudget: 24_576 }, []],
    [{ mode: 'on', effort: 'max' }, { thinkingBudget: 24_576 }, []],
    [{ mode: 'on', budgetTokens: 5000, effort: 'low' }, { thinkingBudget: 5000 }, []],
    [{ mode: 'on', budgetTokens: 31_999 }, { thinkingBudget: 24_576 }, ['reasoning.budget']],
  ])('is a budget before Gemini 3: %j', (reasoning, config, losses) => {
    expect(thinking(reasoning)).toEqual([config, losses]);
  });

  it('keeps to the range of Pro, which cannot be switched off', () => {
    const pro = 'gemini-2.5-pro';
    expect(thinking({ mode: 'off' }, pro)).toEqual([{ thinkingBudget: 128 }, ['reasoning']]);
    expect(thinking({ mode: 'on', effort: 'max' }, pro)).toEqual([{ thinkingBudget: 32_768 }, []]);
    expect(thinking({ mode: 'on', budgetTokens: 64 }, pro)).toEqual([{ thinkingBudget: 128 }, ['reasoning.budget']]);
  });

  it.each<[ReasoningRequest, JsonObject | undefined, string[]]>([
    [{ mode: 'off', summary: 'auto' }, { thinkingLevel: 'MINIMAL' }, ['reasoning']],
    [{ mode: 'adaptive' }, undefined, []],
    [{ mode: 'adaptive', summary: 'auto' }, { includeThoughts: true }, []],
    [{ mode: 'on', effort: 'minimal' }, { thinkingLevel: 'MINIMAL' }, []],
    [{ mode: 'on', effort: 'medium', summary: 'detailed' }, { thinkingLevel: 'MEDIUM', includeThoughts: true }, []],
    [{ mode: 'on', effort: 'high' }, { thinkingLevel: 'HIGH' }, []],
    [{ mode: 'on', effort: 'xhigh' }, { thinkingLevel: 'HIGH' }, ['reasoning.effort']],
    [{ mode: 'on', budgetTokens: 1024 }, { thinkingLevel: 'LOW' }, ['reasoning.budget']],
    [{ mode: 'on', budgetTokens: 10_000 }, { thinkingLevel: 'MEDIUM' }, ['reasoning.budget']],
    [{ mode: 'on', budgetTokens: 31_999 }, { thinkingLevel: 'HIGH' }, ['reasoning.budget']],
    [{ mode: 'on', budgetTokens: 1024, effort: 'high' }, { thinkingLevel: 'HIGH' }, []],
  ])('is a level since Gemini 3: %j', (reasoning, config, losses) => {
    expect(thinking(reasoning, gemini3.model, since3)).toEqual([config, losses]);
  });

  it('knows no level below LOW for Pro', () => {
    expect(thinking({ mode: 'on', effort: 'minimal' }, 'gemini-3.1-pro-preview', since3)).toEqual([
      { thinkingLevel: 'LOW' },
      [],
    ]);
    expect(thinking({ mode: 'off' }, 'gemini-3.1-pro-preview', since3)).toEqual([
      { thinkingLevel: 'LOW' },
      ['reasoning'],
    ]);
  });

  it('is left out for a model that does not reason, with a loss unless it was switched off', () => {
    expect(thinking({ mode: 'on', effort: 'high' }, 'gemini-2.0-flash', { reasoning: false })).toEqual([
      undefined,
      ['reasoning'],
    ]);
    expect(thinking({ mode: 'off' }, 'gemini-2.0-flash', { reasoning: false })).toEqual([undefined, []]);
  });
});

describe('the format of the answer', () => {
  const schema = {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
    additionalProperties: false,
  };
  const bound: OutputFormat = { type: 'json_schema', name: 'r', schema };

  it('is a MIME type and a JSON Schema', () => {
    expect(sent({ output: { type: 'text' } }).config).toBeUndefined();
    expect(sent({ output: { type: 'json' } }).config).toEqual({ responseMimeType: 'application/json' });
    expect(sent({ output: bound })).toMatchObject({
      config: { responseMimeType: 'application/json', responseJsonSchema: schema },
      losses: [],
    });
  });

  it('is Google’s Schema for a target that refuses JSON Schema', () => {
    expect(sent({ output: bound }, { refusedFields: ['responseJsonSchema'] })).toMatchObject({
      config: {
        responseMimeType: 'application/json',
        responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['a'] },
      },
      losses: ['/response_format/schema/additionalProperties'],
    });
  });

  it('is told in words beside functions before Gemini 3, after the client’s own instructions', () => {
    const messages = [
      { role: 'system' as const, parts: [{ type: 'text' as const, text: 'be brief' }] },
      { role: 'user' as const, parts: [{ type: 'text' as const, text: 'a' }] },
    ];
    const { body, config, losses } = sent({ messages, tools: [f], output: bound });
    expect(config).toBeUndefined();
    expect(body['systemInstruction']).toEqual({
      parts: [
        { text: 'be brief' },
        { text: `Answer with JSON that fits this JSON Schema and nothing else:\n${JSON.stringify(schema)}` },
      ],
    });
    expect(losses).toEqual(['response_format']);
    expect(sent({ tools: [f], output: { type: 'json' } }).body['systemInstruction']).toEqual({
      parts: [{ text: 'Answer with one JSON object and nothing else.' }],
    });
  });

  it('stands beside functions since Gemini 3', () => {
    expect(sent({ ...gemini3, tools: [f], output: bound }, { thinkingLevel: true })).toMatchObject({
      config: { responseJsonSchema: schema },
      losses: [],
    });
  });

  it('is told in words where no schema is taken', () => {
    expect(sent({ output: bound }, { noJsonSchema: true })).toMatchObject({
      body: { systemInstruction: { parts: [{ text: expect.stringContaining('"required":["a"]') as string }] } },
      config: { responseMimeType: 'application/json' },
      losses: ['response_format'],
    });
  });

  it('is told in the user’s turn where neither JSON nor an instruction is taken, as by Gemma', () => {
    const { body, losses } = sent({ output: bound }, { noSystem: true, refusedFields: ['responseMimeType'] });
    expect(body).toEqual({
      contents: [
        { role: 'user', parts: [{ text: expect.stringContaining('Answer with JSON') as string }, { text: 'hello' }] },
      ],
    });
    expect(losses).toEqual(['response_format']);
  });
});

describe('tools', () => {
  it('are declared with JSON Schema', () => {
    expect(sent({ tools: [f, g] })).toMatchObject({
      body: {
        tools: [
          {
            functionDeclarations: [
              { name: 'f', description: 'F', parametersJsonSchema: f.parameters },
              { name: 'g', parametersJsonSchema: { type: 'object', properties: {} } },
            ],
          },
        ],
      },
      losses: [],
    });
  });

  it('are declared with Google’s Schema for a target that refuses JSON Schema, without one where it would be empty', () => {
    expect(sent({ tools: [f, g] }, { refusedFields: ['parametersJsonSchema'] })).toMatchObject({
      body: {
        tools: [
          {
            functionDeclarations: [
              {
                name: 'f',
                description: 'F',
                parameters: { type: 'OBJECT', properties: { q: { type: 'STRING' } }, required: ['q'] },
              },
              { name: 'g' },
            ],
          },
        ],
      },
      losses: [],
    });
  });

  it('record the promise of strict, and kinds that lowering should have turned into functions', () => {
    const { body, losses } = sent({
      tools: [
        { ...f, strict: true },
        { kind: 'custom', name: 'c' },
      ],
    });
    expect(JSON.stringify(body['tools'])).not.toContain('"c"');
    expect(losses).toEqual(['/tools/0/strict', '/tools/1']);
  });

  it('are left out with their choice for a model that knows none', () => {
    const { body, losses } = sent({ tools: [f], toolChoice: { type: 'required' } }, { noTools: true });
    expect(body).not.toHaveProperty('tools');
    expect(body).not.toHaveProperty('toolConfig');
    expect(losses).toEqual(['tools']);
  });

  it.each<[ToolChoice, JsonObject]>([
    [{ type: 'auto' }, { mode: 'AUTO' }],
    [{ type: 'none' }, { mode: 'NONE' }],
    [{ type: 'required' }, { mode: 'ANY' }],
    [
      { type: 'tool', name: 'g' },
      { mode: 'ANY', allowedFunctionNames: ['g'] },
    ],
    [
      { type: 'allowed', mode: 'required', names: ['f', 'g'] },
      { mode: 'ANY', allowedFunctionNames: ['f', 'g'] },
    ],
    [
      { type: 'allowed', mode: 'auto', names: ['f'] },
      { mode: 'VALIDATED', allowedFunctionNames: ['f'] },
    ],
  ])('send the choice %j as %j', (toolChoice, functionCallingConfig) => {
    expect(sent({ tools: [f, g], toolChoice }).body['toolConfig']).toEqual({ functionCallingConfig });
  });

  it('send no choice when nothing was chosen or there is nothing to choose', () => {
    expect(sent({ tools: [f] }).body).not.toHaveProperty('toolConfig');
    expect(sent({ toolChoice: { type: 'auto' } }).body).not.toHaveProperty('toolConfig');
  });
});
