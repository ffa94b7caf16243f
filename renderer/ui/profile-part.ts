/** What the profile in force does to a section of the file. */
import type { Config } from '../../shared/config/config.ts';

/** What the file says of profiles. */
export type Profiles = Pick<Config, 'profiles' | 'use_profile'>;
export type ProfiledSection = 'masking' | 'logging' | 'routes' | 'firewall' | 'budgets';

export interface ProfilePart {
  /** For people. */
  readonly name: string;
  /** In place of the section, before what stands there, or besides it. */
  readonly effect: 'replaces' | 'goesBefore' | 'adds';
  readonly count: number;
}

/** `undefined`: the file alone decides. */
export function profilePart({ profiles, use_profile }: Profiles, section: ProfiledSection): ProfilePart | undefined {
  const profile = profiles.find(({ id }) => id === use_profile);
  if (profile === undefined) return undefined;
  const name = profile.name ?? profile.id;
  if (section === 'masking' || section === 'logging')
    return profile[section] === undefined ? undefined : { name, effect: 'replaces', count: 1 };
  const count = profile[section].length;
  return count === 0 ? undefined : { name, effect: section === 'routes' ? 'goesBefore' : 'adds', count };
}
