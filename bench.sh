#!/usr/bin/env bash
# ./bench.sh [NAME…]   runs the benchmarks (all without a name); each ends with one line: NAME: key=value key=value …
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export UseSharedCompilation=true
dotnet build bench/Automation.Benchmarks -c Release --nologo -v quiet "-clp:ErrorsOnly;NoSummary" >&2
exec dotnet bench/Automation.Benchmarks/bin/Release/net10.0/Automation.Benchmarks.dll "$@"
