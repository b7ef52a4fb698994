import { CHAIN_OPTIONS } from "../options/chain_options.ts";
import { COMMON_OPTIONS } from "../options/common_options.ts";
import { METHOD_FAMILIES } from "./method.ts";
import { allMethods } from "./method_table.ts";

/** Says in words what an option needs in order to have an effect. */
export function needsOf(name: string): string {
  if (Object.hasOwn(COMMON_OPTIONS, name)) return "any method";
  if (Object.hasOwn(CHAIN_OPTIONS, name)) {
    const { when } = CHAIN_OPTIONS[name as keyof typeof CHAIN_OPTIONS];
    const others = allMethods().filter(({ options }) => Object.hasOwn(options, name)).map((method) => method.name);
    const methods = ["an additive method", ...others].join(" or ");
    return when === undefined ? methods : `${when.words} and ${methods}`;
  }
  const having = allMethods().filter(({ options }) => Object.hasOwn(options, name));
  const always = having.filter(({ options }) => options[name].when === undefined);
  const conditions = new Set(having.flatMap(({ options }) => options[name].when?.words ?? []));
  const family = METHOD_FAMILIES.find((one) =>
    always.length > 0 && allMethods().every((method) => (method.family === one) === always.includes(method))
  );
  const methods = family !== undefined
    ? [`a ${family} method`]
    : always.length > 0
    ? [`method ${always.map((method) => method.name).join(", ")}`]
    : [];
  return [...conditions, ...methods].join(", or ");
}
