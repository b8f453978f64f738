#!/usr/bin/env bash
# Goes back to what was installed before, replica by replica. Once more goes forth again.
set -euo pipefail
here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
. "$here/lib/common.sh"
use_kit "$here"
. "$here/lib/supervisor.sh"
be_alone

if [[ ! -e $opt/previous ]]; then fail "There is nothing to go back to: only one version was ever installed."; fi
# Jobs are not run: those of the version before have run in their time.
bring_up "$(kit_at previous)" 0
