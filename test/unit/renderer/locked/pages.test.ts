import { describe, expect, it } from 'vitest';
import { heldMode, isWeakerMode, leastMode } from '../../../../renderer/features/policies/masking-modes.ts';
import { canRelease } from '../../../../renderer/features/policies/release-reason.ts';
import { fitsSearch, templateOf } from '../../../../renderer/features/playground/team-templates.ts';
import { teamRefusal } from '../../../../renderer/features/traffic/team-refusal.ts';
import { teamValuesOf } from '../../../../renderer/state/team.ts';
import { entry, ofApp, teamEntry } from './entries.ts';

describe('what becomes of a kind', () => {
  const enforced = entry('/masking/detectors/iban', { id: 'iban', mode: 'mask' });

  it('is what is in force, and nothing of kinds that no bundle and no file has on', () => {
    expect(heldMode('off', enforced, true)).toBe('mask');
    expect(heldMode('mask', undefined, true)).toBe('off');
    expect(heldMode('warn', entry('/masking/detectors/email', { mode: 'mask' }, ofApp), true)).toBe('mask');
  });

  it('is what the file says where no bundle is followed', () => {
    expect(heldMode('warn', undefined, false)).toBe('warn');
  });

  it('may be made stricter than what is enforced, never weaker', () => {
    expect(leastMode(enforced)).toBe('mask');
    expect(leastMode({ ...enforced, mode: 'default' })).toBeUndefined();
    const weaker = (['off', 'warn', 'mask', 'block'] as const).map((mode) => isWeakerMode(mode, 'mask'));
    expect(weaker).toEqual([true, true, false, false]);
  });
});

describe('a refusal', () => {
  const deny = entry('/models/deny', ['*/*-preview*']);
  const falcon = entry('/firewall/falcon', { id: 'falcon' });
  const team = teamValuesOf({ bundles: [], entries: [deny, falcon, entry('/masking/media', 'block')] });

  it('by a rule of a bundle is told of with that rule', () => {
    const found = teamRefusal({ error: 'admit.model_denied', rule: 'acme-core@12:/models/deny' }, team);
    expect(found?.entry).toBe(deny);
  });

  it('by a rule that is not in force any more is told of by its place', () => {
    const rule = 'acme-core@11:/tools/deny';
    expect(teamRefusal({ error: 'admit.tool_denied', rule }, team)).toEqual({
      ...{ bundle: 'acme-core@11', pointer: '/tools/deny', entry: undefined },
    });
  });

  it('is never told of with what another bundle says at the same place', () => {
    expect(teamRefusal({ error: 'admit.model_denied', rule: 'acme-team@3:/models/deny' }, team)?.entry).toBeUndefined();
    expect(teamRefusal({ error: 'admit.model_denied', rule: 'acme-core@11:/models/deny' }, team)?.entry).toBe(deny);
  });

  it('by a whole section is told of with the first of it', () => {
    const rule = 'acme-core@12:/masking';
    expect(teamRefusal({ error: 'admit.masking_failed', rule }, team)?.entry?.pointer).toBe('/masking/media');
  });

  it('by a rule of the firewall is the team’s where the rule is', () => {
    expect(teamRefusal({ error: 'admit.firewall_blocked', rule: 'falcon' }, team)?.entry).toBe(falcon);
    expect(teamRefusal({ error: 'admit.firewall_blocked', rule: 'own' }, team)).toBeUndefined();
    expect(teamRefusal({ error: 'admit.model_denied', rule: 'key:ide' }, team)).toBeUndefined();
    expect(teamRefusal({ error: null, rule: null }, team)).toBeUndefined();
  });
});

describe('a reason', () => {
  it('has three characters at least, spaces around it left out', () => {
    expect(['ok', ' ok ', 'yes', 'x'.repeat(2_001)].map(canRelease)).toEqual([false, false, true, false]);
  });
});

describe('a template of a bundle', () => {
  const template = templateOf(
    teamEntry('/templates/review', {
      id: 'review',
      title: 'Code review',
      body: 'Look at {{input}}',
      variables: ['input'],
    }),
  );

  it('is a prompt with the variables it names', () => {
    expect(template.title).toBe('Code review');
    expect(template.content.messages).toEqual([{ role: 'user', text: 'Look at {{input}}' }]);
    expect(template.content.variables).toEqual([{ name: 'input', value: '' }]);
  });

  it('is found by its title and its text', () => {
    expect(['code', 'look at', 'mail'].map((search) => fitsSearch(template, search))).toEqual([true, true, false]);
  });
});
