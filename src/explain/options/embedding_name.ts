/** An embedding row by name: of no token, of the mean of all, or of a token. */
export type EmbeddingName =
  | { readonly kind: "zero" | "mean" | "eos" | "pad" }
  | { readonly kind: "token"; readonly token: string };

/** Names of rows that need no token beside them. */
export const EMBEDDING_WORDS = ["zero", "mean", "eos", "pad"] as const;

/** The form of the others, in words. */
export const TOKEN_FORM = "token:<id or text>";

/** Reads `zero`, `mean`, `eos`, `pad` or `token:` with an id or a text; returns undefined for anything else. */
export function readEmbeddingName(text: string): EmbeddingName | undefined {
  const kind = EMBEDDING_WORDS.find((word) => word === text);
  if (kind !== undefined) return { kind };
  return /^token:./su.test(text) ? { kind: "token", token: text.slice("token:".length) } : undefined;
}

/** Writes the name as a configuration has it. */
export function embeddingText(name: EmbeddingName): string {
  return name.kind === "token" ? `token:${name.token}` : name.kind;
}
