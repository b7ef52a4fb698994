import type { ArithmeticOperator } from "../values/operators.ts";
import type { OrderOperator } from "../values/comparison.ts";
import type { Value } from "../values/value.ts";

/** An operator of a comparison. */
export type ComparisonOperator = "==" | "!=" | OrderOperator | "in" | "not in";

/** The arguments of a call. */
export interface CallArguments {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [name: string, value: Expression])[];
  /** A list of further arguments, behind `*`. */
  readonly spread: Expression | null;
  /** A dict of further arguments, behind `**`. */
  readonly spreadNamed: Expression | null;
}

/** A name that is read. */
interface Name {
  readonly type: "name";
  readonly name: string;
  readonly line: number;
}

/** A call. */
interface Call {
  readonly type: "call";
  readonly callee: Expression;
  readonly given: CallArguments;
  readonly line: number;
}

/** A filter; its input is what a block writes where it is null. */
export interface Filter {
  readonly type: "filter";
  readonly input: Expression | null;
  readonly name: string;
  readonly given: CallArguments;
  readonly line: number;
}

/** A node that has a value. */
export type Expression =
  | Name
  | Call
  | Filter
  | { readonly type: "constant"; readonly value: Value; readonly line: number }
  | { readonly type: "tuple" | "list" | "concat"; readonly items: readonly Expression[]; readonly line: number }
  | { readonly type: "dict"; readonly pairs: readonly (readonly [Expression, Expression])[]; readonly line: number }
  | {
    readonly type: "condition";
    readonly test: Expression;
    readonly then: Expression;
    readonly otherwise: Expression | null;
    readonly line: number;
  }
  | { readonly type: "and" | "or"; readonly left: Expression; readonly right: Expression; readonly line: number }
  | { readonly type: "not"; readonly of: Expression; readonly line: number }
  | { readonly type: "sign"; readonly sign: "+" | "-"; readonly of: Expression; readonly line: number }
  | {
    readonly type: "comparison";
    readonly first: Expression;
    readonly rest: readonly (readonly [ComparisonOperator, Expression])[];
    readonly line: number;
  }
  | {
    readonly type: "arithmetic";
    readonly operator: ArithmeticOperator;
    readonly left: Expression;
    readonly right: Expression;
    readonly line: number;
  }
  | { readonly type: "attribute"; readonly of: Expression; readonly name: string; readonly line: number }
  | { readonly type: "item"; readonly of: Expression; readonly key: Expression; readonly line: number }
  | {
    readonly type: "slice";
    readonly of: Expression;
    readonly bounds: readonly (Expression | null)[];
    readonly line: number;
  }
  | {
    readonly type: "test";
    readonly input: Expression;
    readonly name: string;
    readonly given: CallArguments;
    readonly line: number;
  };

/** Something that is assigned to: a name, an attribute of a namespace, or several of them. */
export type Target =
  | { readonly type: "target"; readonly name: string }
  | { readonly type: "attribute target"; readonly name: string; readonly attribute: string }
  | { readonly type: "targets"; readonly items: readonly Target[] };

/** A parameter of a macro. */
export interface Parameter {
  readonly name: string;
  readonly otherwise: Expression | null;
}

/** Statements that follow each other. */
export type Body = readonly Statement[];

/** A loop. */
export interface For {
  readonly type: "for";
  readonly target: Target;
  readonly over: Expression;
  readonly test: Expression | null;
  readonly recursive: boolean;
  readonly body: Body;
  readonly otherwise: Body;
  readonly line: number;
}

/** A macro, or the body of a call block, which has no name. */
export interface Macro {
  readonly type: "macro";
  readonly name: string | null;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
  readonly line: number;
}

/** A node that does something. */
export type Statement =
  | For
  | Macro
  | { readonly type: "output"; readonly parts: readonly (string | Expression)[]; readonly line: number }
  | {
    readonly type: "if";
    readonly branches: readonly { readonly test: Expression; readonly body: Body }[];
    readonly otherwise: Body;
    readonly line: number;
  }
  | { readonly type: "call block"; readonly call: Call; readonly caller: Macro; readonly line: number }
  | { readonly type: "generation"; readonly caller: Macro; readonly line: number }
  | { readonly type: "filter block"; readonly filter: Expression; readonly body: Body; readonly line: number }
  | {
    readonly type: "with";
    readonly targets: readonly Target[];
    readonly values: readonly Expression[];
    readonly body: Body;
    readonly line: number;
  }
  | { readonly type: "set"; readonly target: Target; readonly value: Expression; readonly line: number }
  | {
    readonly type: "set block";
    readonly target: Target;
    readonly filter: Expression | null;
    readonly body: Body;
    readonly line: number;
  }
  | { readonly type: "break" | "continue"; readonly line: number };
