import type { Composition } from "../../attribution/objectives/composition.ts";
import { OBJECTIVE_NAMES, type ObjectiveName, OBJECTIVES } from "../../attribution/objectives/objective.ts";
import { OBJECTIVE_UNITS, type ObjectiveUnit } from "../../attribution/objectives/objective_definition.ts";
import { isOwnName, type OwnText, ownText } from "./own_name.ts";

/** A score that an objective is a function of. */
export interface OwnPart {
  /** An objective that takes no alternative. Default: `log-prob`. */
  readonly objective?: Exclude<ObjectiveName, "contrastive">;
  /** The continuation that it scores, with its own leading space. Default: the target. */
  readonly continuation?: string;
}

/**
 * An objective that the caller's code makes of others: a function of their scores, and its derivatives. A record has it
 * as `own:` and the name.
 */
export interface OwnObjective {
  /** Letters, digits, dots, dashes and underscores. */
  readonly name: string;
  /** Unit of F, and so of its attributions. */
  readonly unit: ObjectiveUnit;
  /** True for a loss or an uncertainty, which falls if the prompt supports the target. */
  readonly falls?: boolean;
  /** The scores that it is a function of. */
  readonly parts: readonly OwnPart[];
  /**
   * Returns F for so many scores T_p of each part: one for each target token, or one for the whole.
   * `weightedScores` and `ofTotals` make such functions.
   */
  readonly compose: (lengths: readonly number[]) => Composition;
}

/** An objective by its name, or the caller's own. */
export type GivenObjective = ObjectiveName | OwnObjective;

/** Facts of an objective that readers of its scores need. */
interface ObjectiveFacts {
  readonly unit: ObjectiveUnit;
  readonly falls: boolean;
  readonly per: "token" | "sequence" | "aligned";
}

/** Tells the facts of an objective. */
export function objectiveFacts(objective: GivenObjective): ObjectiveFacts {
  if (typeof objective === "string") return OBJECTIVES[objective];
  return { unit: objective.unit, falls: objective.falls === true, per: "aligned" };
}

/** Writes an objective as records have it. */
export function objectiveText(objective: GivenObjective): ObjectiveName | OwnText {
  return typeof objective === "string" ? objective : ownText(objective);
}

/** Reads an objective of the caller's own; returns undefined for anything else. */
export function readOwnObjective(given: unknown): OwnObjective | undefined {
  const { name, unit, falls, parts, compose } = Object(given) as Partial<OwnObjective>;
  const fits = isOwnName(name) && OBJECTIVE_UNITS.some((known) => known === unit) &&
    (falls === undefined || typeof falls === "boolean") && typeof compose === "function" &&
    Array.isArray(parts) && parts.length > 0 && parts.every(isPart);
  return fits ? given as OwnObjective : undefined;
}

function isPart(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return false;
  const { objective = "log-prob", continuation, ...others } = part as OwnPart;
  return Object.keys(others).length === 0 && OBJECTIVE_NAMES.includes(objective) &&
    OBJECTIVES[objective].composed?.alternative !== true &&
    (continuation === undefined || typeof continuation === "string" && continuation !== "");
}
