import type { Body, CallArguments, Expression, Macro, Statement, Target } from "./nodes.ts";

/** Returns the expressions within an expression. */
export function childrenOf(node: Expression): readonly Expression[] {
  switch (node.type) {
    case "constant":
    case "name":
      return [];
    case "tuple":
    case "list":
    case "concat":
      return node.items;
    case "dict":
      return node.pairs.flat();
    case "condition":
      return [node.test, node.then, ...given(node.otherwise)];
    case "and":
    case "or":
    case "arithmetic":
      return [node.left, node.right];
    case "not":
    case "sign":
    case "attribute":
      return [node.of];
    case "comparison":
      return [node.first, ...node.rest.map(([, operand]) => operand)];
    case "item":
      return [node.of, node.key];
    case "slice":
      return [node.of, ...node.bounds.flatMap(given)];
    case "call":
      return [node.callee, ...argumentsOf(node.given)];
    case "filter":
    case "test":
      return [...given(node.input), ...argumentsOf(node.given)];
  }
}

function given(node: Expression | null): readonly Expression[] {
  return node === null ? [] : [node];
}

function argumentsOf({ positional, named, spread, spreadNamed }: CallArguments): readonly Expression[] {
  return [...positional, ...named.map(([, value]) => value), ...given(spread), ...given(spreadNamed)];
}

/** Returns the names that are read in an expression. */
export function namesIn(node: Expression): string[] {
  return node.type === "name" ? [node.name] : childrenOf(node).flatMap(namesIn);
}

/** Returns the names that a target assigns to; an attribute is none. */
export function targetNames(target: Target): readonly string[] {
  switch (target.type) {
    case "target":
      return [target.name];
    case "attribute target":
      return [];
    case "targets":
      return target.items.flatMap(targetNames);
  }
}

/** Returns the names of namespaces whose attributes a target assigns to. */
export function targetNamespaces(target: Target): readonly string[] {
  switch (target.type) {
    case "target":
      return [];
    case "attribute target":
      return [target.name];
    case "targets":
      return target.items.flatMap(targetNamespaces);
  }
}

/** The parts of a statement, in the order in which Jinja2 visits them. */
interface StatementParts {
  readonly targets: readonly Target[];
  readonly expressions: readonly Expression[];
  readonly macros: readonly Macro[];
  readonly bodies: readonly Body[];
}

/** Returns the parts of a statement. */
export function partsOf(node: Statement): StatementParts {
  const parts = { targets: [], expressions: [], macros: [], bodies: [] };
  switch (node.type) {
    case "output":
      return { ...parts, expressions: node.parts.filter((part) => typeof part !== "string") };
    case "for":
      return {
        ...parts,
        targets: [node.target],
        expressions: [node.over, ...given(node.test)],
        bodies: [node.body, node.otherwise],
      };
    case "if": {
      const { branches, otherwise } = node;
      const tests = branches.map(({ test }) => test);
      return { ...parts, expressions: tests, bodies: [...branches.map(({ body }) => body), otherwise] };
    }
    case "macro":
      return { ...parts, macros: [node] };
    case "call block":
      return { ...parts, expressions: [node.call], macros: [node.caller] };
    case "generation":
      return { ...parts, macros: [node.caller] };
    case "filter block":
      return { ...parts, expressions: [node.filter], bodies: [node.body] };
    case "with":
      return { ...parts, targets: node.targets, expressions: node.values, bodies: [node.body] };
    case "set":
      return { ...parts, targets: [node.target], expressions: [node.value] };
    case "set block":
      return { ...parts, targets: [node.target], expressions: given(node.filter), bodies: [node.body] };
    case "break":
    case "continue":
      return parts;
  }
}

/** Returns the defaults of a macro's parameters. */
export function defaultsOf({ parameters }: Macro): readonly Expression[] {
  return parameters.flatMap(({ otherwise }) => given(otherwise));
}
