import type { Trace } from "../../graph/graph.ts";
import type { Value } from "../../ops/op.ts";
import type { BlockValues } from "./decoder.ts";

/** Products of cotangents and tangents at the cuts of one block. */
type BlockConductance = readonly [heads: Value, skipped: Value, mlp: Value, passed: Value];

/** Collects tangents and cotangents of blocks' values, and multiplies them where both are known. */
interface ConductanceTaps {
  /** Is told the values of each block, in order. */
  readonly onBlock: (block: BlockValues) => void;
  readonly onTangent: (value: Value, tangent: Value) => void;
  /** Adds the products as soon as a cotangent is complete, so that it need not be kept. */
  readonly onCotangent: (value: Value, cotangent: Value) => void;
  /**
   * Of each block the products of heads [B S H], of what skips attention [B S], of the MLP and of what skips it, all
   * along the direction of the tangents; of the last block's wanted rows alone.
   *
   * @throws {TypeError} if a value of a block was not differentiated both ways
   */
  products(): BlockConductance[];
}

/**
 * Makes taps at two cuts of every block: h′ = h + Σ heads and h″ = h′ + MLP. The cotangent of a term is that of the
 * sum, and that of a head is taken before the projection; each cut's products sum to the derivative of the score.
 *
 * Source: Dhamdhere, Sundararajan & Yan, "How important is a neuron?" (2018): conductance, before the integral.
 *
 * @param heads of each block
 */
export function conductanceTaps(g: Trace, heads: number): ConductanceTaps {
  const blocks: BlockValues[] = [];
  const tangents = new Map<number, Value>();
  const products = new Map<string, Value>();
  /** Pairs of a value whose cotangent, and one whose tangent a product takes, by the former. */
  const wanted = new Map<number, { readonly name: string; readonly along: Value; readonly groups?: number }[]>();
  return {
    onBlock(block) {
      const name = (part: string) => `${part} ${blocks.length}`;
      wanted.set(block.heads.id, [{ name: name("heads"), along: block.heads, groups: heads }]);
      wanted.set(block.between.id, [{ name: name("skipped"), along: block.before }]);
      wanted.set(block.after.id, [
        { name: name("mlp"), along: block.mlp },
        { name: name("passed"), along: block.between },
      ]);
      blocks.push(block);
    },
    onTangent: (value, tangent) => tangents.set(value.id, tangent),
    onCotangent(value, cotangent) {
      for (const { name, along, groups } of wanted.get(value.id) ?? []) {
        const tangent = tangents.get(along.id);
        if (tangent === undefined) continue;
        products.set(name, g.emit("rowDot", groups === undefined ? {} : { groups }, [cotangent, tangent])[0]);
      }
    },
    products: () =>
      blocks.map((_, i) => {
        const found = ["heads", "skipped", "mlp", "passed"].map((part) => products.get(`${part} ${i}`));
        if (found.includes(undefined)) {
          throw new TypeError(`Cannot cut block ${i} as all of its values must have a tangent and a cotangent`);
        }
        return found as unknown as BlockConductance;
      }),
  };
}
