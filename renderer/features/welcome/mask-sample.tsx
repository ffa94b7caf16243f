/** What masking does to a text with something secret-looking in it: said by the instance, never made up. */
import type { ReactNode } from 'react';
import { useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { sampleSecret } from './suggestions.ts';

export function MaskSample({ isOn }: { readonly isOn: boolean }): ReactNode {
  const { t } = useText();
  const before = t('welcome.masking.sample', { secret: sampleSecret });
  const sample = useCall('policy.mask', { text: before }, { enabled: isOn });
  const after = sample.data?.enabled === true ? sample.data.masked : undefined;
  return (
    <dl className="welcome-sample">
      <div>
        <dt>{t('welcome.masking.before')}</dt>
        <dd className="mono wrap-anywhere">
          <Marked text={before} part={sampleSecret} />
        </dd>
      </div>
      <div>
        <dt>{t('welcome.masking.after')}</dt>
        <dd className={after === undefined ? 'muted wrap-anywhere' : 'mono wrap-anywhere'}>
          {after ??
            (sample.error === null
              ? t(isOn ? 'common.loading' : 'welcome.masking.onceOn')
              : sample.error.error.message)}
        </dd>
      </div>
    </dl>
  );
}

function Marked({ text, part }: { readonly text: string; readonly part: string }): ReactNode {
  const at = text.indexOf(part);
  if (at === -1) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark>{part}</mark>
      {text.slice(at + part.length)}
    </>
  );
}
