/** The lines of the file that change, marked by sign and colour. */
import type { ReactNode } from 'react';
import { printable } from '../../ui/copy.tsx';

export function DiffView({ diff, label }: { readonly diff: string; readonly label: string }): ReactNode {
  const lines = diff.split('\n').filter((line) => line !== '');
  return (
    <div className="code">
      <pre tabIndex={0} role="region" aria-label={label} className="routes-diff">
        {lines.map((line, index) => (
          <span key={index} className={toneOf(line)}>
            {printable(line)}
            {'\n'}
          </span>
        ))}
      </pre>
    </div>
  );
}

function toneOf(line: string): string | undefined {
  if (line.startsWith('+')) return 'routes-added';
  if (line.startsWith('-')) return 'routes-gone';
  return line.startsWith('@@') ? 'muted' : undefined;
}
