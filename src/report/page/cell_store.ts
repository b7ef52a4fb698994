import { packJson } from "./pack.ts";
import type { PageCell, PageLevel, PageText } from "./page_data.ts";

/** Characters that compressed cells may take before matrices are left out. */
const MOST_CHARACTERS = 48 * 2 ** 20;

/** Compressed cells of a page. */
interface CellStore {
  add(cell: Omit<PageCell, "text">, text: PageText): void;
  /** Compressed texts and then cells, with their lengths, and the text of each cell. */
  end(): PackedCells;
}

/** Cells as a page holds them. */
export interface PackedCells {
  readonly packed: readonly string[];
  readonly texts: readonly number[];
  readonly cells: readonly number[];
  readonly textOf: readonly number[];
  /** Cells whose matrix was left out. */
  readonly cut: number;
}

/**
 * Compresses cells one by one; a text that many have is kept once. Once they take 48 MiB, the matrices of those that
 * follow are left out, as a browser would not open the page.
 *
 * @param most characters, in place of 48 MiB
 */
export function createCellStore(most = MOST_CHARACTERS): CellStore {
  const [texts, cells, textOf]: [string[], string[], number[]] = [[], [], []];
  const numbers = new Map<string, number>();
  let [characters, cut] = [0, 0];
  const numberOf = (text: PageText) => {
    const key = JSON.stringify(text);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, texts.length);
    return texts.push(packJson(text)) - 1;
  };
  return {
    add(cell, given) {
      const text = numberOf(given);
      let packed = packJson({ ...cell, text });
      if (characters + packed.length > most && hasMatrix(cell)) {
        packed = packJson({ ...withoutMatrices(cell), text });
        cut++;
      }
      characters += packed.length;
      cells.push(packed);
      textOf.push(text);
    },
    end: () => ({
      packed: [...texts, ...cells],
      texts: texts.map(({ length }) => length),
      cells: cells.map(({ length }) => length),
      ...{ textOf, cut },
    }),
  };
}

function hasMatrix({ tokens, inside }: Pick<PageCell, "tokens" | "inside">): boolean {
  return tokens.matrix !== null || inside !== null;
}

function withoutMatrices<T extends Pick<PageCell, "tokens" | "units">>(cell: T): T {
  const bare = (level: PageLevel): PageLevel => ({
    ...level,
    ...{ matrix: null, entryErrors: null, prefix: level.prefix && { ...level.prefix, matrix: null } },
  });
  return { ...cell, tokens: bare(cell.tokens), units: cell.units && bare(cell.units), isCut: true, inside: null };
}
