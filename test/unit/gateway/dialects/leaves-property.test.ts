import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import { leavesOf, leafText } from '../../../../main/gateway/dialects/leaves.ts';
import type { SurfaceId } from '../../../../shared/domain/dialect.ts';
import { written } from './spelling.ts';

/** What a planted text begins with, so that none is empty, an id, or base64. */
const mark = '§ ';

const planted = fc.string({ unit: 'binary' }).map((text) => mark + text);
/** Names of fields that no dialect has. */
const fieldName = fc.string({ unit: 'grapheme', maxLength: 8 }).map((name) => `~${name}`);

/** Any JSON whose strings are planted. */
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    planted,
    fc.constantFrom(null, true, false, 0, -1.5e-7, 12345),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(fieldName, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));

const unknownBlock = fc
  .tuple(anything.object, fc.constantFrom('brand_new', 'new_call', 'x_output', undefined))
  .map(([block, type]) => (type === undefined ? block : { ...(block as object), type }));

/** Places of each dialect where a text, a block nobody knows, or data may stand. */
const bodies: readonly [SurfaceId, (text: string, block: unknown, data: unknown) => unknown][] = [
  [
    'messages',
    (text, block, data) => ({
      model: 'm',
      system: [{ type: 'text', text }, block],
      messages: [
        { content: [block, { text, type: 'text' }], role: 'user' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'n', input: data }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'a', content: [block, { type: 'text', text }] }],
        },
      ],
      future: block,
    }),
  ],
  [
    'chat',
    (text, block, data) => ({
      messages: [
        { role: 'user', content: text, future: block },
        {
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'n', arguments: JSON.stringify(data) } }],
          role: 'assistant',
        },
        { role: 'tool', tool_call_id: 'a', content: [block] },
      ],
      metadata: data,
    }),
  ],
  [
    'responses',
    (text, block, data) => ({
      instructions: text,
      input: [
        block,
        { type: 'function_call', call_id: 'a', name: 'n', arguments: JSON.stringify(data) },
        { type: 'function_call_output', call_id: 'a', output: [block] },
        { type: 'mcp_call', name: 'n', server_label: 'l', output: text, arguments: '{}' },
      ],
    }),
  ],
  [
    'gemini_generate',
    (text, block, data) => ({
      contents: [
        { role: 'user', parts: [{ text }, block] },
        { role: 'model', parts: [{ functionCall: { name: 'n', args: data } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'n', response: data } }] },
      ],
    }),
  ],
  [
    'ollama_chat',
    (text, block, data) => ({
      messages: [{ role: 'user', content: text, tool_calls: [{ function: { name: 'n', arguments: data } }] }],
      options: block,
    }),
  ],
];

const cases = fc.record({
  body: fc.constantFrom(...bodies),
  text: planted,
  block: unknownBlock,
  data: anything.object,
  seed: fc.nat(),
});

/** Every string of a value, with those inside of arguments where they are JSON; `change` gives what stands in its place. */
function changed(value: unknown, change: (text: string) => string, isData = false): unknown {
  if (typeof value === 'string') return value.startsWith(mark) ? change(value) : value;
  if (Array.isArray(value)) return value.map((item) => changed(item, change, isData));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      name === 'arguments' && typeof inner === 'string'
        ? JSON.stringify(changed(JSON.parse(inner), change, true))
        : changed(inner, change, isData),
    ]),
  );
}

/** The same with arguments read, for two ways of writing them are one. */
function read(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString('utf8'), (name, value: unknown) =>
    name === 'arguments' && typeof value === 'string' ? (JSON.parse(value) as unknown) : value,
  );
}

function textsIn(value: unknown): string[] {
  const texts: string[] = [];
  changed(value, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

describe('leaves of any body', () => {
  it('are every text in it, each once, in order', () => {
    fc.assert(
      fc.property(cases, ({ body: [surface, make], text, block, data, seed }) => {
        const body = make(text, block, data);
        const document = JsonDocument.read(Buffer.from(written(body, seed)));
        const leaves = leavesOf(document, surface, { definitions: false });
        const texts = leaves.filter((leaf) => leaf.form === 'text').map((leaf) => leafText(leaf).text);
        expect(texts).toEqual(textsIn(body));
        for (const [index, leaf] of leaves.entries()) {
          const before = leaves[index - 1];
          if (before !== undefined) expect(leaf.start).toBeGreaterThanOrEqual(before.start + before.raw.length);
          expect(document.bytes.toString('latin1', leaf.start, leaf.start + leaf.raw.length)).toBe(leaf.raw);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('can be replaced with nothing else changed, and put back to the same bytes', () => {
    fc.assert(
      fc.property(cases, ({ body: [surface, make], text, block, data, seed }) => {
        const body = make(text, block, data);
        const document = JsonDocument.read(Buffer.from(written(body, seed)));
        const leaves = leavesOf(document, surface, { definitions: false }).filter((leaf) => leaf.form === 'text');
        const masked = document.spliced(
          leaves.map((leaf) => {
            const whole = leafText(leaf);
            return { ...whole.span(0, whole.text.length), replacement: '§ PERSON4ddddd' };
          }),
        );
        expect(read(masked.bytes)).toEqual(read(Buffer.from(JSON.stringify(changed(body, () => '§ PERSON4ddddd')))));
        const again = leavesOf(masked, surface, { definitions: false }).filter((leaf) => leaf.form === 'text');
        const back = masked.spliced(
          again.map(({ start, raw }, index) => {
            const original = Buffer.from(leaves[index]?.raw ?? '', 'latin1').toString('utf8');
            return { start, end: start + raw.length, replacement: original };
          }),
        );
        expect(back.bytes.equals(document.bytes)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('can be replaced in part, through any escapes', () => {
    const part = fc.record({
      before: planted,
      value: fc.string({ unit: 'binary', minLength: 1 }),
      after: fc.string({ unit: 'binary' }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...bodies), part, fc.nat(), ([surface, make], { before, value, after }, seed) => {
        const body = make(before + value + after, {}, { '~a': before + value + after });
        const document = JsonDocument.read(Buffer.from(written(body, seed)));
        const leaves = leavesOf(document, surface, { definitions: false }).filter((leaf) => leaf.form === 'text');
        const splices = leaves.map((leaf) => ({
          ...leafText(leaf).span(before.length, before.length + value.length),
          replacement: 'EMAIL4ddddd',
        }));
        const expected = changed(body, () => `${before}EMAIL4ddddd${after}`);
        expect(read(document.spliced(splices).bytes)).toEqual(read(Buffer.from(JSON.stringify(expected))));
      }),
    );
  });

  it('never throw, whatever the body is', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('messages', 'input', 'contents', 'tools', 'system', 'prompt', 'metadata', 'text', 'format'),
          fc.jsonValue(),
        ),
        fc.constantFrom<SurfaceId>(
          'messages',
          'chat',
          'responses',
          'gemini_generate',
          'ollama_chat',
          'images',
          'models',
        ),
        (body, surface) => {
          const document = JsonDocument.read(Buffer.from(JSON.stringify(body)));
          for (const leaf of leavesOf(document, surface, { definitions: true })) leafText(leaf).span(0, 1);
        },
      ),
    );
  });
});
