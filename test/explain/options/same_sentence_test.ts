import assert from "node:assert/strict";
import { attributionOptionsOf, textOf, unknownFlagText } from "../../../src/cli/attribute/attribute_flags.ts";
import { UsageError } from "../../../src/cli/arguments.ts";
import { flagsOf } from "../../../src/cli/declared_flags.ts";
import { ConfigError, parseConfig } from "../../../src/experiment/config/parse_config.ts";
import { allMethods, findMethod } from "../../../src/explain/methods/method_table.ts";
import { optionNames, optionsOf } from "../../../src/explain/methods/option_order.ts";
import type { AttributionOptions } from "../../../src/explain/methods/attribution_options.ts";
import { resolveOptions, validate } from "../../../src/explain/methods/resolve_options.ts";
import { TEXT_OPTIONS } from "../../../src/explain/options/attribution_text.ts";
import { checkText } from "../../../src/explain/options/check_text.ts";
import type { Option } from "../../../src/explain/options/option.ts";

/** The sentences of the library about one option, each by itself. */
function ofLibrary(options: Record<string, unknown>, name: string): string[] {
  const found = validate(options as AttributionOptions).filter(({ option }) => option === name);
  const sentences = found.map(({ sentence }) => sentence);
  const whole = sentences.map((sentence) => `Cannot use ${name}: ${sentence}`);
  if (sentences.length > 0) {
    assert.throws(
      () => resolveOptions(options as AttributionOptions),
      (error: Error) => error instanceof RangeError && whole.every((line) => error.message.split("\n").includes(line)),
    );
  }
  return sentences;
}

/** The sentences of a configuration about one option, without their places. */
function ofYaml({ method, ...options }: Record<string, unknown>, name: string): string[] {
  const prompts = [{ name: "a", prompt: "x", target: " y", alternative: " z" }];
  // A contrastive sweep gives the alternative its use.
  const other = { method: "feature-ablation", objective: "contrastive" };
  const config = { name: "trial", question: "why?", prompts, sweeps: [{ method, ...options }, other] };
  try {
    parseConfig(JSON.stringify(config), "f.yaml");
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    const place = new RegExp(`^f\\.yaml:\\d+:\\d+: sweeps\\[0\\]\\.${name}(\\[\\d+\\])?: `);
    return error.problems.filter((problem) => place.test(problem)).map((problem) => problem.replace(place, ""));
  }
  return [];
}

/** The sentences of the command line about one flag. */
async function ofCommandLine(values: Record<string, string | boolean>, flag: string): Promise<string[]> {
  const start = `Cannot use --${flag}: `;
  try {
    await attributionOptionsOf(values);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message.split("\n").filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
  }
  return [];
}

/** Values that do not fit, as an argument and as the library has it; none where every argument fits. */
function unfitting({ kind }: Option<unknown>): [argument: string, value: unknown][] {
  const candidates = ["-1", "1e99", "nonsense", "token:", ""];
  return candidates.map((text): [string, unknown] => [text, kind.argument(text)])
    .filter(([, value]) => kind.read(value) === undefined);
}

const OPTIONS = allMethods().flatMap((method) =>
  Object.entries(optionsOf(method)).map(([name, option]) => ({ method: method.name, name, option }))
);

for (const { method, name, option } of OPTIONS) {
  const flag = flagsOf({ [name]: option })[0].flag;
  const others: Record<string, string> = option.when === undefined ? {} : { [option.when.on]: fitting(method, option) };
  const isFlag = option.kind.placeholder === "";
  if (name === "metrics") continue;

  if (!isFlag) {
    Deno.test(`${method} refuses a value that ${name} cannot have alike in all three ways in`, async () => {
      const wrong = unfitting(option);
      assert.ok(wrong.length > 0);
      for (const [argument, value] of wrong) {
        const [sentence, ...more] = ofLibrary({ method, ...others, [name]: value }, name);
        assert.match(sentence, /^expected .+, got .+/);
        assert.deepEqual(more, []);
        assert.deepEqual(ofYaml({ method, ...others, [name]: value }, name), [sentence]);
        assert.deepEqual(await ofCommandLine({ method, ...others, [flag]: argument }, flag), [sentence]);
      }
    });
  }

  if (option.when !== undefined) {
    Deno.test(`${method} refuses ${name} without an effect alike in all three ways in`, async () => {
      const idle = { [option.when!.on]: unfit(method, option) };
      const argument = isFlag ? true : argumentOf(option);
      const value = isFlag ? !flag.startsWith("no-") : option.kind.argument(String(argument));
      const sentences = ofLibrary({ method, ...idle, [name]: value }, name);
      assert.equal(sentences.length, 1);
      assert.match(sentences[0], new RegExp(`^expected only with .+, got ${option.when!.on} `));
      assert.deepEqual(ofYaml({ method, ...idle, [name]: value }, name), sentences);
      assert.deepEqual(await ofCommandLine({ method, ...idle, [flag]: argument }, flag), sentences);
    });
  }
}

for (const name of optionNames()) {
  const without = allMethods().find((method) => !Object.hasOwn(optionsOf(method), name));
  const having = allMethods().find((method) => Object.hasOwn(optionsOf(method), name))!;
  if (without === undefined) continue;

  Deno.test(`${without.name}, which has no ${name}, refuses it alike in all three ways in`, async () => {
    const { kind } = optionsOf(having)[name];
    const { flag } = flagsOf({ [name]: optionsOf(having)[name] })[0];
    const argument = kind.placeholder === "" ? true : argumentOf(optionsOf(having)[name]);
    const value = argument === true ? !flag.startsWith("no-") : kind.argument(argument);
    const sentences = ofLibrary({ method: without.name, [name]: value }, name);
    assert.deepEqual(sentences.map((sentence) => sentence.replace(/ with .*,/, " with …,")), [
      `expected only with …, got method ${without.name}`,
    ]);
    assert.deepEqual(ofYaml({ method: without.name, [name]: value }, name), sentences);
    assert.deepEqual(await ofCommandLine({ method: without.name, [flag]: argument }, flag), sentences);
  });
}

Deno.test("an unknown name is refused alike in all three ways in", () => {
  for (const name of ["stepz", "methd", "quadratur", "zzz", "toString", "constructor"]) {
    const [sentence] = ofLibrary({ [name]: 1 }, name);
    assert.match(sentence, /^expected an option, got an unknown name/);
    assert.deepEqual(ofYaml({ method: "lime", [name]: 1 }, name), [sentence]);
    assert.equal(unknownFlagText(name), `Cannot use --${name}: ${sentence}`);
  }
  assert.match(ofLibrary({ stepz: 1 }, "stepz")[0], /did you mean steps\?$/);
});

Deno.test("an option of the text among those of the attribution is told where it belongs", () => {
  for (const name of ["threshold", "target", "generate"]) {
    const [sentence] = ofLibrary({ [name]: 1 }, name);
    assert.equal(
      sentence,
      "expected an option of the attribution, got one of the text, which stands beside its prompt",
    );
    assert.deepEqual(ofYaml({ method: "lime", [name]: 1 }, name), [sentence]);
  }
});

Deno.test("an unknown method is refused alike in all three ways in", async () => {
  assert.equal(findMethod("shaply"), undefined);
  const [sentence] = ofLibrary({ method: "shaply" }, "method");
  assert.match(sentence, /^expected one of integrated-gradients, .*, got "shaply"; did you mean shapley\?$/);
  assert.deepEqual(ofYaml({ method: "shaply" }, "method"), [sentence]);
  assert.deepEqual(await ofCommandLine({ method: "shaply" }, "method"), [sentence]);
});

for (const [name, { kind }] of Object.entries(TEXT_OPTIONS)) {
  // Any argument is the name of a file.
  if (kind.placeholder === "" || name === "context") continue;
  Deno.test(`a value that a text's ${name} cannot have is refused alike in all three ways in`, () => {
    const wrong = unfitting({ kind } as Option<unknown>);
    assert.ok(wrong.length > 0);
    const flag = name === "seed" ? "generate-seed" : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const repeats = name === "stop" || name === "history";
    const isOfContext = name === "dependence" || name === "threshold";
    for (const [argument, value] of wrong) {
      const text = { prompt: "x", ...(isOfContext ? { context: ["y"] } : {}), [name]: value };
      const [sentence] = checkText(text, null).filter(({ option }) => option === name).map((one) => one.sentence);
      assert.match(sentence, /^expected .+, got .+/);
      const config = { name: "trial", question: "why?", prompts: [{ name: "a", ...text }], sweeps: [] };
      assert.throws(
        () => parseConfig(JSON.stringify(config), "f.yaml"),
        (error: Error) => error.message.includes(`prompts[0].${name}: ${sentence}`),
      );
      const values = { prompt: "x", [flag]: repeats ? [argument] : argument };
      assert.throws(
        () => textOf(values),
        (error: Error) =>
          error instanceof UsageError && error.message.split("\n").includes(`Cannot use --${flag}: ${sentence}`),
      );
    }
  });
}

/** A value of the other option that gives an option its effect. */
function fitting(method: string, { when }: Option<unknown>): string {
  return candidatesOf(method, when!.on).find(([, value]) => when!.fits(value))![0];
}

/** A value of the other option that takes it. */
function unfit(method: string, { when }: Option<unknown>): string {
  return candidatesOf(method, when!.on).find(([, value]) => !when!.fits(value))![0];
}

function candidatesOf(method: string, name: string): [text: string, value: unknown][] {
  const { kind } = optionsOf(findMethod(method)!)[name];
  const texts = ["adaptive", "gauss-legendre", "random", "mean", "text:x", "resample", "delete", "none", "words"];
  return texts.map((text): [string, unknown] => [text, kind.read(text)]).filter(([, value]) => value !== undefined);
}

/** An argument that fits. */
function argumentOf({ kind }: Option<unknown>): string {
  const texts = [
    "12",
    "0.5",
    "sequence",
    "fixed",
    "resample",
    "mean",
    "l2",
    "greedy",
    "halves",
    "logit",
    "adaptive",
    "words",
    "heads",
    "absolute",
    "ordered",
    "whole",
  ];
  return texts.find((text) => kind.read(kind.argument(text)) !== undefined)!;
}
