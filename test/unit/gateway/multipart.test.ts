import { describe, expect, it } from 'vitest';
import { findMultipartModel, formTexts, spliceBuffer } from '../../../main/gateway/multipart.ts';

const type = 'multipart/form-data; boundary=mark';

function part(head: string, value: string): string {
  return `--mark\r\n${head}\r\n\r\n${value}\r\n`;
}

const named = (name: string): string => `Content-Disposition: form-data; name="${name}"`;
const file = `${named('file')}; filename="model.wav"\r\nContent-Type: audio/wav`;

function form(...parts: string[]): Buffer {
  return Buffer.from(`${parts.join('')}--mark--\r\n`);
}

function codeOf(contentType: string, body: Buffer): unknown {
  try {
    return findMultipartModel(contentType, body);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('the model of a form', () => {
  it.each([
    ['before the file', form(part(named('model'), 'whisper-1'), part(file, 'RIFF')), type],
    ['behind the file', form(part(file, 'RIFF'), part(named('model'), 'whisper-1')), type],
    ['by a quoted boundary', form(part(named('model'), 'whisper-1')), 'multipart/form-data; boundary="mark"'],
    [
      'by a boundary behind another parameter',
      form(part(named('model'), 'whisper-1')),
      'multipart/form-data; charset=utf-8; Boundary=mark',
    ],
    ['with its name unquoted', form(part('content-disposition: form-data; name=model', 'whisper-1')), type],
    ['with a type of its own', form(part(`${named('model')}\r\nContent-Type: text/plain`, 'whisper-1')), type],
  ])('is found %s', (_where, body, contentType) => {
    const { model, span } = findMultipartModel(contentType, body);
    expect(model).toBe('whisper-1');
    expect(spliceBuffer(body, span, 'other').toString()).toBe(body.toString().replace('whisper-1', 'other'));
  });

  it('may be empty', () => {
    expect(findMultipartModel(type, form(part(named('model'), ''), part(named('x'), 'y'))).model).toBe('');
  });

  it('is not found inside a file, whatever stands there', () => {
    const inside = `x--mark\r\n${named('model')}\r\n\r\nallowed\r\n-x--mark`;
    const body = form(part(file, inside), part(named('model'), 'real'));
    expect(findMultipartModel(type, body).model).toBe('real');
  });

  it.each([
    ['two models', form(part(named('model'), 'a'), part(named('model'), 'b')), 'read.duplicate_key'],
    ['the name escaped', form(part(named('model'), 'a'), part(named('mode\\l'), 'b')), 'read.duplicate_key'],
    ['no model', form(part(file, 'x')), 'read.invalid_field'],
    ['a model that is a file', form(part(`${named('model')}; filename="a"`, 'b')), 'read.invalid_field'],
    ['a model named twice', form(part(`${named('other')}; name="model"`, 'b')), 'read.invalid_field'],
    ['an extended name', form(part(`Content-Disposition: form-data; name*=model`, 'b')), 'read.invalid_field'],
    [
      'an encoded model',
      form(part(`${named('model')}\r\nContent-Transfer-Encoding: base64`, 'YQ==')),
      'read.invalid_field',
    ],
    ['two dispositions', form(part(`${named('x')}\r\n${named('model')}`, 'b')), 'read.invalid_field'],
    ['a folded head', form(part(`Content-Disposition: form-data;\r\n name="model"`, 'b')), 'read.invalid_field'],
    ['a bare line feed in a head', form(part(`X: y\n${named('model')}`, 'b')), 'read.invalid_field'],
    [
      'text before the form',
      Buffer.concat([Buffer.from('x\r\n'), form(part(named('model'), 'a'))]),
      'read.invalid_field',
    ],
    ['a longer boundary', form(part(named('model'), 'a\r\n--marker')), 'read.invalid_field'],
    ['no end', Buffer.from(part(named('model'), 'a')), 'read.invalid_field'],
    ['nothing', Buffer.alloc(0), 'read.invalid_field'],
    ['no head', Buffer.from('--mark\r\nvalue\r\n--mark--'), 'read.invalid_field'],
  ])('is refused with %s', (_what, body, code) => {
    expect(codeOf(type, body)).toBe(code);
  });

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=mark; boundary=other',
    `multipart/form-data; boundary=${'m'.repeat(71)}`,
    'multipart/form-data; xboundary=mark',
  ])('is refused with the type %j', (contentType) => {
    expect(codeOf(contentType, form(part(named('model'), 'a')))).toBe('read.invalid_field');
  });
});

describe('the texts of a form', () => {
  const textsOf = (...parts: string[]): string[] => formTexts(type, form(...parts)).map(({ text }) => text);

  it('are its fields but the model, names of files, and files that are texts', () => {
    const image = part(`${named('image')}; filename="Ann.png"\r\nContent-Type: image/png`, '\x89PNG\x00');
    const notes = part(`${named('file')}; filename=notes.txt\r\nContent-Type: text/plain`, 'see Ann');
    expect(textsOf(part(named('model'), 'm'), part(named('prompt'), 'hello'), image, notes)).toEqual([
      ...['hello', 'Ann.png', 'notes.txt', 'see Ann'],
    ]);
  });

  it('stand where they say', () => {
    const body = form(part(`${named('file')}; filename="Ann.png"`, '\x00'), part(named('prompt'), 'hello'));
    for (const { text, span } of formTexts(type, body)) expect(body.toString('utf8', span.start, span.end)).toBe(text);
  });

  it.each([
    ['base64', `${named('prompt')}\r\nContent-Transfer-Encoding: base64`],
    ['another charset', `${named('prompt')}\r\nContent-Type: text/plain; charset=utf-16`],
    ['a name in percents', `${named('file')}; filename*=UTF-8''Ann.png`],
  ])('are not read out of %s', (_what, head) => {
    expect(() => textsOf(part(head, 'x'))).toThrow(expect.objectContaining({ code: 'admit.masking_uncovered' }));
  });

  it('are read where the encoding says nothing', () => {
    const head = `${named('prompt')}\r\nContent-Transfer-Encoding: 8bit\r\nContent-Type: text/plain; charset="UTF-8"`;
    expect(textsOf(part(head, 'hello'))).toEqual(['hello']);
  });
});
