/** What an edit would change in the file, and what would be wrong with it: asked while people are still at it. */
import { useEffect, useState } from 'react';
import type { ConfigEdit, ConfigProblem } from '../../../shared/contract/config.ts';
import type { CallError } from '../../../shared/contract/reply.ts';
import { useBridge } from '../../bridge/hooks.ts';
import { problemsOf } from '../../state/config-edits.ts';

/** A word is mostly written by then. */
const waitMs = 350;

export interface Preview {
  readonly state: 'none' | 'asking' | 'ready';
  readonly diff: string;
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
  /** What is wrong other than with a value. */
  readonly error: CallError | undefined;
}

const nothing: Preview = { state: 'none', diff: '', problems: [], warnings: [], error: undefined };

export function usePreview(edits: readonly ConfigEdit[]): Preview {
  const bridge = useBridge();
  const asked = JSON.stringify(edits);
  const [preview, setPreview] = useState<Preview>(nothing);
  useEffect(() => {
    const wanted = JSON.parse(asked) as ConfigEdit[];
    let isOld = false;
    const timer = setTimeout(() => void ask(), waitMs);
    async function ask(): Promise<void> {
      if (wanted.length === 0) {
        setPreview(nothing);
        return;
      }
      setPreview((before) => ({ ...before, state: 'asking' }));
      const reply = await bridge.call('config.change', { edits: wanted, dry_run: true });
      if (isOld) return;
      if (reply.ok) setPreview({ ...nothing, state: 'ready', diff: reply.value.diff, warnings: reply.value.warnings });
      else {
        const problems = problemsOf(reply.error);
        setPreview({ ...nothing, state: 'ready', problems, error: problems.length > 0 ? undefined : reply.error });
      }
    }
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [asked, bridge]);
  return preview;
}
