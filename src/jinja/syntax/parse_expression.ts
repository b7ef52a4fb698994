import type { ArithmeticOperator } from "../values/operators.ts";
import type { CallArguments, ComparisonOperator, Expression, Filter } from "./nodes.ts";
import { constantOf } from "./constants.ts";
import { dottedName, parseArguments, parseItems, parsePairs } from "./parse_lists.ts";
import { describe, type TokenStream } from "./token_stream.ts";

const COMPARISONS: readonly string[] = ["==", "!=", "<", "<=", ">", ">="];
const NO_ARGUMENTS: CallArguments = { positional: [], named: [], spread: null, spreadNamed: null };

/** Parses an expression. */
export function parseExpression(stream: TokenStream): Expression {
  return stream.nested(() => parseCondition(stream));
}

/** Parses an expression, or several with commas between them, which are a tuple. */
export function parseTuple(
  stream: TokenStream,
  { conditions = true, end = null, brackets = false }: {
    conditions?: boolean;
    end?: string | null;
    brackets?: boolean;
  } = {},
): Expression {
  const items: Expression[] = [];
  let commas = false;
  let line = stream.current.line;
  while (true) {
    if (items.length > 0) stream.expect("operator", ",");
    if (endsTuple(stream) || end !== null && stream.is("name", end)) break;
    items.push(conditions ? parseExpression(stream) : stream.nested(() => parseOr(stream)));
    if (!stream.is("operator", ",")) break;
    commas = true;
    line = stream.current.line;
  }
  if (commas) return { type: "tuple", items, line };
  if (items.length > 0) return items[0];
  if (!brackets) throw stream.fail(`Expected an expression, got '${describe(stream.current)}'`);
  return { type: "tuple", items, line };
}

function endsTuple(stream: TokenStream): boolean {
  return stream.is("variable_end") || stream.is("block_end") || stream.is("operator", ")");
}

function parseCondition(stream: TokenStream): Expression {
  let { line } = stream.current;
  let then = parseOr(stream);
  while (stream.skip("name", "if")) {
    const test = parseOr(stream);
    const otherwise = stream.skip("name", "else") ? stream.nested(() => parseCondition(stream)) : null;
    then = { type: "condition", test, then, otherwise, line };
    line = stream.current.line;
  }
  return then;
}

function parseOr(stream: TokenStream): Expression {
  return parseChain(stream, ["or"], "name", parseAnd, (_, left, right, line) => ({ type: "or", left, right, line }));
}

function parseAnd(stream: TokenStream): Expression {
  return parseChain(stream, ["and"], "name", parseNot, (_, left, right, line) => ({ type: "and", left, right, line }));
}

/** Parses operands with operators of one rank between them, of which the left ones are applied first. */
function parseChain(
  stream: TokenStream,
  operators: readonly string[],
  type: "name" | "operator",
  operand: (stream: TokenStream) => Expression,
  make: (operator: string, left: Expression, right: Expression, line: number) => Expression,
): Expression {
  let { line } = stream.current;
  let left = operand(stream);
  while (stream.is(type) && operators.includes(stream.current.text)) {
    left = make(stream.next().text, left, operand(stream), line);
    line = stream.current.line;
  }
  return left;
}

function parseNot(stream: TokenStream): Expression {
  const { line } = stream.current;
  if (!stream.skip("name", "not")) return parseComparison(stream);
  return { type: "not", of: stream.nested(() => parseNot(stream)), line };
}

function parseComparison(stream: TokenStream): Expression {
  const { line } = stream.current;
  const first = parseSum(stream);
  const rest: [ComparisonOperator, Expression][] = [];
  while (true) {
    const operator = comparisonAt(stream);
    if (operator === null) break;
    rest.push([operator, parseSum(stream)]);
  }
  return rest.length === 0 ? first : { type: "comparison", first, rest, line };
}

function comparisonAt(stream: TokenStream): ComparisonOperator | null {
  if (stream.is("operator") && COMPARISONS.includes(stream.current.text)) {
    return stream.next().text as ComparisonOperator;
  }
  if (stream.skip("name", "in")) return "in";
  const { type, text } = stream.following;
  if (!stream.is("name", "not") || type !== "name" || text !== "in") return null;
  stream.next();
  stream.next();
  return "not in";
}

const arithmetic = (operator: string, left: Expression, right: Expression, line: number): Expression => ({
  type: "arithmetic",
  operator: operator as ArithmeticOperator,
  left,
  right,
  line,
});

function parseSum(stream: TokenStream): Expression {
  return parseChain(stream, ["+", "-"], "operator", parseConcat, arithmetic);
}

function parseConcat(stream: TokenStream): Expression {
  const { line } = stream.current;
  const items = [parseProduct(stream)];
  while (stream.skip("operator", "~")) {
    items.push(parseProduct(stream));
  }
  return items.length === 1 ? items[0] : { type: "concat", items, line };
}

function parseProduct(stream: TokenStream): Expression {
  return parseChain(stream, ["*", "/", "//", "%"], "operator", parsePower, arithmetic);
}

function parsePower(stream: TokenStream): Expression {
  return parseChain(stream, ["**"], "operator", (stream) => parseUnary(stream, true), arithmetic);
}

/** Parses a sign, an operand, and what follows it. A sign binds closer than filters and tests. */
function parseUnary(stream: TokenStream, filters: boolean): Expression {
  const { line, text } = stream.current;
  const signed = stream.is("operator", "-") || stream.is("operator", "+");
  if (signed) stream.next();
  const operand: Expression = signed
    ? { type: "sign", sign: text as "+" | "-", of: stream.nested(() => parseUnary(stream, false)), line }
    : parsePrimary(stream);
  const inner = parsePostfix(stream, operand);
  return filters ? parseFilters(stream, inner) : inner;
}

/** Parses a name, a constant, or what stands in brackets. */
function parsePrimary(stream: TokenStream): Expression {
  const token = stream.current;
  const { line } = token;
  if (stream.skip("operator", "(")) {
    const inner = stream.nested(() => parseTuple(stream, { brackets: true }));
    stream.expect("operator", ")");
    return inner;
  }
  if (stream.skip("operator", "[")) return { type: "list", items: parseItems(stream, parseExpression), line };
  if (stream.skip("operator", "{")) return { type: "dict", pairs: parsePairs(stream, parseExpression), line };
  if (token.type === "string") {
    let value = "";
    while (stream.is("string")) value += stream.next().text;
    return { type: "constant", value, line };
  }
  const constant = constantOf(token);
  if (constant !== undefined) {
    stream.next();
    return { type: "constant", value: constant, line };
  }
  if (token.type === "name") return { type: "name", name: stream.next().text, line };
  throw stream.fail(`unexpected '${describe(token)}'`);
}

/** Parses attributes, items and calls behind an operand. */
function parsePostfix(stream: TokenStream, operand: Expression): Expression {
  let node = operand;
  while (true) {
    const { line } = stream.current;
    if (stream.is("operator", ".") || stream.is("operator", "[")) node = parseSubscript(stream, node);
    else if (stream.is("operator", "(")) {
      node = { type: "call", callee: node, given: parseArguments(stream, parseExpression), line };
    } else return node;
  }
}

function parseSubscript(stream: TokenStream, of: Expression): Expression {
  const { line } = stream.current;
  if (stream.next().text === ".") {
    const token = stream.next();
    if (token.type === "name") return { type: "attribute", of, name: token.text, line };
    if (token.type !== "integer") throw stream.fail("expected name or number", token.line);
    return { type: "item", of, key: { type: "constant", value: constantOf(token)!, line }, line };
  }
  const keys: (Expression | readonly (Expression | null)[])[] = [];
  while (!stream.is("operator", "]")) {
    if (keys.length > 0) stream.expect("operator", ",");
    keys.push(parseKey(stream));
  }
  stream.expect("operator", "]");
  if (keys.length === 1 && Array.isArray(keys[0])) return { type: "slice", of, bounds: keys[0], line };
  if (keys.some((key) => Array.isArray(key))) throw stream.fail("a slice must stand alone", line);
  const items = keys as Expression[];
  return { type: "item", of, key: items.length === 1 ? items[0] : { type: "tuple", items, line }, line };
}

/** Parses a key, or the bounds of a slice. */
function parseKey(stream: TokenStream): Expression | (Expression | null)[] {
  const bounds: (Expression | null)[] = [null];
  if (!stream.is("operator", ":")) {
    bounds[0] = parseExpression(stream);
    if (!stream.is("operator", ":")) return bounds[0];
  }
  const ends = () => stream.is("operator", "]") || stream.is("operator", ",");
  while (bounds.length < 3 && stream.skip("operator", ":")) {
    bounds.push(ends() || stream.is("operator", ":") ? null : parseExpression(stream));
  }
  return bounds;
}

/** Parses filters, tests and calls behind an operand. */
function parseFilters(stream: TokenStream, operand: Expression): Expression {
  let node = operand;
  while (true) {
    const { line } = stream.current;
    if (stream.skip("operator", "|")) node = parseFilter(stream, node);
    else if (stream.skip("name", "is")) node = parseTest(stream, node, line);
    else if (stream.is("operator", "(")) {
      node = { type: "call", callee: node, given: parseArguments(stream, parseExpression), line };
    } else return node;
  }
}

/** Parses a filter, behind its bar. */
export function parseFilter(stream: TokenStream, input: Expression | null): Filter {
  const { line } = stream.current;
  const name = dottedName(stream);
  const given = stream.is("operator", "(") ? parseArguments(stream, parseExpression) : NO_ARGUMENTS;
  return { type: "filter", input, name, given, line };
}

function parseTest(stream: TokenStream, input: Expression, line: number): Expression {
  const negated = stream.skip("name", "not");
  const name = dottedName(stream);
  const test: Expression = { type: "test", input, name, given: parseTestArguments(stream), line };
  return negated ? { type: "not", of: test, line } : test;
}

/** Parses the arguments of a test, which may be one operand without brackets. */
function parseTestArguments(stream: TokenStream): CallArguments {
  if (stream.is("operator", "(")) return parseArguments(stream, parseExpression);
  const { type, text } = stream.current;
  const begins = ["string", "integer", "float"].includes(type) || type === "operator" && "[{".includes(text) ||
    type === "name" && !["else", "or", "and"].includes(text);
  if (!begins) return NO_ARGUMENTS;
  if (type === "name" && text === "is") throw stream.fail("You cannot chain multiple tests with is");
  return { ...NO_ARGUMENTS, positional: [parsePostfix(stream, parsePrimary(stream))] };
}
