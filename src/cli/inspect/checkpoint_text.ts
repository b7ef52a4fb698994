import { openCheckpoint } from "../../checkpoint/open_checkpoint.ts";
import { verifyContents } from "../../checkpoint/hub/verify_contents.ts";
import { locateModel } from "../../model/load/locate_model.ts";
import { readModelConfig } from "../../model/load/read_model_config.ts";
import type { LoadOptions } from "../../model/model.ts";
import { textTable } from "../../report/text/text_table.ts";
import { terminalWidth } from "../output/terminal.ts";
import { withDownloadBar } from "../progress/download_progress.ts";
import { configText } from "./config_text.ts";
import { keyLine } from "./key_line.ts";

/** Lists the tensors of a checkpoint, then its model, configuration and fingerprint. */
export async function checkpointText(source: string, { onHint }: LoadOptions): Promise<string> {
  const { path, id, fromHub } = await withDownloadBar((onDownload) => locateModel(source, { onHint, onDownload }));
  const checkpoint = await openCheckpoint(path);
  try {
    const tensors = [...checkpoint.tensors.values()];
    const rows = tensors.map(({ name, shape, format, bytes }) => [name, shape.join(" × "), format, String(bytes)]);
    const parameters = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1), 0);
    const total = tensors.reduce((sum, { bytes }) => sum + bytes, 0);
    const config = await readModelConfig(checkpoint);
    return textTable({ head: ["tensor", "shape", "format", "bytes"], rows }, terminalWidth()) +
      `\n${tensors.length} tensors, ${parameters} parameters, ${total} bytes\n` +
      keyLine("model", id) +
      configText(config) +
      keyLine("tokenizer", checkpoint.tokenizer === null ? "none" : "yes") +
      keyLine("fingerprint", await checkpoint.fingerprint()) +
      (fromHub ? keyLine("verified", `${await verifyContents(path)} files by the hub's hashes`) : "");
  } finally {
    checkpoint.close();
  }
}
