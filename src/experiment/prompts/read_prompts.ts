import type { HubHooks } from "../../model/load/locate_model.ts";
import { shownText } from "../../files/shown_value.ts";
import { ConfigError, type ExperimentConfig } from "../config/parse_config.ts";
import { entryName } from "../config/prompt_entries.ts";
import type { ParsedSource } from "../config/source_schema.ts";
import { stableJson } from "../run/stable_json.ts";
import { MOST_PROMPTS } from "./bounds.ts";
import { type DataDigest, openDigest } from "./data_digest.ts";
import type { PromptData, PromptRow } from "./prompt_row.ts";
import { hashOf, type PlacedPrompt, readSource, SourceError } from "./read_source.ts";

/** Digits of a hash that tell the rows of a file apart. */
const NAME_DIGITS = 12;

/** A prompt that has a name: its place, and the hash of its content, null of one in the experiment's file. */
interface Named {
  readonly place: string;
  readonly hash: string | null;
}

/**
 * Reads the prompts of all files that an experiment names, one row after the other. A row whose values do not fit is
 * taken with its flaw; a row that is there twice is taken once.
 *
 * @throws {ConfigError} if a file is not there, malformed, or has no such column or row
 * @throws {HubError} if the hub lacks a file, refuses, or cannot be reached
 */
export async function readPrompts(config: ExperimentConfig, hooks: HubHooks = {}): Promise<PromptData> {
  const { file, experiment: { prompts } } = config;
  const data = new Map<ParsedSource, PromptRow[]>();
  const files = new Map<string, DataDigest>();
  const names = new Map<string, Named>();
  const onFile = (name: string, path: string) => {
    if (files.has(name)) return undefined;
    const digest = openDigest(name, path);
    files.set(name, digest);
    return digest.pass;
  };
  for (const [i, entry] of prompts.entries()) {
    if (entry.file === undefined) names.set(entry.name as string, { place: `prompts[${i}]`, hash: null });
  }
  for (const [i, entry] of prompts.entries()) {
    if (entry.file === undefined) continue;
    const source = entry as ParsedSource;
    const rows: PromptRow[] = [];
    data.set(source, rows);
    const place = (path: readonly PropertyKey[]) => config.place(["prompts", i, ...path]);
    try {
      for await (const placed of readSource(source, file, place, { ...hooks, onFile })) {
        const row = rowOf(placed, String(entryName(source)), names);
        if (row !== null) rows.push(row);
        if (names.size <= MOST_PROMPTS) continue;
        throw new SourceError([`${place(["file"])}expected at most ${MOST_PROMPTS} prompts, got more; take a sample`]);
      }
    } catch (error) {
      throw error instanceof SourceError ? new ConfigError(error.problems) : error;
    }
  }
  return { rows: data, files: [...files.values()] };
}

/** Names a row, by its content if it has no name; null if it has been there before. */
function rowOf({ place, prompt }: PlacedPrompt, stem: string, names: Map<string, Named>): PromptRow | null {
  const { content, text, truth, flaw } = prompt;
  const hash = hashOf(stableJson(content)).slice(0, NAME_DIGITS);
  const name = prompt.name ?? `${stem}-${hash}`;
  const before = names.get(name);
  if (before?.hash === hash) return null;
  const isTaken = before === undefined
    ? []
    : [`name: expected a name of its own, got ${shownText(name)} of ${before.place} again`];
  if (before === undefined) names.set(name, { place, hash });
  const flaws = [...isTaken, ...(flaw === null ? [] : [flaw])];
  if (flaws.length === 0) return { name, text, truth, place, flaw: null, given: null };
  // A prompt that can be explained is never taken for it.
  const flawed = stableJson({ flawed: content, name: prompt.name });
  return { name, text, truth, place, flaw: `${place}: ${flaws.join("; ")}`, given: flawed };
}
