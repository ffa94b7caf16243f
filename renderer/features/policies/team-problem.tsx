/** What went wrong with a bundle: what it means, what the instance said, and its code. */
import type { ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { errorHeadline, errorMend } from '../../ui/bundle-words.ts';
import { printable } from '../../ui/copy.tsx';
import { Banner } from '../../ui/layout.tsx';

export interface TeamProblemProps {
  readonly error: { readonly code: string; readonly message: string };
  readonly tone?: 'error' | 'warning';
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

export function TeamProblem({ error, tone = 'error', actions, children }: TeamProblemProps): ReactNode {
  const { t } = useText();
  const mend = errorMend(error);
  return (
    <Banner tone={tone} actions={actions}>
      <strong>{t(errorHeadline(error))}</strong>
      {mend !== undefined && <p>{t(mend)}</p>}
      {/* One line for each of several. */}
      {error.message.split('\n').map((line, index) => (
        <p key={index} className="small wrap-anywhere" lang="en">
          {printable(line)}
        </p>
      ))}
      <p className="small">
        <code>{printable(error.code)}</code>
      </p>
      {children}
    </Banner>
  );
}
