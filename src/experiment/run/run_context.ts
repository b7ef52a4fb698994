import type { AttributionListeners } from "../../explain/attribute.ts";
import type { ResolvedOptions } from "../../explain/methods/attribution_options.ts";
import type { AttributionText } from "../../explain/options/attribution_text.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import type { LoadOptions } from "../../model/model.ts";
import type { Cell, ModelSpec } from "./cell.ts";
import type { Foreseen } from "../foretell/foreteller.ts";
import type { ProgressEvent } from "./progress_event.ts";

/** Identity of a model. */
export interface ModelIdentity {
  /** Of the weights. */
  readonly fingerprint: string;
  /** Of all that decides its numbers but the device. */
  readonly identity: string;
}

/** A model that is ready to be explained. */
export interface OpenModel extends ModelIdentity {
  attribute(
    text: AttributionText,
    options: ResolvedOptions,
    listeners?: AttributionListeners,
  ): Promise<AttributionRecord>;
  /** Returns true if it can show that a record without an identity is this model's; without it none is. */
  confirm?(cell: Cell, record: AttributionRecord): Promise<boolean>;
  /** Foretells its attributions; without it nothing is said of their time. */
  readonly foreseen?: Foreseen;
  close(): void;
}

/** Listeners for the progress of a model. */
export type ModelListeners = Pick<LoadOptions, "onHint" | "onDownload" | "onLoad" | "onWork">;

/** A run's connections to the outside: models, and a listener for its progress. */
export interface RunContext {
  open(model: ModelSpec, listeners?: ModelListeners): Promise<OpenModel>;
  /** Identifies a model without opening it, null if it is not on this machine; without it every model is opened. */
  identify?(model: ModelSpec): Promise<ModelIdentity | null>;
  onProgress?(event: ProgressEvent): void;
}
