/** What every step looks like: its heading, which is read out when it comes, its content, and what to do next. */
import { useEffect, useId, useRef, type ReactNode } from 'react';

export interface StepFrameProps {
  readonly title: string;
  readonly text?: ReactNode;
  readonly actions: ReactNode;
  readonly children?: ReactNode;
}

export function StepFrame({ title, text, actions, children }: StepFrameProps): ReactNode {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className="welcome-step card" aria-labelledby={id}>
      <h2 id={id} ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {text !== undefined && <p className="muted">{text}</p>}
      {children}
      <div className="welcome-actions">{actions}</div>
    </section>
  );
}
