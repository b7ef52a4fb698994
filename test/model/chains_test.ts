import assert from "node:assert/strict";
import { type LanguageModel, loadModel } from "../../src/model/model.ts";
import type { Tokenizer } from "../../src/model/tokens/tokenizer.ts";

/** experiments/models/chains/README.md, "ground_truth.json": offsets are Unicode code units. */
interface Case {
  readonly kind: "report" | "both" | "check" | "know";
  readonly prompt: string;
  readonly target: string;
  readonly context: Span;
  readonly sentences: readonly (Span & { readonly label: Label })[];
  readonly names: readonly Word[];
  readonly steps: readonly Step[];
  readonly answer: Word;
  readonly words: readonly (Word & Causes)[];
}
type Label = "necessary" | "decorative";
interface Span {
  readonly start: number;
  readonly end: number;
}
type Word = Span & { readonly text: string };
type Step = Span & {
  readonly label: Label;
  readonly direct: boolean;
  readonly edit: { readonly words: string; readonly answer: string };
};
type Causes = { readonly [part in "sentences" | "names" | "steps" | "words"]?: readonly number[] };

const CASES: readonly Case[] = JSON.parse(
  Deno.readTextFileSync(new URL("../../experiments/models/chains/ground_truth.json", import.meta.url)),
).prompts;
const KINDS = ["report", "both", "check", "know"] as const;
// Each case costs some tens of milliseconds for each of its steps.
const SAMPLE = KINDS.flatMap((kind) => CASES.filter((one) => one.kind === kind).slice(0, 8));
const NUMBERS = ["zero", "one", "two", "three", "four", "five"];
const LONGEST = 80;
const LINK = /^[A-Z][a-z]+>([A-Z][a-z]+|[a-z]+ [a-z]+)\.$/;

async function withChains(check: (model: LanguageModel, tokenizer: Tokenizer) => Promise<void>): Promise<void> {
  const model = await loadModel("chains", { device: "cpu" });
  try {
    await check(model, await model.tokenizer());
  } finally {
    model.close();
  }
}

/** Continues a prompt and the beginning of its target greedily to the end. */
async function written(model: LanguageModel, tokenizer: Tokenizer, prompt: string, begun: string): Promise<string> {
  const ids = [
    ...(await tokenizer.encodePrompt(prompt)).tokens.map(({ id }) => id),
    ...await tokenizer.encodeTarget(begun),
  ];
  return tokenizer.decode(await model.generate(ids, LONGEST));
}

/** Returns the target up to and with a step's edited words. */
function edited(target: string, { start, edit }: Step): string {
  return target.slice(0, target.indexOf(">", start) + 1) + edit.words;
}

function answerOf(text: string): string {
  return text.split("</think> ").at(-1)!.replace(/\.$/, "");
}

Deno.test("the truth of the chains has 200 held-out prompts of four kinds, whose spans are their texts", () => {
  assert.equal(CASES.length, 200);
  for (const { prompt, target, context, sentences, names, steps, answer, words } of CASES) {
    assert.ok(sentences.every(({ start, end }) => LINK.test(prompt.slice(start, end))));
    assert.equal(context.end, sentences.at(-1)!.end);
    assert.ok(names.every(({ text, start, end }) => prompt.slice(start, end) === text && start > context.end));
    for (const { start, end } of steps) assert.match(target.slice(start, end), LINK);
    for (const { text, start, end } of [answer, ...words]) assert.equal(target.slice(start, end), text);
  }
});

Deno.test("the truth's labels follow from the direct causes of the words", () => {
  for (const { steps, sentences, words, answer } of CASES) {
    const needed = { steps: new Set<number>(), sentences: new Set<number>() };
    const visit = (word: Word & Causes) => {
      // Skips numbers: by what the one behind a thing is read was measured, and is no part of the rule.
      if (NUMBERS.includes(word.text)) return;
      word.sentences?.forEach((index) => needed.sentences.add(index));
      word.words?.forEach((index) => visit(words[index]));
      word.steps?.filter((index) => !needed.steps.has(index)).forEach((index) => {
        needed.steps.add(index);
        words.filter(({ start, end }) => start >= steps[index].start && end <= steps[index].end).forEach(visit);
      });
    };
    const answers = words.filter(({ start }) => start >= answer.start);
    answers.forEach(visit);
    steps.forEach(({ label }, i) => assert.equal(needed.steps.has(i), label === "necessary"));
    sentences.forEach(({ label }, i) => assert.equal(needed.sentences.has(i), label === "necessary"));
    steps.forEach(({ direct }, i) => assert.equal(answers.some((word) => word.steps?.includes(i) ?? false), direct));
  }
});

Deno.test("the embedded model of chains writes the steps and answers of held-out prompts as the truth says", () =>
  withChains(async (model, tokenizer) => {
    for (const { prompt, target } of SAMPLE) {
      assert.equal(`<think>${await written(model, tokenizer, prompt, "<think>")}`, target);
    }
  }));

Deno.test("another value of a step changes the answer if the truth calls the step necessary, and else does not", () =>
  withChains(async (model, tokenizer) => {
    for (const { prompt, target, steps, answer } of SAMPLE) {
      for (const step of steps) {
        const before = edited(target, step);
        const found = answerOf(before + await written(model, tokenizer, prompt, before));
        assert.equal(found, step.edit.answer, before);
        assert.equal(found !== answer.text, step.label === "necessary", before);
      }
    }
  }));

Deno.test("with the later steps as they were, the answer reads the steps that the truth calls direct, and no others", () =>
  withChains(async (model, tokenizer) => {
    for (const { prompt, target, steps, answer } of SAMPLE) {
      for (const step of steps) {
        const kept = edited(target, step) + target.slice(step.end - 1, answer.start - 1);
        const found = answerOf(kept + await written(model, tokenizer, prompt, kept));
        assert.equal(found !== answer.text, step.direct, kept);
      }
    }
  }));
