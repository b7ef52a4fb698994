import { attributeOf, itemOf } from "../library/attributes.ts";
import { applyFilter, applyTest } from "../library/environment.ts";
import type { CallArguments, ComparisonOperator, Expression } from "../syntax/nodes.ts";
import { failure, missing, TemplateError } from "../template_error.ts";
import { equal, ordered } from "../values/comparison.ts";
import { contains, isTrue, iterate } from "../values/containers.ts";
import { formatPercent } from "../values/format_percent.ts";
import { sliceOf } from "../values/indexing.ts";
import { arithmetic, signed } from "../values/operators.ts";
import { toText } from "../values/text.ts";
import { type Arguments, dict, isList, kindOf, tuple, typeName, undefinedValue, type Value } from "../values/value.ts";
import { type Run, type Scope, valueOf } from "./scope.ts";

/** Name under which a block's scope keeps the text that its filter is for. */
export const BLOCK_TEXT = "block text";

/** Values that Jinja2 does not compute beforehand. */
const FOUND_AT_RUNTIME: readonly Expression["type"][] = ["name", "attribute", "item", "call"];

/**
 * Evaluates an expression.
 *
 * @throws {TemplateError} if Python refuses it, something is missing, or it is too much work
 */
export function evaluate(node: Expression, scope: Scope, run: Run): Value {
  run.budget.spend(1);
  run.budget.enter();
  try {
    const value = evaluateNode(node, scope, run);
    run.budget.leave();
    return value;
  } catch (error) {
    if (error instanceof TemplateError) error.line ??= node.line;
    throw error;
  }
}

function evaluateNode(node: Expression, scope: Scope, run: Run): Value {
  const value = (inner: Expression) => evaluate(inner, scope, run);
  switch (node.type) {
    case "constant":
      return node.value;
    case "name":
      return valueOf(scope, node.name);
    case "tuple":
      return tuple(node.items.map(value));
    case "list":
      return node.items.map(value);
    case "concat":
      return concat(node.items.map((item) => toText(value(item))), run);
    case "dict":
      return dict(node.pairs.map(([key, item]) => [value(key), value(item)] as const));
    case "condition":
      if (isTrue(value(node.test))) return value(node.then);
      return node.otherwise === null ? noElse(node.line) : value(node.otherwise);
    case "and":
    case "or": {
      const left = value(node.left);
      return isTrue(left) === (node.type === "and") ? value(node.right) : left;
    }
    case "not":
      return !isTrue(value(node.of));
    case "sign":
      return signed(node.sign, value(node.of));
    case "comparison":
      return compareAll(value(node.first), node.rest, value, run);
    case "arithmetic": {
      const left = value(node.left);
      const right = value(node.right);
      if (node.operator === "%" && typeof left === "string") {
        return formatPercent(left, right, run.budget);
      }
      return arithmetic(node.operator, left, right, run.budget);
    }
    case "attribute":
      return attributeOf(value(node.of), node.name, run);
    case "item":
      return itemOf(value(node.of), value(node.key), run);
    case "slice": {
      const of = value(node.of);
      const [start, stop, step] = [0, 1, 2].map((i) => node.bounds[i] ? value(node.bounds[i]) : null);
      // Jinja2 computes parts of constants beforehand, and makes an undefined value where there are none.
      if (!hasParts(of) && !FOUND_AT_RUNTIME.includes(node.of.type)) throw missing("a part of such a value");
      return sliceOf(of, { start, stop, step }, run.budget);
    }
    case "call":
      return callValue(value(node.callee), evaluateArguments(node.given, scope, run));
    case "filter": {
      const input = node.input === null ? valueOf(scope, BLOCK_TEXT) : value(node.input);
      return applyFilter(node.name, input, evaluateArguments(node.given, scope, run), run);
    }
    case "test":
      return applyTest(node.name, value(node.input), evaluateArguments(node.given, scope, run), run);
  }
}

function hasParts(value: Value): boolean {
  return typeof value === "string" || isList(value) || ["tuple", "range"].includes(kindOf(value) ?? "");
}

function concat(texts: readonly string[], { budget }: Run): string {
  budget.grow(texts.reduce((sum, text) => sum + text.length, 0));
  return texts.join("");
}

function noElse(line: number): Value {
  return undefinedValue(
    `the inline if-expression on line ${line} evaluated to false and no else section was defined.`,
  );
}

/** Compares values in a row: each with the next, until a comparison does not hold. */
function compareAll(
  first: Value,
  rest: readonly (readonly [ComparisonOperator, Expression])[],
  value: (node: Expression) => Value,
  run: Run,
): boolean {
  let left = first;
  for (const [operator, node] of rest) {
    const right = value(node);
    if (!compare(operator, left, right, run)) return false;
    left = right;
  }
  return true;
}

function compare(operator: ComparisonOperator, left: Value, right: Value, { budget }: Run): boolean {
  switch (operator) {
    case "==":
      return equal(left, right);
    case "!=":
      return !equal(left, right);
    case "in":
      return contains(right, left, budget);
    case "not in":
      return !contains(right, left, budget);
    default:
      return ordered(operator, left, right);
  }
}

/** Evaluates the arguments of a call, in their order. */
export function evaluateArguments(given: CallArguments, scope: Scope, run: Run): Arguments {
  const positional = given.positional.map((node) => evaluate(node, scope, run));
  const named = new Map(given.named.map(([name, node]) => [name, evaluate(node, scope, run)]));
  if (given.spread !== null) positional.push(...iterate(evaluate(given.spread, scope, run), run.budget));
  if (given.spreadNamed !== null) {
    for (const [name, value] of entriesOf(evaluate(given.spreadNamed, scope, run))) {
      if (named.has(name)) throw failure(`got multiple values for keyword argument '${name}'`);
      named.set(name, value);
    }
  }
  return { positional, named };
}

function entriesOf(value: Value): [string, Value][] {
  if (value === null || typeof value !== "object" || isList(value) || value.kind !== "dict") {
    throw failure(`argument after ** must be a mapping, not ${typeName(value)}`);
  }
  return [...value.entries.values()].map(([key, item]) => {
    if (typeof key !== "string") throw failure("keywords must be strings");
    return [key, item];
  });
}

/** Calls a value. */
export function callValue(callee: Value, given: Arguments): Value {
  if (callee !== null && typeof callee === "object" && !isList(callee)) {
    if (callee.kind === "undefined") throw failure(callee.message);
    if (callee.kind === "callable") return callee.call(given);
    if (callee.kind === "thing" && callee.call !== undefined) return callee.call(given);
  }
  throw failure(`'${typeName(callee)}' object is not callable`);
}
