import type { LanguageModel } from "../../model/model.ts";
import { isOwnName } from "./own_name.ts";

/** A baseline that the caller's code makes. A record has it as `own:` and the name. */
export interface OwnBaseline {
  /** Letters, digits, dots, dashes and underscores. */
  readonly name: string;
  /** Returns where the path starts: rows [L, D] for the prompt's tokens, or one row [D] for all. */
  readonly rows: (prompt: BaselinePrompt) => Float32Array | Promise<Float32Array>;
}

/** The prompt that a baseline is made for. */
export interface BaselinePrompt {
  /** [L] */
  readonly ids: readonly number[];
  /** [L]; frozen tokens keep their embedding whatever the baseline is */
  readonly frozen: readonly boolean[];
  /** The prompt's embeddings, [L, D], a copy. */
  readonly embeddings: Float32Array;
  /** D */
  readonly hiddenSize: number;
  /** Reads rows of the embedding matrix, scaled as the model scales them, [ids.length, D]. */
  embed(ids: readonly number[]): Promise<Float32Array>;
}

/** Reads a baseline of the caller's own; returns undefined for anything else. */
export function readOwnBaseline(given: unknown): ({ readonly kind: "own" } & OwnBaseline) | undefined {
  const { name, rows } = Object(given) as Partial<OwnBaseline>;
  return isOwnName(name) && typeof rows === "function" ? { kind: "own", name, rows } : undefined;
}

/**
 * Makes the rows of a baseline, [D] or [L, D].
 *
 * @param prompt its ids and what is frozen, and its embeddings [L, D]
 * @throws {TypeError} if the caller's code gives no such numbers
 * @throws {RangeError} if one is not finite
 */
export async function ownRows(
  { name, rows }: OwnBaseline,
  model: Pick<LanguageModel, "config" | "embed">,
  prompt: Pick<BaselinePrompt, "ids" | "frozen" | "embeddings">,
): Promise<Float32Array> {
  const { hiddenSize } = model.config;
  const embeddings = prompt.embeddings.slice();
  const made: unknown = await rows({ ...prompt, embeddings, hiddenSize, embed: (ids) => model.embed(ids) });
  const lengths = [hiddenSize, embeddings.length];
  if (!(made instanceof Float32Array) || !lengths.includes(made.length)) {
    const got = made instanceof Float32Array ? `${made.length} numbers` : `a value of another type (${typeof made})`;
    throw new TypeError(
      `Cannot attribute as the rows of baseline ${name} must be a Float32Array of ${lengths.join(" or ")} numbers: ` +
        `got ${got}`,
    );
  }
  const wrong = made.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return made;
  throw new RangeError(
    `Cannot attribute as the rows of baseline ${name} must be finite: got ${made[wrong]} in row ${
      Math.floor(wrong / hiddenSize)
    }`,
  );
}
