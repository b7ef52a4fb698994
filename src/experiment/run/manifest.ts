import { createHash } from "node:crypto";
import { join } from "node:path";
import { parseJson } from "../../files/json_object.ts";
import { shownNames } from "../../files/shown_value.ts";
import { readIfThere } from "../../files/text_file.ts";
import { writeWhole } from "../../files/whole_file.ts";
import { readableJson } from "../../report/text/readable_json.ts";
import { timestampText } from "../../time/time_text.ts";
import type { CellEnd } from "./cell_outcome.ts";
import type { Cell, ExperimentPlan } from "./cell.ts";
import { MANIFEST } from "./own_directory.ts";
import type { ResultStore } from "./result_store.ts";
import { WHENCE_VERSION } from "./version.ts";

/** Identity of one model of the run. */
export interface OpenedModel {
  readonly source: string;
  readonly quantize: string;
  readonly device: string;
  /** Of the weights; null if it could not be opened. */
  readonly fingerprint: string | null;
  /** Of all that decides its numbers but the device; null as well. */
  readonly identity: string | null;
}

/** State of a run as its manifest tells it: the plan, the models, and the end of every cell so far. */
interface ManifestState {
  readonly plan: ExperimentPlan;
  readonly started: Date;
  readonly models: readonly OpenedModel[];
  readonly ends: ReadonlyMap<Cell, CellEnd>;
  /** Adapters that computed the cells, as far as their records have been seen. */
  readonly adapters: ReadonlySet<string>;
  /** Null while the run goes on; a killed run leaves it so. */
  readonly ended: Date | null;
}

const SCHEMA = "whence.manifest/1";

/** Cells that a manifest lists one by one: more are counted, as nobody reads them there. */
const MOST_LISTED = 100_000;

/** Parts of a run: writing its manifest after each takes time that is linear in the number of cells. */
const PARTS = 16;

/** Returns true if a part of the run's cells has ended between two counts of ended cells. */
export function isManifestDue(before: number, ended: number, cells: number): boolean {
  const parts = (count: number) => Math.floor(count * PARTS / cells);
  return parts(ended) > parts(before);
}

function countsOf({ plan, ends }: ManifestState): Readonly<Record<string, number>> {
  const counts = { computed: 0, stored: 0, failed: 0, pending: plan.cells.length - ends.size };
  for (const { status } of ends.values()) counts[status]++;
  return counts;
}

/** Hash of a configuration's text, by which a result names it. */
export function configHash(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** Hash of the configuration that a directory's manifest has; null if there is none. */
export function manifestHash(directory: string): string | null {
  const { hash } = Object(readManifest(directory).config);
  return typeof hash === "string" ? hash : null;
}

/** Says which files of prompts are others than when a directory's manifest was written; null if none is known to be. */
export function changedData(directory: string, { data }: Pick<ExperimentPlan, "data">): string | null {
  if (data.length === 0) return null;
  const { data: written } = readManifest(directory);
  const before = new Map((Array.isArray(written) ? written : []).map((one) => [Object(one).file, Object(one).hash]));
  const changed = data.filter(({ file, finish }) => before.has(file) && before.get(file) !== finish().hash);
  if (changed.length === 0) return null;
  return `${shownNames(changed.map(({ file }) => file))} changed since ${directory} was last written to: cells whose ` +
    "prompts are the same are kept, and those of other prompts are computed";
}

/** Reads what another process may be writing, or another program; without anything where it cannot. */
function readManifest(directory: string): Readonly<Record<string, unknown>> {
  try {
    return Object(parseJson(readIfThere(join(directory, MANIFEST)) ?? "", MANIFEST));
  } catch {
    return {};
  }
}

/**
 * Writes manifest.json, whole at any moment. It is for people and other programs; a later run reads the experiment's
 * name alone, and learns from the records what is done.
 */
export async function writeManifest(store: Pick<ResultStore, "path">, state: ManifestState): Promise<void> {
  const { plan, models, ends, adapters } = state;
  const manifest = {
    schema: SCHEMA,
    name: plan.name,
    versions: { whence: WHENCE_VERSION, deno: Deno.version.deno },
    started: timestampText(state.started),
    ended: state.ended && timestampText(state.ended),
    models,
    adapters: [...adapters],
    config: { file: plan.file, hash: configHash(plan.configText), text: plan.configText },
    ...(plan.data.length === 0 ? {} : { data: plan.data.map(({ finish }) => finish()) }),
    ...(plan.cells.length <= MOST_LISTED ? {} : { counts: countsOf(state) }),
    cells: plan.cells.length > MOST_LISTED ? [] : plan.cells.map((cell) => {
      const end = ends.get(cell);
      const error = end?.status === "failed" ? end.error : undefined;
      return { id: cell.id, key: cell.key, status: end?.status ?? "pending", error };
    }),
  };
  await writeWhole(store.path(MANIFEST), readableJson(manifest) + "\n");
}
