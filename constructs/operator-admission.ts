import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { Lazy, TerraformStack, Token } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { NAMESPACE } from "../model/rules";
import { acceptedKey, acceptedText, admissionSpec, type OperatorObject } from "./admission-rules";
import type { IAppNamespace } from "./app-namespace";
import { pinProviders } from "./providers";
import { textProblem, validateProps } from "./validation";
import { waitFor } from "./wait-for";

/** Namespaces, and what is let through in them. */
export interface AdmittedObjects {
  /** Name of the binding and of the ConfigMap with what is accepted. */
  readonly name: string;
  /** The namespaces' names; one or more, each in one of these alone. */
  readonly namespaces: readonly string[];
  /** What holds the objects that are let through, e.g. a stack: each VaultConnection and so on in its tree. */
  readonly from: IConstruct;
}

/** Props of {@link OperatorAdmission}. */
export interface OperatorAdmissionProps {
  /** Name of the policy. */
  readonly name: string;
  /**
   * Where what is accepted is kept: nobody who is held to it may write ConfigMaps there. The operator's own namespace
   * is such a one.
   */
  readonly home: IAppNamespace;
  readonly admitted: readonly AdmittedObjects[];
}

/**
 * Holds whoever may write the operator's objects in some namespaces to those that a platform has: to its Vaults'
 * addresses and CAs, its logins and its secret sets. Without it, who may make a VaultConnection and a VaultAuth can
 * have the operator send a service account's token wherever they like.
 *
 * - A ValidatingAdmissionPolicy of the API server: no webhook, nothing that runs. Kubernetes 1.30 or later.
 * - It looks at what is made and at a spec that changes, by whomever. What was there before goes on and can be deleted.
 * - In those namespaces every other kind of the operator's is refused, in all other namespaces nothing
 *   (docs/decisions/0017-the-operators-objects-are-the-configs.md).
 *
 * @example
 * const operator = new OperatorInstall(this, "operator");
 * new OperatorAdmission(this, "admission", {
 *   name: "shop",
 *   home: operator.home,
 *   admitted: [{ name: "shop-dev", namespaces: ["shop"], from: this }],
 * });
 */
export class OperatorAdmission extends Construct {
  constructor(scope: Construct, id: string, { name, home, admitted }: OperatorAdmissionProps) {
    super(scope, id);
    pinProviders(this, "kubernetes");
    validateProps(this, () =>
      admitted.flatMap(({ name: called, namespaces, from }) => {
        const size = Object.entries(acceptedIn(from)).reduce((sum, [key, text]) => sum + key.length + text.length, 0);
        return [
          namespaces.length === 0 && {
            prop: "namespaces",
            given: namespaces,
            accepted: "at least one namespace",
            hint: `Name those of ${called}, or leave it out.`,
          },
          ...namespaces.map((each) => textProblem("namespaces", each, NAMESPACE, "Name a namespace of apps.")),
          size > LARGEST && {
            prop: "from",
            given: `${called} with ${size} bytes of what is accepted`,
            accepted: `at most ${LARGEST} bytes, which are some 2,000 apps`,
            hint: "Part it: an environment more, with some of the apps.",
          },
        ];
      }),
    );
    const manifest = (at: string, kind: string, called: string, spec: object, ...after: Parameters<typeof waitFor>) =>
      new Manifest(this, at, {
        manifest: {
          apiVersion: "admissionregistration.k8s.io/v1",
          kind,
          metadata: { name: called, labels: LABELS },
          spec,
        },
        dependsOn: waitFor(...after),
      });
    const policy = manifest(
      "policy",
      "ValidatingAdmissionPolicy",
      name,
      admissionSpec(TerraformStack.of(this).node.id),
    );
    for (const { name: called, namespaces, from } of admitted) {
      const accepted = new ConfigMapV1(this, `accepted_${called}`, {
        metadata: { name: called, namespace: home.name, labels: LABELS },
        data: Token.asStringMap(Lazy.anyValue({ produce: () => acceptedIn(from) })),
        dependsOn: waitFor(home.resource),
      });
      manifest(
        `binding_${called}`,
        "ValidatingAdmissionPolicyBinding",
        called,
        {
          policyName: name,
          // Without what is accepted nothing is.
          paramRef: { name: called, namespace: home.name, parameterNotFoundAction: "Deny" },
          // `Audit`: a refusal is in the API server's audit log too.
          validationActions: ["Deny", "Audit"],
          matchResources: {
            matchPolicy: "Equivalent",
            // The API server itself writes this label, and nobody can change it.
            namespaceSelector: {
              matchExpressions: [
                { key: "kubernetes.io/metadata.name", operator: "In", values: [...namespaces].sort() },
              ],
            },
            objectSelector: {},
          },
        },
        policy,
        accepted,
      );
    }
  }
}

/** Of a ConfigMap's data, in bytes. Source: Kubernetes' documentation, "ConfigMaps". */
const LARGEST = 1 << 20;

const LABELS = { "app.kubernetes.io/managed-by": "vault-tenancy" };

function acceptedIn(from: IConstruct): { [key: string]: string } {
  const objects = from.node
    .findAll()
    .filter((each) => each instanceof Manifest)
    .map(({ manifestInput }) => manifestInput as unknown as OperatorObject);
  const entries = objects.map((object): [string, string] => [acceptedKey(object), acceptedText(object)]);
  return Object.fromEntries(entries.filter(([, text]) => text !== "").sort(([a], [b]) => (a < b ? -1 : 1)));
}
