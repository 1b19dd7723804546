import { VERSIONS } from "../model";
import { isRecord } from "../model/record";

/** Chart values as JSON objects. */
export type Values = { readonly [key: string]: unknown };

/**
 * Values as one JSON text (which is YAML too) with sorted keys, so that it is the same on every machine and in any
 * order of writing. Throws when it holds `${` or `%{`, which Terraform would read as a template.
 */
export function valuesText(values: Values): string {
  const text = JSON.stringify(values, (_key, value: unknown) => (isRecord(value) ? sorted(value) : value));
  const template = /[$%]\{/.exec(text);
  if (template)
    throw new Error(
      `chart values: ` +
        `${JSON.stringify(text.slice(Math.max(0, template.index - 30), template.index + 30))} holds ` +
        `${template[0]}; Terraform would read it as a template`,
    );
  return text;
}

function sorted(values: Values): Values {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Labels by which the API server refuses pods below the level `restricted` in a namespace, warns of them and writes
 * them to its audit log. Source: Kubernetes' documentation, "Pod Security Standards".
 */
export function podSecurityLabels(): { [label: string]: string } {
  return Object.fromEntries(
    ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, "restricted"],
      [`pod-security.kubernetes.io/${mode}-version`, VERSIONS.podSecurity],
    ]),
  );
}
