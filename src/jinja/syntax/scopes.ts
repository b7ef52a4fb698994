import { failure } from "../template_error.ts";
import { defaultsOf, namesIn, partsOf, targetNames, targetNamespaces } from "./children.ts";
import type { Body, Expression, Macro, Statement, Target } from "./nodes.ts";

/**
 * The value of a name where its scope is entered: a parameter's is set by what enters it, another is that of the scope
 * around it, that of the rendering, or none until it is assigned.
 */
type Load = "parameter" | "outer" | "context" | "none";

/** The names of a scope. */
export type ScopePlan = ReadonlyMap<string, Load>;

/** The special names of macros that their body reads. */
export type SpecialName = "caller" | "kwargs" | "varargs";

/** The scopes of a statement. */
export interface StatementPlan {
  /** Of a loop's, macro's or block's body. */
  readonly body: ScopePlan;
  /** Of what a loop does without items. */
  readonly otherwise?: ScopePlan;
  /** Of a loop's condition. */
  readonly test?: ScopePlan;
  /** Of a macro. */
  readonly special?: ReadonlySet<SpecialName>;
}

/** The scopes of a template. */
interface TemplatePlan {
  readonly root: ScopePlan;
  readonly of: ReadonlyMap<Statement, StatementPlan>;
}

/** Names of a scope while it is analyzed, as Jinja2's `Symbols`. */
interface Symbols {
  readonly parent: Symbols | null;
  readonly loads: Map<string, Load>;
  readonly stores: Set<string>;
}

const SPECIAL: readonly SpecialName[] = ["caller", "kwargs", "varargs"];

/**
 * Finds out before anything runs which names belong to which scope, as Jinja2's compiler does: a name that a scope
 * assigns anywhere belongs to it from its start.
 *
 * @throws {TemplateError} if a macro has a parameter `caller` without default, and reads it
 */
export function planScopes(body: Body): TemplatePlan {
  const root = newSymbols(null);
  visitBody(root, body);
  const plans = new Map<Statement, StatementPlan>();
  planBody(body, root, plans);
  return { root: root.loads, of: plans };
}

function newSymbols(parent: Symbols | null): Symbols {
  return { parent, loads: new Map(), stores: new Set() };
}

function planBody(body: Body, symbols: Symbols, plans: Map<Statement, StatementPlan>): void {
  for (const node of body) planStatement(node, symbols, plans);
}

function planStatement(node: Statement, outer: Symbols, plans: Map<Statement, StatementPlan>): void {
  const inner = newSymbols(outer);
  switch (node.type) {
    case "if":
      for (const body of partsOf(node).bodies) planBody(body, outer, plans);
      return;
    case "for": {
      const test = newSymbols(outer);
      const otherwise = newSymbols(outer);
      declare(inner, "loop");
      for (const symbols of [inner, test]) targetNames(node.target).forEach((name) => declare(symbols, name));
      visitBody(inner, node.body);
      visitBody(otherwise, node.otherwise);
      if (node.test !== null) read(test, node.test);
      plans.set(node, { body: inner.loads, otherwise: otherwise.loads, test: test.loads });
      planBody(node.body, inner, plans);
      return planBody(node.otherwise, otherwise, plans);
    }
    case "macro":
      return planMacro(node, outer, plans);
    case "call block":
    case "generation":
      return planMacro(node.caller, outer, plans);
    case "filter block":
    case "set block":
    case "with":
      if (node.type === "with") node.targets.flatMap(targetNames).forEach((name) => declare(inner, name));
      visitBody(inner, node.body);
      if (node.type === "filter block") read(inner, node.filter);
      if (node.type === "set block") checkFilterNames(node.filter, inner, node.line);
      plans.set(node, { body: inner.loads });
      return planBody(node.body, inner, plans);
  }
}

/** Refuses a name that only the filter of a `set` block reads, as Jinja2's compiler, which does not look there. */
function checkFilterNames(filter: Expression | null, symbols: Symbols, line: number): void {
  for (const name of filter === null ? [] : namesIn(filter)) {
    if (isKnown(symbols, name)) continue;
    const error = failure(`the filter of a set block must not be the first to read '${name}'`);
    error.line = line;
    throw error;
  }
}

function planMacro(node: Macro, outer: Symbols, plans: Map<Statement, StatementPlan>): void {
  const symbols = newSymbols(outer);
  for (const { name } of node.parameters) declare(symbols, name);
  for (const otherwise of defaultsOf(node)) read(symbols, otherwise);
  visitBody(symbols, node.body);
  const mentioned = undeclared(node.body);
  const special = new Set(SPECIAL.filter((name) => mentioned.has(name)));
  for (const name of [...special]) {
    const own = node.parameters.find((parameter) => parameter.name === name);
    if (name === "caller" && own?.otherwise === null) {
      const error = failure('the special "caller" argument must be omitted or be given a default');
      error.line = node.line;
      throw error;
    }
    if (own === undefined) declare(symbols, name);
    else if (name !== "caller") special.delete(name);
  }
  plans.set(node, { body: symbols.loads, special });
  planBody(node.body, symbols, plans);
}

/** Finds the special names that a body reads before it assigns them, scopes within it included. */
function undeclared(body: Body): ReadonlySet<string> {
  const names = new Set<string>(SPECIAL);
  const found = new Set<string>();
  const visit = (body: Body) => {
    for (const node of body) {
      const { targets, expressions, macros, bodies } = partsOf(node);
      for (const name of targets.flatMap(targetNames)) names.delete(name);
      for (const name of expressions.flatMap(namesIn)) if (names.has(name)) found.add(name);
      for (const macro of macros) {
        for (const { name } of macro.parameters) names.delete(name);
        for (const name of defaultsOf(macro).flatMap(namesIn)) if (names.has(name)) found.add(name);
        visit(macro.body);
      }
      bodies.forEach(visit);
    }
  };
  visit(body);
  return found;
}

function visitBody(symbols: Symbols, body: Body): void {
  for (const node of body) visitStatement(symbols, node);
}

/** Visits what belongs to the scope that a statement stands in. */
function visitStatement(symbols: Symbols, node: Statement): void {
  switch (node.type) {
    case "output":
      for (const part of node.parts) if (typeof part !== "string") read(symbols, part);
      return;
    case "for":
      return read(symbols, node.over);
    case "macro":
      return assign(symbols, node.name!);
    case "if":
      return visitIf(symbols, node.branches, node.otherwise);
    case "call block":
      return read(symbols, node.call);
    case "filter block":
      return read(symbols, node.filter);
    case "with":
      return node.values.forEach((value) => read(symbols, value));
    case "set":
      read(symbols, node.value);
      return visitTarget(symbols, node.target);
    case "set block":
      return visitTarget(symbols, node.target);
  }
}

function visitTarget(symbols: Symbols, target: Target): void {
  targetNames(target).forEach((name) => assign(symbols, name));
  targetNamespaces(target).forEach((name) => readName(symbols, name));
}

/** Visits branches, of which all but the first are as one: what only some of them assign is there before. */
function visitIf(
  symbols: Symbols,
  [first, ...others]: readonly { readonly test: Expression; readonly body: Body }[],
  otherwise: Body,
): void {
  read(symbols, first.test);
  const branch = (visit: (copy: Symbols) => void) => {
    const copy = { parent: symbols.parent, loads: new Map(symbols.loads), stores: new Set(symbols.stores) };
    visit(copy);
    return copy;
  };
  const branches = [
    branch((copy) => visitBody(copy, first.body)),
    branch((copy) => others.forEach((one) => visitIf(copy, [one], []))),
    branch((copy) => visitBody(copy, otherwise)),
  ];
  const assigned = branches.flatMap(({ stores }) => [...stores]).filter((name) => !symbols.stores.has(name));
  for (const { loads, stores } of branches) {
    for (const [name, load] of loads) symbols.loads.set(name, load);
    for (const name of stores) symbols.stores.add(name);
  }
  for (const name of assigned) symbols.loads.set(name, isKnown(symbols.parent, name) ? "outer" : "context");
}

function read(symbols: Symbols, node: Expression): void {
  for (const name of namesIn(node)) readName(symbols, name);
}

function readName(symbols: Symbols, name: string): void {
  if (!isKnown(symbols, name)) symbols.loads.set(name, "context");
}

function assign(symbols: Symbols, name: string): void {
  symbols.stores.add(name);
  if (!symbols.loads.has(name)) symbols.loads.set(name, isKnown(symbols.parent, name) ? "outer" : "none");
}

function declare(symbols: Symbols, name: string): void {
  symbols.stores.add(name);
  symbols.loads.set(name, "parameter");
}

function isKnown(symbols: Symbols | null, name: string): boolean {
  return symbols !== null && (symbols.loads.has(name) || isKnown(symbols.parent, name));
}
