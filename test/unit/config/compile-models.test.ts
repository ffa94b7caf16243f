import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { compileProvider } from '../../../main/config/compile-provider.ts';
import type { Provider } from '../../../main/gateway/ports.ts';
import { good, now, render } from './support.ts';

interface Made {
  readonly provider: Provider;
  readonly warnings: string[];
}

/** The provider of a config with one entry, written in flow style without braces, and what else the file says. */
async function made(entry: string, more = '', at = now): Promise<Made> {
  const { config, findings } = good(`version: 1\nproviders:\n  - { id: p, ${entry} }\n${more}`);
  const [settings] = config.providers;
  if (settings === undefined) throw new Error('no provider');
  const catalogue = await loadCatalogue();
  const context = { config, resolutions: new Map(), catalogue, findings, path: ['providers', 0], now: at };
  const provider = compileProvider(settings, context);
  return { provider, warnings: render(findings.warnings).filter((text) => text.includes('price')) };
}

const anyVendor = 'kind: openai-compatible, base_url: "https://llm.example/v1"';

describe('prices of models', () => {
  it('come from the catalogue, with their tiers and caches', async () => {
    const { provider } = await made('kind: anthropic');
    expect(provider.models.get('claude-opus-4-5')?.price).toMatchObject({
      ...{ input: 5_000_000, output: 25_000_000, cacheRead: 500_000, cacheWrite: 6_250_000, cacheWrite1h: 10_000_000 },
    });
    const { provider: google } = await made('kind: gemini');
    expect(google.models.get('gemini-2.5-pro')?.price?.above).toEqual([
      { tokens: 200_000, input: 2_500_000, output: 15_000_000, cacheRead: 250_000 },
    ]);
  });

  it('are unknown, not nothing, where nobody says them', async () => {
    const { provider } = await made(`${anyVendor}, models: [mine]`);
    expect(provider.factsFor('mine').price).toBeUndefined();
    expect(provider.factsFor('another').price).toBeUndefined();
  });

  it('are nothing for what runs on this machine, and unknown for what is passed on from it', async () => {
    const { provider } = await made('kind: ollama, models: ["qwen3:8b"]');
    expect(provider.factsFor('qwen3:8b').price).toEqual({ input: 0, output: 0 });
    expect(provider.factsFor('gemma3:4b').price).toEqual({ input: 0, output: 0 });
    expect(provider.factsFor('gpt-oss:120b-cloud').price).toBeUndefined();
    const { provider: remote } = await made('kind: ollama, base_url: "https://ollama.example"');
    expect(remote.factsFor('qwen3:8b').price).toBeUndefined();
    const { provider: proxy } = await made('kind: openai-compatible, base_url: "http://127.0.0.1:4000"');
    expect(proxy.factsFor('gpt-5').price).toBeUndefined();
    expect((await made('kind: demo')).provider.factsFor('echo').price).toEqual({ input: 0, output: 0 });
  });

  it('are the user’s where he writes them: at the model, else in the list, else the catalogue’s', async () => {
    const models = 'models: [{ id: gpt-5, pricing: { input: "1", output: "8" } }, gpt-5-mini]';
    const pricing = 'pricing: [{ model: "p/gpt-5*", input: "9", output: "9" }]';
    const { provider } = await made(`kind: openai, ${models}`, pricing);
    expect(provider.models.get('gpt-5')?.price).toMatchObject({ input: 1_000_000, output: 8_000_000 });
    expect(provider.models.get('gpt-5-mini')?.price).toMatchObject({ input: 9_000_000, output: 9_000_000 });
    expect(provider.models.get('gpt-4o')?.price).toMatchObject({ input: 2_500_000, output: 10_000_000 });
  });

  it('hold for the dated names of a model too', async () => {
    const { provider } = await made(`${anyVendor}, models: [{ id: own-1, pricing: { input: "1", output: "2" } }]`);
    expect(provider.factsFor('own-1-2026-10-01')).toMatchObject({
      ...{ id: 'own-1-2026-10-01', price: { input: 1_000_000, output: 2_000_000 } },
    });
    expect(provider.factsFor('own-2').price).toBeUndefined();
    const { provider: listed } = await made('kind: openai', 'pricing: [{ model: gpt-5, input: "7", output: "7" }]');
    expect(listed.factsFor('gpt-5-2025-08-07').price).toMatchObject({ input: 7_000_000, output: 7_000_000 });
    expect(listed.factsFor('gpt-5-mini').price).toMatchObject({ input: 250_000 });
  });

  it('change on their day', async () => {
    const pricing = 'pricing: [{ model: gpt-5, input: "7", output: "7", effective_from: 2026-12-01 }]';
    const priceAt = async (at: number): Promise<number | undefined> =>
      (await made('kind: openai', pricing, at)).provider.factsFor('gpt-5').price?.input;
    expect(await priceAt(Date.UTC(2026, 11, 1) - 1)).toBe(1_250_000);
    expect(await priceAt(Date.UTC(2026, 11, 1))).toBe(7_000_000);
  });

  it('of the catalogue change on their day too', async () => {
    const inputAt = async (at: number): Promise<number | undefined> =>
      (await made('kind: gemini', '', at)).provider.factsFor('gemini-3.8-flash').price?.input;
    expect(await inputAt(Date.UTC(2027, 0, 1) - 1)).toBe(750_000);
    expect(await inputAt(Date.UTC(2027, 0, 1))).toBe(1_500_000);
  });

  it('that OpenRouter gives away are nothing, whatever the model', async () => {
    const { provider } = await made('kind: openrouter');
    expect(provider.factsFor('nobody/knows:free').price).toEqual({ input: 0, output: 0 });
    expect(provider.factsFor('nobody/knows').price).toBeUndefined();
    expect((await made(anyVendor)).provider.factsFor('nobody/knows:free').price).toBeUndefined();
  });

  it('that are unknown count as the dearest relative, known ones as they are', async () => {
    const { provider } = await made('kind: anthropic');
    const opus = provider.factsFor('claude-opus-99');
    expect(opus.price).toBeUndefined();
    // Opus 4 and 4.1 at 15 and 75; Opus 4.6 in fast mode at six times 5 and 25, 1.1 times that in the US, its long inputs twice.
    expect(opus.boundPrice?.output).toBeGreaterThanOrEqual(165_000_000);
    expect(opus.boundPrice?.input).toBeGreaterThanOrEqual(30_000_000);
    expect(provider.factsFor('claude-opus-4-5').boundPrice).toBeUndefined();
    expect(provider.factsFor('claude-opus-99')).toBe(opus);
    // Nothing like it anywhere: the dearest there is.
    const { provider: other } = await made(`${anyVendor}, models: [mine]`);
    expect(other.factsFor('mine').boundPrice?.output).toBeGreaterThanOrEqual(600_000_000);
    expect((await made('kind: ollama')).provider.factsFor('qwen3:8b').boundPrice).toBeUndefined();
  });

  it('that lack a half nobody knows are said to stay unknown', async () => {
    const models = 'models: [{ id: mine, pricing: { input: "1" } }, { id: whole, pricing: { input: 1, output: 1 } }]';
    const { provider, warnings } = await made(`${anyVendor}, ${models}`);
    expect(provider.models.get('mine')?.price).toBeUndefined();
    expect(warnings).toEqual([
      'sluice.yaml:3:105: the price of "mine" stays unknown: input or output is missing. Give both input and output.',
    ]);
    expect((await made('kind: openai, models: [{ id: gpt-5, pricing: { input: "1" } }]')).warnings).toEqual([]);
  });
});

describe('facts of models', () => {
  it('say what answers no conversation', async () => {
    const { provider } = await made('kind: openai');
    const others = [...provider.models.values()].filter((facts) => facts.chat === false).map(({ id }) => id);
    expect(others).toContain('text-embedding-3-small');
    expect(others).toContain('gpt-image-1');
    for (const id of ['gpt-5', 'gpt-4o', 'o3', 'gpt-5.1-codex']) expect(others).not.toContain(id);
    expect(provider.factsFor('whisper-1').chat).toBe(false);
    expect(provider.factsFor('omni-moderation-latest').chat).toBe(false);
    expect(provider.factsFor('gpt-99').chat).toBeUndefined();
  });

  it('have the age and standing the catalogue knows, and what the name tells beyond it', async () => {
    const { provider } = await made('kind: gemini');
    expect(provider.models.get('gemini-2.5-pro')).toMatchObject({ released: '2025-06-17', unsettled: false });
    expect(provider.models.get('gemini-3.1-pro-preview')?.unsettled).toBe(true);
    expect(provider.factsFor('gemini-99')).toMatchObject({ id: 'gemini-99', unsettled: false });
    expect(provider.factsFor('gemini-99').released).toBeUndefined();
    expect(provider.factsFor('gemini-99-exp').unsettled).toBe(true);
  });

  it('of a name that is not listed are those of its nearest relative, the user’s list first', async () => {
    const { provider } = await made('kind: anthropic, models: [{ id: claude-opus-4-5, context_window: 1234 }]');
    expect(provider.factsFor('claude-opus-4-5@20251101').contextWindow).toBe(1234);
    expect(provider.factsFor('claude-haiku-4-5@20251001').contextWindow).toBe(200_000);
    expect(provider.factsFor('claude-opus-4-5')).toBe(provider.models.get('claude-opus-4-5'));
  });

  it('and the rules of a model agree', async () => {
    const { provider } = await made('kind: openai');
    for (const model of ['gpt-5', 'gpt-5-2025-08-07', 'o3-mini', 'nobody-knows'])
      expect(provider.rulesFor(model)).toEqual(provider.factsFor(model).rules);
  });

  it('do not know models that are not there in a closed list, but still tell what they would be', async () => {
    const { provider } = await made('kind: openai, models: [gpt-5], closed_models: true');
    expect([...provider.models.keys()]).toEqual(['gpt-5']);
    expect(provider.factsFor('gpt-4o').contextWindow).toBe(128_000);
  });

  it('have a quality where there is a conversation', async () => {
    const { provider } = await made('kind: openai');
    expect(provider.models.get('gpt-5')?.quality?.source).toMatch(/^measured: /);
    expect(provider.models.get('text-embedding-3-small')?.quality).toBeUndefined();
    expect((await made('kind: demo')).provider.factsFor('echo').quality).toBeUndefined();
  });

  it('do not change in quality with what the user pays', async () => {
    const models = 'models: [{ id: o1-pro, pricing: { input: "0.01", output: "0.01" } }]';
    const cheap = await made(`kind: openai, ${models}`);
    const dear = await made('kind: openai');
    expect(cheap.provider.factsFor('o1-pro').quality).toEqual(dear.provider.factsFor('o1-pro').quality);
  });
});
