import { join } from "node:path";
import { parseJson } from "../../files/json_object.ts";
import { readIfThere } from "../../files/text_file.ts";
import { MANIFEST } from "../run/own_directory.ts";
import { openNamedRecords } from "./named_records.ts";
import { openPackedRecords } from "./packed_records.ts";

/** A cell of an output directory. */
export interface ListedCell {
  readonly cell: string;
  /** `left over`: it has a record, and is not in the plan that the manifest tells. */
  readonly status: "stored" | "failed" | "missing" | "left over";
  /** The file that has it, relative to the directory; empty if none has. */
  readonly file: string;
  /** Of a cell that failed. */
  readonly error: string;
}

/** A cell as a manifest tells it. */
interface PlannedCell {
  readonly id: string;
  readonly error?: string;
}

/** Lists the cells of an output directory: those that its manifest tells, in order, and others that have records. */
export function listCells(directory: string): ListedCell[] {
  const packed = openPackedRecords(directory);
  const named = openNamedRecords(directory);
  try {
    const entries = new Map([...packed.cells].map(([key, entry]) => [entry.id, { key, ...entry }]));
    const stored = new Set(named.names);
    const fileOf = (id: string) => {
      const entry = entries.get(id);
      return entry?.kind === "record" ? join("records", `${entry.worker}.records`) : join("cells", `${id}.json`);
    };
    const planned = plannedCells(directory);
    const listed = planned.map(({ id, error }): ListedCell => {
      if (stored.has(id)) return { cell: id, status: "stored", file: fileOf(id), error: "" };
      const entry = entries.get(id);
      const [failure] = entry === undefined ? [] : packed.entriesOf(entry.key);
      const reason = failure === undefined ? error : new TextDecoder().decode(failure.body);
      const worker = failure === undefined ? "" : join("records", `${entry!.worker}.records`);
      return { cell: id, status: reason === undefined ? "missing" : "failed", file: worker, error: reason ?? "" };
    });
    const inPlan = new Set(planned.map(({ id }) => id));
    const others = named.names.filter((id) => !inPlan.has(id))
      .map((id): ListedCell => ({ cell: id, status: "left over", file: fileOf(id), error: "" }));
    return [...listed, ...others];
  } finally {
    named.close();
    packed.close();
  }
}

/** Cells of a manifest; none if there is none, or it has another form. */
function plannedCells(directory: string): readonly PlannedCell[] {
  try {
    const { cells } = Object(parseJson(readIfThere(join(directory, MANIFEST)) ?? "", MANIFEST));
    return Array.isArray(cells) ? cells.filter((cell) => typeof cell?.id === "string") : [];
  } catch {
    return [];
  }
}
