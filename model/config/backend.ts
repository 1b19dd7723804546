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
      readonly bucket: string;
      readonly region: string;
      /** @default no prefix: `<stack>.tfstate` */
      readonly prefix?: string;
      /** @default the bucket's own encryption; always encrypted */
      readonly kmsKeyId?: string;
    }
  | {
      readonly type: "gcs";
      readonly bucket: string;
      /** @default no prefix: `<stack>` */
      readonly prefix?: string;
    }
  | {
      readonly type: "azurerm";
      readonly resourceGroup: string;
      readonly storageAccount: string;
      readonly container: string;
    }
  | {
      readonly type: "kubernetes";
      readonly namespace: string;
      /** The kubeconfig context. */
      readonly context: string;
      /** @default "~/.kube/config" */
      readonly kubeconfig?: string;
    }
  | { readonly type: "pg" }
  | {
      readonly type: "http";
      /** Base URL; state is at `<address>/<stack>`, its lock at `<address>/<stack>/lock`. */
      readonly address: string;
    };
