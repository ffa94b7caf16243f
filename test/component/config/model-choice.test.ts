// Models as they are listed, with the price that holds and who says so; and the one that is chosen for everything.
import { afterEach, describe, expect, it } from 'vitest';
import { modelCalls } from '../../../shared/contract/models.ts';
import { openFile, refusalOf, type ConfigFile } from './support.ts';

const sample = `version: 1
providers:
  - { id: openai, kind: openai }
  - id: own
    kind: openai-compatible
    base_url: https://llm.example.com
    closed_models: true
    models:
      - { id: priced, context_window: 1000, tools: true, inputs: [text, image], pricing: { input: "0.5", output: "1.25" } }
      - unknown-model
  - { id: box, kind: ollama, models: [llama3] }
pricing:
  - { model: gpt-4o, input: "9", output: "18", effective_from: 2026-06-01 }
  - { model: gpt-4o, input: "99", output: "180", effective_from: 2027-06-01 }
routes:
  - { alias: smart, targets: [demo/echo] }
  - { alias: "claude-*", targets: [demo/echo] }
`;

let opened: ConfigFile | undefined;

afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function open(text = sample): Promise<ConfigFile> {
  opened = await openFile(text);
  return opened;
}

describe('a list of models', () => {
  it('has every model of every provider with the price that holds, and who says so', async () => {
    const { store } = await open();
    const { models, catalogue_date } = store.models.list();
    const list = modelCalls['models.list'].output.parse({
      models: models.map((model) => ({ ...model, favourite: false })),
      catalogue_date,
    });
    const entry = (id: string) => list.models.find((model) => model.id === id);
    expect(entry('openai/gpt-4o')?.price).toMatchObject({
      input: '9',
      output: '18',
      source: 'you',
      since: '2026-06-01',
    });
    // Cached input keeps its share of what input costs at list: half of it.
    expect(entry('openai/gpt-4o')?.price?.cache_read).toBe('4.5');
    expect(entry('openai/gpt-4o-mini')?.price).toMatchObject({ input: '0.15', output: '0.6', source: 'list' });
    expect(entry('openai/gpt-4o-mini')?.price?.since).toBe(catalogue_date);
    expect(entry('own/priced')).toEqual({
      ...{ id: 'own/priced', provider: 'own', model: 'priced', context_window: 1000, max_output_tokens: null },
      ...{ capabilities: ['tools', 'image'], chat: true, unsettled: false, released: null, favourite: false },
      price: { input: '0.5', output: '1.25', cache_read: null, cache_write: null, source: 'you', since: null },
    });
    expect(entry('own/unknown-model')?.price).toBeNull();
    expect(entry('box/llama3')?.price).toMatchObject({ input: '0', output: '0', source: 'free', since: null });
    expect(entry('demo/echo')?.price).toMatchObject({ source: 'free' });
    expect(entry('openai/text-embedding-3-small')?.chat).toBe(false);
    expect(list.models).toHaveLength(
      [...store.snapshot.providers.values()].reduce((sum, provider) => sum + provider.models.size, 0),
    );
    const providers = list.models.map(({ provider }) => provider);
    expect(providers.filter((provider, index) => provider !== providers[index - 1])).toEqual([
      'openai',
      'own',
      'box',
      'demo',
    ]);
  });

  it('has the prices that requests are charged by', async () => {
    const { store } = await open();
    for (const { provider, model, price } of store.models.list().models) {
      const facts = store.snapshot.providers.get(provider)?.models.get(model);
      expect(price === null ? undefined : Math.round(Number(price.input) * 1e6)).toBe(facts?.price?.input);
    }
  });

  it('changes with a price that somebody writes, and with no other', async () => {
    const { store } = await open();
    await store.editing.change({
      edits: [{ op: 'insert', path: ['pricing', 0], value: { model: 'openai/gpt-4o-mini', input: '1', output: '2' } }],
      dry_run: false,
    });
    const { models } = store.models.list();
    const priceOf = (id: string) => models.find((model) => model.id === id)?.price;
    expect(priceOf('openai/gpt-4o-mini')).toMatchObject({ input: '1', output: '2', source: 'you', since: null });
    expect(priceOf('openai/gpt-4o')).toMatchObject({ input: '9', since: '2026-06-01' });
  });
});

describe('a choice', () => {
  it('is a line of the file, in force when it is made, and gone when it is taken back', async () => {
    const file = await open();
    expect(file.store.models.choice()).toBeNull();
    await file.store.models.choose('openai/gpt-4o');
    expect(file.text()).toBe(`${sample}\nuse_model: openai/gpt-4o\n`);
    expect(file.store.models.choice()).toBe('openai/gpt-4o');
    expect(file.applied).toHaveLength(2);
    await file.store.models.choose('smart');
    expect(file.text()).toBe(`${sample}\nuse_model: smart\n`);
    await file.store.models.choose(null);
    expect(file.store.models.choice()).toBeNull();
    expect(file.text()).not.toContain('use_model');
    await file.store.models.choose(null);
    expect(file.store.config).not.toHaveProperty('use_model');
  });

  it.each(['demo/slow', 'openai/a-model-of-tomorrow', 'own/priced', 'auto'])('may be %s', async (model) => {
    const { store } = await open();
    await store.models.choose(model);
    expect(store.models.choice()).toBe(model);
  });

  it.each([
    ['smrt', /Is it .*smart/],
    ['openia/gpt-4o', /Is it .*openai\/gpt-4o/],
    ['own/not-listed', /./],
    ['openai/', /./],
    ['claude-*', /./],
    ['@requested', /./],
    ['', /./],
  ])('of "%s" is refused with what may be meant', async (model, words) => {
    const file = await open();
    const refused = await refusalOf(file.store.models.choose(model));
    expect(refused).toMatch(/^control.not_found: There is no model or alias/);
    expect(refused).toMatch(words);
    expect(file.text()).toBe(sample);
  });
});
