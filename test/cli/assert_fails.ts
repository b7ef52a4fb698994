import assert from "node:assert/strict";
import type { CliResult } from "../support/run_cli.ts";

/** Asserts that a command failed with one clear message, no stack trace and nothing on stdout. */
export function assertFails({ code, stdout, stderr }: CliResult, expectedCode: number, message: RegExp): void {
  assert.match(stderr, message);
  assert.equal(code, expectedCode, stderr);
  assert.equal(stdout, "");
  assert.doesNotMatch(stderr, /^\s+at .*:\d+:\d+/m);
  assert.equal(stderr.trimEnd().split("\n").filter((line) => line.startsWith("error")).length, 1, stderr);
}
