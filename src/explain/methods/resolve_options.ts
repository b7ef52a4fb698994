import { type Mistake, refuse } from "../options/mistake.ts";
import type { Option } from "../options/option.ts";
import { type PresetName, presetOptions } from "../options/preset.ts";
import type { AttributionOptions, ResolvedOptions } from "./attribution_options.ts";
import { checkOptions, variantOf } from "./check_options.ts";
import type { Method } from "./method.ts";
import { DEFAULT_METHOD, methodOf } from "./method_table.ts";
import { optionsOf, recordedNames } from "./option_order.ts";

/**
 * Checks options.
 *
 * @returns every mistake; none where they can be used
 */
export function validate(given: AttributionOptions): Mistake[] {
  const { method, preset, ...options } = given as Record<string, unknown>;
  const choices = Object.entries(defined(options)).map(([name, value]) => [name, [value]]);
  return checkOptions({ method, preset }, Object.fromEntries(choices));
}

/**
 * Fills in the preset's values and the defaults.
 *
 * @throws {RangeError} if an option is unknown, out of range or without an effect
 */
export function resolveOptions(given: AttributionOptions = {}): ResolvedOptions {
  refuse(validate(given));
  return fillOptions(given);
}

/** Fills in the preset's values and the defaults of options that have been checked. */
export function fillOptions(given: AttributionOptions): ResolvedOptions {
  const { method = DEFAULT_METHOD, preset, ...options } = given as { method?: string; preset?: PresetName };
  const asked = methodOf(method);
  const usual = preset === undefined ? {} : presetOptions(preset, method);
  return settle(variantOf(asked, preset), { ...usual, ...defined(options) });
}

function defined(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}

/** Gives each option a value; one that follows from others is made when it is first asked for. */
function settle(method: Method, given: Readonly<Record<string, unknown>>): ResolvedOptions {
  const options = optionsOf(method);
  const others = {} as Record<string, unknown>;
  for (const [name, option] of Object.entries(options)) {
    Object.defineProperty(others, name, { get: () => valueOf(option, given[name], others), enumerable: true });
  }
  return { method: method.name, ...others } as ResolvedOptions;
}

function valueOf(option: Option<unknown, unknown>, given: unknown, others: Record<string, unknown>): unknown {
  const { kind, default: usual, settle } = option;
  const value = given !== undefined ? kind.read(given) : typeof usual === "function" ? usual(others) : usual;
  return settle === undefined ? value : settle(value, others);
}

/** Returns the options that have an effect, in the order of tables, as records, keys and tables have them. */
export function recordedOptions(options: ResolvedOptions): Record<string, unknown> {
  const declared = optionsOf(methodOf(options.method));
  const hasEffect = (name: string) => {
    const { recorded, when, default: usual, kind } = declared[name];
    if (recorded === false || when !== undefined && !when.fits(options[when.on])) return false;
    return recorded !== "given" || kind.write(options[name] as NonNullable<unknown>) !== kind.write(usual!);
  };
  return Object.fromEntries(
    recordedNames().filter((name) => declared[name] !== undefined && hasEffect(name)).map((name) => {
      const value = options[name];
      return [name, value === null ? null : declared[name].kind.write(value as NonNullable<unknown>)];
    }),
  );
}
