// docs/coverage.md, made of what the coverage test found out.

export interface Findings {
  readonly requests: readonly (readonly string[])[];
  readonly answers: readonly (readonly string[])[];
}

const requestColumns = ['surface', 'place', 'masked', 'translated', 'blocked', 'attack', 'pattern'];
const answerColumns = [
  ...['surface', 'place', 'restored', 'restored, streamed', 'secret', 'secret, streamed'],
  ...['pattern', 'pattern, streamed'],
];

export function coveragePage({ requests, answers }: Findings): string {
  return `# Coverage

What [masking](masking.md) and the [firewall](firewall.md) cover: every path of the data port, every place where a text can stand
in it, plain and streamed. The tables are written by a test that sends each of these requests to simulated providers and looks at
what arrives there; it fails when they no longer tell the truth.

## Requests

- **masked**: an e-mail address, with \`masking: { enabled: true }\`. *masked*: the provider got a placeholder · *passes*: the provider
  got the address · *refused*: nothing was sent.
- **translated**: the same to a provider that speaks another dialect. *left out*: it has no place in the other dialect, so neither
  the address nor a placeholder was sent · *unreadable*: it cannot be translated, and is refused before anything is looked at.
- **blocked**: the same with mode \`block\`, \`media: block\` and \`definitions: true\`: whatever cannot be looked through is refused.
- **attack**, **pattern**: a rule of the firewall with \`action: block\` for \`prompt_injection\`, and one with a \`pattern\`, both with
  \`media: block\`.
- **uncovered**: refused with \`admit.masking_uncovered\`: nothing can be put in its place, or nobody can look inside.
- **–**: there is no such thing.

${table(requestColumns, requests)}

Descriptions of tools are masked with \`definitions: true\`. Pictures and sound pass unless \`media\` is \`block\`: nobody looks into them.

## Answers

- **restored**: the answer holds the placeholder of an address; what the client gets of it.
- **secret**: the answer holds a secret that the request did not, and \`masking.answers\` is \`block\`. *kept back*: the client got an
  error instead.
- **pattern**: the answer fits a rule of the firewall with \`in: [answer]\` and \`action: block\`.

${table(answerColumns, answers)}

Sound and pictures in answers are not looked into.
`;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [columns, columns.map(() => '---'), ...rows];
  return all.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
