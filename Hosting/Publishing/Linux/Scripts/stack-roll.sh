#!/usr/bin/env bash
# Restarts replicas one after another while the others serve: stack-roll.sh [program]. Stops at the first that does not get ready.
set -euo pipefail
here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
. "$here/lib/common.sh"
use_kit "$here"
. "$here/lib/supervisor.sh"
be_alone

if [[ ! -e $opt/kit ]]; then fail "'$APP' is not installed on this machine."; fi
use_kit "$opt/kit"
for program in "${@:-${PROGRAMS[@]}}"; do
    if [[ -z ${REPLICAS[$program]:-} ]]; then fail "There is no '$program'. There are: ${PROGRAMS[*]}"; fi
done
for program in "${@:-${PROGRAMS[@]}}"; do
    for key in $(in_rolling_order "$program"); do
        roll_one "$program" "$key" || fail "The roll of '$program' froze at $program-$key, which gets no requests until it is ready. The replicas after it were not touched."
    done
done
