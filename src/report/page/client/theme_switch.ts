/// <reference lib="dom" />

const THEMES = ["auto", "light", "dark"] as const;

/** Adds a button that turns the page from the system's colours to light ones and dark ones. */
export function addThemeSwitch(): void {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "theme";
  let at = 0;
  const show = () => {
    button.textContent = `colours: ${THEMES[at]}`;
    document.documentElement.dataset.theme = THEMES[at];
    document.dispatchEvent(new Event("themechange"));
  };
  button.addEventListener("click", () => {
    at = (at + 1) % THEMES.length;
    show();
  });
  show();
  document.querySelector("header")?.append(button);
}
