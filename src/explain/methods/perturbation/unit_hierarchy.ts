import type { CommonOptions } from "../../options/common_options.ts";
import { groupedTree, type UnitTree } from "../../../perturbation/unit_tree.ts";
import { divide } from "../../../units/divide.ts";
import { containingUnits, type Unit, type UnitToken } from "../../../units/unit.ts";

/**
 * The tree that free units hang in: words in sentences, or tokens in words in sentences. Sentences, lines and slots
 * have nothing above them.
 *
 * @param division the kind of `units`: `tokens`, `words`, …
 */
export function treeOf(
  text: string,
  tokens: readonly UnitToken[],
  units: readonly Unit[],
  division: CommonOptions["units"]["kind"],
): UnitTree {
  const flat = groupedTree(units.filter(({ frozen }) => !frozen).map((_, i) => i));
  if (division !== "tokens" && division !== "words") return flat;
  const sentences = containingUnits(units, divide(text, tokens, { kind: "sentences" }));
  if (division === "words") return groupedTree(sentences);
  const words = containingUnits(units, divide(text, tokens, { kind: "words" }));
  const bySentence = Map.groupBy(sentences.keys(), (unit) => sentences[unit]);
  return simplified(
    [...bySentence.values()].map((members) =>
      simplified([...Map.groupBy(members, (unit) => words[unit]).values()].map(simplified))
    ),
  );
}

/** A group of one is its only member. */
function simplified(group: readonly UnitTree[]): UnitTree {
  return group.length === 1 ? group[0] : group;
}
