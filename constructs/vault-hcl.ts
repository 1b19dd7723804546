/** A value of HCL's first version, which Vault's configuration is written in. */
export type HclValue = string | number | boolean | readonly string[] | { readonly [key: string]: HclValue };

/** A block such as `listener "tcp" { … }`: attributes first, in the order given, then blocks. */
export interface HclBlock {
  readonly type: string;
  /** @default none */
  readonly label?: string;
  /** An attribute that is `undefined` is left out. @default none */
  readonly attributes?: { readonly [name: string]: HclValue | undefined };
  /** @default none */
  readonly blocks?: readonly HclBlock[];
}

/**
 * One canonical text: two spaces a level, one attribute a line, a blank line before each top-level block, a final line
 * break. Throws when a text holds what something on its way would read: `${` and `%{` (Terraform), `{{` (Helm runs the
 * configuration through its template engine), a control character, or one of the words that the chart's start script
 * replaces by an address.
 */
export function renderHcl({ attributes = {}, blocks = [] }: Pick<HclBlock, "attributes" | "blocks">): string {
  const top = attributeLines(attributes, "");
  return [...(top.length ? [top.join("")] : []), ...blocks.map((block) => blockLines(block, "").join(""))].join("\n");
}

function blockLines({ type, label, attributes = {}, blocks = [] }: HclBlock, indent: string): string[] {
  const head = `${indent}${type}${label === undefined ? "" : ` ${quoted(label)}`} {`;
  const body = [
    ...attributeLines(attributes, `${indent}  `),
    ...blocks.flatMap((block) => blockLines(block, `${indent}  `)),
  ];
  return body.length ? [`${head}\n`, ...body, `${indent}}\n`] : [`${head}}\n`];
}

function attributeLines(attributes: { readonly [name: string]: HclValue | undefined }, indent: string): string[] {
  return Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [`${indent}${key(name)} = ${rendered(value, indent)}\n`],
  );
}

function rendered(value: HclValue, indent: string): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(quoted).join(", ")}]`;
  const lines = attributeLines(value as { readonly [key: string]: HclValue }, `${indent}  `);
  return `{\n${lines.join("")}${indent}}`;
}

function key(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : quoted(name);
}

/**
 * What `sed` in the chart's start script replaces anywhere in the text. Source: vault.args in the chart's _helpers.tpl.
 */
const REPLACED = /[$%]\{|\{\{|\p{Cc}|HOST_IP|POD_IP|HOSTNAME|API_ADDR|TRANSIT_ADDR|RAFT_ADDR/u;

function quoted(text: string): string {
  const found = REPLACED.exec(text);
  if (found)
    throw new Error(
      `server configuration: ${JSON.stringify(text)} holds ${JSON.stringify(found[0])}, which ` +
        `Terraform, Helm or the chart's start script would replace`,
    );
  return `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;
}
