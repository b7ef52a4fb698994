import type { ChainOptions, GivenChainOptions } from "../options/chain_options.ts";
import type { CommonOptions, GivenCommonOptions } from "../options/common_options.ts";
import type { Given } from "../options/option.ts";
import type { PRESET_VARIANTS, PresetName } from "../options/preset.ts";
import type { Method } from "./method.ts";
import type { MethodRow } from "./method_table.ts";

/** Methods of other packages, for the types: augment it with `{ "its-name": typeof itsMethod }`. */
// deno-lint-ignore no-empty-interface
export interface AddedMethods {}

/** Any method that the types know. */
export type KnownMethod = MethodRow | AddedMethods[keyof AddedMethods];

/** The method of this package that has a name. */
export type MethodNamed<N> = Extract<MethodRow, { readonly name: N }>;

/** Options of one method, as a caller gives them. */
export type GivenOptionsOf<M> = M extends Method<infer N, infer O>
  ? { readonly method: N } & GivenCommonOptions & GivenChainOptions & Given<O>
  : never;

/** Options where no method is given: those of integrated gradients. */
export type GivenDefaultOptions =
  & { readonly method?: undefined }
  & GivenCommonOptions
  & GivenChainOptions
  & Given<MethodNamed<"integrated-gradients">["options"]>;

/** Options of a method that a preset replaces by a variant: those of the variant. */
export type GivenVariantOptions = {
  [N in keyof typeof PRESET_VARIANTS]:
    & { readonly method: N; readonly preset: PresetName }
    & Omit<GivenOptionsOf<MethodNamed<typeof PRESET_VARIANTS[N]>>, "method">;
}[keyof typeof PRESET_VARIANTS];

/**
 * A method, its options and those of all methods. What is left out takes the preset's value or the default; an option
 * that the method lacks does not compile. docs/options.md lists them all.
 */
export type AttributionOptions =
  | ((GivenOptionsOf<KnownMethod> | GivenDefaultOptions) & { readonly preset?: PresetName })
  | GivenVariantOptions;

/** Options of a method with a value for each, its own by name. */
export type ResolvedOptions =
  & { readonly method: string }
  & CommonOptions
  & ChainOptions
  & Readonly<Record<string, unknown>>;
