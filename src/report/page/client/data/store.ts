/// <reference lib="dom" />
import type { PageCell, PageIndex, PageText } from "../../page_data.ts";

/** A cell with its texts. */
export interface OpenedCell {
  readonly id: string;
  readonly cell: PageCell;
  readonly text: PageText;
}

/** Cells of a page, decompressed when they are asked for. */
export interface PageStore {
  readonly index: PageIndex;
  open(cell: number): Promise<OpenedCell>;
}

/** Cells that are kept decompressed. */
const KEPT = 32;

/** Reads cells that stand compressed, one after another, in a text. */
export function openStore(index: PageIndex, packed: string): PageStore {
  const texts = placesOf(index.texts, 0);
  const cells = placesOf(index.cells, texts.end);
  const opened = new Map<number, Promise<OpenedCell>>();
  const read = async (i: number): Promise<OpenedCell> => {
    const slice = ([start, end]: readonly [number, number]) => unpackJson(packed.slice(start, end));
    const [cell, text] = await Promise.all([slice(cells.places[i]), slice(texts.places[index.textOf[i]])]);
    return { id: index.ids[i], cell: cell as PageCell, text: text as PageText };
  };
  return {
    index,
    open(i) {
      const known = opened.get(i) ?? read(i);
      // The latest stands last.
      opened.delete(i);
      opened.set(i, known);
      if (opened.size > KEPT) opened.delete(opened.keys().next().value!);
      return known;
    },
  };
}

/** Decompresses a value's JSON. */
async function unpackJson(packed: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return await new Response(stream).json();
}

function placesOf(lengths: readonly number[], start: number) {
  let end = start;
  const places = lengths.map((length) => [end, end += length] as const);
  return { places, end };
}
