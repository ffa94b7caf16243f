/** Templates of team bundles as prompts of the library. */
import type { PromptContent } from '../../../shared/contract/playground.ts';
import type { TeamEntry } from '../../state/team.ts';
import { lastStep } from '../../state/team.ts';

export interface TeamTemplate {
  readonly id: string;
  readonly entry: TeamEntry;
  readonly title: string;
  readonly content: PromptContent;
}

const mostName = 200;

export function templateOf(entry: TeamEntry): TeamTemplate {
  const {
    title,
    body,
    variables = [],
  } = entry.value as {
    readonly title: string;
    readonly body: string;
    readonly variables?: readonly string[];
  };
  return {
    ...{ id: lastStep(entry.pointer), entry, title: title.slice(0, mostName) },
    content: {
      ...{ system: '', messages: [{ role: 'user', text: body }], model: '', tools: '', json_schema: '' },
      ...{ temperature: null, top_p: null, max_tokens: null },
      variables: variables.map((name) => ({ name, value: '' })),
    },
  };
}

export function fitsSearch({ title, content }: TeamTemplate, search: string): boolean {
  return [title, ...content.messages.map(({ text }) => text)].join('\n').toLowerCase().includes(search);
}
