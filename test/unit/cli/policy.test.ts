import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { succeeded, type Reply } from '../../../shared/contract/reply.ts';
import { noon, terminal, type Terminal } from './terminal.ts';

type Page = CallOutput<'policy.backtest'>;

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'sluice-policy-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const nothing: Page = { examined: 0, not_recorded: 0, unusable: 0, changed: [], next: null };
const outcome = { masked: 0, masked_kinds: {}, safety: [], refusal: null };

function changed(request_id: string, changes: string[]): Page['changed'][number] {
  return {
    ...{ request_id, at: '2026-11-25T08:00:00.000Z', key: 'ide', client: 'codex', model_asked: 'smart', changes },
    ...{ before: outcome, after: outcome },
  };
}

/** In front of an instance that answers page after page. */
async function backtest(pages: readonly Page[], ...argv: string[]): Promise<Terminal & { readonly code: number }> {
  const shown = terminal({ cwd: directory });
  const left = [...pages];
  const call = async (name: string, input: unknown): Promise<Reply<unknown>> => {
    shown.asked.push([name, input]);
    return succeeded(left.shift());
  };
  Object.assign(shown.shell.product, { openOffline: async () => ({ call, close: async () => undefined }) });
  return { ...shown, code: await shown.run('policy', 'backtest', ...argv) };
}

describe('sluice policy backtest', () => {
  it('asks page after page for as many as it may look at, and shows what would change as a table', async () => {
    const pages = [
      { ...nothing, examined: 60, not_recorded: 1, changed: [changed('req-9', ['+1 masked: iban'])], next: '9.9' },
      { ...nothing, examined: 100, next: '8.8' },
      { ...nothing, examined: 30, unusable: 2, changed: [changed('req-1', ['a: warn', 'b: silent'])] },
    ];
    const { code, asked, out, err } = await backtest(pages, '--limit', '250', '--since', '24h');
    expect(code).toBe(0);
    const usual = { rules: null, since: noon - 86_400_000 };
    expect(asked).toEqual([
      ['policy.backtest', { ...usual, limit: 100 }],
      ['policy.backtest', { ...usual, limit: 100, before: '9.9' }],
      ['policy.backtest', { ...usual, limit: 89, before: '8.8' }],
    ]);
    expect(out.join('\n').split('\n')).toEqual([
      'AT                   REQUEST  CLIENT  MODEL  WHAT WOULD CHANGE',
      '2026-11-25 09:00:00  req-9    codex   smart  +1 masked: iban',
      '2026-11-25 09:00:00  req-1    codex   smart  a: warn; b: silent',
    ]);
    expect(err).toEqual([
      '2 of 190 requests would be treated differently than when they were sent, by the running rules. Left out: 1 exchange without a recorded request, 2 exchanges that could not be tried.',
    ]);
  });

  it('ends with the last page, and with the number it may look at', async () => {
    const page = { ...nothing, examined: 100, next: '1.1' };
    expect((await backtest([page, { ...nothing, examined: 7 }])).asked).toHaveLength(2);
    expect((await backtest([page, page], '--limit', '100')).asked).toHaveLength(1);
  });

  it('takes the folder of a bundle as it would be published, and no signed one that nothing vouches for', async () => {
    const folder = join(directory, 'acme');
    mkdirSync(folder);
    const head = 'schema: sluice.bundle/1\nid: acme-core\nexpires_after: P9D\n';
    writeFileSync(join(folder, 'bundle.yaml'), `${head}enforced: { masking: { terms_file: terms.txt } }\n`);
    writeFileSync(join(folder, 'terms.txt'), 'Falcon\n');
    const { code, asked } = await backtest([{ ...nothing, examined: 1 }], '--bundle', 'acme');
    expect(code).toBe(0);
    const [, { rules }] = asked[0] as [string, { readonly rules: { readonly file: string; readonly text: string } }];
    expect(rules.file).toBe('acme');
    expect(JSON.parse(rules.text)).toMatchObject({ enforced: { masking: { terms: ['Falcon'] } } });
    const envelope = { payloadType: 'x', payload: 'e30=', signatures: [] };
    writeFileSync(join(directory, 'acme.sluice'), JSON.stringify(envelope));
    const signed = await backtest([], '--bundle', 'acme.sluice');
    expect(signed).toMatchObject({ code: 1, asked: [] });
    expect(signed.err[0]).toContain('acme.trust.sluice does not exist');
  });

  it('sends the file as it is, by the name the user gave', async () => {
    const text = 'masking:\n  enabled: true # at last\n';
    writeFileSync(join(directory, 'other.yaml'), text);
    const { asked, err } = await backtest([{ ...nothing, examined: 1 }], '--bundle', 'other.yaml');
    expect(asked).toMatchObject([['policy.backtest', { rules: { file: 'other.yaml', text } }]]);
    expect(err).toEqual(['0 of 1 request would be treated differently by these rules.']);
  });

  it('is one JSON document with what all pages told', async () => {
    const pages = [
      { ...nothing, examined: 2, changed: [changed('req-9', ['x: warn'])], next: '9.9' },
      { ...nothing, examined: 1, changed: [changed('req-1', ['x: warn'])] },
    ];
    const { out, err } = await backtest(pages, '--json');
    expect(err).toEqual([]);
    expect(out.map((text) => JSON.parse(text) as unknown)).toMatchObject([
      { examined: 3, not_recorded: 0, unusable: 0, changed: [{ request_id: 'req-9' }, { request_id: 'req-1' }] },
    ]);
    expect(out.join('')).not.toContain('"next"');
  });

  it('prints nothing that moves a cursor', async () => {
    const { out } = await backtest([{ ...nothing, examined: 1, changed: [changed('req-1', ['\u001b[31mred: warn'])] }]);
    expect(out.join('')).toContain('red: warn');
    expect(out.join('')).not.toContain('\u001b');
  });

  it('says what has to be set where nothing is recorded, and that there is nothing where there is nothing', async () => {
    const unrecorded = await backtest([{ ...nothing, not_recorded: 3 }]);
    expect(unrecorded.out).toEqual([]);
    expect(unrecorded.err.join('')).toMatch(/^3 exchanges in that time.*`logging: \{ content: full \}`/);
    expect((await backtest([nothing])).err).toEqual(['There is no exchange in that time.']);
  });

  it.each([
    [['--bundle', 'missing.yaml'], 'missing.yaml: this file does not exist. Give a config file or a policy bundle.'],
    [['--limit', '0'], '--limit'],
    [['--since', 'soon'], '--since'],
    [['other.yaml'], 'other.yaml'],
  ])('with %j is 2, says why, and asks nobody', async (argv, text) => {
    const { code, asked, out, err } = await backtest([nothing], ...argv);
    expect({ code, asked, out }).toEqual({ code: 2, asked: [], out: [] });
    expect(err.join('\n')).toContain(text);
  });

  it.each([
    ['config.invalid', 2, 'other.yaml:2:3: there is no field "enabeld". Write enabled.'],
    ['control.unsupported', 1, 'That needs a running instance: `sluice serve`.'],
  ])('that fails with %s is %d, with what was answered', async (code, exit, message) => {
    writeFileSync(join(directory, 'other.yaml'), 'masking: {}');
    const shown = terminal({ cwd: directory, failures: { 'policy.backtest': { code, message } } });
    expect(await shown.run('policy', 'backtest', '--bundle', 'other.yaml')).toBe(exit);
    expect(shown.out).toEqual([]);
    expect(shown.err).toEqual([exit === 2 ? message : `sluice: ${message}`]);
  });
});
