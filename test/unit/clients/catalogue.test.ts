// The table of clients: what people copy must be valid where they put it, and lead here.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { clients as doctorClients } from '../../../main/cli/doctor/clients.ts';
import { clientCatalogue } from '../../../main/clients/catalogue.ts';
import { fillSettings, type ClientFacts, type Filling } from '../../../main/clients/client-facts.ts';
import { envEntries } from '../../../main/kit/env-file.ts';
import { clientEntry, type ClientSetting } from '../../../shared/contract/clients.ts';

const key = 'sk-sluice-a-client-abcDEF23';
const filling: Filling = { root: 'http://127.0.0.1:4790', key, model: 'demo/echo', platform: 'linux' };

const open = clientCatalogue.filter(({ support }) => support !== 'none');
const filled = open.flatMap((client) =>
  fillSettings(client, filling).map((setting) => [`${client.id}: ${setting.title}`, setting] as const),
);
const ofFormat = (format: ClientSetting['format']): (readonly [string, ClientSetting])[] =>
  filled.filter(([, setting]) => setting.format === format);

const byId = (id: string): ClientFacts => {
  const client = clientCatalogue.find((one) => one.id === id);
  if (client === undefined) throw new Error(`There is no client ${id}.`);
  return client;
};
const settingOf = (id: string, format: ClientSetting['format']): string =>
  fillSettings(byId(id), filling).find((setting) => setting.format === format)?.text ?? '';

/** The part of TOML that settings use, read strictly: tables, bare keys, basic strings, whole numbers, booleans. */
function parseToml(text: string): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  let table = root;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const head = /^\[([\w-]+(?:\.[\w-]+)*)\]$/.exec(line)?.[1];
    if (head !== undefined) {
      table = root;
      for (const part of head.split('.')) table = (table[part] ??= {}) as Record<string, unknown>;
      continue;
    }
    const [, name, string, other] = /^([\w-]+) = (?:"([^"\\\p{Cc}]*)"|(true|false|\d+))$/u.exec(line) ?? [];
    if (name === undefined) throw new Error(`Not TOML: ${line}`);
    if (Object.hasOwn(table, name)) throw new Error(`Twice: ${name}`);
    table[name] = string ?? JSON.parse(other ?? '');
  }
  return root;
}

const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

describe('what is copied', () => {
  it.each(ofFormat('json'))('is JSON: %s', (_, { text }) => {
    expect(typeof JSON.parse(text)).toBe('object');
  });

  it.each(ofFormat('yaml'))('is YAML: %s', (_, { text }) => {
    expect(typeof parseYaml(text, { strict: true })).toBe('object');
  });

  it.each(ofFormat('toml'))('is TOML: %s', (_, { text }) => {
    expect(Object.keys(parseToml(text))).not.toHaveLength(0);
  });

  it.each(ofFormat('env'))('is a file of variables: %s', (_, { text }) => {
    const lines = text.split('\n');
    expect(envEntries(text).map(({ name, value }) => `${name}=${value}`)).toEqual(lines);
  });

  it.each(ofFormat('javascript'))('is JavaScript: %s', (_, { text }) => {
    const options = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
    expect(ts.transpileModule(text, { compilerOptions: options, reportDiagnostics: true }).diagnostics).toEqual([]);
  });

  it.skipIf(!runs('python3', '--version')).each(ofFormat('python'))('is Python: %s', (_, { text }) => {
    const parsed = spawnSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: text });
    expect(parsed.stderr.toString()).toBe('');
  });

  it
    .skipIf(!runs('bash', '--version'))
    .each(ofFormat('shell').filter(([, { title }]) => !title.includes('PowerShell')))(
    'is a shell script: %s',
    (_, { text }) => {
      expect(spawnSync('bash', ['-n'], { input: text }).stderr.toString()).toBe('');
    },
  );

  it.each(ofFormat('shell').filter(([, { title }]) => title.includes('PowerShell')))(
    'sets variables of PowerShell: %s',
    (_, { text }) => {
      const lines = text.split('\n').filter((line) => line.includes('Env:') || line.includes('$env:'));
      expect(lines).not.toHaveLength(0);
      for (const line of lines) {
        expect(line).toMatch(/^(?:\$env:[A-Z_]+ = '[^']*'|Remove-Item Env:[A-Z_]+ -ErrorAction SilentlyContinue)$/);
      }
    },
  );

  it.each(filled)('has nothing left to fill in: %s', (_, { text, place }) => {
    expect(text).not.toMatch(/\{\{|\}\}(?!\n|$|\s*\])/);
    expect(text.trim()).toBe(text);
    expect(place).not.toBe('');
  });
});

describe('the table', () => {
  it('names each client once, in the shape of the contract', () => {
    const ids = clientCatalogue.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { traces: _, ownModels: _own, settings: _settings, ...facts } of clientCatalogue) {
      const entry = {
        ...facts,
        installed: null,
        key: null,
        last: null,
        settings: fillSettings(byId(facts.id), filling),
      };
      expect(clientEntry.parse(entry)).toEqual(entry);
    }
  });

  it('says why where a client comes in part or not at all, and only there', () => {
    for (const { id, support, reason } of clientCatalogue) {
      expect([id, support === 'full' ? reason : (reason ?? '').endsWith('.')]).toEqual([
        id,
        support === 'full' ? null : true,
      ]);
    }
  });

  it('has settings with key and address, a restart and a check for each that can come', () => {
    const elsewhere = new Set(['cursor', 'claude-office']);
    for (const client of open) {
      const text = fillSettings(client, filling)
        .map((setting) => setting.text)
        .join('\n');
      expect([client.id, text.includes(key)]).toEqual([client.id, true]);
      const address = elsewhere.has(client.id) ? 'https://gateway.example.com' : '4790';
      expect([client.id, text.includes(address)]).toEqual([client.id, true]);
      expect([client.id, client.restart.endsWith('.'), client.check.endsWith('.')]).toEqual([client.id, true, true]);
    }
  });

  it('never writes localhost, which clients resolve in more than one way', () => {
    expect(filled.filter(([, { text }]) => text.includes('localhost'))).toEqual([]);
  });

  it('calls clients as `sluice doctor --client` does', () => {
    for (const { id } of doctorClients) expect(byId(id).support).toBe('full');
  });

  it('has everything the specification lists', () => {
    const ids = [
      'claude-code',
      'claude-code-vscode',
      'claude-desktop',
      'claude-office',
      'codex',
      'gemini-cli',
      'opencode',
    ];
    ids.push(
      'vscode',
      'copilot-cli',
      'continue',
      'cline',
      'roo-code',
      'kilo-code',
      'zed',
      'jetbrains',
      'cursor',
      'aider',
    );
    ids.push('goose', 'qwen-code', 'droid', 'crush', 'grok-cli', 'kimi-cli', 'open-webui', 'librechat', 'n8n');
    ids.push('openai-sdk', 'anthropic-sdk', 'genai-sdk', 'curl', 'windsurf', 'kiro', 'antigravity', 'amp');
    expect(ids.filter((id) => !clientCatalogue.some((client) => client.id === id))).toEqual([]);
  });
});

describe('settings that tests of agents drive', () => {
  const docs = readFileSync('docs/clients.md', 'utf8');
  const block = (language: string, start: string): string =>
    new RegExp(`\`\`\`${language}\\n${start}[^\\n]*\\n([\\s\\S]*?)\`\`\``).exec(docs)?.[1]?.trim() ?? '';

  it('are those of the documentation: Codex', () => {
    expect(settingOf('codex', 'toml')).toBe(block('toml', '# ~/.codex/config.toml'));
  });

  it('are those of the documentation: Claude Code', () => {
    const text = `export ANTHROPIC_BASE_URL=${block('bash', 'export ANTHROPIC_BASE_URL=')}`;
    const documented = envEntries(text).map(({ name }) => name);
    const { env } = JSON.parse(settingOf('claude-code', 'json')) as { env: Record<string, string> };
    expect(documented.length).toBeGreaterThan(1);
    expect(Object.keys(env)).toEqual(expect.arrayContaining(documented));
    expect(env).toMatchObject({
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:4790',
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_MODEL: 'demo/echo',
    });
    expect(settingOf('claude-code', 'shell')).toContain('unset ANTHROPIC_API_KEY');
  });
});

describe('filling in', () => {
  const withModel = (id: string, model: string): string =>
    fillSettings(byId(id), { ...filling, model })
      .map(({ text }) => text)
      .join('\n');

  it('takes no model name that could end a string', () => {
    for (const model of ['x"; rm -rf ~; "', "a'b", 'a\nb', '$(id)', '`id`', '', '-x', '{{key}}']) {
      expect(withModel('claude-code', model)).toBe(withModel('claude-code', 'auto'));
    }
  });

  it('takes no model name that the client keeps for itself', () => {
    expect(withModel('gemini-cli', 'auto')).toContain('GEMINI_MODEL=best');
    expect(withModel('claude-code', 'best')).toContain('"ANTHROPIC_MODEL": "auto"');
    expect(withModel('codex', 'best')).toContain('model = "best"');
  });

  it('gives containers a name of this machine that they can reach', () => {
    expect(settingOf('librechat', 'yaml')).toContain('baseURL: "http://host.docker.internal:4790/v1"');
  });

  it('puts what fits this system first, and its own places', () => {
    const titles = (platform: NodeJS.Platform): string[] =>
      fillSettings(byId('copilot-cli'), { ...filling, platform }).map(({ title }) => title);
    expect(titles('darwin')[0]).toContain('bash');
    expect(titles('win32')[0]).toContain('PowerShell');
    const place = (platform: NodeJS.Platform): string | undefined =>
      fillSettings(byId('claude-code'), { ...filling, platform })[0]?.place;
    expect([place('linux'), place('win32')]).toEqual([
      '~/.claude/settings.json',
      '%USERPROFILE%\\.claude\\settings.json',
    ]);
  });
});
