import type { AttributionText } from "../../explain/options/attribution_text.ts";
import type { ParsedSource } from "../config/source_schema.ts";
import type { GroundTruth } from "../findings/truth/truth.ts";
import type { DataDigest } from "./data_digest.ts";

/** A prompt of a file, as it is planned. */
export interface PromptRow {
  readonly name: string;
  readonly text: AttributionText;
  readonly truth: readonly GroundTruth[];
  /** Place of the row: "facts.jsonl:3". */
  readonly place: string;
  /** Reason why its cells fail; null if there is none. */
  readonly flaw: string | null;
  /** JSON of what a flawed row has in the place of a text, for the keys of its cells; null of any other. */
  readonly given: string | null;
}

/** The prompts of the files that an experiment names. */
export interface PromptData {
  readonly rows: ReadonlyMap<ParsedSource, readonly PromptRow[]>;
  /** The files that were opened, each once. */
  readonly files: readonly DataDigest[];
}
