import { type Coalition, everyUnit, noUnit } from "./coalition.ts";
import { requireNothing, shapleyWeights } from "./exact_shapley.ts";
import type { Scorer } from "./scorer.ts";
import { type SampledShapleyOptions, sampleOrders } from "./sampled_shapley.ts";
import { type UnitAttribution, unitAttribution } from "./unit_attribution.ts";
import { assertTree, halvedTree, leavesOf, type UnitTree } from "./unit_tree.ts";

/** Options of `sampleOwen`. */
export interface SampledOwenOptions extends SampledShapleyOptions {
  /** Groups of units that stay together; halves of halves of the units by default. */
  readonly tree?: UnitTree;
}

/** Most contexts of units for which Owen values are computed exactly. */
const MOST_OWEN_CONTEXTS = 2 ** 17;

/** A unit's marginal contribution to one coalition. */
interface Marginal {
  readonly unit: number;
  /** The coalition without the unit. */
  readonly context: Coalition;
  readonly weight: number;
}

/**
 * Owen values over a hierarchy of units: a unit's marginal contribution averaged over all orders in which every group
 * stays together. A group's units sum to the group's own Shapley value among its siblings. For a binary tree they equal
 * the values of SHAP's PartitionExplainer without a limit on evaluations; for a flat tree, Shapley values.
 *
 * Cost: at most twice Σ_units Π_ancestors 2^(siblings) model calls; N² for a balanced binary tree.
 * Source: Owen, "Values of games with a priori unions" (1977); for several levels Winter, "A value for cooperative
 * games with levels structure of cooperation", International Journal of Game Theory 18 (1989).
 *
 * @param tree groups of units that stay together; halves of halves of the units by default
 * @throws {RangeError} if the tree does not hold each unit once or has too many coalitions, the budget is too small, or
 * the empty prompt has no score
 */
export async function exactOwen(
  scorer: Scorer,
  tree: UnitTree = halvedTree(scorer.units),
): Promise<UnitAttribution> {
  const { units: N, columns: C } = scorer;
  assertTree(tree, N);
  requireNothing(scorer);
  const contexts = owenContexts(tree);
  if (contexts > MOST_OWEN_CONTEXTS) {
    throw new RangeError(
      `Cannot compute exact Owen values as the tree must have at most ${MOST_OWEN_CONTEXTS} contexts of units: got ` +
        `${contexts}; sample them, or split groups in halves`,
    );
  }
  const marginals: Marginal[] = [];
  collect(tree, noUnit(N), 1, marginals);
  const scores = await scorer.score([everyUnit(N), noUnit(N), ...marginals.flatMap(pair)]);
  const values = new Float64Array(C * N);
  marginals.forEach(({ unit, weight }, k) => {
    const [without, having] = [scores[2 + 2 * k], scores[3 + 2 * k]];
    for (let c = 0; c < C; c++) values[c * N + unit] += weight * (having[c] - without[c]);
  });
  return unitAttribution(scorer, values, scores.slice(0, 2));
}

/**
 * Owen values over a hierarchy of units by antithetic sampling, as `sampleShapley`, of orders in which every group
 * stays together.
 *
 * Cost and sources: as `sampleShapley` and `exactOwen`.
 *
 * @throws {RangeError} if the tree does not hold each unit once, or `sampleShapley` would throw
 */
export async function sampleOwen(
  scorer: Scorer,
  { tree = halvedTree(scorer.units), ...options }: SampledOwenOptions,
): Promise<UnitAttribution> {
  return await sampleOrders(scorer, tree, options);
}

/** Counts the marginal contributions that exact Owen values need: an upper bound of half the model calls. */
export function owenContexts(tree: UnitTree): number {
  if (typeof tree === "number") return 1;
  return 2 ** (tree.length - 1) * tree.reduce<number>((sum, child) => sum + owenContexts(child), 0);
}

function pair({ unit, context }: Marginal): Coalition[] {
  const having = context.slice();
  having[unit] = 1;
  return [context, having];
}

/** Collects every context in which the units of `tree` arrive, given `context` of its siblings and its ancestors'. */
function collect(tree: UnitTree, context: Coalition, weight: number, found: Marginal[]): void {
  if (typeof tree === "number") {
    found.push({ unit: tree, context, weight });
    return;
  }
  const weights = shapleyWeights(tree.length);
  tree.forEach((child, at) => {
    const siblings = tree.filter((_, i) => i !== at).map(leavesOf);
    for (let chosen = 0; chosen < 2 ** siblings.length; chosen++) {
      const wider = context.slice();
      let size = 0;
      siblings.forEach((units, i) => {
        if (((chosen >>> i) & 1) === 0) return;
        size++;
        for (const unit of units) wider[unit] = 1;
      });
      collect(child, wider, weight * weights[size], found);
    }
  });
}
