import assert from "node:assert/strict";
import { join } from "node:path";
import { inScratch } from "../support/in_scratch.ts";
import { type Files, serveHub } from "../checkpoint/hub/hub_server.ts";
import { assertClose } from "../support/closeness.ts";
import {
  awqTensors,
  bnbTensors,
  denseTensors,
  ggufFile,
  gptqTensors,
  roundedModel,
  writeModel,
} from "../support/one_model.ts";
import { EMBEDDED_DIRECTORY } from "../support/model_copy.ts";
import { runCli, runCliProcess } from "../support/run_cli.ts";

const REQUEST = [
  ...[
    "--prompt",
    "Clara works as a baker in Tampa, Florida. On weekends, she likes",
    "--target",
    " skating in the park",
  ],
  ...["--quadrature", "gauss-legendre", "--steps", "2", "--baseline", "token:0", "--format", "json"],
];

/** The same values in f32 and in 4 bits go through other kernels. */
const SAME_VALUES = { absolute: 1e-4, relative: 1e-5 };

/** The record of a request, by a process of its own if the environment is another. */
async function explain(source: string, args: string[] = [], env?: Record<string, string>) {
  const command = ["attribute", "--model", source, ...REQUEST, ...args];
  const { code, stdout, stderr } = await (env === undefined ? runCli(command) : runCliProcess(command, env));
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

Deno.test("attribute --model gives one model's numbers from each source that it is in", () =>
  inScratch(async (scratch) => {
    const model = await roundedModel(EMBEDDED_DIRECTORY);
    const tensors = denseTensors(model);
    const at = (name: string) => join(scratch, name);
    writeModel(model, at("directory"), { "model.safetensors": tensors });
    const names = Object.keys(tensors);
    const some = (start: number, end: number) =>
      Object.fromEntries(names.slice(start, end).map((name) => [name, tensors[name]]));
    writeModel(model, at("sharded"), {
      "model-00001-of-00002.safetensors": some(0, 20),
      "model-00002-of-00002.safetensors": some(20, names.length),
    });
    writeModel(model, at("bnb"), { "model.safetensors": bnbTensors(model) }, {
      quant_method: "bitsandbytes",
      load_in_4bit: true,
      bnb_4bit_quant_type: "nf4",
    });
    const packed = { bits: 4, group_size: 32 };
    writeModel(model, at("gptq"), { "model.safetensors": gptqTensors(model) }, {
      ...packed,
      quant_method: "gptq",
      desc_act: false,
      sym: true,
    });
    writeModel(model, at("awq"), { "model.safetensors": awqTensors(model) }, {
      ...packed,
      quant_method: "awq",
      version: "gemm",
      zero_point: true,
    });
    Deno.writeFileSync(at("model.gguf"), ggufFile(model));

    const directory = await explain(at("directory"));
    const same = (found: typeof directory) => [found.score, found.sequenceAttribution, found.prompt.tokens];
    assert.deepEqual(same(await explain(at("sharded"))), same(directory));
    const files: Files = Object.fromEntries(
      [...Deno.readDirSync(at("sharded"))].map(({ name }) => [name, Deno.readFileSync(join(at("sharded"), name))]),
    );
    const server = serveHub({ "whence/one": { revisions: { main: files } } });
    try {
      const env = { HF_ENDPOINT: server.endpoint, HF_HOME: at("home") };
      assert.deepEqual(same(await explain("whence/one", [], env)), same(directory));
    } finally {
      await server.close();
    }
    for (const [source, quantization] of [["gptq", "gptq"], ["awq", "awq"], ["model.gguf", "q4_0"]]) {
      const found = await explain(at(source));
      assert.equal(found.model.quantization, quantization);
      assert.deepEqual(found.prompt.tokens, directory.prompt.tokens, source);
      assertClose(found.score.input, directory.score.input, SAME_VALUES, source);
      assertClose(found.sequenceAttribution, directory.sequenceAttribution, SAME_VALUES, source);
    }
    // NF4 is another rounding of the same weights, the same one at load and in a file.
    const bnb = await explain(at("bnb"));
    assert.deepEqual(same(await explain(at("directory"), ["--quantize", "nf4"])), same(bnb));
    assert.notDeepEqual(bnb.score, directory.score);
  }));
