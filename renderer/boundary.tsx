/** Keeps a page that breaks from taking the window with it. */
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { currentText } from './text/text.ts';
import { Button } from './ui/controls.tsx';
import { CopyButton } from './ui/copy.tsx';
import { EmptyState } from './ui/states.tsx';

interface BoundaryState {
  readonly error: Error | undefined;
  readonly where: string;
}

export class PageBoundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { error: undefined, where: '' };

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(_error: unknown, { componentStack }: ErrorInfo): void {
    this.setState({ where: componentStack ?? '' });
  }

  override render(): ReactNode {
    const { error, where } = this.state;
    if (error === undefined) return this.props.children;
    const { t } = currentText();
    return (
      <EmptyState
        title={t('error.crash.title')}
        actions={
          <>
            <Button variant="primary" onClick={() => location.reload()}>
              {t('error.crash.reload')}
            </Button>
            <CopyButton text={`${error.name}: ${error.message}\n${where}`} label={t('common.copyDiagnostics')} />
          </>
        }
      >
        {t('error.crash.text')}
      </EmptyState>
    );
  }
}
