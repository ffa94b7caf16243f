import { describe, expect, it } from 'vitest';
import { readCandidate } from '../../../main/config/candidate-rules.ts';

const read = (text: string): ReturnType<typeof readCandidate> => readCandidate({ file: 'other.yaml', text });

describe('a config file', () => {
  it('gives its sections on masking and firewall, and nothing of the rest', () => {
    const { sections } = read('version: 1\nproviders: [1, 2]\nmasking: { enabled: true }\nfirewall: [{ id: a }]\n');
    expect(sections).toEqual({ masking: { enabled: true }, firewall: [{ id: 'a' }] });
  });

  it('says nothing by a section that is not there, or is empty', () => {
    expect(read('masking:\nfirewall: []\n').sections).toEqual({ masking: undefined, firewall: [] });
  });

  it('may use fields named "value" as it likes', () => {
    const text = 'masking: { terms: [{ value: Falcon }] }\n';
    expect(read(text).sections.masking).toEqual({ terms: [{ value: 'Falcon' }] });
  });

  it('tells where each value, or its name, stands', () => {
    const { locate } = read(
      '# mine\nmasking:\n  enabled: true\n  detectors:\n    - email\n    - id: iban\n      mode: no\n',
    );
    expect(locate(['masking', 'detectors', 0], 'value')).toEqual({ file: 'other.yaml', line: 5, column: 7 });
    expect(locate(['masking', 'detectors', 1, 'mode'], 'value')).toEqual({ file: 'other.yaml', line: 7, column: 13 });
    expect(locate(['masking', 'detectors', 1, 'mode'], 'key')).toEqual({ file: 'other.yaml', line: 7, column: 7 });
    // What is missing stands where it should stand in.
    expect(locate(['masking', 'detectors', 1, 'restore'], 'value')).toMatchObject({ line: 6 });
    expect(locate(['providers', 0], 'value')).toBeUndefined();
  });
});

describe('a policy bundle', () => {
  const bundle = `schema: sluice.bundle/1
enforced:
  masking:
    detectors: { value: [email, iban], reason: "Law", ref: ACME-12 }
    patterns: [{ id: staff, pattern: { value: "E-[0-9]{6}", reason: "Staff" } }]
  firewall:
    - { id: codename, pattern: falcon, action: { value: block, reason: "Secret" } }
defaults:
  masking: { detectors: [phone], terms: [Falcon] }
  firewall: [{ id: hello, topics: [weather] }]
  models: {}
`;

  it('gives what is enforced, then what is suggested, each without its reason, and means masking to be on', () => {
    expect(read(bundle).sections).toEqual({
      masking: {
        enabled: true,
        detectors: ['email', 'iban'],
        patterns: [{ id: 'staff', pattern: 'E-[0-9]{6}' }],
        terms: ['Falcon'],
      },
      firewall: [
        { id: 'codename', pattern: 'falcon', action: 'block' },
        { id: 'hello', topics: ['weather'] },
      ],
    });
  });

  it('tells where each value stands, in whichever part and inside its reason', () => {
    const { locate } = read(bundle);
    expect(locate(['masking', 'detectors', 1], 'value')).toMatchObject({ line: 4, column: 33 });
    expect(locate(['masking', 'terms', 0], 'value')).toMatchObject({ line: 9 });
    expect(locate(['firewall', 0, 'action'], 'value')).toMatchObject({ line: 7, column: 57 });
    expect(locate(['firewall', 1, 'topics'], 'value')).toMatchObject({ line: 10 });
    expect(locate(['masking', 'enabled'], 'value')).toBeUndefined();
  });

  it('may turn masking off, and may have one section only', () => {
    expect(read('defaults: { masking: { enabled: { value: false, reason: Trial } } }\n').sections).toEqual({
      masking: { enabled: false },
      firewall: undefined,
    });
    expect(read('enforced: { firewall: [] }\n').sections).toEqual({ masking: undefined, firewall: [] });
  });
});

it.each([
  ['a: [', /^other\.yaml:1:5: /],
  ['masking:\n\tenabled: true\n', /^other\.yaml:2:1: .*Indent with spaces\.$/s],
  ['', /^other\.yaml:1:1: the file is empty/],
  ['- a\n', /^other\.yaml:1:1: this is no config file and no policy bundle\. Give one/],
  [
    'version: 1\n',
    /^other\.yaml:1:1: there is no section "masking" and no section "firewall" in it\. Give one of them\.$/,
  ],
  ['enforced: { models: {} }\n', /there is no section "masking"/],
])('%j is refused with its place and what mends it', (text, message) => {
  expect(() => read(text)).toThrow(message);
});
