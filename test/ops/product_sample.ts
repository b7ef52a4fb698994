export * from "../../src/ops/product_sample.ts";
