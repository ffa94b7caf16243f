import { describe, expect, it } from 'vitest';
import { playgroundHandlers } from '../../../main/control/handlers/playground.ts';
import type { ControlNeeds } from '../../../main/control/needs.ts';
import type { PlaygroundRuns } from '../../../main/control/playground-runs.ts';
import type { DocumentsNeed } from '../../../main/control/window-needs.ts';
import type { AnyEvent } from '../../../shared/contract/contract.ts';
import type { PromptEntry } from '../../../shared/contract/playground.ts';

const content = {
  ...{ system: '', messages: [], variables: [], model: '', temperature: null, top_p: null, max_tokens: null },
  ...{ tools: '', json_schema: '' },
};
const prompt: PromptEntry = { id: 'p', name: 'One', labels: [], versions: [{ version: 1, at: '', note: '', content }] };

function world(documents: Partial<DocumentsNeed>, playground?: Partial<PlaygroundRuns>) {
  const told: AnyEvent[] = [];
  const running = { documents, playground, publish: (event: AnyEvent) => told.push(event) };
  return { told, handlers: playgroundHandlers({ running } as unknown as ControlNeeds) };
}

const changed = (what: string): object => ({ event: 'documents.changed', data: { what } });

it('answers nothing without an instance', () => {
  expect(playgroundHandlers({} as unknown as ControlNeeds)).toEqual({});
});

describe('prompts', () => {
  const input = { id: 'p', name: 'One', labels: [], note: '', content };

  it('are told to have changed when they have', async () => {
    const { told, handlers } = world({
      prompts: () => [prompt],
      savePrompt: async () => prompt,
      removePrompt: async () => true,
      importPrompts: async (prompts) => prompts,
    });
    expect(await handlers['prompts.list']?.({})).toEqual({ prompts: [prompt] });
    expect(told).toEqual([]);
    expect(await handlers['prompts.save']?.(input)).toEqual(prompt);
    expect(await handlers['prompts.remove']?.({ id: 'p' })).toEqual({ id: 'p' });
    expect(await handlers['prompts.import']?.({ prompts: [prompt] })).toEqual({ prompts: [prompt] });
    expect(told).toEqual([changed('prompts'), changed('prompts'), changed('prompts')]);
    await handlers['prompts.import']?.({ prompts: [] });
    expect(told).toHaveLength(3);
  });

  it('that are not there are not found, and nothing has changed', async () => {
    const { told, handlers } = world({ savePrompt: async () => undefined, removePrompt: async () => false });
    await expect(handlers['prompts.save']?.(input)).rejects.toMatchObject({ code: 'control.not_found' });
    await expect(handlers['prompts.remove']?.({ id: 'p' })).rejects.toMatchObject({ code: 'control.not_found' });
    expect(told).toEqual([]);
  });
});

describe('votes', () => {
  it('are counted, and told to have changed', async () => {
    const { told, handlers } = world({
      addVote: async () => 7,
      clearVotes: async () => undefined,
      votes: () => ({ models: [], total: 0 }),
    });
    expect(await handlers['votes.add']?.({ models: ['a', 'b'], winner: null })).toEqual({ total: 7 });
    expect(await handlers['votes.clear']?.({})).toEqual({ total: 0 });
    expect(told).toEqual([changed('votes'), changed('votes')]);
  });

  it.each([
    ['of a model with itself', ['a', 'a'], 'a'],
    ['for one that was not compared', ['a', 'b'], 'c'],
  ])('are refused %s', async (_what, models, winner) => {
    const { handlers } = world({ addVote: () => Promise.reject(new Error('nobody asks for that')) });
    await expect(handlers['votes.add']?.({ models, winner })).rejects.toMatchObject({ code: 'control.invalid_input' });
  });
});

describe('runs', () => {
  it('are started, stopped, and asked for; what is not known is not found', async () => {
    const { handlers } = world(
      {},
      { start: () => 'run-1', stop: (id) => id === 'run-1', result: (id) => (id === 'run-1' ? null : undefined) },
    );
    expect(handlers['playground.start']?.({ body: {} })).toEqual({ run: 'run-1' });
    expect(handlers['playground.stop']?.({ run: 'run-1' })).toEqual({ run: 'run-1' });
    expect(handlers['playground.result']?.({ run: 'run-1' })).toEqual({ result: null });
    expect(() => handlers['playground.stop']?.({ run: 'run-2' })).toThrow('has ended');
    expect(() => handlers['playground.result']?.({ run: 'run-2' })).toThrow('ten minutes');
  });
});
