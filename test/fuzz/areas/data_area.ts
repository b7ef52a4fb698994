import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "npm:hyparquet-writer@0.17";
import { parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { readPrompts } from "../../../src/experiment/prompts/read_prompts.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";
import { bytesOf, type Files, type FuzzArea, type FuzzInput, hold, textOf } from "../area.ts";
import type { Dice } from "../dice.ts";
import { mutateBytes } from "../mutate_bytes.ts";

const EXPERIMENT = "experiment.yaml";

/** Rows of every field, with quotes, breaks and scripts. */
const ROWS = [
  { name: "one", prompt: 'Say "a, b"\nand c', target: " d", context: "Before.", truth: ["and c"], n: 1 },
  { name: "two", prompt: "東京 is", target: " 大きい", context: "", truth: ["東京"], n: -2.5 },
  { name: "three", prompt: "x y", target: " z", context: "", truth: ["x"], n: 1e300 },
];
const NAMES = Object.keys(ROWS[0]) as (keyof typeof ROWS[number])[];

/** Makes the area of files of prompts, and of the plans that follow from them. */
export function dataArea(): FuzzArea {
  const originals = originalFiles();
  return {
    originals,
    subjects: [EXPERIMENT, ...originals.flatMap(Object.keys)],
    make: (dice) => makeInput(originals, dice),
    async feed(directory, { files, sound }) {
      const [file] = Object.keys(files);
      const yaml =
        `name: fuzz\nprompts: { file: ${file}, where: { n: { below: 1.0e+301 } } }\nsweeps: [{ method: lime }]\n`;
      const config = parseConfig(yaml, join(directory, EXPERIMENT));
      const { cells } = planExperiment(config, {}, await readPrompts(config));
      hold(new Set(cells.map(({ id }) => id)).size === cells.length, "has two cells of one name");
      for (const { id, flaw, text } of cells) {
        hold(/^[A-Za-z0-9][\w.+-]*$/.test(id) && id.length < 130, `has a cell named ${id}`);
        hold(flaw === undefined || flaw.includes(file), `has a flaw without a place: ${flaw}`);
        hold(flaw !== undefined || text.prompt !== "" && text.target !== "", "takes an empty text");
      }
      if (sound) hold(cells.length === 3 && cells.every(({ flaw }) => flaw === undefined), "does not take all rows");
      if (file === "rows.jsonl") checkLines(textOf(files[file]), cells.map(({ text }) => text.prompt));
    },
  };
}

function originalFiles(): Files[] {
  const jsonl = ROWS.map((row) => JSON.stringify(row)).join("\n") + "\n";
  const quoted = (value: unknown) =>
    `"${(typeof value === "string" ? value : JSON.stringify(value)).replaceAll('"', '""')}"`;
  const csv = [NAMES.join(), ...ROWS.map((row) => NAMES.map((name) => quoted(row[name])).join())].join("\r\n");
  const columnData = NAMES.map((name) => ({ name, data: ROWS.map((row) => row[name]) }));
  const parquet = (codec: "SNAPPY" | "UNCOMPRESSED") =>
    new Uint8Array(parquetWriteBuffer({ columnData, codec } as Parameters<typeof parquetWriteBuffer>[0]));
  return [
    { "rows.jsonl": bytesOf(jsonl) },
    { "rows.csv": bytesOf(csv) },
    { "rows.tsv": bytesOf(csv.replaceAll('","', '"\t"').replaceAll(",", "\t").replaceAll("a\t b", "a, b")) },
    { "rows.parquet": parquet("SNAPPY") },
    { "rows.parquet": parquet("UNCOMPRESSED") },
    { "rows.jsonl.gz": new Uint8Array(gzipSync(bytesOf(jsonl))) },
  ];
}

function makeInput(originals: readonly Files[], dice: Dice): FuzzInput {
  const files = dice.pick(originals);
  if (dice.oneIn(10)) return { files, sound: true };
  const [[name, bytes]] = Object.entries(files);
  const [donor] = Object.values(dice.pick(originals));
  return { files: { [name]: mutateBytes(bytes, donor, dice) }, sound: false };
}

/** Every prompt must be in its lines: nothing is made up, and no byte is replaced. */
function checkLines(text: string, prompts: readonly string[]): void {
  const rows = text.split("\n").filter((line) => line.trim() !== "").map((line) => JSON.parse(line));
  const all = rows.map(({ prompt }) => prompt);
  for (const prompt of prompts) hold(prompt === "" || all.includes(prompt), `has a prompt of its own: ${prompt}`);
}
