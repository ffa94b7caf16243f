/** What the instance says by itself, in the language of the reader where that is known. */
import type { ReactNode } from 'react';
import { useSaid } from '../text/text.ts';
import { printable } from './copy.tsx';

export function InstanceSays({ text }: { readonly text: string }): ReactNode {
  const { text: told, lang } = useSaid()(text);
  return lang === undefined ? printable(told) : <span lang={lang}>{printable(told)}</span>;
}
