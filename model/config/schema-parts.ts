import type { ChartConfig } from "./cluster";
import * as rules from "../rules";
import { json, object, optional, record, step, text, type OptionalSchema, type Schema } from "../schema";

/** What a name elsewhere stands for. */
export const reference = text(rules.REFERENCE);
/** A Kubernetes quantity. */
export const quantity = text(rules.QUANTITY);
/** A namespace. */
export const namespace = text(rules.NAMESPACE);

const chartFields = object({
  repository: optional((value, at, report) => value === "" || text(rules.CHART_URL)(value, at, report)),
  name: optional(text(rules.FILE_PATH)),
  version: optional(text(rules.VERSION)),
  digest: optional(text(rules.DIGEST)),
});
/** Where a chart comes from. */
export const chart: Schema = (value, at, report) => {
  if (!chartFields(value, at, report)) return false;
  const { repository, digest } = value as ChartConfig;
  return (
    repository !== "" ||
    digest === undefined ||
    report(step(at, "digest"), digest, "only of a chart from a repository", "A folder is what is committed.")
  );
};

/** Where an image comes from. */
export const image = object({
  repository: optional(reference),
  tag: optional(text(rules.VERSION)),
  digest: optional(text(rules.DIGEST)),
});
/** A chart's values. */
export const values = record(rules.VALUE_NAME, json);
/** A key of a Secret. */
export const secretKey = object({ secret: text(rules.DNS_LABEL), key: text(rules.SECRET_KEY) });
/** Environment variables, each from a Secret. */
export const credentials: OptionalSchema = optional(record(rules.VARIABLE, secretKey, { empty: false }));
/** A volume claim. */
export const volume = object({ size: optional(quantity), storageClass: optional(text(rules.DNS_LABEL)) });
/** Processor time and memory. */
export const amounts = object({ cpu: optional(quantity), memory: optional(quantity) });

/** Labels of an object. */
export const labels: OptionalSchema = optional(record(rules.LABEL_NAME, text(rules.LABEL_VALUE)));
