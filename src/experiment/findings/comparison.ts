import { type Agreement, agreement } from "../../metrics/agreement.ts";
import { type Stability, stability } from "../../metrics/stability.ts";
import { unitsInCommon } from "./comparable.ts";
import { stableJson } from "../run/stable_json.ts";
import type { ResultRow } from "./results.ts";
import { comparedKeys, withDependents, WITHOUT_EFFECT } from "../compared_keys.ts";
import type { ParsedComparison } from "../config/experiment_schema.ts";

/** Two cells' agreement. */
export interface Pair {
  /** What the comparison's groups differ in beside the prompt: a baseline, say. */
  readonly where: string;
  readonly prompt: string;
  readonly a: ResultRow;
  /** The reference where there is one. */
  readonly b: ResultRow;
  /** What distinguishes them, in words. */
  readonly labels: readonly [a: string, b: string];
  /** Units compared: those that are free in both. */
  readonly units: number;
  readonly agreement: Agreement;
}

/** How much the cells of a group vary. */
export interface GroupStability {
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
  /** What could not be compared, and why. */
  readonly notes: readonly string[];
}

/** Agreement of cells that differ in nothing but what a comparison is across. */
export function compareCells(rows: readonly ResultRow[], spec: ParsedComparison): Comparison {
  const { name, across = [], reference, top } = spec;
  const keys = withDependents(across);
  const [inside, outside] = [
    comparedKeys().filter((key) => keys.has(key)),
    comparedKeys().filter((key) => !keys.has(key)),
  ];
  const fixed = outside.filter((key) => !WITHOUT_EFFECT.includes(key));
  const [label, where] = [labels(rows, inside), labels(rows, fixed)];
  const groups = Map.groupBy(
    rows,
    (row) => stableJson([row.cell.prompt, ...fixed.map((key) => String(valueOf(row, key)))]),
  );
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
        const found = agreement(both[0], both[1], top === undefined ? undefined : Math.min(top, units));
        pairs.push({ ...shared, a, b, labels: [label(a), label(b)], units, agreement: found });
      }
    }
    const runs = reference === undefined && members.length > 1 ? valuesInCommon(members) : "not asked for";
    if (typeof runs !== "string") {
      stabilities.push({ ...shared, stability: stability(runs, top && Math.min(top, runs[0].length)) });
    }
  }
  return { name, across: [...keys], hasReference: reference !== undefined, pairs, stabilities, notes: [...notes] };
}

function pairsOf(
  members: readonly ResultRow[],
  reference: ParsedComparison["reference"],
): { readonly found: readonly (readonly [ResultRow, ResultRow])[]; readonly note: string | null } {
  if (reference === undefined) {
    return { found: members.flatMap((b, i) => members.slice(i + 1).map((a) => [a, b] as const)), note: null };
  }
  const given = Object.entries(reference);
  const matching = members.filter((row) => given.every(([key, value]) => String(valueOf(row, key)) === `${value}`));
  if (matching.length === 0) return { found: [], note: "no cell is the reference" };
  if (matching.length > 1) {
    return { found: [], note: `the reference must be one cell, got ${matching.map(({ cell }) => cell.id).join(", ")}` };
  }
  return { found: members.filter((row) => row !== matching[0]).map((row) => [row, matching[0]] as const), note: null };
}

/** The values of the units that are free in all, or why there are none. */
function valuesInCommon(rows: readonly ResultRow[]): readonly (readonly number[])[] | string {
  const common = unitsInCommon(rows.map(({ units }) => units));
  return typeof common === "string" ? common : rows.map(({ units }) => common.map((u) => units.values[u]));
}

/** What distinguishes rows in some keys, in words; keys in which none that have them differ are left out. */
function labels(rows: readonly ResultRow[], keys: readonly string[]): (row: ResultRow) => string {
  const varying = keys.filter((key) => {
    const values = rows.map((row) => valueOf(row, key)).filter((value) => value !== undefined && value !== null);
    return new Set(values.map(String)).size > 1;
  });
  return (row) =>
    varying.flatMap((key) => {
      const value = valueOf(row, key);
      if (value === undefined || value === null) return [];
      return [typeof value === "string" ? value : `${key} ${value}`];
    }).join(", ");
}

/** A cell's value of a key; undefined where it has no effect. */
function valueOf({ cell }: ResultRow, key: string): unknown {
  if (key === "model") return cell.model.source;
  if (key === "quantize") return cell.model.quantize;
  if (key === "method") return cell.options.method;
  if (key === "freeze") {
    const frozen = cell.recorded.freeze as readonly string[];
    return frozen.length === 0 ? "nothing frozen" : `frozen ${frozen.join("+")}`;
  }
  return cell.recorded[key];
}
