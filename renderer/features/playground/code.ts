/** A request as code that can be pasted: the key comes from the environment, and is never written down. */

export const codeLanguages = ['curl', 'javascript', 'python'] as const;
export type CodeLanguage = (typeof codeLanguages)[number];

const path = '/v1/chat/completions';

export function codeFor(language: CodeLanguage, base: string, body: Readonly<Record<string, unknown>>): string {
  const url = `${base.replace(/\/+$/, '')}${path}`;
  const json = JSON.stringify(body, null, 2);
  if (language === 'curl')
    return [
      `curl ${url} \\`,
      `  -H "Authorization: Bearer $SLUICE_KEY" \\`,
      `  -H 'Content-Type: application/json' \\`,
      `  -d '${json.replaceAll("'", `'\\''`)}'`,
    ].join('\n');
  if (language === 'javascript')
    return [
      `const response = await fetch(${JSON.stringify(url)}, {`,
      `  method: 'POST',`,
      '  headers: {',
      '    Authorization: `Bearer ${process.env.SLUICE_KEY}`,',
      `    'Content-Type': 'application/json',`,
      '  },',
      `  body: JSON.stringify(${json.replaceAll('\n', '\n  ')}),`,
      '});',
      'console.log((await response.json()).choices[0].message);',
    ].join('\n');
  return [
    'import json, os, urllib.request',
    '',
    `body = ${pythonOf(body)}`,
    'request = urllib.request.Request(',
    `    ${JSON.stringify(url)},`,
    '    data=json.dumps(body).encode(),',
    `    headers={"Authorization": "Bearer " + os.environ["SLUICE_KEY"], "Content-Type": "application/json"},`,
    ')',
    'with urllib.request.urlopen(request) as response:',
    '    print(json.load(response)["choices"][0]["message"])',
  ].join('\n');
}

/** JSON as Python writes it: its words for true, false and null are others. */
export function pythonOf(value: unknown, indent = ''): string {
  const deeper = `${indent}    `;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => pythonOf(item, deeper))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${pythonOf(item, deeper)}`);
  const [open, close] = isList ? '[]' : '{}';
  if (items.length === 0) return `${open ?? ''}${close ?? ''}`;
  return `${open ?? ''}\n${items.map((item) => deeper + item).join(',\n')},\n${indent}${close ?? ''}`;
}
