import { execFile } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../live/servers";
import { VERSIONS } from "../../model";
import type { Parts } from "./parts";

const run = promisify(execFile);

/** An image for the cluster's nodes, which pull none. */
export interface Image {
  /** With registry and tag, as the pod names it after containerd has filled it out; several, with commas between. */
  readonly name: string;
  /** As an image's configuration has it: Entrypoint, User. */
  readonly config: object;
  /** Puts its files into a folder that is there. */
  fill(root: string): void | Promise<void>;
}

/**
 * The image of a server: the program that is there, whatever the tags say, in busybox, under the user that the chart
 * runs it as.
 */
export function vaultImage(parts: Parts, tags: readonly string[] = [VERSIONS.images.vault.tag]): Image {
  const names = tags.map((tag) => `docker.io/${VERSIONS.images.vault.repository}:${tag}`);
  return busybox(names.join(","), '#!/bin/sh\nexec "$@"\n', (root) =>
    copyFileSync(parts.vault, join(root, "bin", "vault")),
  );
}

/** An image whose server says this and ends with code 1. */
export function crashingImage(tag: string, words: string): Image {
  return busybox(`docker.io/${VERSIONS.images.vault.repository}:${tag}`, `#!/bin/sh\necho '${words}'\nexit 1\n`);
}

function busybox(name: string, entrypoint: string, more?: (root: string) => void): Image {
  return {
    name,
    config: { Entrypoint: ["docker-entrypoint.sh"], User: "100:1000", Env: ["PATH=/usr/local/bin:/bin", "HOME=/tmp"] },
    fill: async (root) => {
      for (const folder of ["bin", "etc", "tmp", "usr/local/bin"]) mkdirSync(join(root, folder), { recursive: true });
      await run("chmod", ["1777", join(root, "tmp")]);
      copyFileSync("/bin/busybox", join(root, "bin", "busybox"));
      for (const applet of (await run("/bin/busybox", ["--list"])).stdout.split("\n").filter(Boolean))
        if (applet !== "busybox") symlinkSync("busybox", join(root, "bin", applet));
      writeFileSync(join(root, "etc", "passwd"), "root:x:0:0:root:/:/bin/sh\nvault:x:100:1000:vault:/tmp:/bin/sh\n");
      writeFileSync(join(root, "etc", "group"), "root:x:0:\nvault:x:1000:\n");
      writeFileSync(join(root, "usr/local/bin/docker-entrypoint.sh"), entrypoint, { mode: 0o755 });
      more?.(root);
    },
  };
}

/** The operator's image, with what its chart's upgrade hook runs: the same program, and the CRDs. */
export function operatorImage({ operator, charts }: Parts): Image {
  return {
    name: `docker.io/hashicorp/vault-secrets-operator:${VERSIONS.charts.operator.version}`,
    config: { Entrypoint: ["/vault-secrets-operator"], User: "65532:65532" },
    fill: (root) => {
      copyFileSync(operator, join(root, "vault-secrets-operator"));
      cpSync(join(charts, "vault-secrets-operator", "crds"), join(root, "scripts", "crds"), { recursive: true });
      symlinkSync("../vault-secrets-operator", join(root, "scripts", "upgrade-crds"));
    },
  };
}

/** The image of the proxy that the operator's chart puts before its metrics. */
export function proxyImage({ kubeRbacProxy }: Parts): Image {
  return {
    name: "quay.io/brancz/kube-rbac-proxy:v0.18.1",
    config: { Entrypoint: ["/kube-rbac-proxy"], User: "65532:65532" },
    fill: (root) => copyFileSync(kubeRbacProxy, join(root, "kube-rbac-proxy")),
  };
}

/** Writes each image into a file of its own; returns the files. Throws with what `image.py` said. */
export async function makeImages({ cluster }: Parts, images: readonly Image[]): Promise<string[]> {
  const folder = temporaryFolder("images");
  const files: string[] = [];
  for (const [i, { name, config, fill }] of images.entries()) {
    const [root, file] = [join(folder, `root-${i}`), join(folder, `${i}.tar`)];
    mkdirSync(root);
    await fill(root);
    await run("python3", [join(dirname(cluster), "image.py"), file, name, root, JSON.stringify(config)]);
    files.push(file);
  }
  return files;
}
