import { resultColumns } from "./result_columns.ts";
import type { TableColumn } from "./table_column.ts";
import { TOKEN_COLUMNS } from "./token_columns.ts";

/** Writes the reference of the columns of all results, docs/results.md, from their declarations. */
export function columnsReference(): string {
  return `# Results

The columns of an experiment's tables, from their declarations. \`deno task columns\` writes this page; a test holds it.

An experiment writes each table as Parquet and as CSV: \`results.parquet\` and \`results.csv\`, a row for each cell, and
\`tokens.parquet\`, a row for each token's attribution; \`tokens.csv\` as well where there are at most 200 cells. Results so
far stand in results.csv while the experiment runs. Columns that no row has are left out. An
option is empty where it has no effect.

    SELECT method, avg(relative) FROM 'results.parquet' GROUP BY method           -- DuckDB
    pandas.read_parquet("results.parquet").merge(pandas.read_parquet("tokens.parquet"), on="cell")

Types: whole numbers are INT64, other numbers DOUBLE, texts UTF-8. In CSV files a text that a spreadsheet would take for
a formula has an apostrophe before it.

## A row for each cell

${table(resultColumns())}
## A row for each attribution

${table(TOKEN_COLUMNS)}`;
}

function table(columns: readonly Pick<TableColumn<never>, "name" | "type" | "help">[]): string {
  const rows = columns.map(({ name, type, help }) => `| \`${name}\` | ${TYPES[type]} | ${escaped(help)} |`);
  return ["| column | type | |", "| --- | --- | --- |", ...rows].join("\n") + "\n";
}

const TYPES = { text: "text", number: "number", whole: "whole number", flag: "true or false" } as const;

function escaped(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
