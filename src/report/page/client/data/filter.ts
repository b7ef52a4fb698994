import type { PageColumn } from "../../page_data.ts";

type Test = (cell: number) => boolean;

/** A condition on a column: a text column is one of its words, by number. */
export interface Facet {
  readonly column: number;
  readonly word: number;
}

const CONDITION = /^(.+?)(<=|>=|<|>|=)(-?[\d.]+(?:e-?\d+)?)(%?)$/i;

/**
 * Cells that have every word of a query somewhere in their texts and meet its conditions, such as `κ>1%`; a column is
 * named by its beginning, without spaces.
 */
export function filterCells(
  columns: readonly PageColumn[],
  count: number,
  { query, facets }: { readonly query: string; readonly facets: readonly Facet[] },
): number[] {
  const tests: Test[] = [
    ...query.toLowerCase().split(/\s+/).filter((term) => term !== "").map((term) => testOf(columns, term)),
    ...facets.map(({ column, word }): Test => {
      const given = columns[column];
      return (cell) => given.kind === "text" && given.at[cell] === word;
    }),
  ];
  return Array.from({ length: count }, (_, cell) => cell).filter((cell) => tests.every((test) => test(cell)));
}

/** Sorts cells by a column; those without a value come last in both directions. */
export function sortCells(cells: readonly number[], column: PageColumn, isDown: boolean): number[] {
  const sign = isDown ? -1 : 1;
  if (column.kind === "text") {
    const order = column.words.map((_, i) => i).sort((a, b) =>
      column.words[a].localeCompare(column.words[b], "en", { numeric: true })
    );
    const rank = new Map(order.map((word, place) => [word, place]));
    return cells.toSorted((a, b) => {
      const [one, other] = [a, b].map((cell) =>
        column.words[column.at[cell]] === "" ? null : rank.get(column.at[cell])!
      );
      return compare(one, other, sign);
    });
  }
  return cells.toSorted((a, b) => compare(column.values[a], column.values[b], sign));
}

function compare(one: number | null, other: number | null, sign: number): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return sign * (one - other);
}

function testOf(columns: readonly PageColumn[], term: string): Test {
  const [, name, sign, digits, percent] = CONDITION.exec(term) ?? [];
  const column = name === undefined
    ? undefined
    : columns.find((one) => one.kind !== "text" && one.name.toLowerCase().replaceAll(" ", "").startsWith(name));
  if (column === undefined || column.kind === "text") return wordTest(columns, term);
  const bound = Number(digits) / (percent === "%" ? 100 : 1);
  return (cell) => {
    const value = column.values[cell];
    return value !== null && COMPARE[sign](value, bound);
  };
}

const COMPARE: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  "<": (value, bound) => value < bound,
  ">": (value, bound) => value > bound,
  "<=": (value, bound) => value <= bound,
  ">=": (value, bound) => value >= bound,
  "=": (value, bound) => value === bound,
};

function wordTest(columns: readonly PageColumn[], word: string): Test {
  const found = columns.flatMap((column) =>
    column.kind === "text"
      ? [{ at: column.at, has: column.words.map((text) => text.toLowerCase().includes(word)) }]
      : []
  );
  return (cell) => found.some(({ at, has }) => has[at[cell]]);
}
