#!/usr/bin/env bash
# ./test.sh [--long] [WORD…]   installs what is missing, builds, runs the tests whose full name contains a WORD (all without one).
#
# Installed with apt-get, after a question unless CI=true: postgresql, chromium, nodejs, npm. Without root nothing is installed, and the tests
# that need one of them are skipped with the reason. --long adds the long lane: tests with the trait Lane=Long. It ends with one line of
# what they counted. AUTOMATION_KILLS=60 or AUTOMATION_SEEDS=500 make it shorter.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
export UseSharedCompilation=true DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

long=0
filters=()
for word in "$@"; do
  case $word in
    --long) long=1 ;;
    -*) echo "Usage: ./test.sh [--long] [WORD…]" >&2; exit 2 ;;
    *) filters+=(-method "*$word*") ;;
  esac
done
if ((long)); then export AUTOMATION_LONG=1; else filters+=(-trait- Lane=Long); fi

install_missing() {
  local missing=() answer
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || [[ -n ${AUTOMATION_TEST_POSTGRES:-} ]] || missing+=(postgresql)
  command -v chromium >/dev/null || missing+=(chromium)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  ((${#missing[@]})) || return 0
  if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "Not installed: ${missing[*]}. As root on Debian this script installs them; now the tests that need them are skipped."
    return 0
  fi
  if [[ ${CI:-} != true ]]; then
    if ! read -rp "Install ${missing[*]} with apt-get? [Y/n] " answer || [[ $answer == [nN]* ]]; then
      echo "Nothing installed: the tests that need ${missing[*]} are skipped."
      return 0
    fi
  fi
  echo "Installing ${missing[*]} …"
  # A test starts its own PostgreSQL: Debian's default cluster is not wanted.
  if [[ " ${missing[*]} " == *" postgresql "* && ! -e /etc/postgresql-common/createcluster.conf ]]; then
    mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
  fi
  export DEBIAN_FRONTEND=noninteractive
  if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/tmp/automation-apt.$$ 2>&1; then
    tail -5 "/tmp/automation-apt.$$"
    echo "Could not install ${missing[*]}: the tests that need them are skipped."
  fi
  rm -f "/tmp/automation-apt.$$"
}

build() {
  local stamp=designer/Automation.Server/obj/built-release
  mkdir -p "$(dirname "$stamp")"
  touch "$stamp.started"
  echo "Building …"
  dotnet build Automation.sln -c Release --nologo -v quiet "-clp:ErrorsOnly;NoSummary" || return 1
  mv "$stamp.started" "$stamp"   # ./run.sh need not build again
}

# The long lane starts a server more than a thousand times: compiled ahead it costs a third. Without the compiler for that, the plain build serves.
# It compiles beside the first projects' tests, which wait more than they work.
publish_kill_host() {
  dotnet publish tests/Automation.KillHost -c Release --nologo -v quiet -p:AheadOfTime=true -p:BuildSandbox=false -p:BuildStudio=false -o "$scratch/kill-host" "-clp:ErrorsOnly;NoSummary" >"$scratch/publish" 2>&1
}

take_kill_host() {
  if wait "$publishing"; then export AUTOMATION_KILL_HOST=$scratch/kill-host/Automation.KillHost; else tail -5 "$scratch/publish"; fi
}

# The sum of what the tests of the long lane have counted (tests/Automation.Testing/LaneCounts.cs); nothing when none of them ran.
lane_line() {
  [[ -s $AUTOMATION_LANE_COUNTS ]] || return 0
  awk 'BEGIN { RS = "[ \n]+"; FS = "=" } NF == 2 { sum[$1] += $2 }
    END {
      split("kills acknowledged lost doubled out_of_order timers_early timers_lost stale_commits seeds failing", names, " ")
      for (i = 1; i in names; i++) printf "%s=%d ", names[i], sum[names[i]]
      printf "planted_found=%d/%d\n", sum["planted_found"], sum["planted"]
    }' "$AUTOMATION_LANE_COUNTS"
}

install_missing
if ! build; then
  echo "The build failed."
  exit 1
fi

passed=0 failed=0 skipped=0
scratch=$(mktemp -d)
log=$scratch/log
trap 'rm -rf "$scratch"' EXIT
if ((long)); then
  export AUTOMATION_LANE_COUNTS=$scratch/counts
  echo "Compiling the kill tests' server ahead …"
  publish_kill_host &
  publishing=$!
fi
for project in tests/*.Tests; do
  name=$(basename "$project")
  if ((long)) && [[ $name == Automation.Server.Tests ]]; then take_kill_host; fi
  "$project/bin/Release/net10.0/$name" -noLogo -noColor -noAutoReporters "${filters[@]}" > "$log" 2>&1
  code=$?
  summary=$(grep -E "^ +$name +Total: " "$log" | tail -1)
  # What remains are failures with their reasons and skipped tests with theirs.
  sed -E 's/\x1b\[[0-9;]*m//g' "$log" |
    grep -vE "^  (Discovering|Discovered|Starting|Finished): |^=== TEST EXECUTION SUMMARY|^ +$name +Total: |^$"
  count() { [[ $summary =~ $1:\ ([0-9]+) ]] && echo "${BASH_REMATCH[1]}" || echo 0; }
  total=$(count Total) bad=$(($(count Failed) + $(count Errors))) skip=$(count Skipped) off=$(count 'Not Run')
  # A process that ended badly without saying which test is a failure too.
  if ((code != 0 && bad == 0)); then
    echo "$name ended with code $code."
    bad=1 total=$((total + 1))
  fi
  good=$((total - bad - skip - off))
  if ((total)); then echo "$name: $good passed, $bad failed, $skip skipped in ${summary##*Time: }"; fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
done

if ((long)); then lane_line; fi
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
