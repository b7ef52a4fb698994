import { logMean } from "../../src/statistics/log_mean.ts";
import { assertClose } from "../support/closeness.ts";

Deno.test("logMean() of near numbers keeps its digits", () => {
  assertClose([logMean(Math.log(2), Math.log(3))], [1 / Math.log(1.5)], { absolute: 0, relative: 1e-14 });
  assertClose([logMean(-700, -700 + 1e-12)], [Math.exp(-700)], { absolute: 0, relative: 1e-11 });
});
