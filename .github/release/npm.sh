#!/usr/bin/env bash
# Makes the folders to publish to npm out of a release's archives:
#
#     .github/release/npm.sh ARCHIVES OUT [--partial]
set -euo pipefail
archives=$1 out=$2
root=$(cd "$(dirname "$0")/../.." && pwd)
programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT
for archive in "$archives"/leaklint-*.tar.gz; do
  target=$(basename "$archive" .tar.gz)
  target=${target#leaklint-}
  mkdir -p "$programs/$target"
  tar -xzf "$archive" -C "$programs/$target" --strip-components=1
done
node "$root/npm/assemble.mjs" "$programs" "$out" "${@:3}"
