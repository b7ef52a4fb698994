import type { ResolvedOptions } from "../../explain/methods/attribution_options.ts";
import type { AttributionText } from "../../explain/options/attribution_text.ts";
import type { AttributionRecord } from "../../explain/record/record.ts";
import type { DownloadProgress } from "../../model/load/locate_model.ts";
import type { ModelSpec } from "./cell.ts";
import type { ProgressEvent } from "./progress_event.ts";

/** A model that is ready to be explained. */
export interface OpenModel {
  readonly fingerprint: string;
  attribute(text: AttributionText, options: ResolvedOptions): Promise<AttributionRecord>;
  close(): void;
}

/** A run's connections to the outside: models, and a listener for its progress. */
export interface RunContext {
  open(model: ModelSpec, onDownload?: (progress: DownloadProgress) => void): Promise<OpenModel>;
  onProgress?(event: ProgressEvent): void;
}
