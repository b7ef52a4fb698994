import { type Agreement, agreement } from "../../../metrics/agreement.ts";
import { type Stability, stability } from "../../../metrics/stability.ts";
import { unitsInCommon } from "./comparable_units.ts";
import { stableJson } from "../../run/stable_json.ts";
import type { ResultRow } from "../result_row.ts";
import { cellLabels, comparedValue } from "./cell_labels.ts";
import { comparedKeys, withDependents, WITHOUT_EFFECT } from "../../compared_keys.ts";
import type { ParsedComparison } from "../../config/experiment_schema.ts";

/** Two cells' agreement. */
interface Pair {
  /** Differences between the comparison's groups, the prompt aside: a baseline, say. */
  readonly where: string;
  readonly prompt: string;
  readonly a: ResultRow;
  /** The reference if there is one. */
  readonly b: ResultRow;
  /** Differences between the two, in words. */
  readonly labels: readonly [a: string, b: string];
  /** Units compared: those that are free in both. */
  readonly units: number;
  readonly agreement: Agreement;
}

/** Variation of the cells of a group. */
interface GroupStability {
  readonly where: string;
  readonly prompt: string;
  readonly stability: Stability;
}

/** A comparison of an experiment's cells. */
export interface Comparison {
  readonly name: string;
  readonly across: readonly string[];
  readonly hasReference: boolean;
  readonly pairs: readonly Pair[];
  /** Without a reference. */
  readonly stabilities: readonly GroupStability[];
  /** Cells that could not be compared, and why. */
  readonly notes: readonly string[];
}

/** Compares cells that differ in nothing but the keys of a comparison. */
export function compareCells(rows: readonly ResultRow[], spec: ParsedComparison): Comparison {
  const { name, across = [], reference, top } = spec;
  const keys = withDependents(across);
  const inside = comparedKeys().filter((key) => keys.has(key));
  const fixed = comparedKeys().filter((key) => !keys.has(key) && !WITHOUT_EFFECT.includes(key));
  const [label, where] = [cellLabels(rows, inside), cellLabels(rows, fixed)];
  const valuesOf = (row: ResultRow) => fixed.map((key) => String(comparedValue(row, key)));
  const groups = Map.groupBy(rows, (row) => stableJson([row.cell.prompt, ...valuesOf(row)]));
  const pairs: Pair[] = [];
  const stabilities: GroupStability[] = [];
  const notes = new Set<string>();
  for (const members of groups.values()) {
    const shared = { where: where(members[0]), prompt: members[0].cell.prompt };
    const { found, note } = pairsOf(members, reference);
    if (note !== null) notes.add(`${[shared.prompt, shared.where].filter(Boolean).join(", ")}: ${note}`);
    for (const [a, b] of found) {
      const both = valuesInCommon([a, b]);
      if (typeof both === "string") notes.add(`${a.cell.id} and ${b.cell.id}: ${both}`);
      else {
        const units = both[0].length;
        pairs.push({
          ...{ ...shared, a, b, labels: [label(a), label(b)], units },
          agreement: agreement(both[0], both[1], atMost(top, units)),
        });
      }
    }
    const runs = reference === undefined && members.length > 1 ? valuesInCommon(members) : "not asked for";
    if (typeof runs !== "string") {
      stabilities.push({ ...shared, stability: stability(runs, atMost(top, runs[0].length)) });
    }
  }
  return { name, across: [...keys], hasReference: reference !== undefined, pairs, stabilities, notes: [...notes] };
}

function atMost(top: number | undefined, units: number): number | undefined {
  return top === undefined ? undefined : Math.min(top, units);
}

/**
 * Pairs of a group's cells: each with the reference, or else each two; with a note if the reference is not one cell.
 */
function pairsOf(
  members: readonly ResultRow[],
  reference: ParsedComparison["reference"],
): { readonly found: readonly (readonly [ResultRow, ResultRow])[]; readonly note: string | null } {
  if (reference === undefined) {
    return { found: members.flatMap((b, i) => members.slice(i + 1).map((a) => [a, b] as const)), note: null };
  }
  const given = Object.entries(reference);
  const matching = members.filter((row) =>
    given.every(([key, value]) => String(comparedValue(row, key)) === `${value}`)
  );
  if (matching.length === 0) return { found: [], note: "no cell is the reference" };
  if (matching.length > 1) {
    return { found: [], note: `the reference must be one cell, got ${matching.map(({ cell }) => cell.id).join(", ")}` };
  }
  return { found: members.filter((row) => row !== matching[0]).map((row) => [row, matching[0]] as const), note: null };
}

/** Values of the units that are free in all, or the reason if there are none. */
function valuesInCommon(rows: readonly ResultRow[]): readonly (readonly number[])[] | string {
  const all = rows.map(({ units }) => units!);
  const common = unitsInCommon(all);
  return typeof common === "string" ? common : all.map(({ values }, i) => common[i].map((u) => values[u]));
}
