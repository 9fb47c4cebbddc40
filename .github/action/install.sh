#!/usr/bin/env bash
# Gets the release of leaklint for this runner, checks its sum, and puts it on the PATH of later steps.
#
# LEAKLINT_VERSION   release to get; empty: the version of this checkout, so that a pinned action runs a pinned program
# LEAKLINT_RELEASES  where releases lie: `$LEAKLINT_RELEASES/v1.2.3/leaklint-TARGET.tar.gz`
set -euo pipefail

fail() {
  echo "::error title=leaklint::$1"
  exit 2
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
version=${LEAKLINT_VERSION:-$(sed -n 's/^version = "\(.*\)"$/\1/p' "$here/Cargo.toml" | head -n 1)}
version=${version#v}
[[ $version =~ ^[0-9A-Za-z.+-]+$ ]] || fail "the input 'version' must be a release such as 1.2.3"

case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
  Linux-X64) target=x86_64-unknown-linux-gnu ;;
  Linux-ARM64) target=aarch64-unknown-linux-gnu ;;
  macOS-X64) target=x86_64-apple-darwin ;;
  macOS-ARM64) target=aarch64-apple-darwin ;;
  Windows-X64) target=x86_64-pc-windows-msvc ;;
  Windows-ARM64) target=aarch64-pc-windows-msvc ;;
  *) fail "there is no program for ${RUNNER_OS:-an unknown system} on ${RUNNER_ARCH:-an unknown processor}" ;;
esac

archive=leaklint-$target.tar.gz
folder=${RUNNER_TEMP:?}/leaklint-$version
mkdir -p "$folder"
for file in "$archive" SHA256SUMS; do
  url=${LEAKLINT_RELEASES:?}/v$version/$file
  curl --proto '=https,file' --fail --silent --show-error --location --retry 3 --output "$folder/$file" "$url" ||
    fail "cannot get $url"
done

cd "$folder"
line=$(awk -v name="$archive" '$2 == name || $2 == "*" name' SHA256SUMS)
[ -n "$line" ] || fail "SHA256SUMS of release $version says nothing of $archive"
if command -v sha256sum > /dev/null; then sum=(sha256sum); else sum=(shasum -a 256); fi
echo "$line" | "${sum[@]}" -c - > /dev/null || fail "the sum of $archive is not that of release $version"

tar -xzf "$archive" --strip-components=1
echo "$folder" >> "$GITHUB_PATH"
echo "leaklint $version for $target"
