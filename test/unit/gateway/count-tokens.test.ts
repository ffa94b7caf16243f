import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { countLocally, type CountInput } from '../../../main/gateway/count-tokens.ts';
import { JsonDocument } from '../../../main/gateway/dialects/document.ts';
import type { Target } from '../../../main/gateway/exchange.ts';
import { PromptCounter } from '../../../main/gateway/prompt-counter.ts';
import { TokenCounter } from '../../../main/gateway/token-counter.ts';
import { TokenRatios } from '../../../main/gateway/token-ratios.ts';
import { clientRequest, targetsOf, type TargetId } from './translating.ts';

let targets: Readonly<Record<TargetId, Target>>;
beforeAll(async () => {
  targets = await targetsOf();
});

const words = 'All happy families are alike; each unhappy family is unhappy in its own way. '.repeat(60);
const document = JsonDocument.read(
  Buffer.from(JSON.stringify({ model: 'x', messages: [{ role: 'user', content: words }] })),
);
const { surface } = clientRequest('anthropic', document, false);

let prompts: PromptCounter | undefined;
afterEach(() => {
  prompts?.stop();
});

function counting(): { readonly tokens: TokenCounter; readonly prompts: PromptCounter } {
  const tokens = new TokenCounter({ timeoutMs: 60_000, idleMs: 60_000 });
  prompts = new PromptCounter(tokens);
  return { tokens, prompts };
}

async function counted(counter: PromptCounter, more: Partial<CountInput> = {}): Promise<number> {
  const input = { surface, document, model: 'x', target: targets.responses, learned: new TokenRatios(), ...more };
  const body = await countLocally(input, (text, target) => counter.quickly(text, target));
  return (JSON.parse(body.toString('utf8')) as { input_tokens: number }).input_tokens;
}

const byBytes = Math.ceil((document.bytes.length / 3) * 1.02);

describe('a token count made here', () => {
  it('is made of bytes while no tokenizer is loaded, and loads none', async () => {
    const { tokens, prompts: counter } = counting();
    expect(await counted(counter)).toBe(byBytes);
    expect(tokens.isRunning).toBe(false);
  });

  it('is the tokenizer’s once a budget had it loaded', async () => {
    const { tokens, prompts: counter } = counting();
    const bound = await counter.count({ surface }, { document }, targets.responses);
    const exact = await tokens.count(document.bytes, 'o200k');
    expect(exact).toBeLessThan(byBytes);
    expect([await counted(counter), bound]).toEqual([exact, Math.ceil((exact ?? 0) * 1.05)]);
  });

  it('is what was learned of the model rather than the tokens of its JSON', async () => {
    const { prompts: counter } = counting();
    await counter.count({ surface }, { document }, targets.responses);
    const learned = new TokenRatios();
    learned.learn('responses/gpt-5.2', 8_000, 2_000);
    expect(await counted(counter, { learned })).toBe(Math.ceil((document.bytes.length / 4) * 1.02));
  });

  it('is made of bytes for models with a tokenizer of their own', async () => {
    const { prompts: counter } = counting();
    await counter.count({ surface }, { document }, targets.responses);
    expect(await counted(counter, { target: targets.anthropic })).toBe(byBytes);
  });
});

describe('a bound by tokenizer', () => {
  it('is wide for another vendor’s model until its own counts are known', async () => {
    const { prompts: counter } = counting();
    const before = (await counter.count({ surface }, { document }, targets.anthropic)) ?? 0;
    for (let index = 0; index < 20; index++) await counter.learn({ document }, targets.anthropic, (before / 2) * 1.2);
    expect(await counter.count({ surface }, { document }, targets.anthropic)).toBeCloseTo((before / 2) * 1.38, -1);
  });

  it('is none where more than twice the count was seen, nor without words', async () => {
    const { prompts: counter } = counting();
    const before = (await counter.count({ surface }, { document }, targets.anthropic)) ?? 0;
    await counter.learn({ document }, targets.anthropic, before * 1.5);
    expect(await counter.count({ surface }, { document }, targets.anthropic)).toBeUndefined();
    expect(await counter.count({ surface }, { document: undefined }, targets.gemini)).toBeUndefined();
  });
});
