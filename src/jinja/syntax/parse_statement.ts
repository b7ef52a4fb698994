import { missing } from "../template_error.ts";
import { isReserved } from "./constants.ts";
import type { Body, Expression, For, Macro, Parameter, Statement, Target } from "./nodes.ts";
import { parseExpression, parseFilter, parseTuple } from "./parse_expression.ts";
import { describe, type TokenStream } from "./token_stream.ts";

/** Tags of Jinja2 that need other templates, or that chats have no use for. */
const MISSING_TAGS: readonly string[] = ["autoescape", "block", "extends", "from", "import", "include"];

/** Parses a whole template. */
export function parseTemplate(stream: TokenStream): Body {
  return parseBody(stream, null);
}

const STATEMENTS: ReadonlyMap<string, (stream: TokenStream, line: number) => Statement> = new Map([
  ["break", (_: TokenStream, line: number) => ({ type: "break", line })],
  ["call", parseCallBlock],
  ["continue", (_: TokenStream, line: number) => ({ type: "continue", line })],
  ["filter", parseFilterBlock],
  ["for", parseFor],
  ["generation", parseGeneration],
  ["if", parseIf],
  ["macro", parseMacro],
  ["print", parsePrint],
  ["set", parseSet],
  ["with", parseWith],
] as [string, (stream: TokenStream, line: number) => Statement][]);

/** Parses statements up to one of the tags that end them, which stays; to the end of the template if there are none. */
function parseBody(stream: TokenStream, ends: readonly string[] | null): Body {
  const body: Statement[] = [];
  const parts: (string | Expression)[] = [];
  let { line } = stream.current;
  const flush = () => {
    if (parts.length > 0) body.push({ type: "output", parts: parts.splice(0), line });
  };
  while (!stream.is("end")) {
    if (parts.length === 0) line = stream.current.line;
    if (stream.is("data")) parts.push(stream.next().text);
    else if (stream.skip("variable_begin")) {
      parts.push(parseTuple(stream));
      stream.expect("variable_end");
    } else {
      flush();
      stream.expect("block_begin");
      if (stream.is("name") && ends?.includes(stream.current.text)) return body;
      body.push(stream.nested(() => parseStatement(stream, ends)));
      stream.expect("block_end");
    }
  }
  if (ends !== null) throw stream.fail(`Unexpected end of template. Looking for ${ends.join(" or ")}.`);
  flush();
  return body;
}

function parseStatement(stream: TokenStream, ends: readonly string[] | null): Statement {
  const tag = stream.expect("name");
  const parse = STATEMENTS.get(tag.text);
  if (parse !== undefined) return parse(stream, tag.line);
  if (MISSING_TAGS.includes(tag.text)) {
    const error = missing(`the tag ${tag.text}`);
    error.line = tag.line;
    throw error;
  }
  const looking = ends === null ? "" : ` Looking for ${ends.join(" or ")}.`;
  throw stream.fail(`Encountered unknown tag '${tag.text}'.${looking}`, tag.line);
}

/** Parses the rest of a tag, and what stands between it and one of the tags that end it. */
function parseInner(stream: TokenStream, ...ends: readonly string[]): Body {
  stream.skip("operator", ":");
  stream.expect("block_end");
  return parseBody(stream, ends);
}

/** As `parseInner`, with the word that ends it. */
function parseWhole(stream: TokenStream, end: string): Body {
  const body = parseInner(stream, end);
  stream.expect("name", end);
  return body;
}

function parseFor(stream: TokenStream, line: number): For {
  const target = parseTarget(stream, { end: "in" });
  stream.expect("name", "in");
  const over = parseTuple(stream, { conditions: false, end: "recursive" });
  const test = stream.skip("name", "if") ? parseExpression(stream) : null;
  const recursive = stream.skip("name", "recursive");
  const body = parseInner(stream, "endfor", "else");
  const otherwise = stream.next().text === "else" ? parseWhole(stream, "endfor") : [];
  return { type: "for", target, over, test, recursive, body, otherwise, line };
}

function parseIf(stream: TokenStream, line: number): Statement {
  const branches = [];
  while (true) {
    const test = parseTuple(stream, { conditions: false });
    branches.push({ test, body: parseInner(stream, "elif", "else", "endif") });
    const { text } = stream.next();
    if (text === "elif") continue;
    return { type: "if", branches, otherwise: text === "else" ? parseWhole(stream, "endif") : [], line };
  }
}

function parseSet(stream: TokenStream, line: number): Statement {
  const target = parseTarget(stream, { namespaces: true });
  if (stream.skip("operator", "=")) return { type: "set", target, value: parseTuple(stream), line };
  let filter: Expression | null = null;
  while (stream.skip("operator", "|")) filter = parseFilter(stream, filter);
  return { type: "set block", target, filter, body: parseWhole(stream, "endset"), line };
}

function parseWith(stream: TokenStream, line: number): Statement {
  const targets: Target[] = [];
  const values: Expression[] = [];
  while (!stream.is("block_end")) {
    if (targets.length > 0) stream.expect("operator", ",");
    targets.push(parseTarget(stream, {}));
    stream.expect("operator", "=");
    values.push(parseExpression(stream));
  }
  return { type: "with", targets, values, body: parseWhole(stream, "endwith"), line };
}

function parseMacro(stream: TokenStream, line: number): Macro {
  const name = targetName(stream);
  const parameters = parseParameters(stream);
  return { type: "macro", name, parameters, body: parseWhole(stream, "endmacro"), line };
}

function parseParameters(stream: TokenStream): Parameter[] {
  const parameters: Parameter[] = [];
  stream.expect("operator", "(");
  while (!stream.is("operator", ")")) {
    if (parameters.length > 0) stream.expect("operator", ",");
    const name = targetName(stream);
    if (parameters.some((other) => other.name === name)) throw stream.fail(`duplicate argument '${name}'`);
    const otherwise = stream.skip("operator", "=") ? parseExpression(stream) : null;
    if (otherwise === null && parameters.at(-1)?.otherwise) {
      throw stream.fail("non-default argument follows default argument");
    }
    parameters.push({ name, otherwise });
  }
  stream.expect("operator", ")");
  return parameters;
}

function parseCallBlock(stream: TokenStream, line: number): Statement {
  const parameters = stream.is("operator", "(") ? parseParameters(stream) : [];
  const call = parseExpression(stream);
  if (call.type !== "call") throw stream.fail("expected call", line);
  const body = parseWhole(stream, "endcall");
  return { type: "call block", call, caller: { type: "macro", name: null, parameters, body, line }, line };
}

/** Parses the block by which transformers marks what a model writes; it only prints its body. */
function parseGeneration(stream: TokenStream, line: number): Statement {
  const body = parseWhole(stream, "endgeneration");
  return { type: "generation", caller: { type: "macro", name: null, parameters: [], body, line }, line };
}

function parseFilterBlock(stream: TokenStream, line: number): Statement {
  let filter = parseFilter(stream, null);
  while (stream.skip("operator", "|")) filter = parseFilter(stream, filter);
  return { type: "filter block", filter, body: parseWhole(stream, "endfilter"), line };
}

function parsePrint(stream: TokenStream, line: number): Statement {
  const parts: Expression[] = [];
  while (!stream.is("block_end")) {
    if (parts.length > 0) stream.expect("operator", ",");
    parts.push(parseExpression(stream));
  }
  return { type: "output", parts, line };
}

function parseTarget(
  stream: TokenStream,
  { end = null, namespaces = false }: { end?: string | null; namespaces?: boolean },
): Target {
  const items: Target[] = [];
  let commas = false;
  while (true) {
    if (items.length > 0) stream.expect("operator", ",");
    if (["block_end", "variable_end"].includes(stream.current.type) || stream.is("operator", ")")) break;
    if (end !== null && stream.is("name", end)) break;
    items.push(parseOneTarget(stream, namespaces));
    if (!stream.is("operator", ",")) break;
    commas = true;
  }
  if (items.length === 0) throw stream.fail(`Expected an expression, got '${describe(stream.current)}'`);
  return commas ? { type: "targets", items } : items[0];
}

function parseOneTarget(stream: TokenStream, namespaces: boolean): Target {
  if (stream.skip("operator", "(")) {
    const inner = stream.nested(() => parseTarget(stream, {}));
    stream.expect("operator", ")");
    return inner;
  }
  const name = targetName(stream);
  if (!namespaces || !stream.skip("operator", ".")) return { type: "target", name };
  return { type: "attribute target", name, attribute: stream.expect("name").text };
}

function targetName(stream: TokenStream): string {
  const { text } = stream.expect("name");
  if (isReserved(text)) throw stream.fail(`can't assign to '${text}'`);
  return text;
}
