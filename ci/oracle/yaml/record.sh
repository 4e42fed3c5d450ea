#!/usr/bin/env bash
# Records again what Go's YAML libraries make of the cases in testdata/yaml.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$here/../../../testdata/yaml
(cd "$here" && go run .) <"$data/cases.jsonl" >"$data/recorded.jsonl.new"
mv "$data/recorded.jsonl.new" "$data/recorded.jsonl"
wc -l "$data/recorded.jsonl"
