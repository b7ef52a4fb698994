import { failure, missing } from "../template_error.ts";
import { equal, ordered, type OrderOperator } from "../values/comparison.ts";
import { contains, isIterable } from "../values/containers.ts";
import { isOfCase } from "../values/letter_case.ts";
import { arithmetic, isNumber } from "../values/operators.ts";
import { formatPercent } from "../values/format_percent.ts";
import { toText } from "../values/text.ts";
import { isText, isUndefined, kindOf, type Rendering, type Value } from "../values/value.ts";
import { type Builtin, type BuiltinTable, builtinTable } from "./builtin.ts";

const about = (holds: (value: Value) => boolean): Builtin<Value> => ({ takes: "", run: holds });
const order = (operator: OrderOperator): Builtin<Value> => ({
  takes: "other /",
  run: (value, [other]) => ordered(operator, value, other!),
});
const EQUAL: Builtin<Value> = { takes: "other /", run: (value, [other]) => equal(value, other!) };
const UNEQUAL: Builtin<Value> = { takes: "other /", run: (value, [other]) => !equal(value, other!) };

/** Divides as `%`, which of a text is a format. */
function rest(value: Value, by: Value, { budget }: Rendering): Value {
  return typeof value === "string" ? formatPercent(value, by, budget) : arithmetic("%", value, by, budget);
}

/** Python's `is`, as far as it does not depend on what an interpreter keeps. */
function isSame(value: Value, other: Value): boolean {
  const either = [value, other];
  if (either.some((one) => one === null || typeof one === "boolean")) return value === other;
  if (either.every((one) => isText(one) || isNumber(one))) throw missing("the test sameas of texts or numbers");
  if (either.some((one) => kindOf(one) === "tuple")) throw missing("the test sameas of tuples");
  return value === other;
}

function isCallable(value: Value): boolean {
  if (kindOf(value) === "callable" || isUndefined(value)) return true;
  return (value as { call?: unknown } | null)?.call !== undefined;
}

function isSequence(value: Value): boolean {
  return isText(value) || Array.isArray(value) || ["tuple", "dict", "range", "undefined"].includes(kindOf(value) ?? "");
}

/** Makes Jinja2's tests, some of which ask for the names of filters and tests. */
export function testTable(filters: ReadonlySet<string>): BuiltinTable<Value> {
  const table: BuiltinTable<Value> = builtinTable<Value>({
    "!=": UNEQUAL,
    "<": order("<"),
    "<=": order("<="),
    "==": EQUAL,
    ">": order(">"),
    ">=": order(">="),
    boolean: about((value) => typeof value === "boolean"),
    callable: about(isCallable),
    defined: about((value) => !isUndefined(value)),
    divisibleby: { takes: "num", run: (value, [by], rendering) => equal(rest(value, by!, rendering), 0n) },
    eq: EQUAL,
    equalto: EQUAL,
    escaped: about((value) => kindOf(value) === "markup"),
    even: { takes: "", run: (value, _, rendering) => equal(rest(value, 2n, rendering), 0n) },
    false: about((value) => value === false),
    filter: about((value) => filters.has(nameOf(value))),
    float: about((value) => typeof value === "number"),
    ge: order(">="),
    greaterthan: order(">"),
    gt: order(">"),
    in: { takes: "seq", run: (value, [container], { budget }) => contains(container!, value, budget) },
    integer: about((value) => typeof value === "bigint"),
    iterable: about((value) =>
      isIterable(value) || kindOf(value) === "thing" && (value as { type: string }).type === "LoopContext"
    ),
    le: order("<="),
    lessthan: order("<"),
    lower: about((value) => isOfCase(toText(value), "lower")),
    lt: order("<"),
    mapping: about((value) => kindOf(value) === "dict"),
    ne: UNEQUAL,
    none: about((value) => value === null),
    number: about(isNumber),
    odd: { takes: "", run: (value, _, rendering) => equal(rest(value, 2n, rendering), 1n) },
    sameas: { takes: "other", run: (value, [other]) => isSame(value, other!) },
    sequence: about(isSequence),
    string: about(isText),
    test: about((value) => table.has(nameOf(value))),
    true: about((value) => value === true),
    undefined: about(isUndefined),
    upper: about((value) => isOfCase(toText(value), "upper")),
  }, "");
  return table;
}

function nameOf(value: Value): string {
  if (typeof value !== "string") throw failure("the name of a filter or test must be a text");
  return value;
}
