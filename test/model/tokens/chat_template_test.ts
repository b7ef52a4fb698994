import assert from "node:assert/strict";
import { chatTemplate } from "../../../src/model/tokens/chat_template.ts";
import { renderTurns } from "../../../src/model/tokens/chat_turns.ts";

const NOW = new Date(2025, 2, 9);

/** Renders one message of a user by a template. */
async function ask(template: unknown, content = "hi", config: Record<string, unknown> = {}): Promise<string> {
  const render = await chatTemplate({ ...config, chat_template: template });
  assert.ok(render !== null);
  return render([{ role: "user", content }], NOW);
}

const EACH = (body: string) => `{% for m in messages %}${body}{% endfor %}`;

Deno.test("chatTemplate() ends lines as Jinja2 does, whatever the file's", async () => {
  const source = "{%- for m in messages %}\r\n{{ m.role }}:\r\n{{ m.content }}\r\n{%- endfor %}\r\nA:";
  assert.equal(await ask(source), "user:\nhiA:");
});

Deno.test("chatTemplate() strips the characters that it is given, and knows Python's methods", async () => {
  assert.equal(await ask(EACH('{{ m.content.strip("\\n") }}|'), "\n hi \n"), " hi |");
  assert.equal(await ask(EACH('{{ m.content.removeprefix("x") }}'), "xhi"), "hi");
});

Deno.test("chatTemplate() gives the special tokens that there are, and leaves the others undefined", async () => {
  const source =
    "{{ bos_token }}{{ eos_token }}{{ pad_token is defined }}{{ unk_token is defined }}{{ tools is none }}";
  const config = { bos_token: "<s>", eos_token: { content: "</s>" }, pad_token: null };
  assert.equal(await ask(source, "", config), "<s></s>FalseFalseTrue");
});

Deno.test("chatTemplate() takes the template named default, and none where none is", async () => {
  const named = [{ name: "rag", template: "a" }, { name: "default", template: "b" }];
  assert.equal(await ask(named), "b");
  assert.equal(await chatTemplate({ chat_template: named.slice(0, 1) }), null);
  assert.equal(await chatTemplate({}), null);
});

for (
  const [source, message] of [
    ["\n{{ raise_exception('No.') }}", /must take the messages: got No\., in line 2$/],
    [
      "{{ messages[0].nothing.more }}",
      /must take the messages: got 'dict object' has no attribute 'nothing', in line 1$/,
    ],
    [
      "\n\n{{ 'a'.encode() }}",
      /must use nothing of Jinja2 that is missing here: got the attribute str\.encode, in line 3$/,
    ],
    [
      "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
      /must do with at most 5000000 steps: got more, in line 1$/,
    ],
    ["{{ raise_exception('x' * 10000) }}", /must take the messages: got x{300}…, in line 1$/],
  ] as const
) {
  Deno.test(`a chat's template that ${JSON.stringify(source)} stands for is refused with its line`, async () => {
    await assert.rejects(ask(source), { name: "RangeError", message });
  });
}

Deno.test("chatTemplate() refuses a malformed template when it is loaded", async () => {
  await assert.rejects(chatTemplate({ chat_template: "\n{% if" }), {
    name: "SyntaxError",
    message: "Cannot load chat_template as it must be a Jinja template: got unexpected 'end of template', in line 2",
  });
});

for (
  const [source, message] of [
    ["\n{% include 'x' %}", /must use nothing of Jinja2 that is missing here: got the tag include, in line 2$/],
    [
      `{{ ${"(".repeat(1000)}1${")".repeat(1000)} }}`,
      /must do with at most 100 brackets and blocks within each other: got more, in line 1$/,
    ],
  ] as const
) {
  Deno.test(`chatTemplate() refuses ${JSON.stringify(source.slice(0, 20))} when a chat asks for it`, async () => {
    await assert.rejects(ask(source), { name: "RangeError", message });
  });
}

for (
  const [content, body, shown] of [
    ["hi ", "[INST] {{ m.content.strip() }} [/INST]", "hi"],
    [" \n hi \n ", "<u>\n{{ m.content | trim }}\n</u>\n", "hi"],
    ["\n hi \n", "{{ m.content.strip('\\n') }}\n", " hi "],
    ["\n hi \n", " {{ m.content.lstrip() }}\n\n", "hi \n"],
    ["\x1c\x85hi\ufeff", "{{ m.content.strip() }}", "hi\ufeff"],
    ["  hi hi  ", " {{ m.content.rstrip() }} ", "  hi hi"],
    [" hi\n", "{{ m.content }}\n", " hi\n"],
  ] as const
) {
  Deno.test(`renderTurns() finds ${JSON.stringify(shown)} of ${JSON.stringify(content)} in ${body}`, async () => {
    const render = await chatTemplate({ chat_template: EACH(body) });
    const chat = ["user", "assistant", "user"].map((role) => ({ role: role as "user", content }));
    const { text, turns } = renderTurns(render!, chat);
    assert.deepEqual(turns.map(({ start, end }) => text.slice(start, end)), [shown, shown, shown]);
    const part = text.length / 3;
    assert.deepEqual(turns.map(({ start }) => start), [0, 1, 2].map((i) => i * part + turns[0].start));
  });
}

Deno.test("renderTurns() takes time that grows with a content's length, not with its square", async () => {
  const render = await chatTemplate({ chat_template: EACH("<{{ m.content.strip() }}>") });
  const spaces = " ".repeat(300_000);
  const { turns } = renderTurns(render!, [{ role: "user", content: `${spaces}hi${spaces}` }, {
    role: "user",
    content: spaces,
  }]);
  assert.deepEqual(turns.map(({ start, end }) => [start, end]), [[1, 3]]);
});
