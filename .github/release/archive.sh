#!/usr/bin/env bash
# Makes the archive of one platform for a release:
#
#     .github/release/archive.sh TARGET PROGRAM OUT
#
# OUT/leaklint-TARGET.tar.gz gets the program, the licence, the README, and what it prints for shells and `man`.
set -euo pipefail
target=$1 program=$2 out=$3
root=$(cd "$(dirname "$0")/../.." && pwd)
name=leaklint-$target
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$out" "$stage/$name/completions" "$stage/$name/man"
cp "$program" "$root/README.md" "$root/LICENSE" "$stage/$name/"
for shell in bash zsh fish powershell elvish; do
  "$program" completions "$shell" > "$stage/$name/completions/leaklint.$shell"
done
"$program" man > "$stage/$name/man/leaklint.1"
# The commands are those that the page of leaklint names.
sed -n 's/^leaklint\\-\([a-z]*\)(1)$/\1/p' "$stage/$name/man/leaklint.1" | while read -r command; do
  "$program" man "$command" > "$stage/$name/man/leaklint-$command.1"
done
tar -czf "$out/$name.tar.gz" -C "$stage" "$name"
