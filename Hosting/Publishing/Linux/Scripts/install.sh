#!/usr/bin/env bash
# Installs this output on this machine, or goes over to it from what is installed. Run as root; a second run changes nothing.
set -euo pipefail
here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
. "$here/lib/common.sh"
use_kit "$here"
. "$here/lib/supervisor.sh"
be_alone

check_machine() {
    need curl curl
    if ((${#GATEWAYS[@]} > 0)); then need nginx nginx; fi
    supervisor_check
    if [[ ! -e $installed && -d $etc ]] && [[ -n $(find "$etc" -mindepth 1 ! -name secrets.env -print -quit) ]]; then
        fail "$etc is there already, and not from an installation of this kind. Publish under another name: --app-name <name>."
    fi
    if getent passwd "$APP" >/dev/null && [[ $(getent passwd "$APP" | cut -d: -f6) != "$state" ]]; then
        fail "The user '$APP' is there already, and is somebody else's. Publish under another name: --app-name <name>."
    fi
    check_ports
}

main() {
    if [[ $here == "$opt"/kits/* ]]; then
        # Run from what is installed, after an edit of the parameters.
        check_seed "$seed"
        bring_up "$(basename "$here")" 1
        return
    fi
    check_machine
    mkdir -p "$etc" "$opt"
    chmod 755 "$etc" "$opt"
    merge_seed "$here/rootfs$seed"
    if [[ -e $seed ]]; then check_seed "$seed"; fi
    make_user
    copy_releases
    try_programs
    bring_up "$(store_kit)" 1
}

main "$@"
