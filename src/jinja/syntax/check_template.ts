import { MOST_TREE_DEPTH } from "../budget.ts";
import { failure, TemplateError } from "../template_error.ts";
import { childrenOf, defaultsOf, partsOf, targetNames } from "./children.ts";
import type { Body, Expression, Macro, Statement } from "./nodes.ts";

/** Names that a template may use. */
interface KnownNames {
  readonly filters: { has(name: string): boolean };
  readonly tests: { has(name: string): boolean };
}

/** The place of a statement. */
interface Place {
  /** Jinja2 looks up filters and tests of conditional code only when it runs. */
  readonly conditional: boolean;
  /** A loop that `break` ends. */
  readonly inLoop: boolean;
  /** A loop's body, where `loop` may not be assigned. */
  readonly keepsLoop: boolean;
}

/**
 * Refuses trees that are too deep to be walked.
 *
 * @throws {TemplateError} if the tree is too deep
 */
export function checkDepth(body: Body): void {
  const open: [node: object, depth: number, line: number][] = [[body, 0, 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, depth, above] = next;
    const line = (node as { line?: number }).line ?? above;
    if (depth > MOST_TREE_DEPTH) {
      throw atLine(
        new TemplateError("bound", `at most ${MOST_TREE_DEPTH} operators and brackets within each other`),
        line,
      );
    }
    const deeper = Array.isArray(node) ? 0 : 1;
    for (const child of Object.values(node)) {
      if (typeof child === "object" && child !== null) open.push([child, depth + deeper, line]);
    }
  }
}

/**
 * Refuses what Jinja2 refuses before it renders: unknown filters and tests, `break` outside of loops, an assignment to
 * `loop`.
 *
 * @throws {TemplateError} if there is any
 */
export function checkTemplate(body: Body, names: KnownNames): void {
  checkBody(body, { conditional: false, inLoop: false, keepsLoop: false }, names);
}

function checkBody(body: Body, place: Place, names: KnownNames): void {
  for (const node of body) checkStatement(node, place, names);
}

function checkStatement(node: Statement, place: Place, names: KnownNames): void {
  const { targets, expressions, macros, bodies } = partsOf(node);
  const assigned = node.type === "with" ? [] : targets.flatMap(targetNames);
  if (assigned.includes("loop") && (place.keepsLoop || node.type === "for")) {
    throw atLine(failure("Can't assign to special loop variable in for-loop target"), node.line);
  }
  if ((node.type === "break" || node.type === "continue") && !place.inLoop) {
    throw atLine(failure(`'${node.type}' outside loop`), node.line);
  }
  const inner = { ...place, conditional: false };
  switch (node.type) {
    case "if":
      expressions.forEach((one) => checkExpression(one, true, names));
      return bodies.forEach((one) => checkBody(one, { ...place, conditional: true }, names));
    case "for":
      checkExpression(node.over, place.conditional, names);
      if (node.test !== null) checkExpression(node.test, false, names);
      checkBody(node.body, { conditional: false, inLoop: true, keepsLoop: true }, names);
      return checkBody(node.otherwise, { ...inner, keepsLoop: true }, names);
    case "filter block":
    case "set block":
      expressions.forEach((one) => checkExpression(one, false, names));
      return bodies.forEach((one) => checkBody(one, inner, names));
  }
  expressions.forEach((one) => checkExpression(one, place.conditional, names));
  bodies.forEach((one) => checkBody(one, inner, names));
  macros.forEach((one) => checkMacro(one, place, names));
}

function checkMacro(node: Macro, place: Place, names: KnownNames): void {
  defaultsOf(node).forEach((one) => checkExpression(one, false, names));
  checkBody(node.body, { ...place, conditional: false, inLoop: false }, names);
}

function checkExpression(node: Expression, conditional: boolean, names: KnownNames): void {
  if ((node.type === "filter" || node.type === "test") && !conditional) {
    const known = node.type === "filter" ? names.filters : names.tests;
    if (!known.has(node.name)) throw atLine(failure(`No ${node.type} named '${node.name}'.`), node.line);
  }
  childrenOf(node).forEach((child) => checkExpression(child, conditional || node.type === "condition", names));
}

function atLine(error: TemplateError, line: number): TemplateError {
  error.line = line;
  return error;
}
