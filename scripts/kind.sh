#!/usr/bin/env bash
# The whole on kind, with real pods: up, a value, a restart, down. Not yet run on kind itself: docs/kind.md says what of
# it was seen elsewhere.
set -euo pipefail
cd "$(dirname "$0")/.."

cluster=vault-tenancy
keep=${1:-}
for program in kind kubectl terraform docker node; do
  command -v "$program" >/dev/null || { echo "$program is missing; docs/kind.md says what it takes" >&2; exit 2; }
done
case "$keep" in "" | --keep) ;; *) echo "given $keep; accepted: --keep, or nothing" >&2; exit 2 ;; esac

# A kubeconfig of its own with a context of the sample's name: nobody's own cluster is touched.
work=$(mktemp -d)
chmod 700 "$work"
export KUBECONFIG=$work/kubeconfig TF_VAR_kubeconfig_local=$work/kubeconfig CDKTF_OUTDIR=$work/cdktf.out
finish() {
  if [ "$keep" = --keep ]; then
    echo "left: the cluster (kind delete cluster --name $cluster), and $work: export KUBECONFIG=$KUBECONFIG" \
      "TF_VAR_kubeconfig_local=$KUBECONFIG CDKTF_OUTDIR=$CDKTF_OUTDIR"
  else
    kind delete cluster --name "$cluster" --kubeconfig "$work/kubeconfig"
    rm -rf "$work"
  fi
}
trap finish EXIT

kind create cluster --name "$cluster" --kubeconfig "$KUBECONFIG" --wait 120s
kubectl config rename-context "kind-$cluster" docker-desktop

npm run up -- local

secret=sample-app-node-api-local-db-connection-secret
echo "In another terminal: users invite, users accept and secrets set of docs/kind.md, with" \
  "KUBECONFIG=$KUBECONFIG. Then press Enter."
read -r _
kubectl -n sample get secret "$secret" -o jsonpath='{.data.PRIVATE_NODE_API_DB_PASSWORD}' |
  grep -qv "$(printf TBD | base64)" || { echo "the value has not arrived: npm run ops -- doctor" >&2; exit 1; }

kubectl -n sample-vault delete pod sample-vault-0 --wait
# Its successor may not be there yet, and kubectl waits for what there is alone.
kubectl -n sample-vault wait pod/sample-vault-0 --for=create --timeout=60s
kubectl -n sample-vault wait pod/sample-vault-0 --for=jsonpath='{.status.phase}'=Running --timeout=180s
npm run ops -- unseal
npm run ops -- status || true

[ "$keep" = --keep ] || npm run down -- --delete-secrets
