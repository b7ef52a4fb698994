import assert from "node:assert/strict";
import { attribute } from "../../src/explain/attribute.ts";
import { checkRecord } from "../../src/explain/record/check_record.ts";
import type { AttributionOptions } from "../../src/explain/methods/attribution_options.ts";
import type { AttributionText } from "../../src/explain/options/attribution_text.ts";
import { loadModel } from "../../src/model/model.ts";
import { withChatModel } from "../support/chat_model.ts";

const CHAT: AttributionText = {
  history: [
    { role: "system", content: "Answer in one word." },
    { role: "user", content: "Olga works as a painter. She lives in Rome." },
    { role: "assistant", content: "Yes." },
  ],
  prompt: "Where does she live?",
  target: " Rome",
};

async function record(directory: string, options: AttributionOptions, text = CHAT) {
  const model = await loadModel(directory);
  try {
    return checkRecord(await attribute(model, text, options));
  } finally {
    model.close();
  }
}

Deno.test("attribute() takes turns of a chat away as units, whatever their template adds", () =>
  withChatModel(async (directory) => {
    const found = await record(directory, { method: "shapley", units: "turns" });
    const { units, prompt } = found;
    const turns = units!.prompt.filter(({ frozen }) => !frozen);
    assert.deepEqual(turns.map(({ name, text }) => [name, text]), [
      ["system", "Answer in one word."],
      ["user", "Olga works as a painter. She lives in Rome."],
      ["assistant", "Yes."],
      ["user 2", "Where does she live?"],
    ]);
    assert.equal(prompt.text, [...CHAT.history!.map(({ content }) => content), CHAT.prompt].join("\n"));
    assert.deepEqual(prompt.history, CHAT.history);
    // The template's tokens are frozen, so that deleting every turn leaves something to score.
    const written = prompt.tokens.filter(({ frozen }) => frozen).map(({ text }) => text).join("");
    assert.equal(written, "<system>\n<user>\n<assistant>\n<user>\n<assistant>");
    assert.ok(Math.abs(found.completeness.sequence.delta!) < 1e-9);
    assert.equal(found.sampling!.calls, 16);
  }));

Deno.test("attribute() divides messages into words and sentences that do not reach over turns", () =>
  withChatModel(async (directory) => {
    const options = { method: "feature-ablation", units: "sentences" } as const;
    const free = (found: Awaited<ReturnType<typeof record>>) =>
      found.units!.prompt.filter(({ frozen }) => !frozen).map(({ text }) => text.trim());
    assert.deepEqual(free(await record(directory, options)), [
      "Answer in one word.",
      "Olga works as a painter.",
      "She lives in Rome.",
      "Yes.",
      "Where does she live?",
    ]);
  }));

Deno.test("attribute() compares a chat with one that ends in another prompt, and keeps the history", () =>
  withChatModel(async (directory) => {
    const options = { quadrature: "gauss-legendre", steps: 2, perTarget: false } as const;
    const found = await record(directory, { ...options, baseline: "text:Where does she live." });
    const gone = found.sequenceAttribution.flatMap((value, i) => value === 0 ? [] : [found.prompt.tokens[i].text]);
    assert.ok(gone.length > 0 && gone.every((text) => CHAT.prompt.includes(text.trim())), gone.join("|"));
  }));

Deno.test("attribute() with the template's own system message attributes the user's turn alone", () =>
  withChatModel(async (directory) => {
    const text = { prompt: "Olga lives in Rome.", target: " Rome", chat: true };
    const found = await record(directory, { method: "feature-ablation", units: "turns" }, text);
    assert.deepEqual(found.units!.prompt.filter(({ frozen }) => !frozen).map(({ name }) => name), ["user"]);
    assert.match(found.prompt.tokens.map(({ text }) => text).join(""), /^<system>Be kind\.\n<user>Olga/);
    assert.equal(found.prompt.history, undefined);
  }));

Deno.test("attribute() refuses turns where there is no chat, a history where chat is off, and a template that refuses", async () => {
  await withChatModel(async (directory) => {
    const plain = { prompt: CHAT.prompt, target: " Rome" };
    await assert.rejects(record(directory, { units: "turns" }, plain), /must be a chat that holds a message: got none/);
    await assert.rejects(record(directory, {}, { ...CHAT, chat: false }), /chat must be on: got chat off/);
  });
  await withChatModel(async (directory) => {
    await assert.rejects(record(directory, {}), /its template must take the messages: got .*no chats/);
  }, { chat_template: "{{ raise_exception('no chats') }}" });
});

Deno.test("attribute() says which token baseline and scheme pad are, or that there is none", async () => {
  const text = { prompt: "Olga lives", target: " in" };
  const fixed = { quadrature: "gauss-legendre", steps: 2 } as const;
  await withChatModel(async (directory) => {
    const padded = await record(directory, { ...fixed, baseline: "pad" }, text);
    const token = await record(directory, { ...fixed, baseline: "token:<|endoftext|>" }, text);
    assert.deepEqual(padded.sequenceAttribution, token.sequenceAttribution);
    const method = "feature-ablation";
    const scheme = await record(directory, { method, scheme: "pad" }, text);
    // The scores of two methods, whose batches differ.
    scheme.score.input.forEach((value, t) => assert.ok(Math.abs(value - padded.score.input[t]) < 1e-8));
  });
  await withChatModel(async (directory) => {
    for (const options of [{ ...fixed, baseline: "pad" }, { method: "lime", scheme: "pad" }] as const) {
      await assert.rejects(record(directory, options, text), /pad must be a token of the tokenizer: it has none/);
    }
  }, { pad_token: null });
});
