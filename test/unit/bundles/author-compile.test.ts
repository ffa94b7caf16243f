import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileBundle, type CompileOptions } from '../../../main/bundles/author/compile.ts';
import { readCompiled } from '../../../main/bundles/author/check.ts';
import { head, makeFolder, now, problemsIn, write } from './author-support.ts';

async function payloadOf(folder: string, options: CompileOptions = { now }): Promise<Record<string, unknown>> {
  return JSON.parse((await compileBundle(folder, options)).payload) as Record<string, unknown>;
}

async function placeOf(folder: string, pointer: string, part?: 'key' | 'value'): Promise<string> {
  const { sources } = await compileBundle(folder, { now });
  const { file, line, column } = sources.at(pointer, part);
  return `${file.replace(`${folder}/`, '')}:${line}:${column}`;
}

function problems(files: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = makeFolder(files);
  return problemsIn(folder, () => compileBundle(folder, { now }));
}

describe('compileBundle', () => {
  it('gives the same bytes for the same files, in the order of the schema, indented by one space', async () => {
    const files = {
      'bundle.yaml': `id: acme-core\ndefaults: { logging: { content: metadata } }\nschema: sluice.bundle/1\nversion: 3\n`,
      'policy/b.yaml': 'enforced: { models: { deny: ["b/*"] } }\n',
      'policy/a.yaml': 'enforced: { app: { allow_keyless: false }, models: { deny: ["a/*"] } }\n',
    };
    const [one, two] = [
      await compileBundle(makeFolder(files), { now }),
      await compileBundle(makeFolder(files), { now }),
    ];
    expect(one.payload).toBe(two.payload);
    const value = JSON.parse(one.payload) as object;
    expect(one.payload).toBe(`${JSON.stringify(value, undefined, 1)}\n`);
    expect(Object.keys(value)).toEqual(['schema', 'id', 'version', 'epoch', 'issued_at', 'enforced', 'defaults']);
    expect(value).toMatchObject({ enforced: { models: { deny: ['a/*', 'b/*'] }, app: { allow_keyless: false } } });
    expect(Object.keys((value as { enforced: object }).enforced)).toEqual(['models', 'app']);
  });

  it('fills version, epoch and moments in where they are not written, and keeps them where they are', async () => {
    const folder = makeFolder({
      'bundle.yaml': `${head}expires_after: P30D\n`,
      'trust/root-1.json': '{}',
      'trust/root-2.json': '{}',
    });
    expect(await payloadOf(folder, { now, version: 7 })).toMatchObject({
      version: 7,
      epoch: 2,
      issued_at: '2026-11-29T12:00:00Z',
      expires_at: '2026-12-29T12:00:00Z',
    });
    expect(await payloadOf(folder)).not.toHaveProperty('expires_after');
    write(folder, 'bundle.yaml', `${head}version: 4\nepoch: 1\nissued_at: 2026-01-01T00:00:00Z\n`);
    expect(await payloadOf(folder)).toMatchObject({ version: 4, epoch: 1, issued_at: '2026-01-01T00:00:00Z' });
  });

  it('does not ask the clock where none is given', async () => {
    const folder = makeFolder({ 'bundle.yaml': `${head}expires_after: P30D\n` });
    expect(await compileBundle(folder, {})).toMatchObject({ payload: (await compileBundle(folder, {})).payload });
    expect(await payloadOf(folder, {})).toMatchObject({ issued_at: '2000-01-01T00:00:00Z' });
  });

  it('tells the file, line and column of what is in it, and passes reasons over', async () => {
    const folder = makeFolder({
      'bundle.yaml': `${head}enforced:\n  models:\n    deny: { value: ["a/*", "b/*"], reason: No }\n`,
      'policy/more.yaml': 'enforced:\n  firewall:\n    - id: falcon\n      pattern: falcon\n',
    });
    expect(await placeOf(folder, '/enforced/models/deny/1')).toBe('bundle.yaml:5:28');
    expect(await placeOf(folder, '/enforced/models/deny/value/1')).toBe('bundle.yaml:5:28');
    expect(await placeOf(folder, '/enforced/models/deny', 'key')).toBe('bundle.yaml:5:5');
    expect(await placeOf(folder, '/enforced/firewall/0/pattern')).toBe('policy/more.yaml:4:16');
    expect(await placeOf(folder, '/enforced/firewall/0/nothing/here')).toBe('policy/more.yaml:3:7');
  });

  it('takes a lone file without the folders beside it', async () => {
    const folder = makeFolder({ 'other.yaml': head, 'bundle.yaml': head, 'tests/a.yaml': 'suite: a\ncases: []\n' });
    expect(await payloadOf(join(folder, 'other.yaml'))).not.toHaveProperty('tests');
    expect(await payloadOf(join(folder, 'bundle.yaml'))).toHaveProperty('tests');
  });
});

describe('strict YAML', () => {
  it.each([
    ['an anchor', `${head}name: &a x\n`, 'bundle.yaml:3:10: &a names a value to be repeated. Remove the anchor.'],
    [
      'an alias',
      `${head}name: &a x\ndescription: *a\n`,
      'bundle.yaml:4:14: *a repeats another value. Write the value out; a pattern that begins with * goes in quotes.',
    ],
    [
      'a tag',
      `${head}name: !!str 5\n`,
      'bundle.yaml:3:13: tag:yaml.org,2002:str is a tag. Remove it: plain YAML is enough.',
    ],
    [
      'a doubled name',
      `${head}name: a\nname: b\n`,
      'bundle.yaml:4:1: "name" stands here twice, first in line 3. Keep one of the two.',
    ],
    [
      'a number that is not kept',
      `${head}version: 9007199254740993\n`,
      'bundle.yaml:3:10: this number has more digits than a number keeps. Put it in quotes if it is a name.',
    ],
    [
      'no number',
      `${head}version: .nan\n`,
      'bundle.yaml:3:10: this is no number that a bundle can hold. Write digits.',
    ],
    [
      'YAML 1.1',
      `%YAML 1.1\n---\n${head}`,
      'bundle.yaml:1:1: this is YAML 1.1, and bundles are YAML 1.2. Remove the %YAML line.',
    ],
    [
      'a second document',
      `${head}---\nid: other\n`,
      'bundle.yaml:3:1: a second document begins here. Keep one document: remove the "---" and what follows.',
    ],
    [
      'brackets without an end',
      `${head}enforced: ${'['.repeat(2_000)}`,
      'bundle.yaml:3:51: values are nested deeper than 40 levels. Flatten it.',
    ],
    [
      'a name that people write, with a slip in it',
      `${head}expires_afer: P90D\n`,
      'bundle.yaml:3:1: unknown name "expires_afer". Did you mean expires_after?',
    ],
    ['a name that is not text', `${head}1: x\n`, 'bundle.yaml:3:1: a name here is not text. Put it in quotes.'],
    [
      'a name that objects inherit',
      `${head}__proto__: x\n`,
      'bundle.yaml:3:1: "__proto__" cannot be a name. Choose another.',
    ],
    [
      'a list',
      '- a\n',
      'bundle.yaml:1:1: this is no bundle: a set of "name: value" pairs. Begin with "schema: sluice.bundle/1" and "id: …".',
    ],
  ])('refuses %s with its place', async (_, text, problem) => {
    expect(await problems({ 'bundle.yaml': text })).toContain(problem);
  });

  it('says the same of one place once, however deep brackets without an end stand', async () => {
    const found = await problems({ 'bundle.yaml': `${head}enforced: ${'['.repeat(20_000)}` });
    expect(found.length).toBeLessThan(5);
    expect(found.join('\n')).not.toContain('call stack');
  });

  it('takes words that only older YAML calls true or false as words', async () => {
    expect(await payloadOf(makeFolder({ 'bundle.yaml': `${head}name: yes\n` }))).toMatchObject({ name: 'yes' });
  });
});

describe('several files', () => {
  it('refuses the same value said twice, and names both places', async () => {
    const found = await problems({
      'bundle.yaml': `${head}enforced: { models: { max_output_tokens: 5 } }\n`,
      'policy/more.yaml': 'enforced: { models: { max_output_tokens: 9 } }\n',
    });
    expect(found).toEqual([
      'policy/more.yaml:1:23: "max_output_tokens" is said already in bundle.yaml, line 3. Keep one of the two.',
    ]);
  });

  it('takes sections alone from a file that is named after its part, and from no other', async () => {
    const named = makeFolder({
      'bundle.yaml': head,
      'policy/defaults-routes.yaml': 'routes: [{ alias: a, targets: [demo/echo] }]\n',
    });
    expect(await payloadOf(named)).toHaveProperty('defaults.routes');
    expect(await problems({ 'bundle.yaml': head, 'policy/routes.yaml': 'routes: []\nfirewal: []\n' })).toEqual([
      'policy/routes.yaml:1:1: "routes" is neither enforced nor a default. Put it under enforced: or defaults:, or call the file policy/enforced-routes.yaml.',
      'policy/routes.yaml:2:1: unknown name "firewal". Did you mean firewall?',
    ]);
  });

  it('takes suites of tests, one in a file or several', async () => {
    const suite = (name: string): string =>
      `{ suite: ${name}, cases: [{ name: c, request: {}, expect: { decision: allow } }] }`;
    const folder = makeFolder({
      'bundle.yaml': head,
      'tests/b.yaml': `- ${suite('b')}\n- ${suite('c')}\n`,
      'tests/a.yaml': `${suite('a')}\n`,
    });
    const { tests } = await payloadOf(folder);
    expect((tests as { suite: string }[]).map((one) => one.suite)).toEqual(['a', 'b', 'c']);
  });

  it('puts lists of terms and bodies of templates in place of the names of their files', async () => {
    const folder = makeFolder({
      'bundle.yaml': `${head}enforced: { masking: { terms: [Falcon], terms_file: words/terms.txt } }\ndefaults: { templates: [{ id: r, title: R, body_file: templates/r.md }] }\n`,
      'words/terms.txt': '# code names\nAdler\r\n\nFalcon\n  Habicht \n',
      'templates/r.md': 'Review {{input}}\n',
    });
    expect(await payloadOf(folder)).toMatchObject({
      enforced: { masking: { terms: ['Falcon', 'Adler', 'Habicht'] } },
      defaults: { templates: [{ id: 'r', title: 'R', body: 'Review {{input}}' }] },
    });
    expect(await placeOf(folder, '/enforced/masking/terms/2')).toBe('words/terms.txt:5:1');
  });

  it('brings nothing in from outside of its folder, by name or by link', async () => {
    const outside = makeFolder({ 'secret.txt': 'hidden\n' });
    const folder = makeFolder({
      'bundle.yaml': `${head}enforced: { masking: { terms_file: ${outside}/secret.txt } }\n`,
    });
    const problem = 'is outside of the folder of the bundle. Name a file in it, from its folder on.';
    expect((await problemsIn(folder, () => compileBundle(folder)))[0]).toContain(problem);
    write(folder, 'bundle.yaml', `${head}enforced: { masking: { terms_file: ../secret.txt } }\n`);
    expect((await problemsIn(folder, () => compileBundle(folder)))[0]).toContain(problem);
    symlinkSync(join(outside, 'secret.txt'), join(folder, 'terms.txt'));
    write(folder, 'bundle.yaml', `${head}enforced: { masking: { terms_file: terms.txt } }\n`);
    expect((await problemsIn(folder, () => compileBundle(folder)))[0]).toContain('is a link to something outside');
  });
});

describe('extends', () => {
  const base = `${head}enforced:\n  models: { deny: ["a/*"], max_output_tokens: 5 }\n  firewall: [{ id: one, pattern: one }, { id: two, pattern: two }]\n`;

  it('takes another file over, entries with ids one by one, and says of what', async () => {
    const folder = makeFolder({
      'base.yaml': base,
      'bundle.yaml': `${head}extends: ./base.yaml\nenforced:\n  models: { deny: ["b/*"] }\n  firewall: [{ id: two, pattern: zwei }, { id: three, pattern: three }]\n`,
    });
    const payload = await payloadOf(folder);
    expect(payload).toMatchObject({
      enforced: {
        models: { deny: ['b/*'], max_output_tokens: 5 },
        firewall: [
          { id: 'one', pattern: 'one' },
          { id: 'two', pattern: 'zwei' },
          { id: 'three', pattern: 'three' },
        ],
      },
    });
    expect(payload['extends_hash']).toMatch(/^[0-9a-f]{64}$/);
    expect(payload).not.toHaveProperty('extends');
    expect(await placeOf(folder, '/enforced/models/max_output_tokens')).toBe('base.yaml:4:47');
    write(folder, 'base.yaml', base.replace('5 }', '6 }'));
    expect((await payloadOf(folder))['extends_hash']).not.toBe(payload['extends_hash']);
  });

  it('refuses files that extend each other in a circle, and signed ones of nobody in particular', async () => {
    expect(
      await problems({
        'bundle.yaml': `${head}extends: a.yaml\n`,
        'a.yaml': 'extends: b.yaml\n',
        'b.yaml': 'extends: a.yaml\n',
      }),
    ).toEqual(['b.yaml:1:10: "a.yaml" extends itself. Remove one of the two.']);
    expect(await problems({ 'bundle.yaml': `${head}extends: a.sluice\n`, 'a.sluice': '{}' })).toEqual([
      'bundle.yaml:3:10: "a.sluice" is signed, and nothing says by whom. Write {file: …, trust: FINGERPRINT}.',
    ]);
    const named = `${head}extends: { file: a.sluice, trust: ../elsewhere/root-1.json }\n`;
    expect((await problems({ 'bundle.yaml': named, 'a.sluice': '{}' }))[0]).toMatch(/trust is no fingerprint/);
  });

  it('names the file as whoever runs the command finds it', async () => {
    const folder = makeFolder({
      'inner/bundle.yaml': `${head}extends: base.yaml\nenforced: { masking: { terms_file: words/terms.txt } }\n`,
      'inner/base.yaml': base,
      'inner/words/terms.txt': 'Falcon\n',
    });
    const { sources } = await compileBundle('inner', { now, cwd: folder });
    expect(sources.at('/enforced/models/deny').file).toBe(join('inner', 'base.yaml'));
    expect(sources.at('/enforced/masking/terms/0').file).toBe(join('inner', 'words', 'terms.txt'));
  });
});

describe('readCompiled', () => {
  it('tells of sections that it does not know, and of the rest all the same', async () => {
    const folder = makeFolder({
      'bundle.yaml': `${head}expires_after: P30D\nenforced:\n  model: { deny: [] }\n  budget: []\n  models: { denny: [] }\ndefualts: {}\n`,
    });
    const compiled = await compileBundle(folder, { now });
    const found = await problemsIn(folder, async () => readCompiled(compiled));
    expect(found).toHaveLength(4);
    expect(found[0]).toMatch(/^bundle\.yaml:5:3: it enforces "model", .*Did you mean models\?/);
    expect(found[1]).toMatch(/^bundle\.yaml:6:3: it enforces "budget", .*Did you mean budgets\?/);
    expect(found[2]).toMatch(/^bundle\.yaml:7:13: unknown name "denny"/);
    expect(found[3]).toMatch(/^bundle\.yaml:8:1: unknown name "defualts"/);
  });

  it('tells every problem of the schema where it was written', async () => {
    const folder = makeFolder({
      'bundle.yaml': `${head}expires_after: P30D\nenforced:\n  models:\n    deny: { value: 5, reason: No }\n    denny: []\n  budgets: [{ id: b, scope: user, limit_usd: 25, period: day }]\n`,
    });
    const compiled = await compileBundle(folder, { now });
    const found = await problemsIn(folder, async () => readCompiled(compiled));
    expect(found).toHaveLength(3);
    expect(found[0]).toMatch(/^bundle\.yaml:6:11: .*expected a list/);
    expect(found[1]).toMatch(/^bundle\.yaml:7:5: unknown name "denny".*Did you mean deny\?/);
    expect(found[2]).toMatch(/^bundle\.yaml:8:46: .*expected text.*Put it in quotes: "25"/);
  });
});
