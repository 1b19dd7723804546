import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";

/** Where an object of the Prometheus operator is, and its labels. */
interface Place {
  readonly namespace: string;
  readonly labels?: { readonly [name: string]: string };
}

function manifest(kind: string, id: string, spec: (given: object) => object) {
  return (scope: Construct, place: Place, name: string, given: object, home: ITerraformDependable): void => {
    const { namespace, labels } = place;
    new Manifest(scope, id, {
      manifest: {
        apiVersion: "monitoring.coreos.com/v1",
        kind,
        metadata: { name, namespace, ...(labels && { labels: { ...labels } }) },
        spec: spec(given),
      },
      dependsOn: [home],
    });
  };
}

/** A PrometheusRule of some rules, in a group of its own name. */
export const alertRule = manifest("PrometheusRule", "alerts", (rules) => ({
  groups: [{ name: "vault-tenancy", rules }],
}));

/** A PodMonitor. */
export const podMonitor = manifest("PodMonitor", "monitor", (spec) => spec);
