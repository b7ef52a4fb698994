import { TEXT_OPTIONS } from "../options/attribution_text.ts";
import { hint, type Mistake, unfit } from "../options/mistake.ts";
import type { Option } from "../options/option.ts";
import { PRESET_NAMES, presetMethods, type PresetName, presetOptions } from "../options/preset.ts";
import { oneOf } from "../options/value_kind.ts";
import { valueText } from "../options/value_text.ts";
import type { Method } from "./method.ts";
import { DEFAULT_METHOD, findMethod, methodNames, methodOf } from "./method_table.ts";
import { needsOf } from "./option_needs.ts";
import { declarationsOf, optionNames, optionsOf } from "./option_order.ts";

/** Mistakes in one list that are told: each is compared with what was possible. */
export const MOST_MISTAKES = 100;

/** Given values of each option: several where they are swept, none where the list is empty. */
export type Choices = Readonly<Record<string, readonly unknown[]>>;

/** A method, or the variant of it that a preset puts in its place, with the preset's options. */
interface Chosen {
  readonly method: Method;
  readonly usual: Readonly<Record<string, unknown>>;
}

/** A value and its text. */
interface Read {
  readonly value: unknown;
  readonly text: string;
}

/**
 * Checks every option of a method, of one attribution or of a sweep: that it is one, that its values fit, have an
 * effect, and go with the others.
 *
 * @param given the method and the preset, unless left out
 * @param choices the values of the other options
 */
export function checkOptions(
  given: { readonly method?: unknown; readonly preset?: unknown },
  choices: Choices,
): Mistake[] {
  const preset = PRESET_NAMES.find((name) => name === given.preset);
  const asked = given.method === undefined ? methodOf(DEFAULT_METHOD) : findMethod(given.method);
  const chosen = asked && { method: variantOf(asked, preset), usual: preset ? presetOptions(preset, asked.name) : {} };
  return [
    ...checkPreset(given.preset, preset),
    ...checkMethod(given.method, asked, preset),
    ...Object.keys(choices).flatMap((name) => checkOption(name, choices, chosen)),
  ];
}

/** The mistake of a name that is no method's option. */
export function unknownOption(name: string, others: readonly string[] = ["method", "preset"]): Mistake {
  const sentence = Object.hasOwn(TEXT_OPTIONS, name)
    ? "expected an option of the attribution, got one of the text, which stands beside its prompt"
    : `expected an option, got an unknown name${hint(name, [...others, ...optionNames()])}`;
  return { option: name, index: null, isKey: true, sentence };
}

/** Returns the method, or the variant of it that a preset puts in its place. */
export function variantOf(method: Method, preset: PresetName | undefined): Method {
  const variant = preset && presetOptions(preset, method.name).method;
  return variant === undefined ? method : methodOf(String(variant));
}

function checkPreset(given: unknown, preset: PresetName | undefined): Mistake[] {
  if (given === undefined || preset !== undefined) return [];
  return [unfit("preset", null, oneOf(PRESET_NAMES), given)];
}

function checkMethod(given: unknown, asked: Method | undefined, preset: PresetName | undefined): Mistake[] {
  const known = preset === undefined ? methodNames() : presetMethods(preset);
  if (asked !== undefined && known.includes(asked.name)) return [];
  if (asked === undefined) return [unfit("method", null, oneOf(methodNames() as [string, ...string[]]), given)];
  const sentence = `expected one of ${known.join(", ")} with preset ${preset}, got ${asked.name}`;
  return [{ option: "method", index: null, isKey: false, sentence }];
}

function checkOption(name: string, choices: Choices, chosen: Chosen | undefined): Mistake[] {
  const declared = chosen && optionsOf(chosen.method)[name];
  const [kind = null] = [declared, ...declarationsOf(name)].flatMap((one) => one?.kind ?? []);
  if (kind === null) return [unknownOption(name)];
  const values = choices[name];
  if (chosen !== undefined && declared === undefined) return [idle(name, `method ${chosen.method.name}`)];
  const unread = values.flatMap((value, k) => kind.read(value) === undefined ? [{ value, k }] : [])
    .slice(0, MOST_MISTAKES).map(({ value, k }) => unfit(name, k, kind, value));
  if (chosen === undefined || declared === undefined) return unread;
  const others = (on: string) => valuesOf(on, choices, chosen);
  return [...withoutEffect(name, declared, others, choices), ...unread, ...overLimit(name, declared, values, others)];
}

function withoutEffect(
  name: string,
  { when }: Option<unknown>,
  others: (on: string) => readonly Read[],
  choices: Choices,
): Mistake[] {
  if (when === undefined) return [];
  const culprit = others(when.on).find(({ value }) => !when.fits(value));
  if (culprit === undefined) return [];
  const isSwept = (choices[when.on] ?? []).length > 1;
  return [idle(name, `${when.on} ${culprit.text}${isSwept ? `; give ${culprit.text} a sweep of its own` : ""}`)];
}

function overLimit(
  name: string,
  { limit, kind }: Option<unknown>,
  values: readonly unknown[],
  others: (on: string) => readonly Read[],
): Mistake[] {
  if (limit === undefined) return [];
  return values.flatMap((given, k) => {
    const value = kind.read(given);
    const expected = value === undefined ? [] : others(limit.on).map((other) => limit.expects(value, other.value));
    const [first] = expected.filter((one) => one !== null);
    if (first === undefined) return [];
    return [{ option: name, index: k, isKey: false, sentence: `expected ${first}, got ${valueText(given)}` }];
  });
}

/** An option without an effect would make a reader believe that it had one. */
function idle(option: string, got: string): Mistake {
  return { option, index: null, isKey: true, sentence: `expected only with ${needsOf(option)}, got ${got}` };
}

/** Returns the values of an option that can be read: the given ones, or the preset's, or the default. */
function valuesOf(name: string, choices: Choices, { method, usual }: Chosen): Read[] {
  const declared = optionsOf(method)[name];
  const given = choices[name] ?? (usual[name] === undefined ? null : [usual[name]]);
  const { kind } = declared;
  const values = given === null ? [declared.default] : given.map((value) => kind.read(value));
  return values.flatMap((value) => {
    if (value === undefined || value === null || typeof value === "function") return [];
    return [{ value, text: String(kind.write(value)) }];
  });
}
