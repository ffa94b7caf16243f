import { describe, expect, it } from 'vitest';
import { problemsOf, warningsOf } from './support.ts';

const place = /^sluice\.yaml:\d+:\d+: /;

/** Problems of `version: 1` and this, without file and place. */
function saying(text: string): string[] {
  return problemsOf(`version: 1\n${text}\n`).map((line) => line.replace(place, ''));
}

function warning(text: string): string[] {
  return warningsOf(`version: 1\n${text}\n`).map((line) => line.replace(place, ''));
}

const masking = (more: string): string => `masking: { enabled: true, ${more} }`;

describe('masking', () => {
  it('is told with its place', () => {
    expect(problemsOf('version: 1\nmasking:\n  detectors:\n    - emial\n')[0]).toMatch(
      /^sluice\.yaml:4:7: detectors: "emial" is not known\. Did you mean email\? Use secrets, /,
    );
  });

  it.each([
    ['detectors: [{ id: phon }]', /"phon" is not known\. Did you mean phone\?/],
    ['detectors: [{ id: phone, mode: hide }]', /"hide" is not known\. Use mask, block, warn or off/],
    ['detectors: [{ id: phone, mode: blok }]', /Did you mean block\?/],
    ['detectors: [{ id: phone, restor: true }]', /unknown name "restor".*Did you mean restore\?/],
    ['detectors: [{ id: phone, replace: hash }]', /"hash" is not known\. Use tag or format/],
    ['detectors: [email, { id: email }]', /"email" is named twice\. Name each kind once/],
    ['detectors: [{ id: secrets, restore_in_tools: ["a?"] }]', /"a\?" holds "\?", but only "\*" is special/],
    ['terms: ["  "]', /is empty/],
    [`terms: ["${'x'.repeat(513)}"]`, /is longer than 512 characters/],
    ['terms: [{ term: a, wholeword: true }]', /unknown name "wholeword".*Did you mean whole_word\?/],
    ['patterns: [{ id: a, pattern: a }, { id: a, pattern: b }]', /id "a" is used twice/],
    ['patterns: [{ id: a, pattern: "(" }]', /the pattern is no regular expression/],
    ['patterns: [{ id: a, pattern: "(?>a)" }]', /atomic group/],
    ['patterns: [{ id: a, pattern: "[0-9]*" }]', /fits an empty text, so it fits everywhere/],
    ['exclude: { providers: ["a b"] }', /"a b" holds a space/],
    ['detectors: [{ id: phone, replace: format }]', /"phone" has no placeholder in its own format/],
    ['overrides: [{ providers: [demo] }]', /mode is missing/],
    ['overrides: [{ mode: mask, clients: ["a|b"] }]', /holds "\|"/],
    ['overrides: [{ mode: mask, route: [a] }]', /Did you mean routes\?/],
    ['answers: mask', /Use off, warn or block/],
    ['on_failure: pass', /Use block or warn/],
    ['media: drop', /Use pass or block/],
    ['time_budget_ms: 99', /Use at least 100/],
    ['time_budget_ms: 60001', /Use at most 60000/],
  ])('with %s says what mends it', (more, expected) => {
    const problems = saying(masking(more));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it('takes what is right', () => {
    const text = `routes: [{ alias: smart, targets: [demo/echo] }, { id: named, alias: other, targets: [demo/echo] }]
masking:
  enabled: true
  detectors: [secrets, { id: email, mode: warn, restore: false, restore_in_tools: [], replace: format }]
  terms: [Falcon, { term: ACME, case_sensitive: true, whole_word: false }]
  patterns: [{ id: ticket, pattern: "TCK-[0-9]{4,}" }]
  exclude: { providers: [demo], clients: ["Claude*"] }
  overrides:
    - { mode: warn }
    - { routes: [smart, named], mode: block }
    - { providers: ["de*"], clients: [codex], detectors: [person], mode: "off" }`;
    expect(saying(text)).toEqual([]);
    expect(warning(text)).toEqual([]);
  });

  it('says which overrides never count, because a later one fits wherever they do', () => {
    const two = (first: string, second: string): string[] => warning(masking(`overrides: [${first}, ${second}]`));
    const told = ['this override never counts: number 2 fits wherever it does. Put it behind that one.'];
    expect(two('{ clients: [codex], detectors: [secrets], mode: mask }', '{ mode: warn }')).toEqual(told);
    expect(two('{ clients: [a], mode: mask }', '{ clients: [b, a], mode: warn }')).toEqual(told);
    expect(two('{ mode: warn }', '{ clients: [codex], detectors: [secrets], mode: mask }')).toEqual([]);
    expect(two('{ mode: mask }', '{ detectors: [secrets], mode: warn }')).toEqual([]);
    // What is off is meant only where it is named.
    const off = 'detectors: [{ id: email, mode: "off" }, iban], ';
    const named = '{ detectors: [email], mode: mask }, { mode: warn }';
    expect(warning(masking(`${off}overrides: [${named}]`))).toEqual([]);
  });

  it('warns of a list of detectors while masking is not enabled', () => {
    expect(warning('masking: { detectors: [{ id: secrets, mode: block }] }')).toEqual([
      'masking is not enabled: nothing is looked for. Add enabled: true.',
    ]);
    expect(warning('masking: { enabled: false }')).toEqual([]);
  });

  it('says which providers and routes there are none of', () => {
    const providers = 'providers: [{ id: openai, kind: openai }]';
    const routes = 'routes: [{ alias: smart, targets: [demo/echo] }]';
    const more = 'exclude: { providers: [opanai] }, overrides: [{ routes: [smrt], providers: ["x*"], mode: warn }]';
    expect(warning(`${providers}\n${routes}\n${masking(more)}`)).toEqual([
      'there is no provider "opanai". Did you mean openai?',
      'no provider fits "x*".',
      'there is no route "smrt". Did you mean smart?',
    ]);
  });

  it('says when it does nothing', () => {
    expect(warning(masking('detectors: []'))).toEqual([
      'masking looks for nothing. Name detectors, terms or patterns.',
    ]);
    expect(warning(masking('detectors: [{ id: email, mode: "off" }]'))).toHaveLength(1);
    expect(warning(masking('detectors: [], terms: [Falcon]'))).toEqual([]);
    expect(warning(masking('detectors: [], overrides: [{ detectors: [email], mode: mask }]'))).toEqual([]);
    expect(warning('masking: { patterns: [{ id: a, pattern: a }] }')).toEqual([
      'masking is not enabled: nothing is looked for. Add enabled: true.',
    ]);
    expect(warning('masking: { enabled: false }')).toEqual([]);
    expect(warning(masking('detectors: [email], env_files: [.env]'))).toEqual([
      'env_files means nothing while secrets are not looked for. Add secrets to detectors.',
    ]);
  });

  it('must be enabled for its form of what was said to be recorded', () => {
    expect(saying('logging: { content: redacted }')).toEqual([
      'nothing is masked, so nothing can be recorded in its masked form. Set masking.enabled to true, or record metadata or full.',
    ]);
    expect(saying(`logging: { content: redacted }\n${masking('detectors: [email]')}`)).toEqual([]);
  });
});

describe('the firewall', () => {
  const rule = (more: string): string => `firewall: [{ id: r, ${more} }]`;

  it.each([
    ['action: block', 'looks for nothing. Give detect, pattern, topics or when.'],
    ['topics: []', 'looks for nothing. Give detect, pattern, topics or when.'],
    ['topics: [""]', 'is empty'],
    ['detect: promt_injection', 'Did you mean prompt_injection?'],
    ['pattern: "("', 'the pattern is no regular expression'],
    ['pattern: "(?i)falcon|"', 'fits an empty text'],
    ['pattern: a, in: []', 'is too short'],
    ['pattern: a, in: [anwser]', 'Did you mean answer?'],
    ['pattern: a, action: blok', 'Did you mean block?'],
    ['detect: prompt_injection, threshold: 1.5', 'Use at most 1'],
    ['detect: system_prompt_leak, in: [user, answer]', 'system_prompt_leak looks at answers only. Write in: [answer]'],
    ['detect: prompt_injection, pattern: a', 'looked for alone. Give pattern a rule of its own'],
    ['detect: system_prompt_leak, topics: [a]', 'looked for alone. Give topics a rule of its own'],
    ['when: {}', 'the condition is empty'],
    ['pattern: a }, { id: r, pattern: b', 'id "r" is used twice'],
    ['when: { client: [x] }, action: strip', 'when alone finds nothing in a text that strip could take out'],
  ])('with %s says what mends it', (more, expected) => {
    const problems = saying(rule(more));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it.each([
    'detect: prompt_injection',
    'detect: email, in: [system, user, assistant, tool, answer]',
    'topics: [layoffs]',
    'detect: prompt_injection, action: strip',
    'when: { client: [x] }, action: require_justification',
  ])('takes %s', (more) => {
    expect(saying(rule(more))).toEqual([]);
    expect(warning(rule(more))).toEqual([]);
  });

  it.each([
    ['pattern: a, in: [user, answer], action: strip', 'strip is for what is sent'],
    ['detect: system_prompt_leak, action: require_justification', 'require_justification is for what is sent'],
  ])('warns of %s: an answer is kept back', (more, expected) => {
    expect(saying(rule(more))).toEqual([]);
    expect(warning(rule(more))).toEqual([expect.stringContaining(expected)]);
  });

  it('asks judges that exist', () => {
    const routes = 'routes: [{ alias: "smart-*", targets: [demo/echo] }]';
    const asking = (judge: string): string[] =>
      warning(`${routes}\n${rule(`detect: prompt_injection, judge: ${judge}`)}`);
    for (const judge of ['smart-one', 'cheap', 'demo/echo']) expect(asking(judge)).toEqual([]);
    expect(asking('chaep')).toEqual(['there is no route with alias "chaep" to ask. Did you mean cheap?']);
    expect(asking('dmeo/echo')).toEqual(['there is no provider "dmeo". Did you mean demo/echo?']);
  });

  it('has no use for a threshold where there is no score', () => {
    for (const what of ['pattern: a', 'detect: email', 'topics: [a]', 'detect: system_prompt_leak'])
      expect(warning(rule(`${what}, threshold: 0.5`))).toEqual([
        'threshold is for prompt_injection: all else is there or not. Remove it.',
      ]);
    expect(warning(rule('detect: prompt_injection, threshold: 0.5'))).toEqual([]);
  });
});
