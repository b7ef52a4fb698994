import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { planExperiment } from "../../../src/experiment/run/plan_cells.ts";
import { inScratch } from "../../support/in_scratch.ts";

const yaml = (context: string, more = "") =>
  `name: trial
question: why?
prompts:
  - name: a
    prompt: "{context} Why?"
    target: " y"
    context: ${context}
${more}sweeps:
  - method: coarse-to-fine
`;

Deno.test("a prompt's documents are texts, or files beside the configuration, and a cell is known by what they hold", () =>
  inScratch((folder) => {
    Deno.writeTextFileSync(`${folder}/notes.txt`, "In the file.\n");
    const keyOf = (context: string) => planExperiment(parseConfig(yaml(context), `${folder}/f.yaml`)).cells[0];
    const { text, key } = keyOf("[One., {name: b, text: Two.}, {file: notes.txt}]");
    assert.deepEqual(text.context, ["One.", { name: "b", text: "Two." }, {
      name: "notes.txt",
      text: "In the file.\n",
    }]);
    Deno.writeTextFileSync(`${folder}/notes.txt`, "Changed.\n");
    assert.notEqual(keyOf("[One., {name: b, text: Two.}, {file: notes.txt}]").key, key);
    return Promise.resolve();
  }));

Deno.test("a document that cannot be read, or is none, is named with its line", () =>
  inScratch((folder) => {
    const problems = (context: string, more?: string) => {
      try {
        parseConfig(yaml(context, more), `${folder}/f.yaml`);
      } catch (error) {
        assert.ok(error instanceof ConfigError);
        return error.problems.map((problem) => problem.replace(`${folder}/`, ""));
      }
      return [];
    };
    assert.match(
      problems("[{file: none.txt}]")[0],
      /^f\.yaml:7:15: prompts\[0\]\.context\[0\]: expected a text file, got .*none\.txt/,
    );
    assert.match(problems("[{page: 3}]")[0], /^f\.yaml:7:14: prompts\[0\]\.context: expected a list of documents, /);
    assert.match(problems("[x]", "    treshold: 1\n")[0], /treshold: expected one of .+ did you mean threshold\?$/);
    assert.deepEqual(problems("[x]", "    truth: [x]\n"), [], "a cause may be in a document");
    return Promise.resolve();
  }));
