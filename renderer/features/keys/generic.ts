/** Settings for a program that no catalogue knows: addresses by API family, and variables that SDKs read. */
import type { ClientSetting } from '../../../shared/contract/clients.ts';

export const keyPlaceholder = 'sk-sluice-…';

export interface GenericWords {
  readonly addresses: string;
  readonly addressesPlace: string;
  readonly variables: string;
  readonly variablesPlace: string;
  readonly apiKey: string;
}

export function genericSettings(root: string, key: string, words: GenericWords): readonly ClientSetting[] {
  const variables: readonly (readonly [string, string])[] = [
    ['OPENAI_BASE_URL', `${root}/v1`],
    ['OPENAI_API_KEY', key],
    ['ANTHROPIC_BASE_URL', root],
    ['ANTHROPIC_API_KEY', key],
    ['GOOGLE_GEMINI_BASE_URL', root],
    ['GEMINI_API_KEY', key],
  ];
  const shell = (title: string, line: (name: string, value: string) => string): ClientSetting => ({
    title: `${words.variables} (${title})`,
    place: words.variablesPlace,
    format: 'shell',
    text: variables.map(([name, value]) => line(name, value)).join('\n'),
  });
  return [
    {
      title: words.addresses,
      place: words.addressesPlace,
      format: 'steps',
      text: [`OpenAI: ${root}/v1`, `Anthropic: ${root}`, `Gemini: ${root}`, `${words.apiKey}: ${key}`].join('\n'),
    },
    shell('bash, zsh', (name, value) => `export ${name}="${value}"`),
    shell('PowerShell', (name, value) => `$env:${name} = '${value}'`),
  ];
}

/** The address to write down, as the settings of known clients have it: numbers, and this machine for a listener on all. */
export function rootOf(urls: readonly string[]): string {
  const parsed = urls.flatMap((url) => (URL.canParse(url) ? [new URL(url)] : []));
  const best = parsed.find(({ hostname }) => hostname === '127.0.0.1') ?? parsed[0];
  if (best === undefined) return 'http://127.0.0.1:4790';
  if (['0.0.0.0', '[::]', 'localhost'].includes(best.hostname)) best.hostname = '127.0.0.1';
  return best.origin;
}
