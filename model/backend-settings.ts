import type { BackendConfig } from "./config/backend";

/** The settings of a backend for a stack called `name`. Source: Terraform's documentation of each backend type. */
export function backendSettings(name: string, backend: BackendConfig): { readonly [name: string]: unknown } {
  const slash = (text: string) => text.replace(/\/+$/, "");
  const under = (prefix: string | undefined) => (prefix ? `${slash(prefix)}/${name}` : name);
  switch (backend.type) {
    case "local":
      // Relative to the stack's folder in cdktf.out, so that the JSON is the same in every folder, and outside
      // cdktf.out, so that cleaning it takes no state along.
      return { path: `../../../${backend.folder ?? "state"}/${name}.tfstate` };
    case "s3":
      return {
        bucket: backend.bucket,
        region: backend.region,
        key: `${under(backend.prefix)}.tfstate`,
        encrypt: true,
        use_lockfile: true,
        ...(backend.kmsKeyId && { kms_key_id: backend.kmsKeyId }),
      };
    case "gcs":
      return { bucket: backend.bucket, prefix: under(backend.prefix) };
    case "azurerm":
      return {
        resource_group_name: backend.resourceGroup,
        storage_account_name: backend.storageAccount,
        container_name: backend.container,
        key: `${name}.tfstate`,
        use_azuread_auth: true,
      };
    case "kubernetes":
      return {
        secret_suffix: name,
        namespace: backend.namespace,
        config_path: backend.kubeconfig ?? "~/.kube/config",
        config_context: backend.context,
      };
    case "pg":
      return { schema_name: name };
    case "http": {
      const address = `${slash(backend.address)}/${name}`;
      return { address, lock_address: `${address}/lock`, unlock_address: `${address}/lock` };
    }
  }
}
