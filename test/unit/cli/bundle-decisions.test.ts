// The commands of publishers that try requests: tests of a bundle, one request explained, two versions compared.
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { terminal, type Terminal } from './terminal.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-decisions-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const manifest = (version: number, more = 'models: { deny: ["*/*-preview*"], max_output_tokens: 32000 }'): string => `
schema: sluice.bundle/1
id: acme-core
version: ${version}
epoch: 1
layer: org
issued_at: 2026-11-20T09:00:00Z
expires_at: 2027-02-18T00:00:00Z
enforced:
  ${more}
`;
const suite = (decision: string): string => `
suite: core
cases:
  - name: preview is blocked
    request: { model: openai/gpt-x-preview }
    expect: { decision: ${decision}, rule: /enforced/models/deny }
`;

function write(name: string, text: string): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
}

function bundle(decision = 'deny'): Terminal {
  write('acme/bundle.yaml', manifest(12));
  write('acme/tests/core.yaml', suite(decision));
  return terminal({ cwd: folder });
}

describe('bundle test', () => {
  it('ends with 0 when all pass, and names what no test is about', async () => {
    const { run, out, err } = bundle();
    expect(await run('bundle', 'test', 'acme', '--coverage')).toBe(0);
    expect(out).toEqual([
      '1 of 2 rules had a say in some test.',
      '        never: acme-core /enforced/models/max_output_tokens',
    ]);
    expect(err).toEqual(['1 test passed.']);
  });

  it('ends with 1 when one fails, says why, and writes what CI reads', async () => {
    const { run, out, err } = bundle('allow');
    expect(await run('bundle', 'test', 'acme', '--junit', 'junit.xml')).toBe(1);
    expect(out[0]).toBe('FAILED  core: preview is blocked (acme/tests/core.yaml:4)');
    expect(out[1]).toMatch(/expected decision allow, but it was refused by acme-core@12:\/models\/deny with 403/);
    expect(err).toEqual(['1 of 1 test failed.']);
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain('tests="1" failures="1"');
  });

  it('ends with 1 when a rule can be left out and no test notices', async () => {
    const { run, out } = bundle();
    expect(await run('bundle', 'test', 'acme', '--mutation', '--json')).toBe(1);
    expect(JSON.parse(out.join(''))).toMatchObject({
      ...{ bundle: 'acme-core', cases: 1, failures: [], coverage: null },
      mutation: { rules: 2, hit: 1, never: ['acme-core /enforced/models/max_output_tokens'] },
    });
  });

  it('runs nothing of a signed file that nobody vouches for', async () => {
    const { run, err } = bundle();
    write('acme.sluice', '{}');
    expect(await run('bundle', 'test', 'acme.sluice')).toBe(2);
    expect(err.join()).toMatch(/tests of a stranger are not run: give --trust/);
  });
});

describe('bundle explain', () => {
  it('tells what decided about a request, and where that is written', async () => {
    const { run, out } = bundle();
    write(
      'request.json',
      JSON.stringify({ model: 'openai/gpt-x-preview', messages: [{ role: 'user', content: 'hi' }] }),
    );
    expect(await run('bundle', 'explain', 'acme', '--request', 'request.json')).toBe(1);
    expect(out[0]).toBe('decision   refused with 403 admit.model_denied');
    expect(out[1]).toMatch(/^by {9}acme-core@12:\/models\/deny \(\/enforced\/models\/deny, .*bundle\.yaml:10\)$/);
  });

  it('takes a case of a test as well', async () => {
    const { run, out } = bundle();
    write(
      'case.json',
      JSON.stringify({ request: { dialect: 'anthropic-messages', model: 'openai/gpt-5.2', max_tokens: 90_000 } }),
    );
    expect(await run('bundle', 'explain', 'acme', '--request', 'case.json')).toBe(0);
    expect(out.slice(0, 2)).toEqual(['decision   allowed', 'target     openai/gpt-5.2']);
    expect(out.join('\n')).toMatch(/\nchanged {4}max_tokens: clipped to 32000/);
  });

  it('says what of a case cannot be read', async () => {
    const { run, err } = bundle();
    write('case.json', JSON.stringify({ request: { model: 7 } }));
    expect(await run('bundle', 'explain', 'acme', '--request', 'case.json')).toBe(2);
    expect(err[0]).toMatch(/^case\.json:1:1: request\.model: /);
  });
});

describe('bundle diff', () => {
  const logged = (model_asked: string): string =>
    JSON.stringify({
      ...{ request_id: `req_${model_asked.length}`, at: '2026-11-25T10:00:00Z', dialect: 'openai-chat', model_asked },
      ...{ target: model_asked, error: null, cost_usd: '1.5', usage: null },
    });

  beforeEach(() => {
    write('next/bundle.yaml', manifest(13, 'models: { deny: ["*/*-beta*"] }'));
  });

  it('marks what allows more, and says it of machines in the same words', async () => {
    const { run, out, err } = bundle();
    expect(await run('bundle', 'diff', 'acme', 'next')).toBe(0);
    const lines = out.join('\n').split('\n');
    expect(lines[1]).toMatch(/^tightens +\/enforced\/models\/deny +1 model newly blocked: \*\/\*-beta\*$/);
    expect(lines.filter((line) => line.startsWith('LOOSENS'))).toHaveLength(2);
    expect(err).toEqual(['3 changes from acme-core@12 to acme-core@13, 2 of them allow more.']);
    const json = bundle();
    await json.run('bundle', 'diff', 'acme', 'next', '--json');
    expect(JSON.parse(json.out.join(''))).toMatchObject({
      before: { version: 12 },
      replay: null,
      changes: { length: 3 },
    });
  });

  it('replays what was recorded', async () => {
    const { run, out, err } = bundle();
    write('log.jsonl', `${logged('openai/gpt-x-beta')}\n${logged('openai/gpt-5.2')}\n`);
    expect(await run('bundle', 'diff', 'acme', 'next', '--replay', 'log.jsonl')).toBe(0);
    expect(out.at(-1)).toMatch(/req_17 .* openai\/gpt-x-beta +\$1\.50 +refused: acme-core@13:\/models\/deny/);
    expect(err.at(-1)).toMatch(/^Of 2 requests 1 would be refused \(\$1\.50\), and 0 would no longer be\./);
  });

  it('names the line of a record that is none', async () => {
    const { run, err } = bundle();
    write('log.jsonl', `${logged('openai/gpt-5.2')}\nnothing\n`);
    expect(await run('bundle', 'diff', 'acme', 'next', '--replay', 'log.jsonl')).toBe(2);
    expect(err[0]).toMatch(/^log\.jsonl:2:1: this is no JSON/);
  });

  it('says where a version would be that is not there', async () => {
    const { run, err } = bundle();
    expect(await run('bundle', 'diff', 'v11', 'acme')).toBe(2);
    expect(err[0]).toMatch(/There is no version 11 in dist: `sluice bundle publish` writes ID\.11\.sluice there/);
  });
});

describe('policy explain', () => {
  const entry = {
    ...{ pointer: '/models/deny', value: ['*/*-preview*'], mode: 'enforced', bundle: 'acme-core@12' },
    ...{ origin: 'team bundle acme-core@12, line 15', line: 15, reason: 'No previews', ref: 'ACME-12' },
    ...{ contact: { text: '#llm-platform', url: null }, yours: [], others: ['acme-team@3'] },
  };
  const effective = { hash: 'h', bundles: ['acme-core@12'], entries: [entry] };

  it('tells one value whole', async () => {
    const { run, out, asked } = terminal({ answers: { 'bundles.effective': effective } });
    expect(await run('policy', 'explain', '/models/deny')).toBe(0);
    expect(asked).toEqual([['bundles.effective', { pointer: '/models/deny' }]]);
    expect(out).toEqual([
      '/models/deny',
      '  value       ["*/*-preview*"]',
      '  mode        enforced: nobody here can weaken it',
      '  bundle      acme-core@12',
      '  written in  team bundle acme-core@12, line 15',
      '  reason      No previews (ACME-12)',
      '  ask         #llm-platform',
      '  yours       [], which does not hold',
      '  also        acme-team@3',
    ]);
  });

  it('without a pointer lists what bundles set', async () => {
    const { run, out, err } = terminal({ answers: { 'bundles.effective': effective } });
    expect(await run('policy', 'explain')).toBe(0);
    expect(out[0]).toMatch(/\/models\/deny +enforced +acme-core@12, line 15 +\["/);
    expect(err[0]).toMatch(/^Effective hash h: /);
  });

  it('says that nothing is set there', async () => {
    const { run, err } = terminal({ answers: { 'bundles.effective': { ...effective, entries: [] } } });
    expect(await run('policy', 'explain', '/budgets/nobody')).toBe(1);
    expect(err[0]).toMatch(/Nothing is set at \/budgets\/nobody/);
    expect(await run('policy', 'explain', 'models')).toBe(2);
  });
});
