/** Rows that are drawn, some at a time. */
interface RowSample<T> {
  /** Offers a row; `key` is its content. */
  offer(row: T, key: string): void;
  /** Rows that were drawn, in the order in which they were offered. */
  drawn(): T[];
}

interface Offered<T> {
  readonly rank: string;
  readonly order: number;
  readonly row: T;
}

/**
 * Draws rows uniformly: those whose content, hashed with the seed, comes first. A larger sample has the smaller one's
 * rows, in whatever order a file has them, so that what was computed stays of use. Holds twice the sample at most.
 *
 * @param hash of a text: uniform, in an order
 */
export function sampleRows<T>(rows: number, hash: (key: string) => string): RowSample<T> {
  let kept: Offered<T>[] = [];
  let order = 0;
  const shrink = () => {
    kept.sort((a, b) => a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.order - b.order);
    kept = kept.slice(0, rows);
  };
  return {
    offer(row, key) {
      kept.push({ rank: hash(key), order: order++, row });
      if (kept.length >= 2 * rows + 1000) shrink();
    },
    drawn() {
      shrink();
      return [...kept].sort((a, b) => a.order - b.order).map(({ row }) => row);
    },
  };
}
