import { describe, expect, it } from 'vitest';
import { teamsInForce } from '../../../../shared/contract/standing.ts';
import { denialOf, secretOf } from '../../../../renderer/features/providers/use-definition.ts';
import { teamPrice } from '../../../../renderer/features/providers/team-price.ts';
import { accessRules } from '../../../../renderer/features/policies/access-words.ts';
import { entryNamedIn, fitsGlob, lastStep, ruleOfTeam, teamValuesOf } from '../../../../renderer/state/team.ts';
import { entry, ofApp, ofUser, teamEntry } from './entries.ts';

const values = (...entries: ReturnType<typeof entry>[]) => teamValuesOf({ bundles: ['acme-core@12'], entries });

describe('what bundles decide', () => {
  const deny = entry('/models/deny', ['*/*-preview*']);
  const mine = entry('/models/deny', ['demo/flaky'], ofUser);
  const team = values(
    ...[deny, mine, entry('/models/allow', ['*'], ofApp), entry('/masking/enabled', true)],
    ...[entry('/app/allow_lan_bind', false), entry('/providers/allow', ['openai'])],
    ...[entry('/firewall/falcon', { id: 'falcon' }), entry('/firewall/own', { id: 'own' }, ofUser)],
  );

  it('is found by the place in the config file, also where bundles have another word for it', () => {
    expect(team.at(['masking', 'enabled'])?.value).toBe(true);
    expect(team.at(['listen', 'host'])?.pointer).toBe('/app/allow_lan_bind');
    expect(team.at(['models', 'allow_providers'])?.value).toEqual(['openai']);
    expect(team.at(['masking', 'media'])).toBeUndefined();
  });

  it('has an entry for each who had a say in a list, and none for what is built in', () => {
    expect(team.said('/models/deny')).toEqual([deny, mine]);
    expect(team.said('/models/allow')).toEqual([]);
  });

  it('leaves rules of the file out of what stands below a section', () => {
    expect(team.below('/firewall').map(({ pointer }) => pointer)).toEqual(['/firewall/falcon']);
    expect(team.below('/fire')).toEqual([]);
  });

  it('tells whoever holds a value, Sluice itself included', () => {
    expect(team.held('/models/allow')?.mode).toBe('app');
    expect(team.of('/models/allow')).toBeUndefined();
  });

  it('lists rules of access in the order they are read in, each with who says so', () => {
    expect(accessRules(team).map(({ label, entry: { bundle } }) => [label, bundle])).toEqual([
      ['locked.access.modelsDeny', 'acme-core@12'],
      ['locked.access.modelsDeny', null],
      ['locked.access.providersAllow', 'acme-core@12'],
    ]);
  });

  it('is found by what a sentence names', () => {
    expect(entryNamedIn('Blocked by team policy "No" (acme-core@12, line 58): …', team)).toBe(deny);
    expect(entryNamedIn('Blocked by team policy "No" (acme-core@12, line 5): …', team)).toBeUndefined();
  });
});

describe('names', () => {
  it('come out of a pointer as they were written', () => {
    expect(lastStep('/pricing/azure-eu~1*')).toBe('azure-eu/*');
    expect(lastStep('/a/x~01')).toBe('x~1');
  });

  it('of a bundle and its place come out of the rule of a refusal', () => {
    expect(ruleOfTeam('acme-core@12:/models/deny')).toEqual({ bundle: 'acme-core@12', pointer: '/models/deny' });
    for (const rule of [null, 'falcon', 'config:/models/deny', 'key:ide']) expect(ruleOfTeam(rule)).toBeUndefined();
  });

  it.each([
    ['openai', 'openai', true],
    ['openai', 'openai-eu', false],
    ['*', 'anything', true],
    ['deepseek*', 'deepseek', true],
    ['*/*-preview*', 'openai/gpt-x-preview-2', true],
    ['*/*-preview*', 'openai/gpt-x', false],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-c', true],
    ['a*bc*bc', 'abc', false],
  ])('%s and %s fit: %s', (glob, name, expected) => {
    expect(fitsGlob(glob, name)).toBe(expected);
  });
});

describe('a provider', () => {
  it('is refused by a denial, and by a list of allowed ones that leaves it out', () => {
    const deny = entry('/providers/deny', ['deepseek*']);
    const allow = entry('/providers/allow', ['openai', 'demo']);
    const team = values(deny, allow, entry('/providers/deny', ['openai'], ofUser));
    expect(denialOf('deepseek-eu', team)).toBe(deny);
    expect(denialOf('mistral', team)).toBe(allow);
    expect(denialOf('openai', team)).toBeUndefined();
    expect(denialOf('mistral', values(entry('/providers/allow', ['openai'], { mode: 'default' })))).toBeUndefined();
  });

  it('that a bundle defines has its key under the id of that bundle', () => {
    expect(secretOf(teamEntry('/providers/define/azure-eu', { auth: { slot: 'azure-main' } }))).toBe(
      'acme-core.azure-main',
    );
    expect(secretOf(teamEntry('/providers/define/ollama', { kind: 'ollama' }))).toBeUndefined();
  });
});

describe('a price of a bundle', () => {
  it('that names the model goes before one that names a part of it', () => {
    const all = entry('/pricing/azure-eu~1*', { model: 'azure-eu/*' });
    const one = entry('/pricing/azure-eu~1gpt-x', { model: 'azure-eu/gpt-x' });
    const team = values(all, one);
    expect(teamPrice(team, 'azure-eu/gpt-x')).toBe(one);
    expect(teamPrice(team, 'azure-eu/gpt-y')).toBe(all);
    expect(teamPrice(team, 'openai/gpt-y')).toBeUndefined();
  });
});

it('teams in force are those that decide anything here, with their versions', () => {
  const team = (
    name: string,
    state: 'active' | 'waiting' | 'restricted' | 'failed' | 'limited',
    version: number | null,
  ) => ({ name, state, version }) as const;
  expect(
    teamsInForce([
      team('Core', 'active', 12),
      team('New', 'waiting', null),
      team('Old', 'restricted', 3),
      team('Broken', 'failed', 4),
      team('Draft', 'limited', 1),
    ]),
  ).toEqual([
    { name: 'Core', version: 12 },
    { name: 'Old', version: 3 },
    { name: 'Draft', version: 1 },
  ]);
});
