import { MOST_NESTING } from "../budget.ts";
import { failure, TemplateError } from "../template_error.ts";
import type { Token } from "./lexer.ts";

/** The tokens of a template, from the one at hand on. */
export interface TokenStream {
  readonly current: Token;
  /** The token behind the current one. */
  readonly following: Token;
  /** Goes on to the next token, and returns the one before. */
  next(): Token;
  /** True if the current token is an operator or sign. */
  is(type: Token["type"], text?: string): boolean;
  /** Goes on if the current token is of that type and text. */
  skip(type: Token["type"], text?: string): boolean;
  /** Goes on, or throws if the current token is another. */
  expect(type: Token["type"], text?: string): Token;
  /** Makes an error of the current token's line. */
  fail(message: string, line?: number): TemplateError;
  /** Reads something within brackets, or a statement within another. */
  nested<T>(read: () => T): T;
}

/** Opens a stream of tokens. */
export function openStream(tokens: readonly Token[]): TokenStream {
  let place = 0;
  let depth = 0;
  const last = tokens.length - 1;
  const at = (i: number) => tokens[Math.min(i, last)];
  const fail = (message: string, line = at(place).line) => placed(failure(message), line);
  const stream: TokenStream = {
    get current() {
      return at(place);
    },
    get following() {
      return at(place + 1);
    },
    next: () => at(place++),
    is: (type, text) => at(place).type === type && (text === undefined || at(place).text === text),
    skip(type, text) {
      const found = stream.is(type, text);
      if (found) place++;
      return found;
    },
    expect(type, text) {
      if (!stream.is(type, text)) throw fail(`expected token '${text ?? type}', got '${describe(at(place))}'`);
      return stream.next();
    },
    fail,
    nested(read) {
      if (++depth > MOST_NESTING) throw tooDeep(at(place).line);
      const value = read();
      depth--;
      return value;
    },
  };
  return stream;
}

/** Names a token in a message. */
export function describe(token: Token): string {
  return token.text || (token.type === "end" ? "end of template" : token.type);
}

function tooDeep(line: number): TemplateError {
  return placed(new TemplateError("bound", `at most ${MOST_NESTING} brackets and blocks within each other`), line);
}

function placed(error: TemplateError, line: number): TemplateError {
  error.line = line;
  return error;
}
