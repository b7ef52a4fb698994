/** A kernel of several that compute the same: a variant and its parameters. */
export type Choice = { readonly variant: string } & Readonly<Record<string, string | number>>;

/** The kernel of each family of launches; fixed for as long as an executor lives, and whatever the number of rows. */
export interface Tuning {
  /** "default", or a hash of the choices, for the record. */
  readonly name: string;
  /** By family, as `productFamily` and its like name them. */
  readonly choices: ReadonlyMap<string, Choice>;
}

/** The built-in defaults. */
export const DEFAULT_TUNING: Tuning = { name: "default", choices: new Map() };

/**
 * The candidate that a tuning chooses; the first, which is the default, if it chooses none of them.
 *
 * @param candidates all that apply to the family on this adapter, the default first
 */
export function chosen<C extends Choice>(
  tuning: Tuning | undefined,
  family: string,
  candidates: readonly [C, ...C[]],
): C {
  const wanted = tuning?.choices.get(family);
  return wanted && candidates.find((candidate) => choiceText(candidate) === choiceText(wanted)) || candidates[0];
}

/** A choice in words, equal for equal choices: "subgroup, columns 6". */
export function choiceText({ variant, ...parameters }: Choice): string {
  const words = Object.entries(parameters).sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) =>
    `${name} ${value}`
  );
  return [variant, ...words].join(", ");
}
