import type { ScopePlan } from "../syntax/scopes.ts";
import { missing } from "../template_error.ts";
import { type Rendering, undefinedValue, type Value } from "../values/value.ts";

/** Stands for a value that a name of a scope does not have yet. */
const NONE = Symbol("none");

/** The names of a part of a template while it runs. */
export interface Scope {
  readonly names: Map<string, Value | typeof NONE>;
  readonly outer: Scope | null;
}

/** A rendering with the names that it was given. */
export interface Run extends Rendering {
  readonly context: ReadonlyMap<string, Value>;
}

/** Makes a scope. What it is entered with is assigned before it is entered. */
export function newScope(outer: Scope | null): Scope {
  return { names: new Map(), outer };
}

/** Gives the names of a scope the values that they begin with. */
export function enterScope(scope: Scope, plan: ScopePlan, { context }: Run): Scope {
  for (const [name, load] of plan) {
    if (load === "outer") scope.names.set(name, find(scope.outer, name));
    else if (load === "context") scope.names.set(name, context.has(name) ? context.get(name)! : NONE);
    else if (load === "none") scope.names.set(name, NONE);
  }
  return scope;
}

/** Returns the value of a name, which may be undefined. */
export function valueOf(scope: Scope, name: string): Value {
  const value = find(scope, name);
  if (value !== NONE) return value;
  if (name === "self") throw missing("the variable self");
  return undefinedValue(`'${name}' is undefined`);
}

function find(scope: Scope | null, name: string): Value | typeof NONE {
  for (let at = scope; at !== null; at = at.outer) {
    const value = at.names.get(name);
    if (value !== undefined) return value;
  }
  return NONE;
}
