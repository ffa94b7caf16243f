/** Says that the profile in force has its own in place of a section of the file, or besides it: what is edited below is not all that holds. */
import type { ReactNode } from 'react';
import { useText } from '../text/text.ts';
import { Banner } from './layout.tsx';
import { profilePart, type ProfiledSection, type Profiles } from './profile-part.ts';

interface ProfileNoticeProps {
  readonly config: Profiles;
  readonly section: ProfiledSection;
}

/** Nothing where the file alone decides. */
export function ProfileNotice({ config, section }: ProfileNoticeProps): ReactNode {
  const { t } = useText();
  const part = profilePart(config, section);
  if (part === undefined) return null;
  const { name, effect, count } = part;
  return <Banner>{t(`profile.${effect}`, { name, count })}</Banner>;
}
