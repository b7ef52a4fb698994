import type { PageColumn } from "./page_data.ts";

/** A value of a cell in the table: a text, a number, or a share that is shown as a percentage. */
export type CellField =
  | { readonly kind: "text"; readonly name: string; readonly value: string; readonly isSetting: boolean }
  | { readonly kind: "number" | "share"; readonly name: string; readonly value: number | null };

/** Columns in the making, a cell after the other. */
interface TableColumns {
  add(fields: readonly CellField[]): void;
  /** Texts that are the same in all cells that have one are left out, and numbers that none has. */
  end(): PageColumn[];
}

interface Column {
  readonly kind: CellField["kind"];
  readonly isSetting: boolean;
  readonly values: (string | number | null)[];
}

/** Starts the columns of the table of cells, in the order of the first that has each. */
export function createTableColumns(): TableColumns {
  const columns = new Map<string, Column>();
  let cells = 0;
  const padded = (values: Column["values"]) => {
    while (values.length < cells) values.push(null);
    return values;
  };
  return {
    add(fields) {
      for (const field of fields) {
        const isSetting = field.kind === "text" && field.isSetting;
        const column = columns.get(field.name) ?? { kind: field.kind, isSetting, values: [] };
        columns.set(field.name, column);
        padded(column.values).push(typeof field.value === "number" ? rounded(field.value) : field.value);
      }
      cells++;
    },
    end: () => [...columns].flatMap(([name, column]) => finished(name, { ...column, values: padded(column.values) })),
  };
}

function finished(name: string, { kind, isSetting, values }: Column): PageColumn[] {
  if (kind !== "text") {
    return values.every((value) => value === null) ? [] : [{ kind, name, values: values as (number | null)[] }];
  }
  const texts = values.map((value) => String(value ?? ""));
  const words = [...new Set(texts)];
  if (words.filter((word) => word !== "").length < 2 && texts.length > 1) return [];
  const places = new Map(words.map((word, i) => [word, i]));
  return [{ kind, name, words, at: texts.map((text) => places.get(text)!), isSetting }];
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
