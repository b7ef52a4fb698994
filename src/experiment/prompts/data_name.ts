/** Characters of a stem: it is a part of names. */
const LONGEST = 40;

/** Returns the name of a data set by that of its file: `facts` of `data/facts.jsonl.gz` and `team/facts:facts.csv`. */
export function dataStem(file: string): string {
  const last = file.split(/[/\\:]/).at(-1) ?? "";
  const stem = last.replace(/^\.+/, "").replace(/\..*$/, "").replace(/[^A-Za-z0-9_-]+/g, "-");
  return stem.replace(/^[-_]+|-+$/g, "").slice(0, LONGEST) || "prompts";
}
