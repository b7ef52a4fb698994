import { EMBEDDING_WORDS, type EmbeddingName, embeddingText, readEmbeddingName, TOKEN_FORM } from "./embedding_name.ts";
import type { ValueKind } from "./value_kind.ts";

/** The thing that takes the place of a unit that is taken away. */
export type Scheme = RemovalScheme | { readonly kind: "resample" } | EmbeddingName;

/** Schemes that put nothing in its place. */
export type RemovalScheme = { readonly kind: "delete" | "delete-in-place" | "mask-attention" };

/** A scheme for a single coalition, where a mean over draws is no score. */
export type PlainScheme = Exclude<Scheme, { readonly kind: "resample" }>;

/** A scheme as a configuration has it. */
export type PlainSchemeText = RemovalScheme["kind"] | typeof EMBEDDING_WORDS[number] | `token:${string}`;

/** A scheme as a configuration has it. */
export type SchemeText = PlainSchemeText | "resample";

const REMOVALS = ["delete", "delete-in-place", "mask-attention"] as const;
const PLAIN_WORDS = [...REMOVALS, ...EMBEDDING_WORDS];
const WORDS = [...REMOVALS, "resample", ...EMBEDDING_WORDS];

/** Schemes of perturbation methods. */
export const SCHEME: ValueKind<Scheme, SchemeText> = {
  ...formsOf(WORDS),
  example: "delete",
  read: (given) => given === "resample" ? { kind: "resample" } : readPlain(given),
};

/** Schemes of metrics. */
export const PLAIN_SCHEME: ValueKind<PlainScheme, PlainSchemeText> = {
  ...formsOf(PLAIN_WORDS),
  example: "delete",
  read: readPlain,
};

function formsOf(words: readonly string[]) {
  return {
    expectation: `${words.join(", ")} or ${TOKEN_FORM}`,
    json: { anyOf: [{ enum: words }, { type: "string", pattern: "^token:[\\s\\S]" }] },
    placeholder: "NAME",
    argument: (text: string) => text,
    write: schemeText,
  } as const;
}

/** Writes a scheme as a record has it. */
export function schemeText(scheme: Scheme): string {
  switch (scheme.kind) {
    case "delete":
    case "delete-in-place":
    case "mask-attention":
    case "resample":
      return scheme.kind;
    default:
      return embeddingText(scheme);
  }
}

/** True if a scheme puts nothing in a unit's place. */
export function isRemoval(scheme: Scheme): scheme is RemovalScheme {
  return REMOVALS.some((kind) => kind === scheme.kind);
}

function readPlain(given: unknown): PlainScheme | undefined {
  if (typeof given !== "string") return undefined;
  const kind = REMOVALS.find((word) => word === given);
  return kind === undefined ? readEmbeddingName(given) : { kind };
}
