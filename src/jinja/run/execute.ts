import type { Body, For, Macro, Statement, Target } from "../syntax/nodes.ts";
import type { ScopePlan, StatementPlan } from "../syntax/scopes.ts";
import { atLine, failure, TemplateError } from "../template_error.ts";
import { isTrue, iterate } from "../values/containers.ts";
import { toText } from "../values/text.ts";
import { type Callable, isList, lazy, undefinedValue, type Value } from "../values/value.ts";
import { BLOCK_TEXT, callValue, evaluate, evaluateArguments } from "./evaluate.ts";
import { filtered, startLoop } from "./loop.ts";
import { type MacroArguments, macroValue } from "./macro.ts";
import { enterScope, newScope, type Run, type Scope, valueOf } from "./scope.ts";

/** The way on behind a statement: the next one, the next turn of a loop, or the end of the loop. */
type Signal = "next" | "continue" | "break";

/** A rendering with the scopes of its template. */
interface TemplateRun extends Run {
  readonly plans: ReadonlyMap<Statement, StatementPlan>;
}

/** Texts that a part of a template writes. */
interface Output {
  readonly texts: string[];
  length: number;
}

/** Renders a body in a scope of its own, which is not entered yet. */
export function renderBody(body: Body, scope: Scope, plan: ScopePlan, run: TemplateRun): string {
  return capture(body, enterScope(scope, plan, run), run).text;
}

function capture(body: Body, scope: Scope, run: TemplateRun): { text: string; signal: Signal } {
  const output: Output = { texts: [], length: 0 };
  const signal = executeBody(body, scope, output, run);
  return { text: output.texts.join(""), signal };
}

function write(text: string, output: Output, { budget }: Run): void {
  output.length += text.length;
  budget.fit(output.length);
  budget.made(text);
  output.texts.push(text);
}

function executeBody(body: Body, scope: Scope, output: Output, run: TemplateRun): Signal {
  for (const node of body) {
    run.budget.spend(1);
    const signal = execute(node, scope, output, run);
    if (signal !== "next") return signal;
  }
  return "next";
}

function execute(node: Statement, scope: Scope, output: Output, run: TemplateRun): Signal {
  run.budget.enter();
  try {
    const signal = executeNode(node, scope, output, run);
    run.budget.leave();
    return signal;
  } catch (error) {
    if (error instanceof TemplateError) error.line ??= node.line;
    throw error;
  }
}

function executeNode(node: Statement, scope: Scope, output: Output, run: TemplateRun): Signal {
  switch (node.type) {
    case "output":
      for (const part of node.parts) {
        write(
          typeof part === "string" ? part : atLine(part.line, () => toText(evaluate(part, scope, run))),
          output,
          run,
        );
      }
      return "next";
    case "if": {
      const branch = node.branches.find(({ test }) => isTrue(evaluate(test, scope, run)));
      return executeBody(branch?.body ?? node.otherwise, scope, output, run);
    }
    case "for":
      return executeFor(node, scope, output, run);
    case "macro":
      scope.names.set(node.name!, defineMacro(node, scope, run));
      return "next";
    case "set":
      checkNamespaces(node.target, scope);
      assign(node.target, evaluate(node.value, scope, run), scope, run);
      return "next";
    case "break":
    case "continue":
      return node.type;
    case "call block": {
      const caller = defineMacro(node.caller, scope, run);
      const callee = evaluate(node.call.callee, scope, run);
      const { positional, named } = evaluateArguments(node.call.given, scope, run);
      if (named.has("caller")) throw failure("keyword argument repeated: caller");
      write(toText(callValue(callee, { positional, named: new Map([...named, ["caller", caller]]) })), output, run);
      return "next";
    }
    case "generation":
      write(toText(callValue(defineMacro(node.caller, scope, run), { positional: [], named: new Map() })), output, run);
      return "next";
    default:
      return executeBlock(node, scope, output, run);
  }
}

type Block = Extract<Statement, { readonly type: "with" | "set block" | "filter block" }>;

/** Executes a block with a scope of its own, through which `break` and `continue` pass. */
function executeBlock(node: Block, scope: Scope, output: Output, run: TemplateRun): Signal {
  const inner = newScope(scope);
  if (node.type === "with") {
    enterScope(inner, run.plans.get(node)!.body, run);
    node.targets.forEach((target, i) => assign(target, evaluate(node.values[i], scope, run), inner, run));
    return executeBody(node.body, inner, output, run);
  }
  enterScope(inner, run.plans.get(node)!.body, run);
  const { text, signal } = capture(node.body, inner, run);
  if (signal !== "next") return signal;
  inner.names.set(BLOCK_TEXT, text);
  const value = node.filter === null ? text : evaluate(node.filter, inner, run);
  if (node.type === "filter block") write(toText(value), output, run);
  else {
    checkNamespaces(node.target, scope);
    assign(node.target, value, scope, run);
  }
  return "next";
}

function executeFor(node: For, scope: Scope, output: Output, run: TemplateRun): Signal {
  const over = evaluate(node.over, scope, run);
  if (!node.recursive) return loopOver(node, over, 0, null, scope, output, run);
  const render = (over: Value, depth: number): string => {
    const inner: Output = { texts: [], length: 0 };
    run.budget.enter();
    loopOver(node, over, depth, (items) => render(items, depth + 1), scope, inner, run);
    run.budget.leave();
    return inner.texts.join("");
  };
  write(render(over, 0), output, run);
  return "next";
}

/** Runs a loop; without items, or where no turn came to its end, what stands behind `else`. */
function loopOver(
  node: For,
  over: Value,
  depth: number,
  recurse: ((over: Value) => Value) | null,
  scope: Scope,
  output: Output,
  run: TemplateRun,
): Signal {
  const plan = run.plans.get(node)!;
  const all = iterate(over, run.budget);
  const holds = (item: Value) => {
    const inner = newScope(scope);
    assign(node.target, item, inner, run);
    return evaluate(node.test!, enterScope(inner, plan.test!, run), run);
  };
  const items = node.test === null ? all : filtered(all, holds);
  const counted = node.test === null ? over : lazy([]);
  const loop = startLoop(counted, items[Symbol.iterator](), recurse, depth);
  let completed = false;
  for (let item = loop.next(); item !== undefined; item = loop.next()) {
    const inner = newScope(scope);
    inner.names.set("loop", loop.value);
    assign(node.target, item, inner, run);
    const signal = executeBody(node.body, enterScope(inner, plan.body, run), output, run);
    if (signal === "break") break;
    completed ||= signal === "next";
  }
  if (completed || node.otherwise.length === 0) return "next";
  return executeBody(node.otherwise, enterScope(newScope(scope), plan.otherwise!, run), output, run);
}

function defineMacro(node: Macro, scope: Scope, run: TemplateRun): Callable {
  const plan = run.plans.get(node)!;
  return macroValue(node.name, node.parameters, plan.special!, (given: MacroArguments) => {
    const inner = newScope(scope);
    for (const [name, value] of given) if (value !== undefined) inner.names.set(name, value);
    enterScope(inner, plan.body, run);
    for (const { name, otherwise } of node.parameters) {
      if (given.get(name) !== undefined) continue;
      const absent = () => undefinedValue(`parameter '${name}' was not provided`);
      inner.names.set(name, otherwise === null ? absent() : evaluate(otherwise, inner, run));
    }
    return capture(node.body, inner, run).text;
  });
}

/** Refuses an attribute of anything but a namespace, before the value is made. */
function checkNamespaces(target: Target, scope: Scope): void {
  if (target.type === "targets") target.items.forEach((item) => checkNamespaces(item, scope));
  if (target.type === "attribute target") namespaceOf(target.name, scope);
}

function namespaceOf(name: string, scope: Scope): (attribute: string, value: Value) => void {
  const value = valueOf(scope, name);
  if (value === null || typeof value !== "object" || isList(value) || value.kind !== "thing" || !value.assign) {
    throw failure("cannot assign attribute on non-namespace object");
  }
  return value.assign;
}

/** Assigns a value, or its items, to names of a scope and attributes of namespaces. */
function assign(target: Target, value: Value, scope: Scope, run: Run): void {
  if (target.type === "target") scope.names.set(target.name, value);
  else if (target.type === "attribute target") namespaceOf(target.name, scope)(target.attribute, value);
  else {
    const values = [...iterate(value, run.budget)];
    if (values.length !== target.items.length) {
      throw failure(`cannot unpack ${values.length} values into ${target.items.length} names`);
    }
    target.items.forEach((item, i) => assign(item, values[i], scope, run));
  }
}
