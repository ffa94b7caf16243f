/** What stands where data is not: nothing yet, not there yet, went wrong. */
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../text/text.ts';
import { Button } from './controls.tsx';
import { CopyButton } from './copy.tsx';

export interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  /** What to do next: a state that is empty does the next thing (UX-50). */
  readonly actions?: ReactNode;
}

export function EmptyState({ icon, title, children, actions }: EmptyStateProps): ReactNode {
  return (
    <div className="state">
      {icon}
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && <div className="actions">{actions}</div>}
    </div>
  );
}

/** As of a reply: `code` and `requestId` go into the diagnostics. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
}

export interface ErrorStateProps {
  readonly error: ShownError;
  readonly title?: string;
  readonly onRetry?: (() => void) | undefined;
  readonly actions?: ReactNode;
}

export function ErrorState({ error, title, onRetry, actions }: ErrorStateProps): ReactNode {
  const { t } = useText();
  return (
    <div className="state" role="alert">
      <CircleAlert size={24} aria-hidden />
      <h2>{title ?? t('error.title')}</h2>
      <p className="wrap-anywhere">{error.message}</p>
      <p className="small">
        <code>{error.code}</code> · {t('common.diagnostic', { id: error.requestId })}
      </p>
      <div className="actions">
        {onRetry !== undefined && <Button onClick={onRetry}>{t('common.retry')}</Button>}
        {actions}
        <CopyButton text={`${error.code} ${error.requestId}: ${error.message}`} label={t('common.copyDiagnostics')} />
      </div>
    </div>
  );
}

/** Lines in place of what is not there yet; they appear after 300 ms (UX-51). */
export function Skeleton({ lines = 3 }: { readonly lines?: number }): ReactNode {
  const { t } = useText();
  return (
    <div className="stack" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="skeleton" style={{ width: `${90 - ((index * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

/** What a query gives, structurally that of React Query. */
export interface Asked<Value> {
  readonly data: Value | undefined;
  readonly error: (Error & { readonly error?: ShownError }) | null;
  readonly refetch: () => unknown;
}

/** Draws a value when it is there; what was there before stays while it is asked for again, and when that fails. */
export function Loaded<Value>({
  query,
  lines,
  children,
}: {
  readonly query: Asked<Value>;
  readonly lines?: number;
  readonly children: (value: Value) => ReactNode;
}): ReactNode {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) {
    const error = query.error.error ?? { code: 'window.error', message: query.error.message, requestId: 'none' };
    return <ErrorState error={error} onRetry={() => void query.refetch()} />;
  }
  return <Skeleton {...(lines === undefined ? {} : { lines })} />;
}
