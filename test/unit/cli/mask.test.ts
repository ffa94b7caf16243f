import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { terminal, type Terminal } from './terminal.ts';

type Masked = CallOutput<'policy.mask'>;
type Examined = CallOutput<'policy.examine'>;

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'sluice-mask-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const clean: Masked = { enabled: true, masked: 'hello\n', findings: [] };

function finding(
  kind: Masked['findings'][number]['kind'],
  mode: 'mask' | 'warn' | 'block',
): Masked['findings'][number] {
  const placeholder = mode === 'mask' ? 'EMAIL4k7q2m' : null;
  return { kind, what: kind, start: 0, end: 5, mode, placeholder };
}

describe('sluice mask', () => {
  async function mask(answer: Masked, ...argv: string[]): Promise<Terminal & { readonly code: number }> {
    const shown = terminal({ cwd: directory, input: 'from stdin', answers: { 'policy.mask': answer } });
    return { ...shown, code: await shown.run('mask', ...argv) };
  }

  it('asks about what stdin gives, and prints what would leave with one line break at its end', async () => {
    const { code, asked, out, err } = await mask(clean);
    expect(asked).toEqual([['policy.mask', { text: 'from stdin' }]]);
    expect({ code, out, err }).toEqual({ code: 0, out: ['hello'], err: ['Nothing would be replaced.'] });
  });

  it('asks about the file that is named', async () => {
    writeFileSync(join(directory, 'note.txt'), 'from a file');
    expect((await mask(clean, 'note.txt')).asked).toEqual([['policy.mask', { text: 'from a file' }]]);
  });

  it('counts by kind what would be replaced, and names apart what would only be told of', async () => {
    const findings = [finding('person', 'mask'), finding('email', 'mask'), finding('email', 'mask')];
    const { err } = await mask({ ...clean, findings });
    expect(err).toEqual(['3 values would be replaced: 2 email, 1 person.']);
    const { code, err: noticed } = await mask({ ...clean, findings: [...findings, finding('iban', 'warn')] });
    expect(code).toBe(0);
    expect(noticed).toEqual([
      '3 values would be replaced: 2 email, 1 person. Found and left as it is (mode: warn): 1 iban.',
    ]);
  });

  it('is 1 and prints no text where the text would be refused', async () => {
    const findings = [finding('secrets', 'block'), finding('email', 'mask')];
    const { code, out, err } = await mask({ ...clean, findings });
    expect({ code, out }).toEqual({ code: 1, out: [] });
    expect(err).toEqual([
      'Nothing would be sent: it holds 1 secrets, and masking.detectors says to refuse that (mode: block).',
    ]);
    const json = await mask({ ...clean, findings }, '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out.join(''))).toEqual({ ...clean, findings, counts: { email: 1 } });
    expect(json.err).toEqual([]);
  });

  it('says that nothing is looked for, and how that is changed', async () => {
    const { out, err } = await mask({ ...clean, enabled: false });
    expect(out).toEqual(['hello']);
    expect(err).toEqual([expect.stringMatching(/^Masking is off.*masking: \{ enabled: true \}/) as string]);
  });

  it.each([
    [['missing.txt'], 'missing.txt: this file does not exist. Give another, or the text on stdin.'],
    [['.'], '.: this is a directory.'],
    [['--key', 'ide'], '--key goes with --request.'],
    [['--client', 'codex'], '--client goes with --request.'],
    [['--request'], '--request needs a file'],
    [['a.txt', 'b.txt'], 'b.txt'],
  ])('with %j is 2, says why, and asks nobody', async (argv, text) => {
    const { code, asked, out, err } = await mask(clean, ...argv);
    expect({ code, asked, out }).toEqual({ code: 2, asked: [], out: [] });
    expect(err.join('\n')).toContain(text);
  });

  it('is 1 where the text could not be looked through', async () => {
    const failure = { code: 'admit.masking_failed', message: 'It took too long.' };
    const shown = terminal({ failures: { 'policy.mask': failure } });
    expect(await shown.run('mask')).toBe(1);
    expect({ out: shown.out, err: shown.err }).toEqual({ out: [], err: ['sluice: It took too long.'] });
  });
});

describe('sluice mask --request', () => {
  const examined: Examined = {
    ...{ enabled: true, target: 'openai/gpt-5', body: '{"model":"gpt-5"}', masked: 1, masked_kinds: { email: 1 } },
    ...{ safety: [], refusal: null },
  };

  async function mask(answer: Partial<Examined>, ...argv: string[]): Promise<Terminal & { readonly code: number }> {
    writeFileSync(join(directory, 'request.json'), '{"model":"smart","messages":[]}');
    const shown = terminal({ cwd: directory, answers: { 'policy.examine': { ...examined, ...answer } } });
    return { ...shown, code: await shown.run('mask', 'request.json', '--request', ...argv) };
  }

  it('asks with key and client, and prints the body as it would leave', async () => {
    const { code, asked, out, err } = await mask({}, '--key', 'ide', '--client', 'codex');
    expect(asked).toMatchObject([
      [
        'policy.examine',
        {
          request: { path: '/v1/chat/completions', body: { model: 'smart', messages: [] } },
          ...{ key: 'ide', client: 'codex' },
        },
      ],
    ]);
    expect({ code, out, err }).toEqual({
      ...{ code: 0, out: ['{"model":"gpt-5"}'] },
      err: ['To openai/gpt-5: 1 value would be replaced: 1 email.'],
    });
  });

  it('is 1 where it would be refused, and says by what', async () => {
    const { code, out, err } = await mask({
      refusal: { code: 'admit.firewall_blocked', message: 'Refused by "codename".' },
      safety: [{ source: 'firewall', rule: 'codename', action: 'block', detail: 'a pattern' }],
    });
    expect({ code, out }).toEqual({ code: 1, out: [] });
    expect(err).toEqual([
      'Nothing would be sent: Refused by "codename". (admit.firewall_blocked)',
      'block: firewall codename: a pattern',
    ]);
  });

  it('with masking off still says what the firewall found', async () => {
    const { err } = await mask({
      ...{ enabled: false, masked: 0, masked_kinds: {} },
      safety: [{ source: 'firewall', rule: 'hello', action: 'warn', detail: '"weather"\u001b[31m' }],
    });
    expect(err).toEqual([
      expect.stringMatching(/^To openai\/gpt-5: Masking is off/) as string,
      'warn: firewall hello: "weather"',
    ]);
  });

  it('in JSON is what was answered, whether it is refused or not', async () => {
    const { code, out, err } = await mask({}, '--json');
    expect({ code, err, told: JSON.parse(out.join('')) as unknown }).toEqual({ code: 0, err: [], told: examined });
    const refused = await mask({ refusal: { code: 'admit.masking_blocked', message: 'No.' } }, '--json');
    expect([refused.code, refused.err]).toEqual([1, []]);
  });

  it.each([
    [{ code: 'read.invalid_field', message: 'model: expected text.' }, 2, 'request.json: model: expected text.'],
    [{ code: 'route.no_target', message: 'Nothing is left.' }, 1, 'sluice: Nothing is left.'],
    [{ code: 'control.not_found', message: 'There is no key "x".' }, 1, 'sluice: There is no key "x".'],
  ])('that fails with %j is %d', async (failure, exit, message) => {
    writeFileSync(join(directory, 'request.json'), '{}');
    const shown = terminal({ cwd: directory, failures: { 'policy.examine': failure } });
    expect(await shown.run('mask', '--request', 'request.json')).toBe(exit);
    expect({ out: shown.out, err: shown.err }).toEqual({ out: [], err: [message] });
  });

  it('with a file that is no request is 2 with the place', async () => {
    writeFileSync(join(directory, 'broken.json'), '{"model": }');
    const shown = terminal({ cwd: directory });
    expect(await shown.run('mask', 'broken.json', '--request')).toBe(2);
    expect(shown.err).toEqual([expect.stringMatching(/^broken\.json:1:11: this is not JSON/) as string]);
  });
});
