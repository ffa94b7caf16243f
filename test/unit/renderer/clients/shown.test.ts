/** What is shown of a client's settings and of its first request. */
import { describe, expect, it } from 'vitest';
import { hasWorked, newestOf } from '../../../../renderer/state/first-request.ts';
import { en } from '../../../../renderer/text/en.ts';
import { problemOf } from '../../../../renderer/ui/request-problem.ts';
import { readerSystem, sortSettings, stepsOf } from '../../../../renderer/ui/setting-parts.ts';
import { errorCodes } from '../../../../shared/errors/codes.ts';
import { exchange } from './samples.ts';

describe('the first request', () => {
  it('is none that came before the key was handed out', () => {
    const entries = [exchange({ request_id: 'old' }), exchange({ request_id: 'older' })];
    expect(newestOf(entries, 'ide', 'old')).toBeUndefined();
    expect(newestOf([exchange({ request_id: 'new' }), ...entries], 'ide', 'old')?.request_id).toBe('new');
  });

  it('is the newest that asks for a model, where there is one', () => {
    const list = exchange({ request_id: 'list', model_asked: null });
    expect(newestOf([list, exchange({ request_id: 'chat' })], 'ide', null)?.request_id).toBe('chat');
    expect(newestOf([list], 'ide', null)?.request_id).toBe('list');
  });

  it('is never that of another key', () => {
    expect(newestOf([exchange({ key: 'other' })], 'ide', null)).toBeUndefined();
  });

  it('has worked only when it ended, and well', () => {
    expect(hasWorked({ outcome: 'complete', status: 200 })).toBe(true);
    expect(hasWorked({ outcome: 'open', status: 200 })).toBe(false);
    expect(hasWorked({ outcome: 'failed', status: 404 })).toBe(false);
    expect(hasWorked({ outcome: 'aborted', status: null })).toBe(false);
  });
});

describe('what went wrong', () => {
  it('is said in words for every code there is', () => {
    for (const code of Object.keys(errorCodes)) expect(en).toHaveProperty([problemOf(code, 500) ?? 'none']);
  });

  it('is nothing where nothing went wrong', () => {
    expect(problemOf(null, 200)).toBeUndefined();
    expect(problemOf(null, null)).toBeUndefined();
  });

  it('is the key of the provider where the provider refused it, with our code or without one', () => {
    expect(problemOf(null, 401)).toBe('clients.problem.providerKey');
    expect(problemOf('attempt.upstream_error', 403)).toBe('clients.problem.providerKey');
    expect(problemOf('attempt.upstream_error', 502)).toBe('clients.problem.provider');
  });
});

describe('settings', () => {
  const setting = (title: string, format: 'shell' | 'json' = 'shell') => ({ title, place: '', format, text: '' });
  const all = [setting('Environment (bash, zsh)'), setting('Environment (PowerShell)'), setting('File', 'json')];

  it('of another system than the reader’s stand apart, and files of any system do not', () => {
    const mac = sortSettings(all, readerSystem('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'));
    expect(mac.own.map(({ title }) => title)).toEqual(['Environment (bash, zsh)', 'File']);
    expect(mac.foreign.map(({ title }) => title)).toEqual(['Environment (PowerShell)']);
    const windows = sortSettings(all, readerSystem('Mozilla/5.0 (Windows NT 10.0; Win64; x64)'));
    expect(windows.foreign.map(({ title }) => title)).toEqual(['Environment (bash, zsh)']);
  });

  it('in steps offer what is to be pasted, and never a placeholder', () => {
    const [url, key, choose] = stepsOf(
      '1. URL: http://a:1/v1 from a container, else http://b:1/v1\n2. Key: sk-sluice-…\n3. Save',
    );
    expect(url?.filter(({ isValue }) => isValue).map(({ text }) => text)).toEqual(['http://a:1/v1', 'http://b:1/v1']);
    expect(key?.some(({ isValue }) => isValue)).toBe(false);
    expect(choose).toEqual([{ text: 'Save', isValue: false }]);
  });

  it('in steps lose no letter', () => {
    const text = 'Base URL: http://127.0.0.1:4790/v1';
    expect(
      stepsOf(`1. ${text}`)[0]
        ?.map((part) => part.text)
        .join(''),
    ).toBe(text);
  });
});
