/** States told by shape, word and colour together (UX-81). */
import { Circle, CircleDot, CirclePause, CircleX, LoaderCircle, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

const marks = {
  running: { icon: CircleDot, tone: 'ok' },
  connecting: { icon: LoaderCircle, tone: 'plain' },
  paused: { icon: CirclePause, tone: 'warning' },
  attention: { icon: TriangleAlert, tone: 'warning' },
  stopped: { icon: CircleX, tone: 'error' },
  idle: { icon: Circle, tone: 'plain' },
} as const;

export type MarkState = keyof typeof marks;

export function StatusMark({ state, label }: { readonly state: MarkState; readonly label: string }): ReactNode {
  const { icon: Icon, tone } = marks[state];
  return (
    <span className={`status-mark ${tone}`}>
      <Icon size={15} aria-hidden />
      <span className="item-label">{label}</span>
    </span>
  );
}
