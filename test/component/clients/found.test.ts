// What is on a machine already, with a real home folder and real servers: what is offered, and what is left alone.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSetup, type Setup, type SetupProviders } from '../../../main/clients/found.ts';
import { setupHandlers } from '../../../main/control/handlers/setup.ts';
import type { ControlNeeds } from '../../../main/control/needs.ts';
import { createNodeHost, type Environment } from '../../../main/host/node-host.ts';
import { calls, type AnyEvent } from '../../../shared/contract/contract.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { openFile } from '../config/support.ts';

type Added = Parameters<SetupProviders['add']>[0];

let directory: string;
let home: string;
let configured: ReturnType<SetupProviders['list']>;
let added: Added[];
let logged: string[];
let servers: Server[];
/** Ports on which nothing listens. */
let ports: { ollama: number; lmstudio: number; llamacpp: number; jan: number };
let ownPorts: number[];

// Never written out whole: what searches a repository for keys need not be told that these are none.
const vendorKey = (prefix: string, name: string): string => [prefix, name, 'Zx81qPw4Lm7Rt2Vb9Kd3'].join('-');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-found-'));
  home = join(directory, 'home');
  mkdirSync(home);
  [configured, added, logged, servers, ownPorts] = [[], [], [], [], []];
  ports = { ollama: 1, lmstudio: 1, llamacpp: 1, jan: 1 };
});

afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(directory, { recursive: true, force: true });
});

function put(path: string, text: string | object): void {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof text === 'string' ? text : JSON.stringify(text));
}

async function setup(environment: Environment = {}, providers?: SetupProviders): Promise<Setup> {
  const log = (message: string, fields?: unknown): void => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const remembering: SetupProviders = {
    list: () => configured,
    add: async (wish) => {
      added.push(wish);
      return { id: wish.kind };
    },
  };
  return createSetup({
    host: await createNodeHost({ dataDir: join(directory, 'data'), environment }),
    ...{ home, platform: 'linux', ports, log: { debug: log, error: log } },
    isOurs: (value) => value.startsWith('chosen-by-hand'),
    detect: async () => new Map([['codex', '~/.local/bin/codex']]),
    ownPorts: () => ownPorts,
    providers: providers ?? remembering,
  });
}

const keysFound = async (environment: Environment = {}): Promise<Record<string, string>> => {
  const found = calls['setup.found'].output.parse(await (await setup(environment)).found());
  return Object.fromEntries(found.keys.map(({ kind, source }) => [`${kind}: ${source}`, kind]));
};
const sources = async (environment: Environment = {}): Promise<string[]> => Object.keys(await keysFound(environment));

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const answering =
  (path: string, body: unknown): RequestListener =>
  (request, response) => {
    response.writeHead(request.url === path && request.method === 'GET' ? 200 : 404, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(body));
  };

const listOf = (...models: object[]): object => ({ object: 'list', data: models });

describe('keys in the environment', () => {
  it('are found under the names people give them, and taken out of the environment', async () => {
    const environment: Environment = {
      OPENAI_API_KEY: vendorKey('sk', 'openai'),
      ANTHROPIC_API_KEY: vendorKey('sk', 'ant'),
      GOOGLE_API_KEY: vendorKey('AIza', 'google'),
      UNRELATED_API_KEY: vendorKey('sk', 'unrelated'),
    };
    expect(await sources(environment)).toEqual([
      'openai: OPENAI_API_KEY in the environment',
      'anthropic: ANTHROPIC_API_KEY in the environment',
      'gemini: GOOGLE_API_KEY in the environment',
    ]);
    expect(Object.keys(environment)).toEqual(['UNRELATED_API_KEY']);
  });

  it('are shown by their last four characters, and nothing of short ones', async () => {
    const found = await (
      await setup({ OPENAI_API_KEY: vendorKey('sk', 'openai'), GROQ_API_KEY: ['gsk', 'Q7w2Er9tY4u1'].join('-') })
    ).found();
    expect(found.keys.map(({ label, hint }) => [label, hint])).toEqual([
      ['OpenAI', '9Kd3'.slice(-4)],
      ['Groq', ''],
    ]);
    expect(JSON.stringify(found)).not.toContain('Zx81');
  });

  it('of kinds that need more than a key are not offered', async () => {
    expect(
      await sources({
        AZURE_OPENAI_API_KEY: vendorKey('az', 'key'),
        AWS_BEARER_TOKEN_BEDROCK: vendorKey('aws', 'key'),
      }),
    ).toEqual([]);
  });

  it.each([
    ['a key of this gateway', ['sk', 'sluice', 'codex', 'abcdefghijklmnop'].join('-')],
    ['a key of this gateway that people chose', 'chosen-by-hand-and-long-enough'],
    ['an OAuth token', ['sk', 'ant', 'oat01', 'Zx81qPw4Lm7Rt2Vb9Kd3'].join('-')],
    ['a JSON web token', ['ey', 'JhbGciOiJIUzI1NiJ9.Zx81qPw4Lm7Rt2Vb9Kd3'].join('')],
    ['nothing', ''],
    ['a blank', '   '],
    ['a placeholder', 'your-openai-api-key-goes-here'],
    ['dots', 'sk-...................'],
    ['the same letter', `sk-${'x'.repeat(40)}`],
    ['a reference', '${OTHER_VARIABLE_OF_A_SHELL}'],
    ['another reference', 'op://vault/openai/credential'],
    ['a word', 'not-needed'],
    ['something with spaces', 'this is not a key but a sentence'],
  ])('are not offered when they are %s', async (_, value) => {
    expect(await sources({ OPENAI_API_KEY: value })).toEqual([]);
  });

  it('are not offered when they were entered for another address', async () => {
    const key = vendorKey('sk', 'proxy');
    expect(await sources({ OPENAI_API_KEY: key, OPENAI_BASE_URL: 'https://proxy.example.com/v1' })).toEqual([]);
    expect(await sources({ ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: 'http://127.0.0.1:4790' })).toEqual([]);
    expect(await sources({ OPENAI_API_KEY: key, OPENAI_BASE_URL: 'https://api.openai.com/v1' })).toHaveLength(1);
  });
});

describe('keys in files of other tools', () => {
  it('are read where each tool keeps them', async () => {
    const key = (name: string): string => vendorKey('sk', name);
    put('.codex/auth.json', { auth_mode: 'apikey', OPENAI_API_KEY: key('codex'), tokens: null });
    put('.claude/settings.json', { env: { ANTHROPIC_API_KEY: key('claude') } });
    put('.gemini/.env', `# mine\nexport GEMINI_API_KEY="${key('gemini')}"\nOTHER=x\n`);
    put('.local/share/opencode/auth.json', {
      google: { type: 'api', key: key('opencode') },
      anthropic: { type: 'oauth', refresh: key('refresh'), access: key('access') },
      togetherai: { type: 'api', key: key('together') },
      constructor: { type: 'api', key: key('nobody') },
    });
    put(
      '.aider.conf.yml',
      `openai-api-key: ${key('aider')}\nanthropic-api-key: ${key('aider-a')}\napi-key: [deepseek=${key('deep')}]\n`,
    );
    put(
      '.continue/config.yaml',
      `models:\n  - { provider: mistral, apiKey: ${key('mistral')} }\n  - { provider: openai, apiKey: "\${{ secrets.OPENAI }}" }\n  - { provider: openai, apiKey: ${key('proxy')}, apiBase: "https://proxy.example.com" }\n`,
    );
    put('.config/io.datasette.llm/keys.json', { '// Note': 'a note', openrouter: key('llm') });
    put('.config/goose/secrets.yaml', `XAI_API_KEY: ${key('xai')}\n`);
    expect((await sources()).sort()).toEqual([
      'anthropic: ~/.aider.conf.yml',
      'anthropic: ~/.claude/settings.json',
      'deepseek: ~/.aider.conf.yml',
      'gemini: ~/.gemini/.env',
      'gemini: ~/.local/share/opencode/auth.json',
      'mistral: ~/.continue/config.yaml',
      'openai: ~/.aider.conf.yml',
      'openai: ~/.codex/auth.json',
      'openrouter: ~/.config/io.datasette.llm/keys.json',
      'together: ~/.local/share/opencode/auth.json',
      'xai: ~/.config/goose/secrets.yaml',
    ]);
  });

  it('are not looked for in YAML of a size that settings never have', async () => {
    const line = `XAI_API_KEY: ${vendorKey('sk', 'xai')}\n`;
    put('.config/goose/secrets.yaml', line);
    expect(await sources()).toEqual(['xai: ~/.config/goose/secrets.yaml']);
    put('.config/goose/secrets.yaml', line + Array.from({ length: 50_000 }, (_, at) => `k${String(at)}: 1\n`).join(''));
    expect(await sources()).toEqual([]);
  });

  it('never include a login', async () => {
    const tokens = {
      id_token: 'a',
      access_token: vendorKey('sk', 'access'),
      refresh_token: vendorKey('sk', 'refresh'),
    };
    put('.codex/auth.json', { auth_mode: 'chatgpt', OPENAI_API_KEY: vendorKey('sk', 'derived'), tokens });
    put('.claude/settings.json', { env: { ANTHROPIC_AUTH_TOKEN: vendorKey('sk', 'bearer') } });
    put('.claude/.credentials.json', { claudeAiOauth: { accessToken: vendorKey('sk', 'oauth') } });
    expect(await sources()).toEqual([]);
    put('.codex/auth.json', { OPENAI_API_KEY: vendorKey('sk', 'derived'), tokens });
    expect(await sources()).toEqual([]);
  });

  it('are one entry when the same key is in several places', async () => {
    const key = vendorKey('sk', 'same');
    put('.codex/auth.json', { OPENAI_API_KEY: key });
    put('.aider.conf.yml', `openai-api-key: ${key}\n`);
    expect(await sources({ OPENAI_API_KEY: key })).toEqual(['openai: OPENAI_API_KEY in the environment']);
  });

  it('are not read through a link out of the home folder, and are through one within it', async () => {
    const text = JSON.stringify({ OPENAI_API_KEY: vendorKey('sk', 'linked') });
    mkdirSync(join(home, '.codex'));
    writeFileSync(join(directory, 'outside.json'), text);
    symlinkSync(join(directory, 'outside.json'), join(home, '.codex/auth.json'));
    expect(await sources()).toEqual([]);
    rmSync(join(home, '.codex/auth.json'));
    put('dotfiles/auth.json', text);
    symlinkSync(join(home, 'dotfiles/auth.json'), join(home, '.codex/auth.json'));
    expect(await sources()).toEqual(['openai: ~/.codex/auth.json']);
  });

  it.skipIf(process.platform === 'win32')(
    'are not waited for where a pipe, a folder or a large file is in their place',
    async () => {
      mkdirSync(join(home, '.codex'));
      execFileSync('mkfifo', [join(home, '.codex/auth.json')]);
      mkdirSync(join(home, '.gemini/.env'), { recursive: true });
      put(
        '.claude/settings.json',
        JSON.stringify({ env: { ANTHROPIC_API_KEY: vendorKey('sk', 'large') }, more: ' '.repeat(1_100_000) }),
      );
      put('.aider.conf.yml', `openai-api-key: ${vendorKey('sk', 'fine')}\n`);
      expect(await sources()).toEqual(['openai: ~/.aider.conf.yml']);
      const said = logged.join('\n');
      expect(said).toContain('"source":"~/.codex/auth.json","why":"not a plain file"');
      expect(said).toContain('"source":"~/.gemini/.env","why":"not a plain file"');
      expect(said).toContain('"source":"~/.claude/settings.json","why":"too large"');
    },
  );

  it('leave no trace in the log, whatever is wrong with a file', async () => {
    put('.codex/auth.json', `{"OPENAI_API_KEY": "${vendorKey('sk', 'broken')}"`);
    put(
      '.aider.conf.yml',
      `openai-api-key: &a [${vendorKey('sk', 'alias')}]\nb: [*a, *a]\n: : ${vendorKey('sk', 'bad')}\n`,
    );
    put('.local/share/opencode/auth.json', [vendorKey('sk', 'list')]);
    put('.config/io.datasette.llm/keys.json', {
      openai: 7,
      anthropic: ['sk', 'sluice', 'Zx81qPw4Lm7Rt2Vb9Kd3'].join('-'),
    });
    expect(await sources({ OPENAI_API_KEY: vendorKey('your-api-key', 'env') })).toEqual([]);
    expect(logged.length).toBeGreaterThan(2);
    expect(logged.join('\n')).not.toContain('Zx81');
  });
});

describe('model servers', () => {
  it('are found when they answer as such a server does', async () => {
    ports.ollama = await serve(answering('/api/tags', { models: [{ name: 'llama3.2:3b' }, { name: 'qwen3:8b' }] }));
    ports.lmstudio = await serve(answering('/v1/models', listOf({ id: 'gemma-3' })));
    ports.llamacpp = await serve(answering('/v1/models', listOf({ id: 'm.gguf', owned_by: 'llamacpp' })));
    ports.jan = await serve(answering('/v1/models', listOf()));
    const { servers: found } = calls['setup.found'].output.parse(await (await setup()).found());
    const at = (port: number, path = '/v1'): string => `http://127.0.0.1:${String(port)}${path}`;
    expect(found.map(({ label, kind, base_url, models }) => [label, kind, base_url, models])).toEqual([
      ['Ollama', 'ollama', at(ports.ollama, ''), 2],
      ['LM Studio', 'lmstudio', at(ports.lmstudio), 1],
      ['llama.cpp', 'llamacpp', at(ports.llamacpp), 1],
      ['Jan', 'openai-compatible', at(ports.jan), 0],
    ]);
  });

  it.each<readonly [string, RequestListener]>([
    ['another program answers', answering('/v1/models', { hello: 'world' })],
    ['it answers with a page', (_, response) => response.end('<html></html>')],
    [
      'it redirects',
      (_, response) => response.writeHead(302, { location: '/v1/models' }).end(JSON.stringify(listOf())),
    ],
    [
      'it wants a key',
      (_, response) => response.writeHead(401).end(JSON.stringify(listOf({ id: 'm', owned_by: 'llamacpp' }))),
    ],
    ['it never answers', () => undefined],
    ['it never ends its answer', (_, response) => void response.writeHead(200).write('{"object":"list"')],
    ['it hangs up', (request) => request.socket.destroy()],
    [
      'its answer is too long',
      (_, response) => response.end(`{"object":"list","data":[],"x":"${'x'.repeat(1_100_000)}"}`),
    ],
  ])('are not offered when %s', async (_, listener) => {
    const port = await serve(listener);
    ports = { ollama: port, lmstudio: port, llamacpp: port, jan: port };
    expect((await (await setup()).found()).servers).toEqual([]);
  });

  it('are not taken for llama.cpp because they list models on its port', async () => {
    ports.llamacpp = await serve(answering('/v1/models', listOf({ id: 'm', owned_by: 'me' })));
    expect((await (await setup()).found()).servers).toEqual([]);
  });

  it('are not asked on a port of our own', async () => {
    let asked = 0;
    ports.ollama = await serve((request, response) => {
      asked += 1;
      answering('/api/tags', { models: [] })(request, response);
    });
    ownPorts = [ports.ollama];
    expect((await (await setup()).found()).servers).toEqual([]);
    expect(asked).toBe(0);
  });
});

describe('what is known already', () => {
  it('is marked: a provider of this kind with a key, a server however its address is written', async () => {
    ports.ollama = await serve(answering('/api/tags', { models: [] }));
    const base = { keys: [], base_url: 'https://api.openai.com/v1' };
    configured = [
      { id: 'openai', kind: 'openai', ...base },
      { id: 'mine', kind: 'openai-compatible', keys: [], base_url: `http://localhost:${String(ports.ollama)}/v1` },
    ];
    const found = await (await setup({ OPENAI_API_KEY: vendorKey('sk', 'openai') })).found();
    expect([found.keys[0]?.known, found.servers[0]?.known]).toEqual([false, true]);
    const key = {
      name: 'main',
      reference: 'secret:openai',
      available: true,
      reason: null,
      hint: null,
      weight: 1,
      models: [],
    };
    configured = [{ id: 'openai', kind: 'openai', ...base, keys: [key] }];
    const again = await (await setup({ OPENAI_API_KEY: vendorKey('sk', 'openai') })).found();
    expect([again.keys[0]?.known, again.servers[0]?.known]).toEqual([true, false]);
    expect(again.clients).toEqual([{ id: 'codex', name: 'Codex', where: '~/.local/bin/codex' }]);
  });
});

describe('taking over', () => {
  it('adds a provider for each id, with its key as a secret', async () => {
    const key = vendorKey('sk', 'openai');
    ports.jan = await serve(answering('/v1/models', listOf({ id: 'qwen3-8b' }, { id: 'two\nlines' })));
    const ours = await setup({ OPENAI_API_KEY: key });
    const { keys, servers: found } = await ours.found();
    const ids = [...keys, ...found].map(({ id }) => id);
    expect(JSON.stringify(ids)).not.toContain('Zx81');
    expect(await ours.import([...ids, ...ids])).toEqual({ added: ['openai', 'openai-compatible'], failed: [] });
    expect(added.map((wish) => wish.key?.reveal())).toEqual([key, undefined]);
    expect(added.map(({ baseUrl }) => baseUrl)).toEqual([undefined, `http://127.0.0.1:${String(ports.jan)}/v1`]);
    expect(added.map(({ id }) => id)).toEqual([undefined, 'jan']);
    // So that it can be tried at once; what is no name of a model is left out.
    expect(added.map(({ models }) => models)).toEqual([undefined, ['qwen3-8b']]);
    expect(JSON.stringify(added)).not.toContain('Zx81');
  });

  it('is in the file and in force on a real config, without the key in it', async () => {
    const key = vendorKey('sk', 'openai');
    const config = await openFile('version: 1\n# kept\nlisten: { port: 0 }\n');
    try {
      const { providers } = config.store;
      ports.jan = await serve(answering('/v1/models', listOf()));
      ports.ollama = await serve(answering('/api/tags', { models: [] }));
      const ours = await setup({ OPENAI_API_KEY: key }, providers);
      const { keys, servers: found } = await ours.found();
      const ids = [...keys, ...found].map(({ id }) => id);
      expect(await ours.import(ids)).toEqual({ added: ['openai', 'ollama', 'jan'], failed: [] });
      expect(config.text()).toContain('# kept');
      expect(config.text()).not.toContain(key);
      expect(await config.secret('openai')).toBe(key);
      const again = await ours.found();
      expect([...again.keys, ...again.servers].map(({ known }) => known)).toEqual([true, true, true]);
      expect((await ours.import(ids)).added).toEqual(['openai-2', 'ollama-2', 'openai-compatible']);
    } finally {
      await config.close();
    }
  });

  it('takes nothing that is not there now, or is not as it was found', async () => {
    put('.codex/auth.json', { OPENAI_API_KEY: vendorKey('sk', 'first') });
    const ours = await setup();
    const id = (await ours.found()).keys[0]?.id ?? '';
    put('.codex/auth.json', { OPENAI_API_KEY: vendorKey('sk', 'second') });
    const ids = [id, 'server-ollama-11434', '/etc/passwd', 'http://127.0.0.1:9/'];
    const result = calls['setup.import'].output.parse(await ours.import(ids));
    expect(result.added).toEqual([]);
    expect(result.failed.map((failure) => failure.id)).toEqual(ids);
    expect(added).toEqual([]);
  });

  it('goes on when one cannot be added, and says why only what may be said', async () => {
    const environment = {
      OPENAI_API_KEY: vendorKey('sk', 'o'),
      GROQ_API_KEY: vendorKey('gsk', 'g'),
      XAI_API_KEY: vendorKey('xai', 'x'),
    };
    const ours = await setup(environment, {
      list: () => [],
      add: async ({ kind }) => {
        if (kind === 'openai') throw new Error('the insides');
        if (kind === 'groq') throw new GatewayError('control.refused', 'The id groq is taken.');
        return { id: kind };
      },
    });
    const ids = (await ours.found()).keys.map(({ id }) => id);
    const { added: ok, failed } = await ours.import(ids);
    expect(ok).toEqual(['xai']);
    expect(failed.map(({ message }) => message).sort()).toEqual([
      'It could not be added; the log says why.',
      'The id groq is taken.',
    ]);
  });
});

it('ends the first minutes, and tells whoever listens', async () => {
  const welcomed: boolean[] = [];
  const published: AnyEvent[] = [];
  const documents = { setWelcomed: async (done: boolean) => void welcomed.push(done) };
  const publish = (event: AnyEvent): void => void published.push(event);
  const handlers = setupHandlers({ running: { documents, publish } } as unknown as ControlNeeds);
  expect(await handlers['setup.finish']?.({ done: true })).toEqual({ done: true });
  expect(welcomed).toEqual([true]);
  expect(published).toEqual([{ event: 'documents.changed', data: { what: 'welcome' } }]);
  expect(Object.keys(handlers)).toEqual(['setup.finish']);
  expect(setupHandlers({} as ControlNeeds)).toEqual({});
});
