/// <reference lib="dom" />
import { render } from "npm:preact@10";
import { App } from "./app.ts";
import { html } from "./html.ts";
import { openStore } from "./store.ts";
import { addThemeSwitch } from "./theme_switch.ts";

const textOf = (id: string) => document.getElementById(id)!.textContent!;
const store = openStore(JSON.parse(textOf("index")), textOf("packed"));
const place = document.getElementById("cells")!;
place.replaceChildren();
render(html`<${App} store=${store} />`, place);
addThemeSwitch();
