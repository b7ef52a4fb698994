/// <reference lib="dom" />
import { render } from "npm:preact@10";
import { App } from "./app.ts";
import { html } from "./html.ts";
import { openStore } from "./data/store.ts";

const THEMES = ["auto", "light", "dark"] as const;

const textOf = (id: string) => document.getElementById(id)!.textContent!;
const store = openStore(JSON.parse(textOf("index")), textOf("packed"));
const place = document.getElementById("cells")!;
place.replaceChildren();
render(
  store.index.ids.length === 0 ? html`<p class="note">No cell has a result.</p>` : html`<${App} store=${store} />`,
  place,
);

// A button turns the page from the system's colours to light ones and dark ones.
const button = document.createElement("button");
button.type = "button";
button.className = "theme";
let theme = 0;
const show = () => {
  button.textContent = `colours: ${THEMES[theme]}`;
  document.documentElement.dataset.theme = THEMES[theme];
  document.dispatchEvent(new Event("themechange"));
};
button.addEventListener("click", () => {
  theme = (theme + 1) % THEMES.length;
  show();
});
show();
document.querySelector("header")?.append(button);
