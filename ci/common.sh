# shellcheck shell=bash
# Sourced by the scripts beside it. They need bash, git and Node, and run in any CI; what they make lies in .tmp/ci,
# which is not committed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export CI_OUT="${CI_OUT:-.tmp/ci}"
mkdir -p "$CI_OUT"

say() { printf '\n== %s\n' "$*"; }
fail() { printf 'ci: %s\n' "$*" >&2; exit 2; }
# A base whose proofs fail has written its stacks all the same. One that does not synthesize counts as empty: otherwise
# nobody could mend it by a pull request.
synth_base() { # outdir checkout
  rm -rf "$1"
  if ci/synth "$@" || [ -d "$1/stacks" ]; then return; fi
  mkdir -p "$1/stacks"
  say "$2 does not synthesize: it counts as empty, and everything as new"
}
# TypeScript without a build, from the project's own tsx.
program() { node --require ./cli/tsx.cjs "$@"; }
