import { testKernels, testLowering } from "../op_checks.ts";
import { RULE_CASES } from "./rule_cases.ts";

testKernels(RULE_CASES);
testLowering(RULE_CASES);
