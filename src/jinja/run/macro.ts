import type { Parameter } from "../syntax/nodes.ts";
import type { SpecialName } from "../syntax/scopes.ts";
import { failure } from "../template_error.ts";
import { type Arguments, type Callable, dict, tuple, undefinedValue, type Value } from "../values/value.ts";

/** Arguments of a macro by the names of its parameters; undefined for one that takes its default. */
export type MacroArguments = ReadonlyMap<string, Value | undefined>;

/**
 * Makes the value of a macro.
 *
 * @param render renders the body with the arguments
 */
export function macroValue(
  name: string | null,
  parameters: readonly Parameter[],
  special: ReadonlySet<SpecialName>,
  render: (given: MacroArguments) => string,
): Callable {
  const names = parameters.map((parameter) => parameter.name);
  const attributes: Readonly<Record<string, Value>> = {
    arguments: tuple(names),
    caller: special.has("caller"),
    catch_kwargs: special.has("kwargs"),
    catch_varargs: special.has("varargs"),
    explicit_caller: names.includes("caller"),
    name,
  };
  return {
    kind: "callable",
    name: name ?? "anonymous",
    text: `<Macro ${name === null ? "anonymous" : `'${name}'`}>`,
    attribute: (key) => Object.hasOwn(attributes, key) ? attributes[key] : undefined,
    call: (given) => render(assignArguments(name, names, special, given)),
  };
}

/** Gives arguments to parameters, as Jinja2's `Macro.__call__`. */
function assignArguments(
  macro: string | null,
  names: readonly string[],
  special: ReadonlySet<SpecialName>,
  { positional, named }: Arguments,
): MacroArguments {
  const rest = new Map(named);
  const take = (name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return value;
  };
  const given = new Map<string, Value | undefined>();
  names.forEach((name, i) => given.set(name, i < positional.length ? positional[i] : take(name)));
  if (special.has("caller") && !names.includes("caller")) {
    given.set("caller", take("caller") ?? undefinedValue("No caller defined"));
  }
  if (special.has("kwargs")) given.set("kwargs", dict(rest));
  else if (rest.size > 0) {
    throw failure(`macro '${macro}' takes no keyword argument '${[...rest.keys()][0]}'`);
  }
  if (special.has("varargs")) given.set("varargs", tuple(positional.slice(names.length)));
  else if (positional.length > names.length) {
    throw failure(`macro '${macro}' takes not more than ${names.length} argument(s)`);
  }
  return given;
}
