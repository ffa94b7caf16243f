// One model for every conversation: what `use_model` may say, and the route it becomes.
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { compileConfig } from '../../../main/config/compile.ts';
import type { Route } from '../../../main/gateway/ports.ts';
import { good, problemsOf, surroundings } from './support.ts';

const head = `version: 1
providers: [{ id: openai, kind: openai }, { id: shut, kind: openai-compatible, base_url: "http://127.0.0.1:9/v1", models: [only], closed_models: true }]
routes: [{ alias: smart, targets: [demo/echo] }, { alias: team/a, targets: [demo/echo] }, { alias: "x-*", targets: [demo/echo] }]
`;

const saying = (choice: string): string[] =>
  problemsOf(`${head}use_model: ${choice}\n`).map((line) => line.replace(/^sluice\.yaml:/, ''));

describe('use_model', () => {
  it.each(['openai/gpt-5', 'demo/echo', 'shut/only', 'smart', 'auto', 'cheap', 'team/a', 'openai/org/model:free'])(
    'may be %s',
    (choice) => {
      expect(saying(choice)).toEqual([]);
    },
  );

  it.each([
    ['smrt', '4:12: there is no alias "smrt". Did you mean smart?'],
    ['opnai/gpt-5', '4:12: there is no provider "opnai". Did you mean openai?'],
    ['gpt-5', '4:12: there is no alias "gpt-5". Did you mean openai/gpt-5?'],
    ['shut/onyl', '4:12: provider "shut" has no model "onyl", and its list is closed. Did you mean only?'],
    ['"x-*"', '4:12: "x-*" is a pattern, and a target is one alias. Write one name, or provider/model.'],
    ['openai/', '4:12: "openai/" names no model. Write provider/model, or an alias.'],
    [
      '"@requested"',
      '4:12: "@requested" stands for the model the client named, and that is what is chosen instead of. Write provider/model or an alias, or remove use_model.',
    ],
  ])('that is %s says where and what mends it', (choice, says) => {
    expect(saying(choice)).toEqual([says]);
  });
});

describe('the route of use_model', () => {
  async function routesOf(choice: string, routes = ''): Promise<readonly Route[]> {
    const { config, findings } = good(`${head.replace(/routes: \[/, `routes: [${routes}`)}use_model: ${choice}\n`);
    const catalogue = await loadCatalogue();
    const snapshot = compileConfig({ config, resolutions: new Map(), catalogue, findings, ...surroundings });
    return snapshot?.routes ?? [];
  }

  it('stands before all others, for conversations only, and says where it was written', async () => {
    const [first, second] = await routesOf('openai/gpt-5');
    expect(first).toMatchObject({
      ...{ id: 'use-model', alias: '*', strategy: 'single', choice: 'openai/gpt-5', origin: 'sluice.yaml, line 4' },
      when: { surface: ['chat', 'responses', 'messages', 'gemini', 'count_tokens'] },
      targets: [{ kind: 'model', providerId: 'openai', model: 'gpt-5' }],
    });
    expect(second?.id).toBe('smart');
  });

  it('leads to an alias, one with a slash included', async () => {
    expect((await routesOf('auto'))[0]).toMatchObject({ choice: 'auto', targets: [{ kind: 'alias', alias: 'auto' }] });
    expect((await routesOf('team/a'))[0]?.targets).toMatchObject([{ kind: 'alias', alias: 'team/a' }]);
  });

  it('settles a pattern, and tells what it came to', async () => {
    const [first] = await routesOf('"openai/gpt-4.1-mini*"');
    expect(first?.choice).toMatch(/^openai\/gpt-4\.1-mini/);
    expect(first?.choice).not.toContain('*');
  });

  it('takes no name that a route of the file has', async () => {
    const routes = await routesOf('smart', '{ alias: use-model, targets: [demo/echo] }, ');
    expect(routes.slice(0, 2).map(({ id }) => id)).toEqual(['use-model-2', 'use-model']);
  });

  it('is not there where nothing was chosen', async () => {
    const { config, findings } = good(head);
    const catalogue = await loadCatalogue();
    const snapshot = compileConfig({ config, resolutions: new Map(), catalogue, findings, ...surroundings });
    expect(snapshot?.routes.filter(({ choice }) => choice !== undefined)).toEqual([]);
  });
});
