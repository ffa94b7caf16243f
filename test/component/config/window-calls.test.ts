// Calls about config, providers and models, as the window makes them, on a real file and a real box of secrets.
import { afterEach, describe, expect, it } from 'vitest';
import { createDispatch, type Dispatch } from '../../../main/control/dispatch.ts';
import type { ControlNeeds } from '../../../main/control/needs.ts';
import type { DocumentsNeed } from '../../../main/control/window-needs.ts';
import {
  calls,
  type AnyEvent,
  type CallInput,
  type CallName,
  type CallOutput,
} from '../../../shared/contract/contract.ts';
import { openFile, type ConfigFile } from './support.ts';

const key = `sk-${'a-key-of-a-real-length-1234'}`;

let opened: ConfigFile | undefined;

afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function open(running?: object): Promise<{ file: ConfigFile; dispatch: Dispatch }> {
  const file = await openFile('version: 1\n');
  opened = file;
  const needs = { config: file.store, ledger: {}, running } as unknown as ControlNeeds;
  const dispatch = createDispatch({
    ...needs,
    randomId: (count) => 'x'.repeat(count),
    log: { error: () => undefined },
  });
  return { file, dispatch };
}

/** The value of a reply, which is what the contract says. */
async function value<Name extends CallName>(
  dispatch: Dispatch,
  name: Name,
  input: CallInput<Name>,
): Promise<CallOutput<Name>> {
  const reply = await dispatch.ask(name, input);
  if (!reply.ok) throw new Error(`${reply.error.code}: ${reply.error.message}`);
  expect(calls[name].output.parse(reply.value)).toEqual(reply.value);
  return reply.value;
}

describe('the calls of the window', () => {
  it('add, key, move, list and remove a provider without an instance, and never answer with a key', async () => {
    const { file, dispatch } = await open();
    const replies = [
      await value(dispatch, 'providers.add', { kind: 'groq', key }),
      await value(dispatch, 'providers.set_key', { id: 'groq', value: `${key}-new` }),
      await value(dispatch, 'providers.move', { id: 'groq', base_url: 'https://llm.example.com', confirm: true }),
      await value(dispatch, 'providers.list', {}),
      await value(dispatch, 'config.read', {}),
      await value(dispatch, 'providers.remove', { id: 'groq' }),
    ];
    expect(replies.at(-1)).toEqual({ id: 'groq', secrets: ['groq'] });
    expect(JSON.stringify(replies)).not.toContain(key);
    expect(file.text()).not.toContain('groq');
  });

  it('say which kinds can be added, and which of them in the file alone', async () => {
    const { dispatch } = await open();
    const { kinds } = await value(dispatch, 'providers.kinds', {});
    expect(kinds.filter(({ file_only }) => file_only).map(({ kind }) => kind)).toEqual([
      'azure-openai',
      'bedrock',
      'vertex',
    ]);
    expect(kinds.map(({ kind }) => kind)).not.toContain('demo');
    expect(kinds.find(({ kind }) => kind === 'anthropic')).toMatchObject({
      label: 'Anthropic',
      key_env: ['ANTHROPIC_API_KEY'],
      keyless: false,
    });
    expect(kinds.find(({ kind }) => kind === 'openai-compatible')?.base_url).toBeNull();
  });

  it('change the config, and tell each problem with its place', async () => {
    const { file, dispatch } = await open();
    const edit = { op: 'set' as const, path: ['logging', 'content'], value: 'off' };
    const made = await value(dispatch, 'config.change', { edits: [edit] });
    expect(made.diff).toBe('@@ -1,0 +2,3 @@\n+\n+logging:\n+  content: off\n');
    expect(file.store.config.logging.content).toBe('off');
    const reply = await dispatch.ask('config.change', { edits: [{ ...edit, value: 'all' }] });
    expect(reply).toMatchObject({
      ok: false,
      error: { code: 'config.invalid', detail: { problems: [{ path: 'logging.content', line: 4 }] } },
    });
  });

  it('choose a model and list all of them', async () => {
    const { file, dispatch } = await open();
    expect(await value(dispatch, 'models.choose', { model: 'demo/echo' })).toEqual({ model: 'demo/echo' });
    expect(file.text()).toContain('use_model: demo/echo');
    const { models } = await value(dispatch, 'models.list', {});
    expect(models.map(({ id, favourite }) => [id, favourite])).toEqual([
      ['demo/echo', false],
      ['demo/slow', false],
      ['demo/flaky', false],
    ]);
    expect(await dispatch.ask('models.favourite', { id: 'demo/echo', favourite: true })).toMatchObject({
      error: { code: 'control.unsupported' },
    });
  });

  it('keep favourites where the documents are, and tell everyone of it', async () => {
    let kept: readonly string[] = [];
    const published: AnyEvent[] = [];
    const documents: Pick<DocumentsNeed, 'favourites' | 'setFavourite'> = {
      favourites: () => kept,
      setFavourite: (id, favourite) =>
        Promise.resolve((kept = favourite ? [...kept, id] : kept.filter((one) => one !== id))),
    };
    const { dispatch } = await open({ documents, publish: (event: AnyEvent) => published.push(event) });
    expect(await value(dispatch, 'models.favourite', { id: 'demo/slow', favourite: true })).toEqual({
      favourites: ['demo/slow'],
    });
    const { models } = await value(dispatch, 'models.list', {});
    expect(models.filter(({ favourite }) => favourite).map(({ id }) => id)).toEqual(['demo/slow']);
    expect(published).toEqual([{ event: 'documents.changed', data: { what: 'favourites' } }]);
  });
});
