/** A prompt as lines of text, for comparing two versions of it. */
import type { PromptContent } from '../../../shared/contract/playground.ts';

export function contentText({ system, messages, variables, tools, json_schema, ...rest }: PromptContent): string {
  const plain = Object.entries(rest).flatMap(([name, value]) =>
    value === null || value === '' ? [] : [`${name}: ${String(value)}`],
  );
  const parts: readonly (readonly [string, string])[] = [
    ['system', system],
    ...messages.map(({ role, text }) => [role, text] as const),
    ...variables.map(({ name, value }) => [`{{${name}}}`, value] as const),
    ['tools', tools],
    ['json_schema', json_schema],
  ];
  const named = parts.filter(([, text]) => text !== '').map(([name, text]) => `${name}:\n${text}\n`);
  return [...plain, ...named].join('\n');
}
