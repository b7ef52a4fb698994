import { testDerivatives, testKernels, testLowering } from "../op_checks.ts";
import { BLOCK_CASES } from "./block_cases.ts";

testKernels(BLOCK_CASES);
testLowering(BLOCK_CASES);
testDerivatives(BLOCK_CASES);
