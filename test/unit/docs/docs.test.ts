import { describe, expect, it } from 'vitest';
import { commands } from '../../../main/cli/commands.ts';
import { commonOptions } from '../../../main/cli/arguments.ts';
import { dial } from '../../../main/config/compile-route.ts';
import { checkConfig } from '../../../main/headless.ts';
import { configJsonSchema } from '../../../shared/config/config.ts';
import { isCallName } from '../../../shared/contract/contract.ts';
import { kindFacts, providerKinds } from '../../../shared/config/provider.ts';
import { errorCodes } from '../../../shared/errors/codes.ts';
import { blocksOf, brokenLinks, codeIn, pages, rowsOf, sourceFiles, textOf } from './pages.ts';

describe('every page', () => {
  it.each(pages)('%s has no link that leads nowhere', (page) => {
    expect(brokenLinks(page)).toEqual([]);
  });
});

describe('ARCHITECTURE.md', () => {
  it('names only files that are there', () => {
    const files = ['main', 'shared', 'renderer', 'build', 'test'].flatMap(sourceFiles);
    // The table of rooms names doors of rooms that have no file yet.
    const [text = ''] = textOf('ARCHITECTURE.md').split('## Rooms and doors');
    const named = [...text.matchAll(/[\w/-]*[\w-]\.(?:ts|cjs|mjs)\b/g)].map(([path]) => path);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((path) => !files.some((file) => `/${file}`.endsWith(`/${path}`)))).toEqual([]);
  });

  it('names every file of the data plane that is not in a room of its own', () => {
    const text = textOf('ARCHITECTURE.md');
    const files = sourceFiles('main/gateway').filter((file) => file.split('/').length === 3);
    expect(files.filter((file) => !text.includes(file.replace('main/gateway/', '')))).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  const known = new Set(Object.keys(errorCodes).map((code) => code.split('.')[0]));
  const rows = rowsOf('docs/errors.md').flatMap(([name = '', ...cells]) => {
    const [code = ''] = codeIn(name);
    return known.has(code.split('.')[0] ?? '') ? [{ code, cells }] : [];
  });

  it('names exactly the codes that exist, each once', () => {
    expect(rows.map(({ code }) => code).sort()).toEqual(Object.keys(errorCodes).sort());
  });

  it('gives each its status, a cause and a remedy', () => {
    const statuses = Object.entries(errorCodes).map(([code, { status }]) => [code, String(status)]);
    expect(Object.fromEntries(rows.map(({ code, cells }) => [code, cells[0]]))).toEqual(Object.fromEntries(statuses));
    for (const { code, cells } of rows) {
      expect(cells, code).toHaveLength(3);
      expect(Math.min(...cells.map((cell) => cell.length)), code).toBeGreaterThan(0);
    }
  });

  it('is where every code on the other pages is explained', () => {
    const named = pages.flatMap((page) => codeIn(textOf(page).replaceAll(/^```[^]*?^```$/gm, '')));
    // Calls of the window and fields of the configuration are written alike: `config.read`, `receive.*`.
    const codes = named.filter((text) => /^[a-z]+\.[a-z_0-9]+$/.test(text) && known.has(text.split('.')[0] ?? ''));
    const others = codes.filter((code) => !(code in errorCodes) && !isCallName(code));
    expect(others.filter((code) => !/\.(ts|md|yaml)$/.test(code))).toEqual([]);
  });
});

describe('docs/cli.md', () => {
  const rows = rowsOf('docs/cli.md').flatMap(([cell = '']) => {
    const [usage = ''] = codeIn(cell);
    // `log show` is not `log`: the longest name that fits.
    const command = commands
      .filter(({ name }) => usage === name || usage.startsWith(`${name} `))
      .toSorted((a, b) => b.name.length - a.name.length)[0];
    return command === undefined ? [] : [{ command, usage }];
  });

  it('lists every command', () => {
    expect(rows.map(({ command }) => command.name).sort()).toEqual(commands.map(({ name }) => name).sort());
  });

  it.each(rows)('tells the options of $command.name, and no others', ({ command, usage }) => {
    const told = [...usage.matchAll(/--([a-z-]+)/g)].map((match) => match[1]);
    expect(told.sort()).toEqual(command.options.map(({ name }) => name).sort());
  });

  it('tells the options that all of them have', () => {
    for (const { name } of commonOptions) expect(textOf('docs/cli.md')).toContain(`\`--${name}`);
  });
});

describe('commands on any page', () => {
  const used = pages.flatMap((page) =>
    blocksOf(page)
      .filter(({ language }) => language === 'bash' || language === '')
      .flatMap(({ text, line }) =>
        [...text.matchAll(/^(?:\$ )?(?:npx )?sluice ([a-z][^#|>\n]*)/gm)].map((match) => ({
          at: `${page}:${line}`,
          words: (match[1] ?? '').trim().split(/\s+/),
        })),
      ),
  );

  it.each(used.filter(({ words }) => !['ready', 'set-up:'].includes(words[0] ?? '')))(
    'exist: $at $words',
    ({ words }) => {
      const [group, second = '-'] = words;
      const command = commands.find(
        ({ name, standsForGroup = false }) =>
          `${words.join(' ')} `.startsWith(`${name} `) ||
          (standsForGroup && second.startsWith('-') && name.startsWith(`${group} `)),
      );
      expect(command).toBeDefined();
      const known = [...(command?.options ?? []), ...commonOptions].map(({ name }) => `--${name}`);
      expect(words.filter((word) => word.startsWith('--') && !known.includes(word))).toEqual([]);
    },
  );
});

describe('docs/providers.md', () => {
  const names: Readonly<Record<string, string>> = {
    Responses: 'openai-responses',
    Chat: 'openai-chat',
    Messages: 'anthropic-messages',
    Gemini: 'gemini',
    Converse: 'bedrock-converse',
  };
  const rows = new Map(
    rowsOf('docs/providers.md').flatMap(([kind = '', ...cells]): [string, string[]][] =>
      cells.length === 3 ? [[codeIn(kind)[0] ?? '', cells]] : [],
    ),
  );

  it('lists every kind, and README counts them', () => {
    expect([...rows.keys()].sort()).toEqual([...providerKinds].sort());
    expect(textOf('README.md')).toContain(`There are ${providerKinds.length} kinds of`);
  });

  it.each(providerKinds)('tells address, variables and dialects of %s', (kind) => {
    const [address = '', variables = '', dialects = ''] = rows.get(kind) ?? [];
    const facts = kindFacts[kind];
    if (facts.baseUrl !== undefined && kind !== 'demo') expect(codeIn(address)).toEqual([facts.baseUrl]);
    for (const variable of facts.keyEnv) expect(codeIn(variables)).toContain(variable);
    const told = [...dialects.matchAll(/Responses|Chat|Messages|Gemini|Converse/g)].map(([word]) => names[word]);
    expect(told).toEqual(facts.dialects);
  });
});

describe('docs/configuration.md', () => {
  it('names every field of the schema', () => {
    const text = textOf('docs/configuration.md');
    const missing = [...fieldsOf(configJsonSchema())].filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
    expect(missing).toEqual([]);
  });

  it('tells what the words of the dial weigh', () => {
    const told = rowsOf('docs/configuration.md').flatMap(([word = '', , ...weights]) => {
      const [name] = codeIn(word);
      return name !== undefined && name in dial && weights.length === 4 ? [[name, ...weights]] : [];
    });
    const weighed = Object.entries(dial).map(([name, { quality, cost, latency, qualityFloor }]) => [
      name,
      ...[quality, cost, latency].map(String),
      String(qualityFloor ?? ''),
    ]);
    expect(told.sort()).toEqual(weighed.sort());
  });
});

describe('examples of sluice.yaml', () => {
  const examples = pages.flatMap(blocksOf).filter(({ language }) => language === 'yaml');

  it.each(examples)('in $page, line $line, are valid', async ({ page, text }) => {
    const { problems } = await checkConfig(wholeConfig(text), page);
    // A part of a file may speak of a provider that another part has.
    expect(problems.filter(({ problem }) => !problem.startsWith('there is no provider'))).toEqual([]);
  });
});

/** An example that is a part of a file, as a file. */
function wholeConfig(text: string): string {
  const inList = text.startsWith('- id:') ? `providers:\n${text.replaceAll(/^/gm, '  ')}` : text;
  return /^version:/m.test(inList) ? inList : `version: 1\n${inList}`;
}

/** Names of properties anywhere in a JSON Schema. */
function fieldsOf(schema: unknown, found = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found;
  if ('properties' in schema && typeof schema.properties === 'object' && schema.properties !== null) {
    for (const [name, value] of Object.entries(schema.properties)) {
      found.add(name.replace('$', ''));
      fieldsOf(value, found);
    }
  }
  for (const [name, value] of Object.entries(schema)) {
    if (name !== 'properties') fieldsOf(value, found);
  }
  return found;
}
