import type { Cell } from "../run/cell.ts";
import type { ModelIdentity, OpenModel, RunContext } from "../run/run_context.ts";
import type { RecordReader } from "../store/record_reader.ts";

/**
 * Makes what stands in for a model that need not be opened, as all its cells are stored: records of the model that is
 * on this machine, or, if it is not, of one model. Null if it must be opened.
 *
 * @param cells of one model
 * @param note is told that the model is not there
 */
export async function storedModel(
  reader: RecordReader,
  cells: readonly Cell[],
  identify: RunContext["identify"],
  note: (text: string) => void,
): Promise<OpenModel | null> {
  if (identify === undefined || !cells.every((cell) => reader.has(cell))) return null;
  const { source } = cells[0].model;
  let here: ModelIdentity | null;
  try {
    here = await identify(cells[0].model);
  } catch {
    // Opening it says what is wrong.
    return null;
  }
  const model = here ?? identityOf(reader, cells[0]);
  if (model === null || !areOf(reader, cells, model)) return null;
  if (here === null) note(`the model ${source} is not here: its ${cells.length} stored cells are taken as they are`);
  return {
    ...model,
    attribute: () => Promise.reject(new Error(`Cannot attribute as the model ${source} must be open: got its records`)),
    close: () => {},
  };
}

function identityOf(reader: RecordReader, cell: Cell): ModelIdentity | null {
  const stored = reader.read(cell, null);
  if (stored.state !== "record") return null;
  const { fingerprint, identity } = stored.record.model;
  return identity === undefined ? null : { fingerprint, identity };
}

/** Returns true if all cells have records of a model. */
function areOf(reader: RecordReader, cells: readonly Cell[], model: ModelIdentity): boolean {
  const held = reader.held(cells, model);
  return cells.every((cell) => {
    if (held.has(cell)) return true;
    const stored = reader.read(cell, model);
    return stored.state === "record" && stored.named;
  });
}
