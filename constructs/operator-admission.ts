import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest";
import { Lazy, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { NAMESPACE } from "../model/rules";
import { acceptedKey, acceptedText, admissionSpec, type Accepted, type OperatorObject } from "./admission-rules";
import { BindingsRelease } from "./bindings-release";
import { pinProviders } from "./providers";
import { textProblem, validateProps } from "./validation";

/** Namespaces, and what is let through in them. */
export interface AdmittedObjects {
  /** Name of the policy and of its binding, one of its own in the cluster. */
  readonly name: string;
  /** The namespaces' names; one or more, each in one of these alone. */
  readonly namespaces: readonly string[];
  /** What holds the objects that are let through, e.g. a stack: each VaultConnection and so on in its tree. */
  readonly from: IConstruct;
}

/** Props of {@link OperatorAdmission}. */
export interface OperatorAdmissionProps {
  /** A policy each. */
  readonly admitted: readonly AdmittedObjects[];
}

/**
 * Holds whoever may write the operator's objects in some namespaces to those that a platform has: to its Vaults'
 * addresses and CAs, its logins and its secret sets. Without it, who may make a VaultConnection and a VaultAuth can
 * have the operator send a service account's token wherever they like.
 *
 * - A ValidatingAdmissionPolicy of the API server: no webhook, nothing that runs. Kubernetes 1.30 or later. What is
 *   accepted is in the policy itself: nothing that it reads can be missing, stale or written by somebody else.
 * - It looks at what is made and at a spec that changes, by whomever. What was there before goes on and can be deleted.
 * - In those namespaces every other kind of the operator's is refused, in all other namespaces nothing
 *   (docs/decisions/0017-the-operators-objects-are-the-configs.md).
 *
 * @example
 * new OperatorAdmission(this, "admission", {
 *   admitted: [{ name: "shop-dev", namespaces: ["shop"], from: this }],
 * });
 */
export class OperatorAdmission extends Construct {
  constructor(scope: Construct, id: string, { admitted }: OperatorAdmissionProps) {
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
    const manifest = (at: string, kind: string, called: string, spec: unknown, ...after: Manifest[]) =>
      new Manifest(this, at, {
        manifest: {
          apiVersion: "admissionregistration.k8s.io/v1",
          kind,
          metadata: { name: called, labels: LABELS },
          spec,
        },
        ...(after.length > 0 && { dependsOn: after }),
      });
    const stack = TerraformStack.of(this).node.id;
    for (const { name, namespaces, from } of admitted) {
      const spec = Lazy.anyValue({ produce: () => admissionSpec(stack, acceptedIn(from)) });
      const policy = manifest(`policy_${name}`, "ValidatingAdmissionPolicy", name, spec);
      manifest(
        `binding_${name}`,
        "ValidatingAdmissionPolicyBinding",
        name,
        {
          policyName: name,
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
      );
    }
  }
}

/** Of what is accepted, in bytes. etcd takes requests of 1.5 MiB; some of it is the policy itself. */
const LARGEST = 1 << 20;

const LABELS = { "app.kubernetes.io/managed-by": "vault-tenancy" };

function acceptedIn(from: IConstruct): Accepted {
  const objects = from.node.findAll().flatMap((each) => {
    if (each instanceof BindingsRelease) return each.objects as unknown as readonly OperatorObject[];
    return each instanceof Manifest ? (each.manifestInput as unknown as OperatorObject) : [];
  });
  const entries = objects.map((object): [string, string] => [acceptedKey(object), acceptedText(object)]);
  return Object.fromEntries(entries.filter(([, text]) => text !== "").sort(([a], [b]) => (a < b ? -1 : 1)));
}
