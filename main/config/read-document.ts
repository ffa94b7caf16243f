/** YAML text as a document, in steps: a file may list terms by the ten thousand. */
import { Composer, Lexer, LineCounter, Parser, YAMLParseError, type Document, type ParsedNode } from 'yaml';
import type { Steps } from '../kit/steps.ts';

type ParsedDocument = Document.Parsed<ParsedNode>;

/** So many words and signs of a file are one step: some milliseconds. */
const lexemesAtOnce = 4_096;

export interface ReadDocument {
  readonly document: ParsedDocument;
  readonly counter: LineCounter;
}

/** As `parseDocument` of the library reads it, which has no steps. What is wrong stands in `document.errors`. */
export function* documentSteps(text: string): Steps<ReadDocument> {
  const counter = new LineCounter();
  const parser = new Parser(counter.addNewLine);
  counter.addNewLine(0);
  const tokens = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    lexemes += 1;
    if (lexemes % lexemesAtOnce === 0) yield undefined;
  }
  tokens.push(...parser.end());
  if (lexemes >= lexemesAtOnce) yield undefined;
  const composer = new Composer({
    version: '1.2',
    // A key that is itself a list becomes text with a warning of the library; here it is an unknown name.
    logLevel: 'error',
    uniqueKeys: false,
    strict: true,
  });
  const [document, further] = [...composer.compose(tokens, true, text.length)] as ParsedDocument[];
  if (document === undefined) throw new Error('the library makes one document at least');
  if (further !== undefined) {
    const [start = 0, end = start] = further.range;
    document.errors.push(new YAMLParseError([start, end], 'MULTIPLE_DOCS', 'Source contains multiple documents'));
  }
  if (lexemes >= lexemesAtOnce) yield undefined;
  return { document, counter };
}
