import { type Browser, type BrowserContextOptions, chromium, type Page } from "npm:playwright-core@1";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A browser that shows pages from files; nothing else may be reached. */
interface PageBrowser {
  /**
   * Shows a page once its cells are there. Errors of its script and requests for other files fail the test.
   *
   * @param ready selects what is there then
   */
  open(html: string, options?: BrowserContextOptions, ready?: string): Promise<ShownPage>;
  close(): Promise<void>;
}

/** A page in the browser. */
export interface ShownPage {
  readonly page: Page;
  /** Errors of the page's script, and addresses that it asked for. */
  readonly faults: readonly string[];
  /** Milliseconds of the page's own thread, which do not count what other processes take, since it was opened. */
  busy(): Promise<number>;
}

/**
 * Starts Chromium, which `sh setup.sh --browser` installs.
 *
 * @throws {Error} if there is none
 */
export async function startBrowser(): Promise<PageBrowser> {
  const executablePath = Deno.env.get("CHROMIUM") ?? PLACES.find((path) => existsFile(path));
  if (executablePath === undefined) throw new Error("Chromium must be installed: run sh setup.sh --browser");
  const browser: Browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const folder = await Deno.makeTempDir();
  let pages = 0;
  return {
    async open(html, options = {}, ready = ".panel, #cells > p.note") {
      const path = `${folder}/page${pages++}.html`;
      await Deno.writeTextFile(path, html);
      const context = await browser.newContext({ viewport: { width: 1300, height: 1000 }, ...options });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(error.message));
      page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
      const isHere = (url: string) => url === `file://${path}` || /^(data:|about:srcdoc)/.test(url);
      page.on("request", (request) => isHere(request.url()) || faults.push(request.url().slice(0, 100)));
      const cdp = await context.newCDPSession(page);
      await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
      await page.goto(`file://${path}`);
      await page.waitForSelector(ready);
      const busy = async () => {
        const { metrics } = await cdp.send("Performance.getMetrics");
        return 1000 * metrics.find(({ name }) => name === "TaskDuration")!.value;
      };
      return { page, faults, busy };
    },
    async close() {
      await browser.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function existsFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
