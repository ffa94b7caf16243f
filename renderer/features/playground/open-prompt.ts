/** Puts a prompt of the library into the page. */
import type { PromptContent, PromptEntry, PromptVersion } from '../../../shared/contract/playground.ts';
import { draftOf, parametersOf } from './draft.ts';
import { usePlayground } from './store.ts';

/** Its newest version, unless another one is given. Model and parameters go to the first column; what was said stays. */
export function openPrompt({ id, name, versions }: PromptEntry, version?: PromptVersion): void {
  const chosen = version ?? versions.at(-1);
  if (chosen === undefined) return;
  openContent(chosen.content, { id, name, version: chosen.version });
}

/** Without `opened` it is nobody's prompt yet: saving it makes a new one. */
export function openContent(
  content: PromptContent,
  opened?: { readonly id: string; readonly name: string; readonly version: number },
): void {
  usePlayground.setState(({ columns }) => ({
    draft: draftOf(content),
    columns: columns.map((column, index) =>
      index > 0
        ? column
        : { ...column, ...(content.model === '' ? {} : { model: content.model }), parameters: parametersOf(content) },
    ),
    origin: undefined,
    opened,
  }));
}
