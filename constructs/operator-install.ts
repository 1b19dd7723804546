import { Release } from "@cdktf/provider-helm/lib/release";
import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { SecretV1 } from "@cdktf/provider-kubernetes/lib/secret-v1";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import {
  chartSource,
  operatorAlerts,
  TOKEN_CACHE_CA,
  VERSIONS,
  type OperatorConfig,
  type TokenCacheSettings,
} from "../model";
import { NAMESPACE } from "../model/rules";
import { revisionOf } from "./vault-connection";
import { alertRule } from "./alert-rule";
import { podSecurityLabels, valuesText } from "./chart";
import { pinProviders } from "./providers";
import { textProblem, validateProps } from "./validation";
import { operatorSettings, operatorValues } from "./operator-values";

/**
 * The release's name, the same everywhere: a cluster has one operator, since every operator acts on every binding in
 * the cluster. A second one, of another platform or another release, is refused by Helm: it owns the same cluster
 * roles.
 */
export const OPERATOR_RELEASE = "vault-secrets-operator";

/** Props of {@link OperatorInstall}. */
export interface OperatorInstallProps extends OperatorConfig {
  /**
   * The operator's own namespace, which is made.
   * @default "vault-secrets-operator"
   */
  readonly namespace?: string;
  /**
   * Labels of the namespace, beside those of pod security.
   * @default none
   */
  readonly labels?: { readonly [name: string]: string };
  /**
   * Where its tokens are encrypted, which it then keeps in Secrets of its namespace: an {@link OperatorTokenCache}.
   * @default none: no token is kept, and at every start of the operator each dynamic secret is made anew
   */
  readonly tokenCache?: TokenCacheSettings;
}

/**
 * The Vault Secrets Operator in a cluster: its namespace and its Helm release, which brings the CRDs that environments'
 * stacks plan with. The release waits until the operator runs.
 *
 * - Its cluster role may read and write Secrets in every namespace; no value of the chart changes that.
 * - Environments are destroyed before it. Helm never deletes CRDs, so that bindings left behind stay, and without an
 *   operator to take their finalizers off neither they nor their namespaces can be deleted
 *   (docs/decisions/0010-one-operator-in-a-cluster.md).
 *
 * @example
 * const operator = new OperatorInstall(this, "operator", { replicas: 2 });
 */
export class OperatorInstall extends Construct {
  /** The namespace's name. */
  readonly namespace: string;
  /** The Helm release's name. */
  readonly release = OPERATOR_RELEASE;

  constructor(scope: Construct, id: string, props: OperatorInstallProps = {}) {
    super(scope, id);
    pinProviders(this, "helm", "kubernetes");
    const { namespace = OPERATOR_RELEASE, chart, labels } = props;
    validateProps(this, () => [
      textProblem("namespace", namespace, NAMESPACE, "Give the operator a namespace of its own."),
    ]);
    this.namespace = namespace;
    const resource = new NamespaceV1(this, "namespace", {
      metadata: {
        name: namespace,
        labels: { ...labels, ...podSecurityLabels() },
      },
    });
    const ca = this.cacheCa(props, resource);
    new Release(this, "release", {
      name: OPERATOR_RELEASE,
      namespace,
      createNamespace: false,
      ...chartSource(VERSIONS.charts.operator, chart),
      values: [valuesText(operatorValues(props))],
      ...operatorSettings(props),
      wait: true,
      maxHistory: 10,
      dependsOn: ca ? [resource, ca] : [resource],
    });
    if (props.alerts) alertRule(this, { namespace, ...props.alerts }, OPERATOR_RELEASE, operatorAlerts(), resource);
  }

  /** The CA of the Vault that encrypts its tokens, where the operator finds it. */
  private cacheCa(
    { tokenCache }: OperatorInstallProps,
    namespace: ITerraformDependable,
  ): ITerraformDependable | undefined {
    const { ca } = tokenCache ?? {};
    if (!ca || "secret" in ca) return undefined;
    return new SecretV1(this, "token-cache-ca", {
      metadata: { name: TOKEN_CACHE_CA, namespace: this.namespace },
      type: "Opaque",
      dataWo: { "ca.crt": ca.certificate },
      dataWoRevision: revisionOf(ca.certificate),
      dependsOn: [namespace],
    });
  }
}
