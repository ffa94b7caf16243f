/** The request of a column as code that can be pasted. */
import { useState, type ReactNode } from 'react';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { CodeBlock } from '../../ui/copy.tsx';
import { Tabs } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { bodyOf, messagesOf } from './body.ts';
import { codeFor, codeLanguages, type CodeLanguage } from './code.ts';
import type { Column } from './draft.ts';
import { problemText } from './problem.ts';
import { usePlayground } from './store.ts';

const names: Readonly<Record<CodeLanguage, string>> = { curl: 'curl', javascript: 'JavaScript', python: 'Python' };

export function CodeDialog({ column, onClose }: { readonly column: Column; readonly onClose: () => void }): ReactNode {
  const text = useText();
  const { t } = text;
  const [language, setLanguage] = useState<CodeLanguage>('curl');
  const draft = usePlayground((state) => state.draft);
  const base = useLive((state) => state.snapshot?.status.gateway.urls[0]) ?? 'http://127.0.0.1:4141';
  const messages = messagesOf(draft);
  const made = messages.problem === undefined ? bodyOf(column, draft, messages.value) : messages;
  return (
    <Dialog open onClose={onClose} title={t('playground.code')} description={t('playground.code.text')} size="wide">
      {made.problem === undefined ? (
        <Tabs
          label={t('playground.code.language')}
          value={language}
          onChange={setLanguage}
          items={codeLanguages.map((one) => ({
            value: one,
            label: names[one],
            content: (
              <div className="playground-code">
                <CodeBlock label={names[one]} text={codeFor(one, base, made.value)} />
              </div>
            ),
          }))}
        />
      ) : (
        <p className="playground-problem">{problemText(text, made.problem)}</p>
      )}
    </Dialog>
  );
}
