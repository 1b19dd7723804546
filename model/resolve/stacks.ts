import type { Platform, StackSpec } from "../platform";

/** Every stack, in the order in which they can be applied. */
export function resolveStacks({
  vaults,
  clusters,
  environments,
  backend,
}: Pick<Platform, "vaults" | "clusters" | "environments" | "backend">): StackSpec[] {
  const servers = vaults.flatMap(({ name: vault, stack, installation }): StackSpec[] =>
    stack && installation
      ? [{ name: stack, kind: "vault", vault, cluster: installation.cluster, backend, needs: [] }]
      : [],
  );
  const access = vaults.map(({ name: vault, accessStack, stack }): StackSpec => ({
    name: accessStack,
    kind: "access",
    vault,
    backend,
    needs: stack ? [stack] : [],
  }));
  const operators = clusters.flatMap(({ name: cluster, operator, pipelines }): StackSpec[] =>
    operator
      ? [
          {
            name: operator.stack,
            kind: "operator",
            cluster,
            backend,
            // It gives the CI rights in the servers' namespaces.
            needs: pipelines ? servers.filter((server) => server.cluster === cluster).map(({ name }) => name) : [],
          },
        ]
      : [],
  );
  return [
    ...servers,
    ...access,
    ...operators,
    ...environments.map(({ name: environment, stack: name, vault, cluster, backend: own }): StackSpec => ({
      name,
      kind: "environment",
      vault,
      ...(cluster && { cluster }),
      environment,
      backend: own,
      needs: [...access, ...operators]
        .filter((each) => (each.kind === "access" ? each.vault === vault : each.cluster === cluster))
        .map((each) => each.name),
    })),
  ];
}
