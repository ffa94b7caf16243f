import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAppFile, type AppDocuments } from '../../../main/documents/app-file.ts';
import { playgroundCalls, promptEntry, type PromptContent } from '../../../shared/contract/playground.ts';
import { FakeClock } from '../../unit/gateway/routing/health-making.ts';

let directory: string;
let file: string;
let warnings: string[];
let ids: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-app-'));
  file = join(directory, 'data', 'app.json');
  warnings = [];
  ids = 0;
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const clock = new FakeClock();

function open(): Promise<AppDocuments> {
  const log = { warn: (message: string, fields?: object) => warnings.push(`${message} ${JSON.stringify(fields)}`) };
  return openAppFile({ file, log, clock, randomId: (count) => String((ids += 1)).padStart(count, '0') });
}

function write(value: unknown): string {
  mkdirSync(join(directory, 'data'), { recursive: true });
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  writeFileSync(file, text);
  return text;
}

const inFile = (): Record<string, unknown> => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
const names = (): string[] => readdirSync(join(directory, 'data')).sort();

function content(text: string): PromptContent {
  return {
    system: '',
    messages: [{ role: 'user', text }],
    variables: [],
    model: 'demo/echo',
    ...{ temperature: null, top_p: null, max_tokens: null, tools: '', json_schema: '' },
  };
}

const prompt = (name: string, text: string, id?: string) => ({
  id,
  name,
  labels: ['work'],
  note: '',
  content: content(text),
});

describe('what was changed', () => {
  it('is there in the next run, in a file only its owner can read', async () => {
    const app = await open();
    await app.setFavourite('demo/echo', true);
    await app.setWelcomed(true);
    const saved = await app.savePrompt(prompt('Summary', 'Sum up {{text}}'));
    await app.addVote(['a/b', 'c/d'], 'c/d');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(names()).toEqual(['app.json']);

    const again = await open();
    expect(again.favourites()).toEqual(['demo/echo']);
    expect(again.welcomed()).toBe(true);
    expect(again.prompts()).toEqual([saved]);
    expect(promptEntry.parse(again.prompts()[0])).toMatchObject({ name: 'Summary', versions: [{ version: 1 }] });
    expect(again.votes().total).toBe(1);
    expect(warnings).toEqual([]);
  });

  it('is nothing in the first run, without a word or a file', async () => {
    const app = await open();
    expect([app.favourites(), app.prompts(), app.welcomed(), app.votes()]).toEqual([
      [],
      [],
      false,
      { models: [], total: 0 },
    ]);
    expect(await app.setFavourite('never/was', false)).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('is all there when many change it at once', async () => {
    const app = await open();
    await Promise.all([
      ...Array.from({ length: 30 }, (_, turn) => app.setFavourite(`m/${String(turn)}`, true)),
      ...Array.from({ length: 10 }, () => app.addVote(['a', 'b'], null)),
    ]);
    expect(app.favourites()).toHaveLength(30);
    expect((await open()).favourites()).toEqual(app.favourites());
    expect((await open()).votes()).toEqual({
      models: ['a', 'b'].map((model) => ({ model, compared: 10, won: 0, drawn: 10 })),
      total: 10,
    });
  });

  it('keeps fields that it does not know, wherever they stand', async () => {
    const version = {
      version: 1,
      at: '2026-01-01T00:00:00.000Z',
      note: '',
      content: { ...content('a'), seed: 7 },
      by: 'me',
    };
    write({
      version: 1,
      theme: { colour: 'blue' },
      prompts: [{ id: 'p', name: 'One', labels: [], versions: [version], pinned: true }],
    });
    const app = await open();
    // What is told is what the contract says, no more.
    expect(app.prompts().map((one) => promptEntry.parse(one))).toHaveLength(1);
    await app.savePrompt(prompt('Two', 'b', 'p'));
    expect(inFile()).toMatchObject({
      version: 1,
      theme: { colour: 'blue' },
      prompts: [{ name: 'Two', pinned: true, versions: [version, { version: 2 }] }],
    });
  });
});

describe('a prompt', () => {
  it('gets a new version only when its content is another, and its name always', async () => {
    const app = await open();
    const first = await app.savePrompt(prompt('Summary', 'a'));
    const renamed = await app.savePrompt({ ...prompt('Digest', 'a', first?.id), labels: [] });
    expect(renamed).toMatchObject({ id: first?.id, name: 'Digest', labels: [], versions: [{ version: 1 }] });
    expect(renamed?.versions).toHaveLength(1);
    const changed = await app.savePrompt({ ...prompt('Digest', 'b', first?.id), note: 'shorter' });
    expect(changed?.versions.map(({ version, note }) => [version, note])).toEqual([
      [1, ''],
      [2, 'shorter'],
    ]);
  });

  it('loses its oldest versions when there are more than a hundred, and numbers go on', async () => {
    const version = (number: number) => ({
      version: number,
      at: '2026-01-01T00:00:00Z',
      note: '',
      content: content(String(number)),
    });
    const versions = Array.from({ length: 100 }, (_, index) => version(index + 1));
    write({ version: 1, prompts: [{ id: 'p', name: 'One', labels: [], versions }] });
    const saved = await (await open()).savePrompt(prompt('One', 'new', 'p'));
    expect(saved?.versions).toHaveLength(100);
    expect([saved?.versions[0]?.version, saved?.versions.at(-1)?.version]).toEqual([2, 101]);
  });

  it('that is not there is neither saved nor removed', async () => {
    const app = await open();
    expect(await app.savePrompt(prompt('One', 'a', 'nobody'))).toBeUndefined();
    expect(await app.removePrompt('nobody')).toBe(false);
    const saved = await app.savePrompt(prompt('One', 'a'));
    expect(await app.removePrompt(saved?.id ?? '')).toBe(true);
    expect((await open()).prompts()).toEqual([]);
  });

  it('that is one too many is refused, alone or in an import', async () => {
    const versions = [{ version: 1, at: '2026-01-01T00:00:00Z', note: '', content: content('a') }];
    const prompts = Array.from({ length: 1000 }, (_, index) => ({
      id: `p${String(index)}`,
      name: 'One',
      labels: [],
      versions,
    }));
    write({ version: 1, prompts });
    const app = await open();
    await expect(app.savePrompt(prompt('New', 'a'))).rejects.toMatchObject({ code: 'control.refused' });
    await expect(app.importPrompts([{ id: 'x', name: 'X', labels: [], versions }])).rejects.toThrow(
      /1000 are the most/,
    );
    expect(app.prompts()).toHaveLength(1000);
  });
});

describe('an import', () => {
  it('overwrites nothing: what is known gets an id and a name of its own', async () => {
    const app = await open();
    const saved = await app.savePrompt(prompt('Summary', 'mine'));
    const theirs = {
      id: saved?.id ?? '',
      name: 'Summary',
      labels: [],
      versions: [{ version: 4, at: 'once', note: 'n', content: content('theirs') }],
    };
    const added = await app.importPrompts([theirs, { ...theirs, id: 'other' }, theirs]);
    expect(added.map(({ id, name }) => [id === saved?.id, name])).toEqual([
      [false, 'Summary (2)'],
      [false, 'Summary'],
      [false, 'Summary (3)'],
    ]);
    expect(new Set(app.prompts().map(({ id }) => id)).size).toBe(4);
    expect(app.prompts()[0]).toEqual(saved);
    // No time of its own: the time it came.
    expect(added[0]?.versions).toMatchObject([{ version: 4, at: '2026-01-07T12:00:00.000Z' }]);
    expect((await open()).prompts()).toEqual(app.prompts());
  });

  it('is taken in within the bounds of the library', async () => {
    const versions = Array.from({ length: 130 }, () => ({
      version: 1,
      at: '2026-01-01T00:00:00Z',
      note: 'n'.repeat(900),
      content: content('a'),
    }));
    const [added] = await (
      await open()
    ).importPrompts([
      {
        id: 'i'.repeat(99),
        name: '',
        labels: ['', 'ok', ...Array.from({ length: 50 }, (_, one) => `l${String(one)}`)],
        versions,
      },
    ]);
    expect(added?.versions).toHaveLength(100);
    expect(added?.versions.map(({ version }) => version)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    // What it became can be saved as any other.
    const { id, name, labels } = added ?? { id: '', name: '', labels: [] };
    const input = { id, name, labels, note: added?.versions[0]?.note, content: content('b') };
    expect(playgroundCalls['prompts.save'].input.safeParse(input).success).toBe(true);
  });
});

describe('votes', () => {
  it('are counted by model: compared, preferred, equal', async () => {
    const app = await open();
    await app.addVote(['b', 'a'], 'a');
    await app.addVote(['a', 'b'], 'a');
    await app.addVote(['a', 'b', 'c'], null);
    expect(await app.addVote(['c', 'b'], 'b')).toBe(4);
    expect(app.votes()).toEqual({
      models: [
        { model: 'a', compared: 3, won: 2, drawn: 1 },
        { model: 'b', compared: 4, won: 1, drawn: 1 },
        { model: 'c', compared: 2, won: 0, drawn: 1 },
      ],
      total: 4,
    });
    await app.clearVotes();
    expect((await open()).votes()).toEqual({ models: [], total: 0 });
  });
});

describe('a file that makes no sense', () => {
  it.each([
    ['half a document', '{"version":1,"fav'],
    ['nothing', ''],
    ['no document', '[1,2]'],
    ['a document without a version', '{"favourites":["a"]}'],
  ])('is set aside whole, and changes begin anew: %s', async (_what, text) => {
    write(text);
    const app = await open();
    expect(app.favourites()).toEqual([]);
    expect(names()).toEqual(['app.json.corrupt-2026-01-07T12-00-00-000Z']);
    expect(readFileSync(join(directory, 'data', names()[0] ?? ''), 'utf8')).toBe(text);
    expect(warnings).toEqual([expect.stringContaining('corrupt')]);
    await app.setFavourite('a/b', true);
    expect(inFile()['favourites']).toEqual(['a/b']);
  });

  it('in parts is set aside, and the parts that do are used', async () => {
    const text = write({ version: 1, favourites: ['a/b', 7], welcomed: true, prompts: [{ id: 'p' }], other: 1 });
    const app = await open();
    expect([app.favourites(), app.welcomed(), app.prompts()]).toEqual([['a/b'], true, []]);
    const [kept, aside] = names();
    expect([kept, aside]).toEqual(['app.json', 'app.json.corrupt-2026-01-07T12-00-00-000Z']);
    expect(readFileSync(join(directory, 'data', aside ?? ''), 'utf8')).toBe(text);
    expect(inFile()).toMatchObject({ version: 1, favourites: ['a/b'], other: 1 });
  });
});

describe('a file that is left alone', () => {
  it('of a newer version is read and not changed', async () => {
    const text = write({ version: 2, favourites: ['a/b'], groups: {} });
    const app = await open();
    expect(app.favourites()).toEqual(['a/b']);
    await expect(app.setFavourite('c/d', true)).rejects.toMatchObject({
      code: 'control.refused',
      message: expect.stringContaining('newer version of Sluice') as string,
    });
    await expect(app.addVote(['a', 'b'], null)).rejects.toThrow('update Sluice');
    expect(app.favourites()).toEqual(['a/b']);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(names()).toEqual(['app.json']);
  });

  it('because it cannot be opened is not replaced', async () => {
    mkdirSync(file, { recursive: true });
    const app = await open();
    await expect(app.setWelcomed(true)).rejects.toMatchObject({ code: 'control.refused' });
    expect(app.welcomed()).toBe(false);
    expect(statSync(file).isDirectory()).toBe(true);
    expect(warnings).toEqual([expect.stringContaining('could not be read')]);
  });
});

it('does not change in memory what could not be written, and goes on when it can be', async () => {
  const app = await open();
  await app.setFavourite('a/b', true);
  rmSync(file);
  mkdirSync(file);
  await expect(app.setFavourite('c/d', true)).rejects.toMatchObject({
    code: 'control.refused',
    message: expect.stringContaining('Nothing was changed') as string,
  });
  await expect(app.addVote(['a', 'b'], null)).rejects.toThrow('could not be written');
  expect([app.favourites(), app.votes().total]).toEqual([['a/b'], 0]);
  rmSync(file, { recursive: true });
  await app.setFavourite('e/f', true);
  expect(inFile()['favourites']).toEqual(['a/b', 'e/f']);
});

it('a pipe in place of the file holds up nobody, and is left as it is', async () => {
  mkdirSync(join(directory, 'data'), { recursive: true });
  execFileSync('mkfifo', [file]);
  const documents = await open();
  expect(documents.favourites()).toEqual([]);
  await expect(documents.setWelcomed(true)).rejects.toThrow('no plain file');
  expect(statSync(file).isFIFO()).toBe(true);
});
