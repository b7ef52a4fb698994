import { dataStem } from "../prompts/data_name.ts";

type Mapping = Readonly<Record<string, unknown>>;

/** Returns the entries of `prompts`, where one stands for a list of one. */
export function promptEntries(prompts: unknown): readonly unknown[] {
  return prompts === undefined || prompts === null ? [] : Array.isArray(prompts) ? prompts : [prompts];
}

/** Returns true if an entry of `prompts` is a file of prompts rather than a prompt. */
export function isSource(entry: unknown): boolean {
  return typeof entry === "string" || typeof entry === "object" && entry !== null && Object.hasOwn(entry, "file");
}

/** Returns the name by which sweeps choose an entry of `prompts`; undefined if it has none. */
export function entryName(entry: unknown): unknown {
  if (typeof entry === "string") return dataStem(entry);
  const { name, file } = typeof entry === "object" && entry !== null ? entry as Mapping : {} as Mapping;
  if (name !== undefined) return name;
  const [first] = promptEntries(file);
  return typeof first === "string" ? dataStem(first) : undefined;
}
