import type { AppConfig, AppEnvironmentConfig } from "./app";

/** Kubernetes names of a shared set at an app, as templates of `{platform}`, `{app}`, `{set}` and `{environment}`. */
export interface SharedSetKubernetesConfig {
  /**
   * The VaultStaticSecret that fills the Secret.
   * @default "{app}-{set}-vault-static-secret"
   */
  readonly vaultStaticSecret?: string;
  /**
   * The Secret that the app's pods mount, beside the one of the app's own set.
   * @default "{app}-{set}-{environment}-secrets"
   */
  readonly secret?: string;
}

/**
 * A secret set that is no app's own: one in each environment, read by the apps that it lists and by nobody else. An
 * app's second set is one that it alone reads.
 */
export interface SharedSetConfig<
  App extends string = string,
  Environment extends string = string,
  Keys extends readonly string[] = readonly string[],
> extends Pick<AppConfig<Environment, Keys>, "owner" | "keys" | "generated" | "rotateEvery"> {
  /** The apps that read it, each where both are. No app has a key of the same name in another of its sets. */
  readonly readBy: readonly App[];
  /**
   * Where it is: names of environments, or what differs in each.
   * @default every environment that one of its apps runs in, nothing different
   */
  readonly environments?: readonly Environment[] | { readonly [E in Environment]?: AppEnvironmentConfig<Keys[number]> };
  /** @default names made of the app's and the set's */
  readonly kubernetes?: SharedSetKubernetesConfig;
}
