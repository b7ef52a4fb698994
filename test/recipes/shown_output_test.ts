import assert from "node:assert/strict";
import { notPrinted } from "./shown_output.ts";

const PRINTED =
  "score  −0.003863 nats\n  0 Michael   │████▌   2.3961   0.014\n  1 works  ▐█│  −0.1375\nlast line, 0.78 s\n\n";

Deno.test("notPrinted() takes gaps, rounding and bars", () => {
  const shown = [
    "score −0.003863 nats\n…\nlast line, …",
    "…\n 0 Michael │██ 2.3960 0.01\n…",
    "score …\n0 Michael … 0.014\n1 works −0.14\nlast …\n",
    "…\n1 wo… −0.1375\n…\n",
  ];
  for (const text of shown) assert.equal(notPrinted(text, PRINTED), null, text);
});

Deno.test("notPrinted() names what was not printed", () => {
  const wrong: [string, RegExp][] = [
    ["…\n0 Michael 2.3400 0.014\n…", /2\.3400/],
    ["…\n0 Michael 2.3961\n…", /Michael/],
    ["…\n2 Michael 2.3961 0.014\n…", /2 Michael/],
    ["score −0.003863 nats", /the end behind/],
    ["…\n1 works −0.1375\n0 Michael …\n…", /works/],
    ["…\n1 works −0.1375\n…\nscore …\n…", /score/],
    ["0 Michael …\n…", /Michael/],
    ["…\n1 works −0.1375", /works/],
    ["…\nscore +0.003863 nats\n…", /\+0\.003863/],
    ["…\n1 ba… −0.1375\n…", /ba…/],
  ];
  for (const [shown, message] of wrong) assert.match(notPrinted(shown, PRINTED) ?? "", message, shown);
});
