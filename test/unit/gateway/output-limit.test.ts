// A lower limit of output in the words of every dialect, judged by the strict simulated providers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JsonDocument } from '../../../main/gateway/dialects/document.ts';
import { limitOutput, takesLimit, type LimitedFormat } from '../../../main/gateway/output-limit.ts';
import type { Target } from '../../../main/gateway/exchange.ts';
import type { DialectId } from '../../../shared/domain/dialect.ts';
import { outgoing } from '../../../main/gateway/translation.ts';
import { cases } from '../../golden/cases.ts';
import { clientNames, dictOf, type Body, type ClientName } from '../../golden/conversation.ts';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { clientRequest, notes, targetIds, targetsOf, type TargetId } from './translating.ts';

const reason = 'clipped: budget "team" has no more left';
const told = [`max_tokens: ${reason}`];
let targets: Readonly<Record<TargetId, Target>>;
let fakes: Readonly<Record<'openai' | 'anthropic' | 'gemini' | 'bedrock', Fake>>;

beforeAll(async () => {
  targets = await targetsOf();
  fakes = {
    openai: await startFake({ dialect: 'openai' }),
    anthropic: await startFake({ dialect: 'anthropic' }),
    gemini: await startFake({ dialect: 'gemini' }),
    bedrock: await startFake({ dialect: 'bedrock' }),
  };
});
afterAll(() => Promise.all(Object.values(fakes).map((fake) => fake.close())));

interface Spoken {
  readonly fake: () => Fake;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly limit: (body: Body) => unknown;
}

const bearer = { authorization: 'Bearer sk-upstream-key-1' };
const spoken: Readonly<Record<DialectId, Spoken>> = {
  'openai-chat': {
    fake: () => fakes.openai,
    path: '/v1/chat/completions',
    headers: bearer,
    limit: (body) => body['max_completion_tokens'] ?? body['max_tokens'],
  },
  'openai-responses': {
    fake: () => fakes.openai,
    path: '/v1/responses',
    headers: bearer,
    limit: (body) => body['max_output_tokens'],
  },
  'anthropic-messages': {
    fake: () => fakes.anthropic,
    path: '/v1/messages',
    headers: { 'x-api-key': 'sk-upstream-key-1', 'anthropic-version': '2023-06-01' },
    limit: (body) => body['max_tokens'],
  },
  gemini: {
    fake: () => fakes.gemini,
    path: '/v1beta/models/gemini-2.5-flash:generateContent',
    headers: { 'x-goog-api-key': 'AIza-upstream' },
    limit: (body) => dictOf(body['generationConfig'])['maxOutputTokens'],
  },
  'bedrock-converse': {
    fake: () => fakes.bedrock,
    path: '/model/anthropic.claude-sonnet-4-5/converse',
    headers: bearer,
    limit: (body) => dictOf(body['inferenceConfig'])['maxTokens'],
  },
};

interface Sent {
  readonly status: number;
  readonly text: string;
  readonly body: Body;
  readonly limit: unknown;
  readonly losses: readonly string[];
}

async function sent(name: ClientName, body: Body, id: TargetId, maxOutputTokens: number | undefined): Promise<Sent> {
  const losses: string[] = [];
  const document = JsonDocument.read(Buffer.from(JSON.stringify({ model: 'x/y', ...body })));
  const out = outgoing(
    clientRequest(name, document, false),
    targets[id],
    { ...notes(), losses: (where, why) => losses.push(`${where}: ${why}`) },
    { maxOutputTokens, limitReason: reason },
  );
  const { fake, path, headers, limit } = spoken[out.dialect];
  const answer = await fetch(fake().url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers, ...out.headers },
    body: out.body.toString('utf8'),
  });
  const heard = JSON.parse(out.body.toString('utf8')) as Body;
  return { status: answer.status, text: await answer.text(), body: heard, limit: limit(heard), losses };
}

describe.each(clientNames)('a request of a %s client', (client) => {
  it.each(targetIds)('carries the limit to a %s target, which takes it as it takes the request without', async (id) => {
    let taken = 0;
    for (const one of cases.filter(({ clients }) => clients.includes(client))) {
      const plain = await sent(client, one.body(client), id, undefined);
      // Said to another model in the goldens.
      if (plain.status !== 200) continue;
      taken++;
      for (const most of [256, 1_500]) {
        const limited = await sent(client, one.body(client), id, most);
        const where = `${one.name}, ${String(most)}`;
        expect({ where, status: limited.status, text: limited.status === 200 ? '' : limited.text }).toEqual({
          where,
          status: 200,
          text: '',
        });
        const before = plain.limit;
        const isLowered = !(typeof before === 'number' && before <= most);
        expect({ where, limit: limited.limit }).toEqual({ where, limit: isLowered ? most : before });
        if (!isLowered) expect(limited.body).toEqual(plain.body);
        else
          expect({ where, losses: limited.losses }).toEqual({
            where,
            losses: expect.arrayContaining(told) as unknown,
          });
      }
    }
    expect(taken).toBeGreaterThan(10);
  });
});

function limited(
  format: LimitedFormat,
  text: string,
  most: number,
  more: Partial<Parameters<typeof limitOutput>[0]> = {},
) {
  const document = JsonDocument.read(Buffer.from(text));
  const losses: string[] = [];
  limitOutput({
    format,
    document,
    limit: { maxOutputTokens: most, limitReason: reason },
    rules: {},
    keepsNames: true,
    losses: (where, why) => losses.push(`${where}: ${why}`),
    ...more,
  });
  return { text: document.render().toString('utf8'), losses };
}

describe('same dialect', () => {
  it.each([
    ['openai-chat', '{"a": 1.0,"max_tokens" : 4096 }', '{"a": 1.0,"max_tokens" : 500 }'],
    ['openai-chat', '{"max_completion_tokens":null}', '{"max_completion_tokens":500}'],
    [
      'openai-chat',
      '{"max_completion_tokens":9000,"max_tokens":100}',
      '{"max_completion_tokens":500,"max_tokens":100}',
    ],
    ['openai-responses', '{"max_output_tokens":4096,"x":1e2}', '{"max_output_tokens":500,"x":1e2}'],
    ['anthropic-messages', '{"max_tokens":4096}', '{"max_tokens":500}'],
    ['completions', '{"prompt":"x"}', '{"max_tokens":500,"prompt":"x"}'],
    ['gemini', '{"contents":[]}', '{"generationConfig":{"maxOutputTokens":500},"contents":[]}'],
    ['gemini', '{"generationConfig":null}', '{"generationConfig":{"maxOutputTokens":500}}'],
    [
      'gemini',
      '{"generation_config": {"seed": 1.0, "max_output_tokens": "4096"}}',
      '{"generation_config": {"seed": 1.0, "max_output_tokens": 500}}',
    ],
    [
      'gemini',
      '{"generationConfig":{"maxOutputTokens":4096,"thinkingConfig":{"includeThoughts":true,"thinkingBudget":-1}}}',
      '{"generationConfig":{"maxOutputTokens":500,"thinkingConfig":{"includeThoughts":true,"thinkingBudget":-1}}}',
    ],
  ] as const)('lowers it in %s and leaves the other bytes alone: %s', (format, before, after) => {
    expect(limited(format, before, 500)).toEqual({ text: after, losses: told });
  });

  it.each([
    ['openai-chat', '{"max_tokens":-1}', '{"max_tokens":500}'],
    ['openai-chat', '{"max_tokens":0}', '{"max_tokens":500}'],
    ['completions', '{"max_tokens":-1}', '{"max_tokens":500}'],
    ['gemini', '{"generationConfig":{"maxOutputTokens":-1}}', '{"generationConfig":{"maxOutputTokens":500}}'],
  ] as const)('takes what is no limit to some server for none: %s', (format, before, after) => {
    expect(limited(format, before, 500)).toEqual({ text: after, losses: told });
  });

  it.each([
    ['openai-chat', '{"max_tokens":9,"n_predict":4096}', '{"max_tokens":9}', 'n_predict'],
    ['openai-chat', '{"max_tokens":9,"Max_Tokens":4096}', '{"max_tokens":9}', 'Max_Tokens'],
    ['completions', '{"max_tokens":9,"num_predict":-1}', '{"max_tokens":9}', 'num_predict'],
    [
      'openai-responses',
      '{"max_output_tokens":9,"MAX_OUTPUT_TOKENS":"x"}',
      '{"max_output_tokens":9}',
      'MAX_OUTPUT_TOKENS',
    ],
    ['anthropic-messages', '{"max_tokens":9,"MAX_TOKENS":501}', '{"max_tokens":9}', 'MAX_TOKENS'],
  ] as const)('takes out another name of it that some server reads as well: %s %s', (format, before, after, name) => {
    expect(limited(format, before, 500)).toEqual({ text: after, losses: [`${name}: ${reason}`] });
  });

  it('takes zero for no limit where the server does', () => {
    expect(limited('completions', '{"max_tokens":0}', 500, { zeroIsNone: true }).text).toBe('{"max_tokens":500}');
  });

  it.each([
    ['openai-chat', '{"max_tokens":9,"n_predict":500,"NUM_PREDICT":null}'],
    ['openai-chat', '{"max_tokens":500}'],
    ['openai-responses', '{"max_output_tokens":16}'],
    ['anthropic-messages', '{"max_tokens":400,"thinking":{"type":"enabled","budget_tokens":9000}}'],
    ['gemini', '{"generationConfig":{"maxOutputTokens":"500","thinkingConfig":{"thinkingBudget":9000}}}'],
    ['completions', '{"max_tokens":0}'],
  ] as const)('leaves a limit that is low enough: %s', (format, text) => {
    expect(limited(format, text, 500)).toEqual({ text, losses: [] });
  });

  it('names the field as the model wants it where the client named another model', () => {
    const rules = { maxCompletionTokens: true };
    const moved = '{"max_completion_tokens":500}';
    expect(limited('openai-chat', '{"max_tokens":4096}', 500, { rules, keepsNames: false }).text).toBe(moved);
    expect(limited('openai-chat', '{}', 500, { rules }).text).toBe(moved);
    expect(limited('openai-chat', '{"max_tokens":4096}', 500, { rules }).text).toBe('{"max_tokens":500}');
  });

  it('keeps thoughts below the limit and leaves room for the answer', () => {
    const claude = '{"max_tokens":32000,"thinking":{"type":"enabled", "budget_tokens":31999}}';
    expect(limited('anthropic-messages', claude, 4_000)).toEqual({
      text: '{"max_tokens":4000,"thinking":{"type":"enabled", "budget_tokens":2000}}',
      losses: [...told, `thinking: ${reason}`],
    });
    const small = '{"max_tokens":32000,"thinking":{"type":"enabled","budget_tokens":2000}}';
    expect(limited('anthropic-messages', small, 4_000).text).toContain('"budget_tokens":2000');
    const gemini = '{"generationConfig":{"thinking_config":{"thinking_budget":"9000"}}}';
    expect(limited('gemini', gemini, 4_000).text).toBe(
      '{"generationConfig":{"maxOutputTokens":4000,"thinking_config":{"thinking_budget":2000}}}',
    );
    const router = '{"reasoning":{"max_tokens":9000,"exclude":true}}';
    expect(limited('openai-chat', router, 4_000).text).toBe(
      '{"max_tokens":4000,"reasoning":{"max_tokens":2000,"exclude":true}}',
    );
  });

  it('thinks not at all where the least budget has no room', () => {
    const body = {
      max_tokens: 32_000,
      thinking: { type: 'enabled', budget_tokens: 16_000 },
      context_management: { edits: [{ type: 'clear_thinking_20251015' }, { type: 'clear_tool_uses_20250919' }] },
    };
    expect(JSON.parse(limited('anthropic-messages', JSON.stringify(body), 1_024).text)).toEqual({
      max_tokens: 1_024,
      context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
    });
    const only = { ...body, context_management: { edits: [{ type: 'clear_thinking_20251015' }] } };
    expect(JSON.parse(limited('anthropic-messages', JSON.stringify(only), 1_024).text)).toEqual({ max_tokens: 1_024 });
  });
});

describe('translated', () => {
  it('keeps a budget of thoughts below the limit', async () => {
    const body: Body = {
      max_tokens: 32_000,
      thinking: { type: 'enabled', budget_tokens: 30_000 },
      messages: [{ role: 'user', content: 'hello' }],
    };
    const bedrock = await sent('anthropic', body, 'bedrock', 4_000);
    expect(bedrock.status).toBe(200);
    expect(dictOf(dictOf(bedrock.body['additionalModelRequestFields'])['thinking'])['budget_tokens']).toBe(2_000);
    const gemini = await sent('anthropic', body, 'gemini', 4_000);
    expect(dictOf(dictOf(gemini.body['generationConfig'])['thinkingConfig'])['thinkingBudget']).toBe(2_000);
    expect(gemini.losses).toEqual([`max_tokens: ${reason}`, `thinking: ${reason}`]);
  });
});

describe('a target that refuses the field', () => {
  it('cannot be limited', () => {
    const { chat } = targets;
    const refusing = (name: string): Target => ({
      ...chat,
      provider: { ...chat.provider, rulesFor: () => ({ refusedFields: [name] }) },
    });
    const takes = [chat, refusing('stop'), refusing('max_output_tokens')].map((one) => takesLimit(one, 'generate'));
    expect(takes).toEqual([true, true, false]);
  });
});

describe('an operation without a limit of output', () => {
  it('cannot be limited', () => {
    const takes = (['generate', 'completions', 'compact', 'embeddings', 'images', 'audio'] as const).map((operation) =>
      takesLimit(targets.chat, operation),
    );
    expect(takes).toEqual([true, true, false, false, false, false]);
  });
});
