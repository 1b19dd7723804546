import { isCelError, run, type CelInput } from "@bufbuild/cel";
import { loadYaml } from "@kubernetes/client-node";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LuaFactory } from "wasmoon";

const PAGE = readFileSync(join(__dirname, "..", "..", "docs", "backup.md"), "utf8");
const KIND = "VaultStaticSecret";

/** A binding as the API server gives it, as far as its health is asked for. */
export interface Binding {
  readonly kind: string;
  readonly metadata: { readonly generation: number };
  readonly status?: object;
}

interface Expressions {
  readonly kind: string;
  readonly current: string;
  readonly failed: string;
}

/** The first block of docs/backup.md that begins with these words. */
function block(words: string): unknown {
  const blocks = [...PAGE.matchAll(/^```yaml\n([^]*?)^```/gm)].map(([, text]) => text!);
  return loadYaml(blocks.find((text) => text.startsWith(words))!);
}

const LUA = Object.values(block("resource.customizations.health.") as Readonly<Record<string, string>>)[0]!;
const FLUX = (block("healthCheckExprs:") as { healthCheckExprs: readonly Expressions[] }).healthCheckExprs.find(
  ({ kind }) => kind === KIND,
)!;

/**
 * What the page's Lua says of a binding, as Argo CD runs it: with the object as `obj`
 * (argo-cd.readthedocs.io, "Resource Health").
 */
export async function inArgo(binding: Binding): Promise<{ readonly status: string; readonly message: string }> {
  const lua = await new LuaFactory().createEngine();
  try {
    lua.global.set("obj", binding);
    return (await lua.doString(LUA)) as { status: string; message: string };
  } finally {
    lua.global.close();
  }
}

/**
 * What the page's expressions say of a binding, in Flux's order: failed, current, else in progress; unknown, which is
 * asked again, where one cannot be evaluated (fluxcd.io, "Kustomization", health check expressions).
 */
export function inFlux(binding: Binding): "Failed" | "Current" | "InProgress" | "Unknown" {
  for (const [status, expression] of [
    ["Failed", FLUX.failed],
    ["Current", FLUX.current],
  ] as const) {
    const holds = run(expression, binding as unknown as Readonly<Record<string, CelInput>>);
    if (isCelError(holds)) return "Unknown";
    if (holds === true) return status;
  }
  return "InProgress";
}
