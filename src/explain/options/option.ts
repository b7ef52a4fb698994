import type { ValueKind } from "./value_kind.ts";

/** A condition under which an option has an effect. */
export interface Condition {
  /** The other option. */
  readonly on: string;
  /** True if a value of the other option gives this one an effect. */
  // deno-lint-ignore no-explicit-any
  readonly fits: (value: any) => boolean;
  /** The values that fit, in words: "a quadrature with fixed steps". */
  readonly words: string;
}

/** A bound that depends on another option. */
export interface Limit {
  /** The other option. */
  readonly on: string;
  /** The bounds in words, if the option's help does not say them. */
  readonly words?: string;
  /** Returns what was expected, or null if both values go together. */
  // deno-lint-ignore no-explicit-any
  readonly expects: (value: any, other: any) => string | null;
}

/** One option: its one declaration, from which type, checks, flag, help, YAML key, column and documentation follow. */
export interface Option<T, G = T> {
  /** Its values. */
  readonly kind: ValueKind<NonNullable<T>, G>;
  /** The value where none is given, or what makes it of the other options. null: see `usual`. */
  // deno-lint-ignore no-explicit-any
  readonly default: T | ((others: any) => T);
  /** Makes the value that holds of the given one and the other options. */
  // deno-lint-ignore no-explicit-any
  readonly settle?: (value: T, others: any) => T;
  /** The default in words, if it is null or depends on other options. */
  readonly usual?: string;
  /** One line that says what the option does. */
  readonly help: string;
  /** Absent if the option always has an effect. */
  readonly when?: Condition;
  /** Absent if its bounds depend on no other option. */
  readonly limit?: Limit;
  /** False if the value is the same in every record and so is not written; `given` if the default is not. */
  readonly recorded?: false | "given";
}

/** Options by name. */
// deno-lint-ignore no-explicit-any
export type OptionSet = Readonly<Record<string, Option<any, any>>>;

/** Declares an option that always has a value. */
export function option<T, G>(
  declared: Omit<Option<T, G>, "kind" | "default"> & {
    readonly kind: ValueKind<T, G>;
    // deno-lint-ignore no-explicit-any
    readonly default: NoInfer<T> | ((others: any) => NoInfer<T>);
  },
): Option<T, G> {
  return declared as Option<T, G>;
}

/** Declares an option that may be left without a value, which null stands for. */
export function optional<T, G>(
  declared: Omit<Option<T | null, G>, "kind" | "default"> & {
    readonly kind: ValueKind<T, G>;
    // deno-lint-ignore no-explicit-any
    readonly default?: NoInfer<T> | null | ((others: any) => NoInfer<T> | null);
  },
): Option<T | null, G> {
  return { default: null, ...declared } as Option<T | null, G>;
}

/** Options as a caller gives them. */
export type Given<O extends OptionSet> = {
  readonly [K in keyof O]?: O[K] extends Option<infer _T, infer G> ? G | undefined : never;
};

/** Options with a value for each. */
export type Resolved<O extends OptionSet> = {
  readonly [K in keyof O]: O[K] extends Option<infer T, infer _G> ? T : never;
};
