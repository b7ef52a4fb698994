import { movingTokens } from "../explain/record/moving_tokens.ts";
import type { AttributionRecord } from "../explain/record/record.ts";
import { insideSums } from "./view/inside_sums.ts";
import { byUnits } from "./view/by_units.ts";
import { sequenceErrors } from "./view/sequence_errors.ts";
import { csvText } from "./text/csv_text.ts";

const COLUMNS = [
  "scope",
  "target_position",
  "target_token_id",
  "target_token",
  "prompt_position",
  "prompt_token_id",
  "prompt_token",
  "frozen",
  "attribution",
  "error",
  "unit",
  "unit_text",
  "target_unit",
  "target_unit_text",
] as const;

type Row = Record<typeof COLUMNS[number], string | number>;

/**
 * One attribution as tidy CSV: a row for each prompt token, then a row for each pair of target and prompt token. A
 * record with units has the same of these in the scopes `unit` and `token-unit`, of target tokens or units. If the
 * target's own tokens moved, `prefix` and `token-prefix` follow, whose prompt positions count on from the prompt's.
 * Chains to the answer have the scopes `through-total`, `through-direct`, `through-span` and `through-rest` for shares
 * of prompt tokens, and `through-reach` and `through-read` for those of spans, which stand as target units. A context
 * has `context-js`, `context-kl`, `context-kl-reverse` and `context-drop` of each target token, and as units
 * `context-documents`, `-paragraphs` and `-sentences` of the sequence and of each token that depends on it. `error` is
 * a standard error or an estimated error. What passes through each part of the network, if it was asked for, follows in
 * the scope `inside`, with the columns `layer` and `part`.
 */
export function recordCsv(record: AttributionRecord): string {
  const rows = recordRows(record);
  if (record.inside === undefined) return csvText(rows, COLUMNS);
  const none = { layer: "", part: "" };
  return csvText([...rows.map((row) => ({ ...row, ...none })), ...insideRows(record)], [...COLUMNS, "layer", "part"]);
}

/** Rows of all scopes but `inside`. */
export function recordRows(record: AttributionRecord): Row[] {
  return [
    ...sequenceRows(record),
    ...tokenRows(record),
    ...unitRows(record),
    ...prefixRows(record),
    ...throughRows(record),
    ...contextRows(record),
  ];
}

/** Rows of each part of each layer, by position; those of the target count on from the prompt's. */
function insideRows(record: AttributionRecord): (Row & { layer: number; part: string })[] {
  const L = record.prompt.tokens.length;
  const moving = movingTokens(record);
  return insideSums(record.inside!).flatMap(({ layer, part, positions }) =>
    positions.map((value, i) => ({
      scope: "inside",
      ...NO_TARGET,
      ...(i < L ? promptCells(record, i) : {
        ...{ prompt_position: i, prompt_token_id: moving[i - L].id, prompt_token: moving[i - L].text, frozen: "false" },
        ...{ unit: "", unit_text: "" },
      }),
      attribution: value,
      error: "",
      layer,
      part,
    }))
  );
}

const NO_TARGET = {
  ...{ target_position: "", target_token_id: "", target_token: "" },
  ...{ target_unit: "", target_unit_text: "" },
} as const;

const EMPTY = Object.fromEntries(COLUMNS.map((name) => [name, ""])) as Row;

function sequenceRows(record: AttributionRecord): Row[] {
  const errors = sequenceErrors(record);
  return record.sequenceAttribution.map((value, i) => ({
    scope: "sequence",
    ...NO_TARGET,
    ...promptCells(record, i),
    attribution: value,
    error: errors ? errors[i] : "",
  }));
}

/** Rows of the units; columns about one token are empty there. */
function unitRows(record: AttributionRecord): Row[] {
  if (record.units === undefined) return [];
  const shown = byUnits(record);
  const { prompt, target } = record.units;
  return [...sequenceRows(shown), ...tokenRows(shown)].map((row) => {
    const [unit, targetUnit] = [row.prompt_position as number, row.target_position as number];
    const isPair = row.scope === "token";
    const summed = target === undefined || !isPair
      ? {}
      : { ...NO_TARGET, target_unit: targetUnit, target_unit_text: target[targetUnit].text };
    return {
      ...row,
      scope: isPair ? "token-unit" : "unit",
      ...{ prompt_position: "", prompt_token_id: "", prompt_token: "" },
      ...{ unit, unit_text: prompt[unit].text },
      ...summed,
    };
  });
}

/** Rows of these tokens, as if they were the prompt's last. */
function prefixRows(record: AttributionRecord): Row[] {
  if (record.prefix === undefined) return [];
  const { attribution, sequence, standardError, entryError } = record.prefix;
  const L = record.prompt.tokens.length;
  const shown: AttributionRecord = {
    ...record,
    prompt: {
      ...record.prompt,
      tokens: movingTokens(record).map((token) => ({ ...token, frozen: false })),
    },
    tokenAttribution: attribution,
    sequenceAttribution: sequence,
    standardError,
    sampling: undefined,
    units: undefined,
    completeness: { ...record.completeness, entryError },
  };
  return [...sequenceRows(shown), ...tokenRows(shown)].map((row) => ({
    ...row,
    scope: row.scope === "sequence" ? "prefix" : "token-prefix",
    prompt_position: L + (row.prompt_position as number),
  }));
}

/** Shares of chains; the spans of the target stand as its units. */
function throughRows(record: AttributionRecord): Row[] {
  if (record.through === undefined) return [];
  const { total, direct, rest, spans } = record.through;
  const shares = (scope: string, values: readonly number[], target: Partial<Row> = {}) =>
    values.map((attribution, i) => ({
      scope: `through-${scope}`,
      ...NO_TARGET,
      ...promptCells(record, i),
      attribution,
      error: "",
      ...target,
    }));
  return [
    ...shares("total", total),
    ...shares("direct", direct),
    ...spans.flatMap(({ text, part, reach, read }, k) => {
      const target = { target_unit: k, target_unit_text: text };
      const ofSpan = ([scope, attribution]: [string, number]) => ({ ...EMPTY, ...target, scope, attribution });
      return [
        ...shares("span", part, target),
        ...([["through-reach", reach], ["through-read", read]] as [string, number][]).map(ofSpan),
      ];
    }),
    ...shares("rest", rest ?? []),
  ];
}

/** Dependence of the target's tokens on the context, and its parts but the tokens, which have rows already. */
function contextRows(record: AttributionRecord): Row[] {
  const { context, prompt, score } = record;
  if (context === undefined) return [];
  const { js, kl, klReverse, drop } = context.dependence;
  const of = (t: number) => score.per === "sequence" ? {} : targetCells(record, t);
  const measures: [string, readonly number[]][] = [["js", js], ["kl", kl], ["kl-reverse", klReverse], ["drop", drop]];
  const parts = context.levels.filter(({ level }) => level !== "tokens").flatMap((one) => {
    const row = (values: readonly number[], target: Partial<Row>) =>
      one.parts.map(({ document, start, end }, unit) => {
        const name = one.level === "documents" && document !== null ? context.documents[document].name : null;
        const text = { unit, unit_text: name ?? prompt.text.slice(start, end) };
        return { ...EMPTY, scope: `context-${one.level}`, ...target, ...text, attribution: values[unit] };
      });
    const rows = score.per === "sequence" ? [] : one.attribution ?? [];
    return [...row(one.sequence, {}), ...rows.flatMap((values, s) => row(values, of(context.dependent[s])))];
  });
  return [
    ...measures.flatMap(([name, values]) =>
      values.map((attribution, t) => {
        const { id, text } = record.target.tokens[t];
        const target = { target_position: t, target_token_id: id, target_token: text };
        return { ...EMPTY, ...target, scope: `context-${name}`, attribution };
      })
    ),
    ...parts,
  ];
}

function tokenRows(record: AttributionRecord): Row[] {
  const errors = record.sampling?.tokenStandardError ?? record.completeness.entryError;
  return (record.tokenAttribution ?? []).flatMap((values, t) =>
    values.map((value, i) => {
      const row = errors?.[t];
      return {
        scope: "token",
        ...targetCells(record, t),
        ...promptCells(record, i),
        attribution: value,
        error: Array.isArray(row) ? row[i] : "",
      };
    })
  );
}

function targetCells({ score, target, units }: AttributionRecord, t: number) {
  // Of one score for the sequence there is no position.
  if (score.per === "sequence") return { ...NO_TARGET, target_token: target.text };
  const { id, text } = target.tokens[t];
  const unit = units?.target?.findIndex(({ tokens }) => tokens.includes(t)) ?? "";
  return {
    ...{ target_position: t, target_token_id: id, target_token: text },
    ...{ target_unit: unit, target_unit_text: unit === "" ? "" : units!.target![unit].text },
  };
}

function promptCells(record: AttributionRecord, i: number) {
  const { id, text, frozen } = record.prompt.tokens[i];
  const unit = record.units?.prompt.findIndex(({ tokens }) => tokens.includes(i)) ?? "";
  const unitText = unit === "" ? "" : record.units!.prompt[unit].text;
  return {
    ...{ prompt_position: i, prompt_token_id: id, prompt_token: text, frozen: String(frozen) },
    ...{ unit, unit_text: unitText },
  };
}
