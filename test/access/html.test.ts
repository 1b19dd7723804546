import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { check, htmlReport, rowsOf } from "../../access";
import { accessOf, at, productionStacks, rule, type Stacks } from "./fixture";

const html = (stacks: Stacks = productionStacks()) => htmlReport(accessOf(stacks), check(accessOf(stacks)));

describe("the page", () => {
  test("asks nothing of the network, and its policy forbids it", () => {
    expect(html()).not.toMatch(/\b(src|href)="(?!#)|@import|url\(|fetch\(|XMLHttpRequest/);
    expect(html()).toContain("default-src 'none'");
  });

  test("is the same every time", () => {
    expect(html()).toBe(html());
  });

  test("shows names as text, whatever is in them", () => {
    const stacks = productionStacks();
    at(stacks, "acme-access-nonprod", "vault_policy.group_support-readers_policy").policy += rule(
      "apps/data/acme/payments/payments-dev",
      "read",
    ).replace("payments-dev", "payments-dev<script>alert(1)</script>");
    expect(html(stacks)).not.toContain("<script>alert");
  });

  test("shows every finding with its path", () => {
    const stacks = productionStacks();
    at(stacks, "acme-access-nonprod", "vault_policy.group_support-readers_policy").policy = rule(
      "apps/data/acme/*",
      "read",
    );
    expect(html(stacks)).toMatch(/findings:<\/strong>.*<b>protection<\/b>: person tomas\.novak can read/s);
  });
});

/** The contrast of two colors, as WCAG 2 counts it: 1 to 21. */
function contrast(...colors: readonly [string, string]): number {
  const [light = 0, dark = 0] = colors
    .map((color) => {
      const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? [])
        .slice(0, 3)
        .map((part) => Number(part) / 255)
        .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    })
    .sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

/** A browser on PATH, by the names that distributions give it. */
function findBrowser(): string | undefined {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  return (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(existsSync);
}

const binary = findBrowser();
if (!binary) process.stderr.write('access report: "in a browser" is skipped: chromium is missing\n');

(binary ? describe : describe.skip)("in a browser", () => {
  const total = rowsOf(accessOf(productionStacks())).length;
  const folder = mkdtempSync(join(tmpdir(), "access-page-"));
  const file = join(folder, "access.html");
  let browser: Browser;
  const contexts: BrowserContext[] = [];

  beforeAll(async () => {
    writeFileSync(file, html());
    // Loaded here: nothing else needs it.
    const { chromium } = await import("playwright-core");
    browser = await chromium.launch({ executablePath: binary, args: ["--no-sandbox"] });
  });
  afterEach(() => Promise.all(contexts.splice(0).map((context) => context.close())));
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  async function open(options: BrowserContextOptions = {}, hash = ""): Promise<{ page: Page; problems: string[] }> {
    const context = await browser.newContext(options);
    contexts.push(context);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => problems.push(message.text()));
    page.on("request", (request) => {
      if (!request.url().startsWith("file:")) problems.push(request.url());
    });
    await page.goto(`${pathToFileURL(file).href}${hash}`);
    return { page, problems };
  }

  const shown = (page: Page) => page.locator("#matrix tbody tr:visible");
  const who = (page: Page) =>
    shown(page).evaluateAll((rows) => [...new Set(rows.map((row) => row.getAttribute("data-who")))]);

  test("the filters narrow rows and columns, and say how many are left", async () => {
    const { page, problems } = await open();
    await expect(shown(page).count()).resolves.toBe(total);
    await page.selectOption("#who", "person jonas.weber");
    await expect(who(page)).resolves.toEqual(["person jonas.weber"]);
    await expect(page.locator(".count").textContent()).resolves.toBe(`1 of ${total} rows`);
    await page.selectOption("#who", "");
    await page.selectOption("#app", "reporting");
    const reporting = [
      "person tomas.novak",
      "workload nonprod/reporting-dev/reporting-vault-operator-sa",
      "workload prod-eu/reporting/reporting-vault-operator-sa",
    ];
    await expect(who(page)).resolves.toEqual(expect.arrayContaining(reporting));
    await expect(who(page)).resolves.not.toContain("person jonas.weber");
    await page.selectOption("#environment", "prod-eu");
    await expect(page.locator("#matrix thead th:visible").count()).resolves.toBe(3);
    await expect(who(page)).resolves.not.toContain("workload nonprod/reporting-dev/reporting-vault-operator-sa");
    await page.click("button[type=reset]");
    // A form's fields are reset after the event, and the page counts after that: wait for it.
    await page.locator(".count", { hasText: `${total} of ${total} rows` }).waitFor();
    expect(problems).toEqual([]);
  });

  test("a filter stands in the address, to be sent to someone", async () => {
    const { page } = await open();
    await page.selectOption("#app", "payments");
    expect(page.url()).toMatch(/#app=payments$/);
    const { page: other } = await open({}, "#app=payments");
    await expect(other.locator("#app").inputValue()).resolves.toBe("payments");
    await expect(shown(other).count()).resolves.toBe(await shown(page).count());
  });

  test("a cell opens by keyboard to the rule, the policy and the resources", async () => {
    const { page } = await open();
    const cell = page.locator("tr[data-who='person jonas.weber'] td[data-environment='prod-eu']");
    await cell.locator("summary").focus();
    await page.keyboard.press("Enter");
    const text = await cell.innerText();
    expect(text).toContain("apps/data/acme/storefront/storefront-prod-eu");
    expect(text).toContain("policy storefront-on-call");
    expect(text).toContain("vault_policy.group_storefront-on-call_policy in acme-access-prod");
  });

  test("a screen reader finds a named table with row and column heads", async () => {
    const { page } = await open();
    const table = page.getByRole("table", { name: /What each identity can do/ });
    await expect(table.count()).resolves.toBe(1);
    await expect(table.getByRole("columnheader", { name: /prod-eu protected/ }).count()).resolves.toBe(1);
    await expect(table.getByRole("rowheader", { name: /jonas\.weber/ }).count()).resolves.toBe(1);
    await expect(page.getByRole("combobox", { name: "Environment" }).count()).resolves.toBe(1);
  });

  test("on a phone nothing runs over the edge, and the table is still a table", async () => {
    const { page } = await open({ viewport: { width: 360, height: 740 } });
    await page.locator("tr[data-who='person jonas.weber'] summary").first().click();
    await expect(page.evaluate("document.documentElement.scrollWidth")).resolves.toBeLessThanOrEqual(360);
    await expect(page.getByRole("rowheader", { name: /jonas\.weber/ }).count()).resolves.toBe(1);
  });

  test.each(["light", "dark"] as const)(
    "protected environments stand out, and words can be read, in %s",
    async (colorScheme) => {
      const { page } = await open({ colorScheme });
      // eslint-disable-next-line @typescript-eslint/no-explicit-any -- runs in the page; the project has no DOM types
      const colors = await page.locator("#matrix summary, .badge, #matrix small").evaluateAll((elements: any[]) =>
        elements.map((element) => {
          const behind: string[] = [];
          for (let each = element; each; each = each.parentElement)
            // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
            behind.push((globalThis as any).getComputedStyle(each).backgroundColor);
          return {
            // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
            text: (globalThis as any).getComputedStyle(element).color as string,
            background: behind.find((color) => color !== "rgba(0, 0, 0, 0)")!,
          };
        }),
      );
      const contrasts = colors.map(({ text, background }) => contrast(text, background));
      expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
    },
  );

  test("on paper the filters are gone", async () => {
    const { page } = await open();
    await page.emulateMedia({ media: "print" });
    await expect(page.locator(".filters").isVisible()).resolves.toBe(false);
    await expect(shown(page).count()).resolves.toBe(total);
  });
});
