import { fileURLToPath } from "node:url";
import { loadTokenizer } from "../../../src/model/tokens/load_tokenizer.ts";
import type { ChatMessage } from "../../../src/model/tokens/chat_turns.ts";
import { bytesOf, type Files, type FuzzArea, type FuzzInput, hold, textOf } from "../area.ts";
import type { Dice } from "../dice.ts";
import { mutateBytes } from "../mutate_bytes.ts";

const FILE = "chat_template.jinja";
const GOLDEN = fileURLToPath(new URL("../../golden/tokens/llama3/", import.meta.url));

/** Messages before the prompt, and the prompt. */
const HISTORY: readonly ChatMessage[] = [
  { role: "system", content: "Be kind." },
  { role: "user", content: "Hello {{ 7 * 7 }} \u{1f600}" },
  { role: "assistant", content: " {% raw %}\n" },
];
const PROMPT = "And <|im_end|> now?";

/** Templates of the kinds that models have. */
const TEMPLATES: readonly string[] = [
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
  "{{- bos_token }}\n{%- for message in messages %}\n    {%- if message.role == 'user' %}\n        {{- '[INST] ' + " +
  "message.content + ' [/INST]' }}\n    {%- elif message.role == 'system' %}\n        {{- '<<SYS>>' ~ message.content " +
  "~ '<</SYS>>' }}\n    {%- else %}\n        {{- message.content + eos_token }}\n    {%- endif %}\n{%- endfor %}",
  "{%- set ns = namespace(first=true, text='') %}{%- for m in messages if m.role != 'tool' %}{%- if ns.first %}" +
  "{%- set ns.first = false %}{%- set ns.text = ns.text + 'A' %}{%- endif %}{{ m.role | upper }}: " +
  "{{ m.content }}{{ '\\n' if not loop.last else '' }}{%- endfor %}{{ ns.text | trim | length }}",
  "{% macro turn(role, text) %}<{{ role }}>{{ text }}</{{ role }}>{% endmacro %}{% for m in messages %}" +
  "{{ turn(m.role, m.content) }}{% endfor %}{% if tools is defined and tools %}{{ tools | tojson }}{% endif %}",
  "{% if messages[0].role == 'system' %}{% set rest = messages[1:] %}{{ messages[0].content }}{% else %}" +
  "{% set rest = messages %}{% endif %}{% for m in rest %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}" +
  "{{ raise_exception('turns must alternate') }}{% endif %}{{ m.role }} {{ m.content }}{% endfor %}",
];

/** Pieces of Jinja, common, rare and hostile. */
const PIECES: readonly string[] = [
  "{% for i in range(1000000000) %}x{% endfor %}",
  "{% for i in range(3) %}{% for j in range(3000) %}{{ i * j }}{% endfor %}{% endfor %}",
  "{{ 'a' * 1000000000 }}",
  "{{ messages | tojson }}",
  "{{ messages[0]['__proto__'] }}",
  "{{ ''.constructor }}",
  "{{ messages.constructor.constructor('return 1')() }}",
  "{{ cycler }}",
  "{% set x = x %}",
  "{% set messages = [] %}",
  "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
  "{{ [[[[]]]] }}",
  "{{ 1 / 0 }}",
  "{{ 10 ** 400 }}",
  "{{ -7 % 3 }}",
  "{{ none.x.y }}",
  "{{ undefined_name }}",
  "{{ undefined_name.x }}",
  "{{ strftime_now('%Y') }}",
  "{{ raise_exception('no') }}",
  "{{ messages | map(attribute='content') | join(',') }}",
  "{{ messages | sort(attribute='role') | first }}",
  "{{ 'a,b'.split(',') | last }}",
  "{{ 'abc'.replace('', 'x') }}",
  "{{ '%s' % 3 }}",
  "{{ '{}'.format(3) }}",
  "{% include 'x' %}",
  "{% import 'x' as x %}",
  "{% extends 'x' %}",
  "{% raw %}{{{% endraw %}",
  "{# note #}",
  "{%- if true -%}",
  "{% endif %}",
  "{% endfor %}",
  "{{",
  "}}",
  "{%",
  "%}",
  "-",
  "|",
  " is defined",
  " is not none",
  "loop.index",
  "'\\u0000'",
  "\u202e",
  "\r\n",
  "\ud83d",
];

/** Makes the area of chat templates. */
export function templateArea(): FuzzArea {
  const tokenizer = JSON.parse(Deno.readTextFileSync(`${GOLDEN}tokenizer.json`));
  const config = JSON.parse(Deno.readTextFileSync(`${GOLDEN}tokenizer_config.json`));
  const originals = TEMPLATES.map((template): Files => ({ [FILE]: bytesOf(template) }));
  const render = async (template: string): Promise<string> => {
    const loaded = await loadTokenizer({ tokenizer, config: { ...config, chat_template: template } });
    const prompt = await loaded.encodePrompt(PROMPT, { chat: true, history: HISTORY });
    const contents = [...HISTORY.map(({ content }) => content), PROMPT];
    hold(prompt.text === contents.join("\n"), "has another text");
    for (const { start, end, message } of prompt.turns) {
      const [text, content] = [prompt.text.slice(start, end), contents[message]];
      hold(text === content || text === content.trim(), `takes ${JSON.stringify(text)} for message ${message}`);
    }
    hold(prompt.tokens.every(({ id }) => id >= 0 && id < loaded.vocabSize), "has ids beyond the vocabulary");
    return loaded.decode(prompt.tokens.map(({ id }) => id));
  };
  const rendered = new Map<string, string>();
  return {
    originals,
    subjects: ["chat", "the text"],
    make: (dice) => makeInput(originals, dice),
    async feed(_directory, { files, sound }) {
      const template = textOf(files[FILE]);
      const text = await render(template);
      if (!sound) return;
      // A note changes nothing.
      const plain = template.replace(NOTE, "");
      if (!rendered.has(plain)) rendered.set(plain, await render(plain));
      hold(rendered.get(plain) === text, "renders otherwise with a note");
    },
  };
}

const NOTE = /\{# a note [^#]* #\}/g;

function makeInput(originals: readonly Files[], dice: Dice): FuzzInput {
  const [bytes, donor] = [dice.pick(originals)[FILE], dice.pick(originals)[FILE]];
  const written = (text: string, sound = false) => ({ files: { [FILE]: bytesOf(text) }, sound });
  const text = textOf(bytes);
  if (dice.oneIn(12)) return written(`{# a note ${dice.pick(["{{ x", "%}", "\n", "é"])} #}${text}`, true);
  if (dice.oneIn(4)) return { files: { [FILE]: mutateBytes(bytes, donor, dice) }, sound: false };
  let changed = text;
  for (let left = 1 + dice.below(3); left > 0; left--) changed = mutated(changed, textOf(donor), dice);
  return written(changed);
}

/** Changes one place of a template, most often between its tags and words. */
function mutated(text: string, donor: string, dice: Dice): string {
  const parts = text.split(/(\{[{%#]-?|-?[}%#]\}|\s+|\b)/);
  const at = dice.below(parts.length);
  const others = donor.split(/(?<=[}%#]\})|(?=\{[{%#])/);
  switch (dice.below(6)) {
    case 0:
      return parts.toSpliced(at, 1 + dice.below(3)).join("");
    case 1:
      return parts.toSpliced(at, 0, parts[dice.below(parts.length)]).join("");
    case 2:
      return parts.with(at, dice.pick(parts)).join("");
    case 3:
      return parts.toSpliced(at, 0, dice.pick(others)).join("");
    default: {
      const tags = text.split(/(?<=[}%#]\})|(?=\{[{%#])/);
      return dice.oneIn(2)
        ? tags.toSpliced(dice.below(tags.length + 1), 0, dice.pick(PIECES)).join("")
        : parts.toSpliced(at, 0, dice.pick(PIECES)).join("");
    }
  }
}
