import { pullBack, pushForward } from "../../../src/graph/differentiate.ts";
import { trace } from "../../../src/graph/graph.ts";
import { createReferenceExecutor } from "../../../src/graph/reference_executor.ts";
import { assertClose } from "../../support/closeness.ts";
import { randomValues } from "../../support/random.ts";

const X = randomValues(12, 1);
const DIRECTION = randomValues(6, 2);
const COTANGENT = randomValues(12, 3);

Deno.test("rowScale's derivatives by its factors, both ways, are those of x s", async () => {
  const g = trace();
  const x = g.input("x", { shape: [2, 3, 2], dtype: "f32" });
  const s = g.input("s", { shape: [2, 3, 1], dtype: "f32" });
  const [y] = g.emit("rowScale", {}, [x, s]);
  const tangent = pushForward(g, s, g.input("direction", s), y);
  const [gradient] = pullBack(g, y, [g.input("cotangent", y)], s);
  const program = await createReferenceExecutor().compile(g.finish({ tangent, gradient }));
  const inputs = { x: X, s: randomValues(6, 4), direction: DIRECTION, cotangent: COTANGENT };
  const { outputs } = await program.run(inputs);
  const exact = { absolute: 1e-12, relative: 0 };
  assertClose(outputs.tangent, Array.from(X, (value, i) => value * DIRECTION[Math.floor(i / 2)]), exact);
  const products = Array.from(X, (value, i) => value * COTANGENT[i]);
  assertClose(outputs.gradient, Array.from(DIRECTION, (_, m) => products[2 * m] + products[2 * m + 1]), exact);
});
