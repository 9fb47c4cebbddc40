#!/usr/bin/env bash
# Runs leaklint for the action. Inputs come from the environment, never from the text of the script:
#
# LEAKLINT_PATHS    files and folders, one per line
# LEAKLINT_ARGS     further options, one per line
# LEAKLINT_FAIL_ON  error, warning or never
# LEAKLINT_REPORT   sarif, annotations or none
#
# Writes `exit-code` (0, 1 or 2, after LEAKLINT_FAIL_ON) and `sarif` (a path, or nothing) to GITHUB_OUTPUT; ends with 0, so
# that what was found is uploaded before the job fails. Kept to bash 3.2, which is what macOS has.
set -euo pipefail

fail() {
  echo "::error title=leaklint::$1"
  echo "exit-code=2" >> "$GITHUB_OUTPUT"
  exit 0
}

command=(check)

add_lines() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    [ -z "$line" ] || command+=("$line")
  done <<< "$1"
}

add_lines "${LEAKLINT_ARGS:-}"
out=$(mktemp -d "${RUNNER_TEMP:?}/leaklint.XXXXXX")
sarif=''

case "${LEAKLINT_FAIL_ON:-error}" in
  error | never) ;;
  warning) command+=(--max-warnings=0) ;;
  *) fail "the input 'fail-on' is error, warning or never" ;;
esac
case "${LEAKLINT_REPORT:-sarif}" in
  sarif) sarif=$out/leaklint.sarif && command+=("--report=sarif=$sarif") ;;
  annotations) command+=("--report=github=$out/annotations") ;;
  none) ;;
  *) fail "the input 'report' is sarif, annotations or none" ;;
esac
command+=(--)
add_lines "${LEAKLINT_PATHS:-.}"

# The log quotes the code that is linted: what looks like a workflow command there is none.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
code=0
leaklint "${command[@]}" || code=$?
echo "::$token::"
[ ! -s "$out/annotations" ] || cat "$out/annotations"
if [ "$code" = 1 ] && [ "${LEAKLINT_FAIL_ON:-error}" = never ]; then code=0; fi
[ -s "$sarif" ] || sarif=''
{
  echo "exit-code=$code"
  echo "sarif=$sarif"
} >> "$GITHUB_OUTPUT"
