/**
 * Where Terraform keeps state; a stack's name is its state's key. Credentials come from the environment, never from a
 * config. Source: Terraform's documentation of each backend.
 */
export type BackendConfig =
  | {
      readonly type: "local";
      /**
       * A folder beside `cdktf.out`, one path segment.
       * @default "state"
       */
      readonly folder?: string;
    }
  | {
      readonly type: "s3";
      /** The bucket's name. */
      readonly bucket: string;
      /** The bucket's region. */
      readonly region: string;
      /**
       * What stands before the stack's name in the key.
       * @default no prefix: `<stack>.tfstate`
       */
      readonly prefix?: string;
      /**
       * The KMS key that encrypts it.
       * @default the bucket's own encryption; always encrypted
       */
      readonly kmsKeyId?: string;
    }
  | {
      readonly type: "gcs";
      /** The bucket's name. */
      readonly bucket: string;
      /**
       * What stands before the stack's name.
       * @default no prefix: `<stack>`
       */
      readonly prefix?: string;
    }
  | {
      readonly type: "azurerm";
      /** The storage account's resource group. */
      readonly resourceGroup: string;
      /** The storage account's name. */
      readonly storageAccount: string;
      /** The container's name. */
      readonly container: string;
    }
  | {
      readonly type: "kubernetes";
      /** The namespace of the Secrets that hold state. */
      readonly namespace: string;
      /** The kubeconfig context. */
      readonly context: string;
      /**
       * The kubeconfig file.
       * @default "~/.kube/config"
       */
      readonly kubeconfig?: string;
    }
  | { readonly type: "pg" }
  | {
      readonly type: "http";
      /** Base URL; state is at `<address>/<stack>`, its lock at `<address>/<stack>/lock`. */
      readonly address: string;
    };
