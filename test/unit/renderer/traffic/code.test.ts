import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { codeFor, kindsFor, pathFor, pythonLiteral, shellQuoted } from '../../../../renderer/features/traffic/code.ts';

const gatewayUrl = 'http://127.0.0.1:4790/';
const nasty = `it's "quoted" $HOME \`id\` \\ back\nline\r\n\ttab üñí 😀 \u2028 !x ; rm -rf / #`;
const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: nasty }], stream: true, n: null });
const chat = { surface: 'chat', model: 'auto', body, gatewayUrl };

/** What a shell makes of the words after `curl`, with a key in its environment. */
function wordsOf(command: string): string[] {
  const script = `curl() { for word in "$@"; do printf '%s\\0' "$word"; done; }\n${command}`;
  const out = execFileSync('/bin/sh', ['-c', script], { env: { SLUICE_KEY: 'the-key', HOME: '/nowhere' } });
  return out.toString().split('\0').slice(0, -1);
}

describe.skipIf(process.platform === 'win32')('a request as a curl command', () => {
  it('sends exactly the recorded bytes, whatever is in them, and takes the key from the environment', () => {
    const command = codeFor('curl', chat) ?? '';
    expect(wordsOf(command)).toEqual([
      'http://127.0.0.1:4790/v1/chat/completions',
      ...['-H', 'authorization: Bearer the-key', '-H', 'content-type: application/json'],
      ...['--data-raw', body],
    ]);
    expect(command).toContain('$SLUICE_KEY');
  });

  it('speaks to Anthropic’s path as its clients do', () => {
    const words = wordsOf(codeFor('curl', { ...chat, surface: 'messages' }) ?? '');
    expect(words).toContain('http://127.0.0.1:4790/v1/messages');
    expect(words).toContain('x-api-key: the-key');
    expect(words).toContain('anthropic-version: 2023-06-01');
  });

  it('quotes a body that begins with @, and a model with strange letters in a Gemini path', () => {
    expect(wordsOf(codeFor('curl', { ...chat, body: '@/etc/passwd' }) ?? '').slice(-2)).toEqual([
      '--data-raw',
      '@/etc/passwd',
    ]);
    const strange = `it's; $(id)`;
    const [url] = wordsOf(codeFor('curl', { ...chat, surface: 'gemini_generate', model: strange }) ?? '');
    expect(url).toBe(`http://127.0.0.1:4790/v1beta/models/${encodeURIComponent(strange)}:generateContent`);
  });

  it('is none where the path cannot be told', () => {
    expect(codeFor('curl', { ...chat, surface: 'ollama_tags' })).toBeUndefined();
    expect(pathFor('gemini_stream', 'flash')).toBe('/v1beta/models/flash:streamGenerateContent?alt=sse');
    expect(pathFor('gemini_generate', null)).toBeUndefined();
  });

  it('makes one word of any text', () => {
    for (const text of ['', "'", "''", `'"'`, '$x', '`x`', '\\', 'a\nb', '-n', '!!'])
      expect(wordsOf(`curl ${shellQuoted(text)}`)).toEqual([text]);
  });
});

describe('a request as code of an SDK', () => {
  it('is offered for the surfaces that the SDK has a call for', () => {
    expect(kindsFor('chat')).toEqual(['curl', 'openai-js', 'openai-python']);
    expect(kindsFor('messages')).toEqual(['curl', 'anthropic-js', 'anthropic-python']);
    expect(kindsFor('gemini_generate')).toEqual(['curl']);
  });

  it('holds in JavaScript the same value as the recorded body', () => {
    const code = codeFor('openai-js', chat) ?? '';
    expect(code).toContain('baseURL: "http://127.0.0.1:4790/v1", apiKey: process.env.SLUICE_KEY');
    const argument = /create\(([\s\S]*)\);\nfor await/.exec(code)?.[1] ?? '';
    expect(JSON.stringify(runInNewContext(`(${argument})`))).toBe(body);
    expect(codeFor('anthropic-js', { ...chat, surface: 'messages' })).toContain('baseURL: "http://127.0.0.1:4790", ');
  });

  it('holds in Python its values by their Python names, and a stream is walked through', () => {
    const code = codeFor('openai-python', chat) ?? '';
    expect(code).toContain('"stream": True,');
    expect(code).toContain('"n": None,');
    expect(code).toContain('api_key=os.environ["SLUICE_KEY"]');
    expect(code).toContain('for event in answer:');
    expect(pythonLiteral({ a: [], b: {}, c: [false, 1.5, 'x"\n'] })).toBe(
      '{\n    "a": [],\n    "b": {},\n    "c": [\n        False,\n        1.5,\n        "x\\"\\n",\n    ],\n}',
    );
  });

  it('is none of a body that is no JSON object', () => {
    for (const text of ['', 'no json', '[]', '"x"', 'null'])
      expect(codeFor('openai-js', { ...chat, body: text })).toBeUndefined();
  });

  it('never holds a key', () => {
    for (const kind of kindsFor('chat')) expect(codeFor(kind, chat)).not.toMatch(/sk-/);
  });
});
