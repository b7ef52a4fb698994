import assert from "node:assert/strict";
// The whole of the page's code can be loaded without a browser; what it draws is tested in one, in test/browser.
import "../../../../src/report/page/client/app.ts";
import { layoutMap } from "../../../../src/report/page/client/draw_map.ts";
import { nextMember } from "../../../../src/report/page/client/next_member.ts";

Deno.test("layoutMap() makes cells as large as they have room, and never nothing", () => {
  const of = (columns: number, width: number) =>
    layoutMap({ rows: ["one", "two"], columns: Array<string>(columns).fill("word") }, width);
  assert.ok(of(5, 1000).wide > of(50, 1000).wide && of(50, 1000).wide > of(400, 1000).wide);
  assert.ok(of(5000, 1000).wide >= 2 && of(5000, 1000).width > 1000, "it is scrolled");
  assert.ok(of(50, 1000).width <= 1000);
});

Deno.test("nextMember() goes by reading order, and by lines to the nearest place", () => {
  const places = [[0, 0], [50, 0], [100, 0], [0, 30], [90, 30]];
  const stops = places.map(([left, top], member) => ({
    getAttribute: () => String(10 + member),
    getClientRects: () => [{ left, top, height: 20 }],
  }));
  const group = { querySelectorAll: () => stops } as unknown as Parameters<typeof nextMember>[0];
  const next = (from: number, key: string) => nextMember(group, from, key);
  assert.deepEqual(["ArrowRight", "ArrowLeft", "Home", "End"].map((key) => next(11, key)), [12, 10, 10, 14]);
  assert.deepEqual([next(12, "ArrowDown"), next(14, "ArrowUp"), next(13, "ArrowUp")], [14, 12, 10]);
  assert.deepEqual([next(10, "ArrowLeft"), next(14, "ArrowDown"), next(10, "x")], [null, null, null]);
});
