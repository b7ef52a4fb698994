import { parseDatasetId } from "../../checkpoint/hub/hub_id.ts";
import type { HubHooks } from "../../checkpoint/hub/hub_settings.ts";

/**
 * Downloads a file of a data set at the hub, `organization/name[@revision]:file`.
 *
 * @returns its path on this machine; null if the text has another form
 * @throws {HubError} if the hub lacks it, refuses, or cannot be reached
 */
export async function locateDataset(source: string, { onDownload, onHint }: HubHooks = {}): Promise<string | null> {
  const id = parseDatasetId(source);
  if (id === null) return null;
  // Imported when asked for: no local file pays for it.
  const [{ fetchModel }, { hubSettings }] = await Promise.all([
    import("../../checkpoint/hub/fetch_model.ts"),
    import("../../checkpoint/hub/hub_settings.ts"),
  ]);
  return (await fetchModel(id, { ...hubSettings(), onDownload, onHint })).path;
}
