/** A small table in a frame that scrolls sideways, by keyboard too. */
import type { ReactNode } from 'react';

export function TableRegion({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="table-frame playground-table" tabIndex={0} role="region" aria-label={label}>
      <table className="table" aria-label={label}>
        {children}
      </table>
    </div>
  );
}
