#!/usr/bin/env bash
# Lints the synthesized templates with cfn-lint, in a virtual environment of its own. Skipped, and said so, without Python.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v python3 >/dev/null 2>&1 || ! python3 -c 'import venv' >/dev/null 2>&1; then
  echo "SKIPPED cfn-lint: this machine has no python3 with venv"
  exit 0
fi
if ! ls cdk.out/*.template.json >/dev/null 2>&1; then
  echo "no templates in cdk.out: run 'npm start' first" >&2
  exit 2
fi
tools="$(mktemp -d)"
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools/venv"
if ! "$tools/venv/bin/pip" install --quiet --disable-pip-version-check 'cfn-lint==1.58.0'; then
  echo "SKIPPED cfn-lint: it cannot be installed here"
  exit 0
fi
# W3045 and the like are style; errors and warnings both fail. I3042 (hard-coded partition) is on, since we support several.
"$tools/venv/bin/cfn-lint" --regions us-east-1 eu-central-1 --include-checks W I3042 --template cdk.out/*.template.json
echo "cfn-lint: clean ($(ls cdk.out/*.template.json | wc -l) templates)"
