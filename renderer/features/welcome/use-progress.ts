/** The progress of the first minutes as React state, kept in this tab. */
import { useCallback, useEffect, useState } from 'react';
import { beginning, readProgress, type Progress } from './progress.ts';

const storageKey = 'sluice.welcome';
/** While it is set, Home does not lead here by itself. */
const leftKey = 'sluice.welcome-left';

export interface ProgressControl {
  readonly progress: Progress;
  readonly change: (change: Partial<Progress> | ((before: Progress) => Partial<Progress>)) => void;
}

export function useProgress(): ProgressControl {
  const [progress, setProgress] = useState(() => readProgress(read()));
  const change = useCallback<ProgressControl['change']>((next) => {
    setProgress((before) => ({ ...before, ...(typeof next === 'function' ? next(before) : next) }));
  }, []);
  useEffect(() => write(progress), [progress]);
  return { progress, change };
}

/** They are over for now: they begin anew when they are opened again. */
export function forgetProgress(): void {
  write(beginning);
}

export function leaveForNow(): void {
  try {
    sessionStorage.setItem(leftKey, '1');
  } catch {
    // A browser that keeps nothing leads here again.
  }
}

function read(): string | null {
  try {
    return sessionStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function write(progress: Progress): void {
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(progress));
  } catch {
    // A browser that keeps nothing: a reload begins anew.
  }
}
