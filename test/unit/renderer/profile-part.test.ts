import { describe, expect, it } from 'vitest';
import { profilePart, type Profiles } from '../../../renderer/ui/profile-part.ts';
import { configSchema } from '../../../shared/config/config.ts';

const profilesOf = (use_profile?: string): Profiles =>
  configSchema.parse({
    version: 1,
    profiles: [
      {
        id: 'work',
        name: 'At work',
        masking: { enabled: true },
        routes: [{ alias: 'smart', targets: ['demo/echo'] }],
        firewall: [{ id: 'injection', detect: 'prompt_injection', in: ['user'] }],
      },
      { id: 'plain' },
    ],
    ...(use_profile === undefined ? {} : { use_profile }),
  });

describe('what the profile in force does to a section', () => {
  it.each([
    ['masking', { name: 'At work', effect: 'replaces', count: 1 }],
    ['routes', { name: 'At work', effect: 'goesBefore', count: 1 }],
    ['firewall', { name: 'At work', effect: 'adds', count: 1 }],
    ['logging', undefined],
    ['budgets', undefined],
  ] as const)('is said of %s as it is', (section, part) => {
    expect(profilePart(profilesOf('work'), section)).toEqual(part);
  });

  it('is nothing where none is in force, or one that leaves the section out', () => {
    expect(profilePart(profilesOf(), 'masking')).toBeUndefined();
    expect(profilePart(profilesOf('plain'), 'masking')).toBeUndefined();
  });
});
