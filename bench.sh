#!/usr/bin/env bash
# ./bench.sh [NAME…]   runs the benchmarks (all without a name); each ends with one line: NAME: key=value key=value …
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export UseSharedCompilation=true
dotnet build bench/Automation.Benchmarks -c Release --nologo -v quiet "-clp:ErrorsOnly;NoSummary" >&2
# The server as the image has it: published, compiled ahead. Where that is not possible, the build beside the benchmark is measured.
if [[ -z ${AUTOMATION_BENCH_SERVER:-} ]]; then
  published=bench/results/server
  if log=$(dotnet publish designer/Automation.Server -c Release -o "$published" --os linux --no-self-contained -p:PublishReadyToRun=true -p:BuildSandbox=false -p:UseAppHost=false --nologo -v quiet 2>&1); then
    export AUTOMATION_BENCH_SERVER=$PWD/$published/Automation.Server.dll
  else
    echo "Not compiled ahead: $(tail -1 <<<"$log")" >&2
  fi
fi
exec dotnet bench/Automation.Benchmarks/bin/Release/net10.0/Automation.Benchmarks.dll "$@"
