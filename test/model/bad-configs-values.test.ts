import { refuses, LINE, DURATION, REFERENCE, LABEL } from "./support";
const QUANTITY = "a Kubernetes quantity, e.g. 10Gi or 250m, at most 20 characters";
const HTTPS = "an https URL without credentials, query and fragment, at most 256 characters";
const TEMPLATE = "Terraform would read ${ and %{ as a template.";

describe("a value out of bounds is refused", () => {
  refuses([
    [
      "no version kept",
      { "vaults/main/maxVersions": 0 },
      "vaults.main.maxVersions: given 0; accepted: a whole number from 1 to 100.",
    ],
    [
      "more versions than Vault keeps",
      { "vaults/main/maxVersions": 101 },
      "vaults.main.maxVersions: given 101; accepted: a whole number from 1 to 100.",
    ],
    [
      "two replicas",
      { "vaults/main/mode": "ha", "vaults/main/replicas": 2 },
      "vaults.main.replicas: given 2; accepted: 3, 5.",
    ],
    [
      "a mode in upper case",
      { "vaults/main/mode": "HA" },
      'vaults.main.mode: given "HA"; accepted: "standalone", "ha". Did you mean "ha"?',
    ],
    [
      "a duration of nothing",
      { "environments/dev/refreshAfter": "0s" },
      `environments.dev.refreshAfter: given "0s"; accepted: ${DURATION}.`,
    ],
    [
      "a duration of two units",
      { "vaults/main/tokenTtl": "1h30m" },
      `vaults.main.tokenTtl: given "1h30m"; accepted: ${DURATION}.`,
    ],
    [
      "a duration of half an hour in hours",
      { "environments/dev/refreshAfter": "0.5h" },
      `environments.dev.refreshAfter: given "0.5h"; accepted: ${DURATION}.`,
    ],
    [
      "a duration without a unit",
      { "apps/web/rotateEvery": "90" },
      `apps.web.rotateEvery: given "90"; accepted: ${DURATION}.`,
    ],
    [
      "a duration below nothing",
      { "apps/web/rotateEvery": "-90d" },
      `apps.web.rotateEvery: given "-90d"; accepted: ${DURATION}.`,
    ],
    [
      "a duration that 64 bits of nanoseconds do not hold",
      { "apps/web/rotateEvery": "999999999d" },
      `apps.web.rotateEvery: given "999999999d"; accepted: ${DURATION}.`,
    ],
    [
      "a quantity with a space",
      { "vaults/main/storage": { size: "10 Gi" } },
      `vaults.main.storage.size: given "10 Gi"; accepted: ${QUANTITY}.`,
    ],
    [
      "a version that moves",
      { "vaults/main/image": { tag: "latest" } },
      'vaults.main.image.tag: given "latest"; accepted: an exact version, e.g. 1.21.1, at most 64 characters.',
    ],
    [
      "a version range",
      { "vaults/main/chart": { version: "^0.34.0" } },
      'vaults.main.chart.version: given "^0.34.0"; accepted: an exact version, e.g. 1.21.1, at most 64 characters.',
    ],
    [
      "an address block that is none",
      { "vaults/main/networkPolicy": { cidrs: ["10.0.0.0/33", "10.0.0.256/8", "10.0.0.0", "::/129"] } },
      'vaults.main.networkPolicy.cidrs[0]: given "10.0.0.0/33"; accepted: an address block, e.g. 10.0.0.0/8.',
      'vaults.main.networkPolicy.cidrs[1]: given "10.0.0.256/8"; accepted: an address block, e.g. 10.0.0.0/8.',
      'vaults.main.networkPolicy.cidrs[2]: given "10.0.0.0"; accepted: an address block, e.g. 10.0.0.0/8.',
      'vaults.main.networkPolicy.cidrs[3]: given "::/129"; accepted: an address block, e.g. 10.0.0.0/8.',
    ],
    [
      "a Secret's key that Kubernetes refuses",
      {
        "vaults/main/seal": {
          type: "awskms",
          region: "eu",
          kmsKeyId: "key",
          credentials: { AWS_SECRET_ACCESS_KEY: { secret: "aws", key: "../key" } },
        },
      },
      `vaults.main.seal.credentials.AWS_SECRET_ACCESS_KEY.key: given "../key"; accepted: a Secret's ` +
        `key (letters, digits, dashes, underscores and dots), at most 253 characters.`,
    ],
    [
      "an audit file that is nowhere",
      { "vaults/main/audit": [{ type: "file", path: "discard" }] },
      'vaults.main.audit[0].path: given "discard"; accepted: an absolute path, or stdout, at most 256 characters.',
    ],
    [
      "an audit file in a folder that nobody keeps",
      { "vaults/main/audit": [{ type: "file", path: "audit.log" }] },
      'vaults.main.audit[0].path: given "audit.log"; accepted: an absolute path, or stdout, at most 256 characters.',
    ],
    [
      "an audit file above its folder",
      { "vaults/main/audit": [{ type: "file", path: "/vault/audit/../../etc/passwd" }] },
      'vaults.main.audit[0].path: given "/vault/audit/../../etc/passwd"; accepted: an absolute ' +
        "path, or stdout, at most 256 characters.",
    ],
    [
      "state in the folder above",
      { backend: { type: "local", folder: ".." } },
      `backend.folder: given ".."; accepted: a folder's name of letters, digits, dashes and ` +
        `underscores, at most 64 characters, not node_modules, coverage.`,
    ],
    [
      "state where an install empties",
      { backend: { type: "local", folder: "node_modules" } },
      `backend.folder: given "node_modules"; accepted: a folder's name of letters, digits, dashes ` +
        `and underscores, at most 64 characters, not node_modules, coverage.`,
    ],
    [
      "state over http",
      { backend: { type: "http", address: "http://state" } },
      `backend.address: given "http://state"; accepted: ${HTTPS}.`,
    ],
    [
      "a backend that there is not",
      { "environments/dev/backend": { type: "S3" } },
      'environments.dev.backend.type: given "S3"; accepted: "local", "s3", "gcs", "azurerm", ' +
        '"kubernetes", "pg", "http". Did you mean "s3"?',
    ],
    [
      "a proof that there is not",
      { waivers: [{ proof: "isolated", subject: "person jane", reason: "she is on call" }] },
      'waivers[0].proof: given "isolated"; accepted: "isolation", "sharing", "protection", "least-privilege", ' +
        '"binding", "privilege-escalation", "trust", "supported". Did you mean "isolation"?',
    ],
    [
      "a waiver without a reason worth the name",
      { waivers: [{ proof: "isolation", subject: "person jane", reason: "meant" }] },
      `waivers[0].reason: given "meant"; accepted: at least three words, ${LINE}, at most 256 characters.`,
    ],
  ]);
});

describe("a text that something else would read is refused", () => {
  refuses([
    [
      "a placeholder that Terraform would fill",
      { placeholder: "${var.x}" },
      `placeholder: given "\${var.x}"; accepted: ${LINE}, at most 128 characters. ${TEMPLATE}`,
    ],
    [
      "a placeholder that Terraform would fill, behind a line separator",
      { placeholder: "TBD\u2028${var.x}" },
      `placeholder: given "TBD\\u2028\${var.x}"; accepted: ${LINE}, at most 128 characters. ${TEMPLATE}`,
    ],
    [
      "an owner of two lines",
      { "apps/web/owner": "team\nweb" },
      `apps.web.owner: given "team\\nweb"; accepted: ${LINE}, at most 128 characters.`,
    ],
    [
      "an owner of nothing but a space",
      { "apps/web/owner": " " },
      `apps.web.owner: given " "; accepted: ${LINE}, at most 128 characters.`,
    ],
    [
      "an owner that turns the reading direction",
      { "apps/web/owner": "team\u202ebew" },
      `apps.web.owner: given "team\\u202ebew"; accepted: ${LINE}, at most 128 characters. It has ` +
        `characters beyond ASCII, written as \\u here.`,
    ],
    [
      "a context with a NUL",
      { "clusters/home/context": "home\0" },
      `clusters.home.context: given "home\\u0000"; accepted: ${REFERENCE}.`,
    ],
    [
      "a context that nobody tells from another",
      { "clusters/home/context": "hom\u0435" },
      `clusters.home.context: given "hom\\u0435"; accepted: ${REFERENCE}. It has characters beyond ` +
        `ASCII, written as \\u here.`,
    ],
    [
      "a context of two words",
      { "clusters/home/context": "home --token=x" },
      `clusters.home.context: given "home --token=***"; accepted: ${REFERENCE}.`,
    ],
    [
      "a kubeconfig with a variable",
      { "clusters/home/kubeconfig": "$HOME/.kube/config" },
      'clusters.home.kubeconfig: given "$HOME/.kube/config"; accepted: a path without spaces, ' +
        "quotes, backslashes, * and $ % { }, at most 256 characters.",
    ],
    [
      "a chart's value that Terraform would fill, in whatever depth",
      { "vaults/main/values": { server: { extraArgs: ["-x", "${x}"] } } },
      `vaults.main.values.server.extraArgs[1]: given a text; accepted: JSON whose texts have no \${ ` +
        `and %{. ${TEMPLATE}`,
    ],
    [
      "a chart's value whose name Terraform would fill",
      { "vaults/main/values": { server: { "%{x}": 1 } } },
      `vaults.main.values.server["%{x}"]: given "%{x}"; accepted: as a name: ${LINE}, at most 256 ` +
        `characters, not __proto__. ${TEMPLATE}`,
    ],
    [
      "a chart's value that JSON does not hold",
      { "vaults/main/values": { a: undefined, b: () => 1, c: NaN } },
      "vaults.main.values.a: given nothing; accepted: JSON whose texts have no ${ and %{.",
      "vaults.main.values.b: given a function; accepted: JSON whose texts have no ${ and %{.",
      "vaults.main.values.c: given NaN; accepted: JSON whose texts have no ${ and %{.",
    ],
    [
      "a wildcard among namespaces",
      { "vaults/main/networkPolicy": { namespaces: ["*"] } },
      `vaults.main.networkPolicy.namespaces[0]: given "*"; accepted: ${LABEL}. Wildcards would ` +
        `reach more than the config names.`,
    ],
    [
      "a window's time that is none",
      { "environments/dev/restarts": { windows: [{ from: "24:00", to: "02:00" }] } },
      'environments.dev.restarts.windows[0].from: given "24:00"; accepted: a time of the day such as "02:30", ' +
        "at most 5 characters.",
    ],
    [
      "a window's day that is none",
      { "environments/dev/restarts": { windows: [{ days: ["Sta"], from: "22:00", to: "02:00" }] } },
      'environments.dev.restarts.windows[0].days[0]: given "Sta"; accepted: "Mon", "Tue", "Wed", "Thu", "Fri", ' +
        '"Sat", "Sun". Did you mean "Sat"?',
    ],
    [
      "a wildcard for a restart target",
      { "apps/web/restartTargets": [{ kind: "Deployment", name: "*" }] },
      `apps.web.restartTargets[0].name: given "*"; accepted: ${LABEL}. ` +
        "Wildcards would reach more than the config names.",
    ],
  ]);
});
