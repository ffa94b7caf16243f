/** What is looked for in what leaves the machine, what becomes of it, and a sample that shows it. */
import { ShieldOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { Banner, Card } from '../../ui/layout.tsx';
import { ProfileNotice } from '../../ui/profile-notice.tsx';
import { profilePart } from '../../ui/profile-part.ts';
import { usePolicyConfig } from './config-context.tsx';
import { Exceptions, FileLists, OwnWords } from './masking-lists.tsx';
import { MaskingKinds } from './masking-kinds.tsx';
import { MaskingSample } from './masking-sample.tsx';
import { SelectSetting, SwitchSetting } from './setting.tsx';

export function MaskingTab(): ReactNode {
  const { t } = useText();
  const { part, set, busy, origin, profiles } = usePolicyConfig();
  const masking = part('masking');
  const isReplaced = profilePart(profiles, 'masking') !== undefined;
  return (
    <div className="stack">
      <ProfileNotice config={profiles} section="masking" />
      {!masking.enabled && !isReplaced && (
        <Banner
          tone="warning"
          actions={
            <Button
              variant="primary"
              busy={busy}
              disabled={origin(['masking', 'enabled'])?.locked === true}
              onClick={() => void set(['masking', 'enabled'], true)}
            >
              {t('policies.mask.turnOn')}
            </Button>
          }
        >
          <strong>{t('policies.mask.off.title')}</strong> {t('policies.mask.off.text')}
        </Banner>
      )}
      <Card>
        <SwitchSetting
          path={['masking', 'enabled']}
          label={t('policies.mask.enabled')}
          hint={t('policies.mask.enabled.hint')}
          value={masking.enabled}
        />
        <MaskingSample />
      </Card>
      <Card title={t('policies.kinds.title')}>
        <p className="muted small">{t('policies.kinds.text')}</p>
        <MaskingKinds />
      </Card>
      <Card title={t('policies.own.title')}>
        <OwnWords />
      </Card>
      <Card title={t('policies.except.title')}>
        <Exceptions />
      </Card>
      <Further />
    </div>
  );
}

function Further(): ReactNode {
  const { t } = useText();
  const { restore, answers, definitions, media, on_failure, overrides } = usePolicyConfig().part('masking');
  const word = <Value extends 'off' | 'warn' | 'block' | 'pass'>(...values: readonly Value[]) =>
    values.map((value) => ({ value, label: t(`policies.word.${value}`) }));
  return (
    <Card title={t('policies.further.title')}>
      <SwitchSetting
        path={['masking', 'restore']}
        label={t('policies.restore')}
        hint={t('policies.restore.hint')}
        value={restore}
      />
      <SelectSetting
        path={['masking', 'answers']}
        label={t('policies.answers')}
        hint={t('policies.answers.hint')}
        value={answers}
        choices={word('off', 'warn', 'block')}
      />
      <SwitchSetting
        path={['masking', 'definitions']}
        label={t('policies.definitions')}
        hint={t('policies.definitions.hint')}
        value={definitions}
      />
      <SelectSetting
        path={['masking', 'media']}
        label={t('policies.media')}
        hint={t('policies.media.hint')}
        value={media}
        choices={word('pass', 'block')}
      />
      <SelectSetting
        path={['masking', 'on_failure']}
        label={t('policies.onFailure')}
        hint={t('policies.onFailure.hint')}
        value={on_failure}
        choices={word('block', 'warn')}
      />
      {overrides.length > 0 && (
        <p className="row muted small">
          <ShieldOff size={14} aria-hidden />
          {t('policies.overrides', { count: overrides.length })}
        </p>
      )}
      <FileLists />
    </Card>
  );
}
