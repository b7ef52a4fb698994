import assert from "node:assert/strict";
import { completenessText } from "../../src/report/words/completeness_text.ts";
import { sampleRecord } from "../report/record_sample.ts";
import { notebookProgress } from "../../src/library/notebook_progress.ts";

function shownBy(tell: (progress: ReturnType<typeof notebookProgress>) => void) {
  const shown: { readonly text: string; readonly html: string; readonly isUpdate: boolean }[] = [];
  tell(
    notebookProgress((forms, isUpdate) =>
      shown.push({ text: forms["text/plain"], html: forms["text/html"], isUpdate })
    ),
  );
  return shown;
}

Deno.test("notebookProgress() shows texts at one place, the last state at any rate", () => {
  const shown = shownBy(({ onProgress }) => {
    onProgress({ done: 0, failed: 0, total: 4 });
    for (let done = 1; done < 4; done++) onProgress({ done, failed: 1, total: 4 });
    onProgress({ done: 4, failed: 1, total: 4 });
  });
  assert.match(shown[0].text, /^0 of 4 texts, 0 s$/);
  assert.match(shown.at(-1)!.text, /^4 of 4 texts, 1 failed, \d+ s$/);
  assert.match(shown.at(-1)!.html, /^<progress value="1"><\/progress> 4 of 4/);
  assert.deepEqual(shown.map(({ isUpdate }) => isUpdate), [false, ...shown.slice(1).map(() => true)]);
  assert.ok(shown.length < 5, "states that come fast are left out");
});

Deno.test("notebookProgress() shows the load, a file of a hostile name, and the rounds of a quadrature", () => {
  const file = "<b>model</b>";
  const [loaded] = shownBy(({ onLoad }) => onLoad(1));
  assert.equal(loaded.text, "100 % of the weights");
  const [fetched] = shownBy(({ onDownload }) =>
    onDownload({ model: "a/b", file, bytes: 1, total: null, state: "downloading" })
  );
  assert.equal(fetched.html, "<progress></progress> &lt;b&gt;model&lt;/b&gt;, downloading");
  const [round] = shownBy(({ onRound }) => onRound({ points: 17, certificate: 0.25, tolerance: 0.01 }));
  assert.equal(round.text, "17 path points, κ 25 %, to reach 1 %");
});

Deno.test("notebookProgress() ends an attribution with its error, and shows texts in place of each one's rounds", () => {
  const [first, end, ...others] = shownBy(({ onRound, onEnd, onProgress }) => {
    onRound({ points: 17, certificate: 0.25, tolerance: 0.01 });
    onEnd(sampleRecord());
    onProgress({ done: 0, failed: 0, total: null });
    onRound({ points: 33, certificate: 0.25, tolerance: 0.01 });
    onEnd(sampleRecord());
  });
  assert.equal(first.text, "17 path points, κ 25 %, to reach 1 %");
  assert.ok(end.text.startsWith(completenessText(sampleRecord())), end.text);
  assert.match(end.html, /<progress value="1">/);
  assert.deepEqual(others.map(({ text }) => text), ["0 texts, 0 s"]);
});

Deno.test("notebookProgress() shows nothing outside of a notebook", () => {
  notebookProgress().onLoad(1);
  notebookProgress().onProgress({ done: 0, failed: 0, total: 1 });
});
