import assert from "node:assert/strict";
import { type ChatMessage, renderTurns } from "../../../src/model/tokens/chat_turns.ts";

const template = (messages: readonly ChatMessage[]) =>
  "<s>" + messages.map(({ role, content }) => `<${role}>${content}<end>\n`).join("") + "<assistant>";

const CHAT: readonly ChatMessage[] = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "user" },
  { role: "assistant", content: "Yes?\n" },
  { role: "user", content: "Be brief." },
];

Deno.test("renderTurns() finds every message, equal ones and ones that look like the template too", () => {
  const { text, turns } = renderTurns(template, CHAT);
  assert.equal(text, template(CHAT));
  assert.deepEqual(turns.map(({ name, start, end }) => [name, text.slice(start, end)]), [
    ["system", "Be brief."],
    ["user", "user"],
    ["assistant", "Yes?\n"],
    ["user 2", "Be brief."],
  ]);
  assert.deepEqual(turns.map(({ start }) => start), [11, 32, 53, 70]);
});

Deno.test("renderTurns() finds messages that the template trims, and none where they are empty", () => {
  const trims = (messages: readonly ChatMessage[]) =>
    template(messages.map(({ role, content }) => ({ role, content: content.trim() })));
  const { text, turns } = renderTurns(trims, [{ role: "user", content: "  hi \n" }, {
    role: "assistant",
    content: " ",
  }]);
  assert.deepEqual(turns.map(({ name, start, end }) => [name, text.slice(start, end)]), [["user", "hi"]]);
});

Deno.test("renderTurns() refuses templates that change messages or leave them out", () => {
  const upper = (messages: readonly ChatMessage[]) =>
    template(messages.map(({ role, content }) => ({ role, content: content.toUpperCase() })));
  assert.throws(() => renderTurns(upper, CHAT), /must hold each message as it is: got "BE BRIEF\.<end>/);
  const last = (messages: readonly ChatMessage[]) => template(messages.slice(-1));
  assert.throws(() => renderTurns(last, CHAT), /must hold each message as it is: got "nothing" for system/);
});
