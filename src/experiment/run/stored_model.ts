import type { Cell } from "./cell.ts";
import { readStored, type ResultStore } from "./result_store.ts";
import type { ModelIdentity, OpenModel, RunContext } from "./run_context.ts";

/**
 * Makes what stands in for a model that need not be opened, as the store holds all its cells: records of the model that
 * is on this machine, or, if it is not, of one model. Null if it must be opened.
 *
 * @param cells of one model
 * @param note is told that the model is not there
 */
export async function storedModel(
  { directory }: ResultStore,
  cells: readonly Cell[],
  identify: RunContext["identify"],
  note: (text: string) => void,
): Promise<OpenModel | null> {
  if (identify === undefined) return null;
  const { source } = cells[0].model;
  let here: ModelIdentity | null;
  try {
    here = await identify(cells[0].model);
  } catch {
    // Opening it says what is wrong.
    return null;
  }
  const model = here ?? identityOf(directory, cells[0]);
  if (model === null || !cells.every((cell) => isOf(directory, cell, model))) return null;
  if (here === null) note(`the model ${source} is not here: its ${cells.length} stored cells are taken as they are`);
  return {
    ...model,
    attribute: () => Promise.reject(new Error(`Cannot attribute as the model ${source} must be open: got its records`)),
    close: () => {},
  };
}

function identityOf(directory: string, cell: Cell): ModelIdentity | null {
  const stored = readStored(directory, cell, null);
  if (stored.state !== "record") return null;
  const { fingerprint, identity } = stored.record.model;
  return identity === undefined ? null : { fingerprint, identity };
}

function isOf(directory: string, cell: Cell, model: ModelIdentity): boolean {
  const stored = readStored(directory, cell, model);
  return stored.state === "record" && stored.named;
}
