import type { Op } from "../op.ts";
import type { AttributesOf, OpName } from "../op_table.ts";

/** A step of a reverse walk at an op, in the form of a vector–Jacobian product. */
export type ReverseRule<A> = NonNullable<Op<A>["vjp"]>;

/** Rules in the place of ops' derivatives, by op. An op without one has its derivative. */
export type ReverseRules = { readonly [N in OpName]?: ReverseRule<AttributesOf<N>> };
