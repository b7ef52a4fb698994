import { createHash } from "node:crypto";
import whence from "../../../deno.json" with { type: "json" };
import { readableJson } from "../../report/text/json.ts";
import { writeWhole } from "../../files/whole_file.ts";
import type { ExperimentPlan } from "./plan_cells.ts";
import type { CellOutcome } from "./progress_event.ts";
import type { Store } from "./result_store.ts";
import { timestampText } from "../../time/time_text.ts";

/** What is known of one model of the run. */
export interface OpenedModel {
  readonly source: string;
  readonly quantize: string;
  readonly device: string;
  readonly fingerprint: string | null;
}

/** A run's own account: what was asked for, with what it was computed, and how every cell ended. */
export interface ManifestState {
  readonly plan: ExperimentPlan;
  readonly started: Date;
  readonly models: readonly OpenedModel[];
  readonly outcomes: readonly CellOutcome[];
  /** Null while the run goes on; a killed run leaves it so. */
  readonly ended: Date | null;
}

/** Version of this package. */
export const WHENCE_VERSION: string = whence.version;

/** Hash of a configuration's text, with which a result names it. */
export function configHash(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** Writes manifest.json, whole at any moment. */
export async function writeManifest(store: Store, state: ManifestState): Promise<void> {
  const { plan, models, outcomes } = state;
  const ended = new Map(outcomes.map((outcome) => [outcome.cell.id, outcome]));
  const adapters = outcomes.flatMap((outcome) => outcome.status === "failed" ? [] : [outcome.row.device.adapter]);
  const manifest = {
    schema: "whence.manifest/1",
    name: plan.name,
    versions: { whence: WHENCE_VERSION, deno: Deno.version.deno },
    started: timestampText(state.started),
    ended: state.ended && timestampText(state.ended),
    models,
    adapters: [...new Set(adapters)],
    config: { file: plan.file, hash: configHash(plan.configText), text: plan.configText },
    cells: plan.cells.map((cell) => {
      const outcome = ended.get(cell.id);
      const error = outcome?.status === "failed" ? outcome.error : undefined;
      return { id: cell.id, key: cell.key, status: outcome?.status ?? "pending", error };
    }),
  };
  await writeWhole(store.path("manifest.json"), readableJson(manifest) + "\n");
}
