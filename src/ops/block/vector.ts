import vec1Source from "../../../shaders/block/vec1.wgsl" with { type: "text" };
import vec4Source from "../../../shaders/block/vec4.wgsl" with { type: "text" };

/** The vectors by which a kernel reads rows: WGSL of `Vec`, `WIDTH` and `total`, and elements of a `Vec`. */
interface Vectors {
  readonly source: string;
  readonly width: number;
}

/** The widest vectors that every one of these numbers of elements is a multiple of. */
export function vectorsFor(...lengths: readonly number[]): Vectors {
  return lengths.every((length) => length % 4 === 0)
    ? { source: vec4Source, width: 4 }
    : { source: vec1Source, width: 1 };
}

/**
 * Threads that share a row in sums over it: by its length alone, so that the order is the same for any number of rows.
 */
export function threadsAcross(columns: number): number {
  // Long rows come few at a time in generation, and a GPU has threads to spare.
  return columns >= 1024 ? 32 : 8;
}
