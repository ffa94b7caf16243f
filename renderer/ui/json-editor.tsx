/** An editor for JSON. Load it late: it is large. */
import { json } from '@codemirror/lang-json';
import { clsx } from 'clsx';
import { basicSetup, EditorView, minimalSetup } from 'codemirror';
import { useEffect, useRef, type ReactNode } from 'react';
import './json-editor.css';

export interface JsonEditorProps {
  readonly value: string;
  readonly label: string;
  readonly onChange: (value: string) => void;
  /** Mod+Enter. */
  readonly onRun?: () => void;
  /** A whole body: with lines counted, folds and search. */
  readonly whole?: boolean;
}

export function JsonEditor({ value, label, onChange, onRun, whole = false }: JsonEditorProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const told = useRef({ onChange, onRun });
  useEffect(() => {
    told.current = { onChange, onRun };
  });
  const first = useRef(value);
  useEffect(() => {
    if (frame.current === null) return;
    const made = new EditorView({
      doc: first.current,
      parent: frame.current,
      extensions: [
        // Before the editor's own keys, to which it means a new line.
        EditorView.domEventHandlers({
          keydown(event) {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || told.current.onRun === undefined)
              return false;
            event.preventDefault();
            told.current.onRun();
            return true;
          },
        }),
        whole ? basicSetup : minimalSetup,
        json(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) told.current.onChange(update.state.doc.toString());
        }),
      ],
    });
    view.current = made;
    return () => made.destroy();
  }, [label, whole]);
  useEffect(() => {
    const made = view.current;
    first.current = value;
    if (made === undefined || made.state.doc.toString() === value) return;
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: value } });
  }, [value]);
  return <div ref={frame} className={clsx('json-editor', whole && 'whole')} />;
}
