"""Freezes what Jinja2 makes of templates of our own, in test/golden/templates.json.gz: expressions and statements
(`templates_expressions.py`), and chat templates in the style of published ones (`templates/`), as transformers renders
them.

python test/golden/templates.py   (3 s; needs jinja2 alone)"""

import datetime
import gzip
import json
import locale
import pathlib

import jinja2
import jinja2.ext
import jinja2.utils
from jinja2.sandbox import ImmutableSandboxedEnvironment
from templates_expressions import EXPRESSIONS, STATEMENTS

HERE = pathlib.Path(__file__).parent
NOW = datetime.datetime(2025, 3, 9, 14, 5, 7, 123000)

SAMPLE = {
    "text": "  Hello, Wörld! ",
    "numbers": [1, 2, 3, 4],
    "person": {"name": {"first": "Ann", "last": "Ö'Neil"}, "middle": None, "age": 33, "tags": ["a", None, True], "height": 1.5},
    "people": [
        {"name": {"first": "Ann"}, "age": 33},
        {"name": {"first": "bob"}, "age": 30},
        {"name": {"first": "Cid"}, "age": 30},
    ],
    "tree": [{"name": "a", "children": [{"name": "b", "children": []}, {"name": "c"}]}, {"name": "d"}],
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?\n"},
                 {"role": "user", "content": "  Who?  "}],
    "bos_token": "<s>", "eos_token": "</s>", "tools": None, "documents": None, "add_generation_prompt": True,
}

WEATHER = {"type": "function", "function": {
    "name": "get_weather", "description": "Gives the weather of a \"place\" – now.", "parameters": {
        "type": "object", "properties": {
            "place": {"type": "string", "description": "City & country"},
            "days": {"type": "integer", "enum": [1, 2, 3], "default": 1},
            "units": {"type": ["string", "null"], "enum": ["celsius", "kelvin"]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "detail": {"type": "object", "properties": {"wind": {"type": "boolean"}}}},
        "required": ["place"]}}}
CALL = {"id": "abcdef123", "type": "function",
        "function": {"name": "get_weather", "arguments": {"place": "Zürich", "days": 2, "exact": True, "note": None}}}


def say(role, content, **more):
    return {"role": role, "content": content, **more}


CHATS = {
    "one question": {"messages": [say("user", "What is 1 < 2?")]},
    "a system message": {"messages": [say("system", "Be brief."), say("user", "Hi")]},
    "several turns": {"messages": [say("system", " Be\nbrief. \n"), say("user", "Hi "), say("assistant", "\nYes?\n"),
                                   say("user", "\t Who are you?\r\n"), say("assistant", "Me."), say("user", "So.")]},
    "no answer to begin": {"messages": [say("user", "Hi"), say("assistant", "Yes?")], "add_generation_prompt": False},
    "other writing": {"messages": [say("user", "Καλημέρα 世界 👩‍👩‍👧‍👦 é\u0301"), say("assistant", "\u00a0x\u3000"),
                                   say("user", "\ufeff{{ x }} {% y %} <|im_end|>\u2028")]},
    "nothing said": {"messages": [say("user", ""), say("assistant", " \n"), say("user", "?")]},
    "thoughts": {"messages": [say("user", "1+1?"), say("assistant", "<think>\nadd\n</think>\n\n2"), say("user", "And 2+2?"),
                              say("assistant", "4", reasoning_content="again"), say("user", "Good.")]},
    "tools": {"messages": [say("system", "Use tools."), say("user", "Weather in Zürich?")], "tools": [WEATHER]},
    "a tool's answer": {"messages": [say("user", "Weather?"), say("assistant", "", tool_calls=[CALL]),
                                     say("tool", "{\"sky\": \"blue\"}", name="get_weather", tool_call_id="abcdef123"),
                                     say("assistant", "Blue."), say("user", "Thanks")], "tools": [WEATHER]},
    "two tools' answers": {"messages": [say("user", "Weather?"), say("assistant", None, tool_calls=[CALL, CALL]),
                                        say("tool", "rain", name="get_weather", tool_call_id="abcdef123"),
                                        say("tool", "12.5", name="get_weather", tool_call_id="abcdef123")],
                           "tools": [WEATHER]},
    "not alternating": {"messages": [say("user", "a"), say("user", "b")]},
    "parts": {"messages": [say("user", [{"type": "text", "text": "Look: "}, {"type": "image"}])]},
    "documents": {"messages": [say("user", "Who?")], "documents": [{"title": "A", "text": "It's me."}]},
    "options": {"messages": [say("user", "Hi")], "enable_thinking": False, "day": "01 Jan 2025",
                "reasoning_effort": "high", "own_tools": ["browser"]},
}
GIVEN = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "tools": None, "documents": None,
         "add_generation_prompt": True}


class Generation(jinja2.ext.Extension):
    """Prints its body, as transformers' does where nobody asks for the places."""
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


class Names(jinja2.utils.Namespace):
    """A namespace without names that begin with an underscore, as in transformers 5."""

    def __init__(*args, **named):
        self, *given = args
        for name in dict(*given, **named):
            Names.check(name)
        jinja2.utils.Namespace.__init__(self, *given, **named)

    def __setitem__(self, name, value):
        Names.check(name)
        jinja2.utils.Namespace.__setitem__(self, name, value)

    @staticmethod
    def check(name):
        if name.startswith("_"):
            raise jinja2.exceptions.SecurityError(name)


class Dicts:
    """The function `dict` of transformers 5."""

    def __call__(self, *args, **named):
        return dict(*args, **named)

    def fromkeys(self, *args):
        return dict.fromkeys(*args)


def environment():
    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True,
                                         extensions=[Generation, jinja2.ext.loopcontrols])

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    made.filters["tojson"] = tojson
    made.globals.update(raise_exception=raise_exception, strftime_now=NOW.strftime, dict=Dicts(), namespace=Names)
    return made


def render(source, variables):
    try:
        return {"text": environment().from_string(source).render(**variables)}
    except Exception as error:
        return {"error": type(error).__name__}


def stable(source, variables):
    """Renders a template; {} if the text is another each time, or has halves of surrogate pairs, which no file can hold."""
    outcome = render(source, variables)
    text = outcome.get("text", "")
    halves = any("\ud800" <= character < "\ue000" for character in text)
    return {} if " at 0x" in text or halves or "lipsum" in source or "random" in source else outcome


def main():
    locale.setlocale(locale.LC_ALL, "C")
    small = [f"{{{{ {line} }}}}" for line in EXPRESSIONS.strip("\n").split("\n")]
    small += [block for block in STATEMENTS.strip("\n").split("\n----\n")]
    small += [block.replace("\n", end) for block in small if "\n" in block for end in ("\r\n", "\r")]
    cases = [{"template": source, "outcome": stable(source, SAMPLE)} for source in small]
    chats = []
    for path in sorted((HERE / "templates").glob("*.jinja")):
        source = path.read_bytes().decode()
        outcomes = {name: render(source, {**GIVEN, **chat}) for name, chat in CHATS.items()}
        chats.append({"name": path.stem, "outcomes": outcomes})
    golden = {"schema": "whence.golden.templates/1", "versions": {"jinja2": jinja2.__version__}, "now": NOW.isoformat(),
              "sample": SAMPLE, "given": GIVEN, "conversations": CHATS, "cases": cases, "chats": chats}
    data = json.dumps(golden, ensure_ascii=False, separators=(",", ":")).encode()
    (HERE / "templates.json.gz").write_bytes(gzip.compress(data, mtime=0))
    failed = sum("error" in case["outcome"] for case in cases)
    print(f"{len(cases)} small templates, of which {failed} fail; {len(chats)} chat templates, {len(CHATS)} chats")


main()
