#!/usr/bin/env bash
# ./run.sh            the product on its embedded database, with the sandbox CRM; the address is printed
# ./run.sh VERB …     the command line: ./run.sh why --deal 40215877     (./run.sh --help lists the verbs)
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
server=$root/designer/Automation.Server
stamp=$server/obj/built-release
export UseSharedCompilation=true

if ! command -v dotnet >/dev/null; then
  echo "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
  exit 1
fi

# newer PATTERN: is there a source file newer than the last build?
newer() {
  [[ -n $(find "$root"/{engine,activities,designer,samples,tests/Automation.Simulators} "$root"/Directory.*.props \
    \( -name bin -o -name obj -o -name node_modules -o -name data \) -prune -o -type f -name "$1" -newer "$stamp" -print -quit) ]]
}

if [[ ! -f $stamp || ! -f $server/bin/Release/net10.0/Automation.Server.dll ]] || newer '*'; then
  echo "Building …" >&2
  restore=--no-restore
  if [[ ! -f $stamp ]] || newer '*.csproj' || newer '*.props'; then restore=; fi
  mkdir -p "$server/obj"
  touch "$stamp.started"
  # The simple words of the compiler are shown only when it has something to say.
  if ! log=$(dotnet build "$server" -c Release --nologo -v quiet $restore 2>&1); then
    echo "$log" >&2
    exit 1
  fi
  mv "$stamp.started" "$stamp"
fi

if [[ $# -eq 0 ]]; then set -- serve --sandbox; fi
exec dotnet "$server/bin/Release/net10.0/Automation.Server.dll" "$@"
