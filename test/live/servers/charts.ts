import { existsSync } from "node:fs";
import { join } from "node:path";

/** The folder with the charts `vault` and `vault-secrets-operator` (CHARTS_DIR); undefined if there is none. */
export function chartsFolder(): string | undefined {
  const folder = process.env.CHARTS_DIR ?? "";
  const there = ["vault", "vault-secrets-operator"].every((name) => existsSync(join(folder, name, "Chart.yaml")));
  return there ? folder : undefined;
}
