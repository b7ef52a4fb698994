import { ATTN_LRP } from "./attn_lrp_rules.ts";
import { GIM, GIM_WHOLE_GATES } from "./gim_rules.ts";
import type { ReverseRules } from "./reverse_rules.ts";

/** Reverse rules at one point. */
export type PointRuleName = "attnLrp" | "gimHalvedGates" | "gimWholeGates";

/** These rules by name. */
export const POINT_RULES: Readonly<Record<PointRuleName, ReverseRules>> = {
  attnLrp: ATTN_LRP,
  gimHalvedGates: GIM,
  gimWholeGates: GIM_WHOLE_GATES,
};
