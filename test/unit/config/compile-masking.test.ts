import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { allReferences, compileConfig } from '../../../main/config/compile.ts';
import type { FileReading } from '../../../main/config/policy-files.ts';
import { resolveReferences } from '../../../main/config/secrets.ts';
import type { Masking, Snapshot } from '../../../main/gateway/ports.ts';
import { freezeRouting } from '../../../main/gateway/routing/routing-snapshot.ts';
import { foundKinds } from '../../../shared/domain/masking.ts';
import { good, hostWith, render, surroundings } from './support.ts';

const catalogue = await loadCatalogue();

interface Given {
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, FileReading>>;
}

interface Compiled {
  readonly snapshot: Snapshot | undefined;
  readonly problems: string[];
  readonly warnings: string[];
}

async function compile(text: string, { environment = {}, files = {} }: Given = {}): Promise<Compiled> {
  const { config, findings } = good(`version: 1\n${text}\n`);
  const resolutions = await resolveReferences(allReferences(config), hostWith(environment));
  const snapshot = compileConfig({
    ...{ config, resolutions, catalogue, findings, ...surroundings },
    files: new Map(Object.entries(files)),
  });
  return { snapshot, problems: render(findings.problems), warnings: render(findings.warnings) };
}

/** What `masking: { enabled: true, … }` comes to. */
async function maskingOf(more: string, given: Given = {}): Promise<Masking> {
  const { snapshot, problems } = await compile(`masking: { enabled: true${more === '' ? '' : `, ${more}`} }`, given);
  if (snapshot?.masking === undefined) throw new Error(`not compiled: ${problems.join('\n')}`);
  return snapshot.masking;
}

const found = (text: string): FileReading => ({ kind: 'found', text });
const missing: FileReading = { kind: 'missing', reason: 'does not exist' };

const usual = foundKinds.filter((kind) => kind !== 'terms' && kind !== 'patterns');

describe('masking', () => {
  it('is not there until it is enabled', async () => {
    const text = 'masking: { terms: [Falcon], terms_files: [gone.txt], env_files: [gone.env] }';
    const { snapshot, problems, warnings } = await compile(text, {
      files: { 'gone.txt': missing, 'gone.env': missing },
    });
    expect(snapshot).toMatchObject({ masking: undefined, firewall: [], recording: 'none' });
    expect(problems).toEqual([]);
    expect(warnings).toEqual(['sluice.yaml:2:1: masking is not enabled: nothing is looked for. Add enabled: true.']);
  });

  it('looks for every kind, and gives secrets back to no tool', async () => {
    const masking = await maskingOf('');
    expect([...masking.kinds.keys()].sort()).toEqual([...usual].sort());
    expect(masking.kinds.get('email')).toEqual({ mode: 'mask', restore: true, restoreInTools: ['*'], replace: 'tag' });
    expect(masking.kinds.get('secrets')).toMatchObject({ mode: 'mask', restore: true, restoreInTools: [] });
    expect(masking).toMatchObject({
      ...{ exact: [], terms: [], patterns: [], overrides: [], allowed: [], excludedProviders: [], excludedClients: [] },
      ...{ restore: true, answers: 'warn', definitions: false, media: 'pass', onFailure: 'block', timeBudgetMs: 5000 },
    });
  });

  it('has every setting in the gateway’s words', async () => {
    const masking = await maskingOf(
      'restore: false, answers: block, definitions: true, media: block, on_failure: warn, time_budget_ms: 250, ' +
        'exclude: { providers: [demo, "o*"], clients: [codex] }, patterns: [{ id: ticket, pattern: "TCK-[0-9]+" }]',
    );
    expect(masking).toMatchObject({
      ...{ restore: false, answers: 'block', definitions: true, media: 'block', onFailure: 'warn', timeBudgetMs: 250 },
      ...{ excludedProviders: ['demo', 'o*'], excludedClients: ['codex'] },
      patterns: [{ id: 'ticket', pattern: 'TCK-[0-9]+' }],
    });
    expect(masking.kinds.get('patterns')?.mode).toBe('mask');
    expect(masking.kinds.has('terms')).toBe(false);
  });
});

describe('a kind', () => {
  it('that is named covers its kin', async () => {
    const { kinds } = await maskingOf('detectors: [national_id]');
    const kin = ['national_id', 'tax_id', 'passport', 'driver_license', 'medical_id', 'vehicle_id'];
    expect([...kinds.keys()].sort()).toEqual(kin.sort());
  });

  it('is as its kin unless it is named itself, whichever comes first', async () => {
    const { kinds } = await maskingOf(
      'detectors: [{ id: passport, mode: "off" }, { id: national_id, mode: block, restore: false }, iban]',
    );
    expect(kinds.get('tax_id')).toEqual({ mode: 'block', restore: false, restoreInTools: ['*'], replace: 'tag' });
    expect(kinds.get('passport')?.mode).toBe('off');
    expect(kinds.get('bank_account')?.mode).toBe('mask');
  });

  it('comes back in the tools that are named', async () => {
    const { kinds } = await maskingOf('detectors: [{ id: secrets, restore_in_tools: ["vault_*"] }]');
    expect(kinds.get('secrets')?.restoreInTools).toEqual(['vault_*']);
  });

  it('of terms and patterns is looked for where there are any, as the detectors say', async () => {
    const given = 'terms: [Falcon], patterns: [{ id: t, pattern: "T[0-9]" }]';
    const { kinds } = await maskingOf(`detectors: [email, { id: terms, mode: block }], ${given}`);
    expect(Object.fromEntries([...kinds].map(([kind, { mode }]) => [kind, mode]))).toEqual({
      ...{ email: 'mask', terms: 'block', patterns: 'mask' },
    });
  });

  it('that only an override asks for is looked for, and left alone elsewhere', async () => {
    const { kinds, overrides } = await maskingOf(
      'detectors: [email], overrides: [{ providers: [demo], detectors: [person], mode: block }, { mode: warn }]',
    );
    expect(kinds.get('person')?.mode).toBe('off');
    expect(kinds.get('date_of_birth')?.mode).toBe('off');
    expect(overrides).toEqual([
      { providers: ['demo'], routes: [], clients: [], kinds: ['person', 'date_of_birth', 'url'], mode: 'block' },
      { providers: [], routes: [], clients: [], kinds: [], mode: 'warn' },
    ]);
  });
});

describe('values that are secret here', () => {
  const exact = ({ exact: secrets }: Masking): string[] => secrets.map((secret) => secret.reveal());
  const pem = ['-----BEGIN PRIV', 'ATE KEY-----\nabc\n-----END PRIV', 'ATE KEY-----'].join('');

  it('are credentials, virtual keys, and what .env files hold, each once', async () => {
    const text = `
providers: [{ id: a, kind: openai, keys: [{ value: "env:A" }, { value: "env:GONE" }] }, { id: b, kind: anthropic }]
virtual_keys: [{ id: k, value: "env:K" }, { id: h, value: "sha256:${'0'.repeat(64)}" }]
masking: { enabled: true, env_files: [.env] }`;
    const { snapshot } = await compile(text, {
      environment: { A: 'credential-of-a', ANTHROPIC_API_KEY: 'credential-of-b', K: 'virtual-key-of-k' },
      files: { '.env': found('TOKEN=from-the-file\nAGAIN=credential-of-a\nESCAPED="a\\tb-long"\n') },
    });
    if (snapshot?.masking === undefined) throw new Error('not compiled');
    expect(exact(snapshot.masking).sort()).toEqual(
      ['credential-of-a', 'credential-of-b', 'virtual-key-of-k', 'from-the-file', 'a\\tb-long', 'a\tb-long'].sort(),
    );
    expect(JSON.stringify(snapshot.masking.exact)).not.toContain('credential');
  });

  it('are the parts of a service account as well', async () => {
    const account = JSON.stringify({ project_id: 'p', private_key: `${pem}\n`, private_key_id: 'id-of-the-key' });
    const { snapshot } = await compile(
      `providers: [{ id: v, kind: vertex, project: p, keys: [{ service_account: "env:V" }] }]\nmasking: { enabled: true }`,
      { environment: { V: account } },
    );
    if (snapshot?.masking === undefined) throw new Error('not compiled');
    expect(exact(snapshot.masking)).toEqual([account, pem, 'id-of-the-key']);
  });

  it('are not known while the file is not there, which is worth a word', async () => {
    const { snapshot, warnings } = await compile('masking:\n  enabled: true\n  env_files: [.env]', {
      files: { '.env': missing },
    });
    expect(snapshot?.masking?.exact).toEqual([]);
    expect(warnings).toEqual([
      'sluice.yaml:4:15: ".env" does not exist, so its values are not known to be secret. Create it, or remove the line.',
    ]);
  });
});

describe('terms', () => {
  it('come from the file and from lists, in whatever case and whole unless told otherwise', async () => {
    const { terms } = await maskingOf(
      'terms: [" Project Falcon ", { term: ACME, case_sensitive: true }, { term: kilo, whole_word: false }], terms_files: [a.txt, b.txt]',
      { files: { 'a.txt': found('# customers\n\n Kilo\r\nMüller & Söhne\r\n\\#hash\n'), 'b.txt': found('ACME') } },
    );
    const any = { caseSensitive: false, wholeWord: true };
    expect(terms).toEqual([
      { ...any, text: 'Project Falcon' },
      { text: 'ACME', caseSensitive: true, wholeWord: true },
      { text: 'kilo', caseSensitive: false, wholeWord: false },
      ...['Kilo', 'Müller & Söhne', '#hash', 'ACME'].map((text) => ({ ...any, text })),
    ]);
  });

  it('that come twice are one, the looser one', async () => {
    const { terms } = await maskingOf('terms: [kilo, { term: kilo, whole_word: false }, kilo]');
    expect(terms).toEqual([{ text: 'kilo', caseSensitive: false, wholeWord: false }]);
  });

  it('of a list that is not there stop the config', async () => {
    const { snapshot, problems } = await compile('masking:\n  enabled: true\n  terms_files:\n    - names.txt', {
      files: { 'names.txt': missing },
    });
    expect(snapshot).toBeUndefined();
    expect(problems).toEqual([
      'sluice.yaml:5:7: "names.txt" does not exist. Create it, with one term a line, or remove the line.',
    ]);
  });

  it('may be fifty thousand, and no more', async () => {
    const list = (count: number): FileReading =>
      found(Array.from({ length: count }, (_, index) => `customer ${index}`).join('\n'));
    const text = 'masking: { enabled: true, terms: [one more], terms_files: [all.txt] }';
    const fits = await compile(text, { files: { 'all.txt': list(49_999) } });
    expect(fits.snapshot?.masking?.terms).toHaveLength(50_000);
    const { problems } = await compile(text, { files: { 'all.txt': list(50_000) } });
    expect(problems).toEqual([
      expect.stringMatching(/^sluice\.yaml:2:1: there are 50001 terms, more than 50000\. /) as string,
    ]);
  });

  it('are not whole documents', async () => {
    const { problems } = await compile('masking: { enabled: true, terms_files: [all.txt] }', {
      files: { 'all.txt': found(`short\n${'x'.repeat(513)}`) },
    });
    expect(problems[0]).toContain('line 2 of "all.txt" is longer than 512 characters. Write one term a line.');
  });
});

describe('the firewall', () => {
  it('has its rules in the order of the file, with what is usual for each', async () => {
    const { snapshot } = await compile(`firewall:
  - { id: injection, detect: prompt_injection }
  - { id: leak, detect: system_prompt_leak, action: block }
  - { id: topics, topics: [layoffs], in: [user, answer], action: log, message: "Not here.", threshold: 0.5, judge: cheap }
  - { id: big, when: { tokens: { gt: 5 } } }`);
    const rest = { pattern: undefined, topics: [], when: undefined, message: undefined };
    const none = { threshold: undefined, judge: undefined };
    expect(snapshot?.firewall).toEqual([
      {
        ...{ ...rest, ...none, id: 'injection', detect: 'prompt_injection', in: ['user', 'tool'], inAnswer: false },
        ...{ action: 'warn', origin: 'sluice.yaml, line 3' },
      },
      {
        ...{ ...rest, ...none, id: 'leak', detect: 'system_prompt_leak', in: [], inAnswer: true },
        ...{ action: 'block', origin: 'sluice.yaml, line 4' },
      },
      {
        ...{ ...rest, id: 'topics', detect: undefined, topics: ['layoffs'], in: ['user'], inAnswer: true },
        ...{ action: 'log', message: 'Not here.', threshold: 0.5, judge: 'cheap', origin: 'sluice.yaml, line 5' },
      },
      {
        ...{ ...rest, ...none, id: 'big', detect: undefined, when: { tokens: { gt: 5 } }, in: ['user', 'tool'] },
        ...{ inAnswer: false, action: 'warn', origin: 'sluice.yaml, line 6' },
      },
    ]);
  });
});

describe('the snapshot', () => {
  it('records what was said as it was masked, or as it is', async () => {
    const recording = async (text: string): Promise<string | undefined> => (await compile(text)).snapshot?.recording;
    expect(await recording('logging: { content: full }')).toBe('full');
    expect(await recording('masking: { enabled: true }\nlogging: { content: redacted }')).toBe('redacted');
    for (const content of ['metadata', 'off']) expect(await recording(`logging: { content: ${content} }`)).toBe('none');
  });

  it('is another one with other terms, values or rules, though the file is the same', async () => {
    const text = 'masking: { enabled: true, terms_files: [a.txt], env_files: [.env] }';
    const id = async (terms: string, env: string): Promise<string | undefined> =>
      (await compile(text, { files: { 'a.txt': found(terms), '.env': found(env) } })).snapshot?.id;
    expect(await id('a', 'A=long-value')).toBe(await id('a', 'A=long-value'));
    expect(await id('a', 'A=long-value')).not.toBe(await id('b', 'A=long-value'));
    expect(await id('a', 'A=long-value')).not.toBe(await id('a', 'A=other-value'));
    expect(await id('a', '')).not.toBeUndefined();
  });

  it('as it is kept for decisions holds neither terms nor values', async () => {
    const { snapshot } = await compile(
      'providers: [{ id: a, kind: openai, keys: [{ value: "env:A" }] }]\nmasking: { enabled: true, terms: [Falcon], env_files: [.env] }',
      { environment: { A: 'credential-of-a' }, files: { '.env': found('T=from-the-file') } },
    );
    if (snapshot === undefined) throw new Error('not compiled');
    const kept = JSON.stringify(freezeRouting(snapshot));
    expect(kept).toContain('openai');
    for (const text of ['Falcon', 'credential-of-a', 'from-the-file']) expect(kept).not.toContain(text);
  });
});
