#!/usr/bin/env bash
# Removes all but the data: state folder, parameters and the user they belong to stay. With --purge these go as well.
set -euo pipefail
here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
. "$here/lib/common.sh"
use_kit "$here"
. "$here/lib/supervisor.sh"
be_alone

remove_gateway() {
    local file
    if [[ ! -s $opt/installed-nginx ]]; then return 0; fi
    while IFS= read -r file; do
        rm -f "$file"
        rmdir -p --ignore-fail-on-non-empty "$(dirname "$file")" 2>/dev/null || true
    done <"$opt/installed-nginx"
    if [[ -s /run/nginx.pid ]] && kill -0 "$(cat /run/nginx.pid)" 2>/dev/null; then nginx -q -s reload; fi
}

main() {
    local file
    if [[ ! -e $installed && ! -e $opt ]]; then fail "'$APP' is not installed on this machine."; fi
    remove_gateway
    supervisor_stop_all
    if [[ -e $installed ]]; then
        while IFS= read -r file; do rm -f "$file"; done <"$installed"
    fi
    rm -f "$etc"/*.secrets.env
    rm -rf "${opt:?}" "$flags"
    if [[ -d /run/$APP ]]; then rmdir --ignore-fail-on-non-empty "/run/$APP"; fi
    rm -f "/run/lock/$APP-install.lock"
    supervisor_reload
    if [[ ${1:-} == --purge ]]; then
        rm -rf "${state:?}" "${etc:?}"
        userdel "$APP" 2>/dev/null || true
        say "'$APP' is removed, with its data."
    else
        rmdir --ignore-fail-on-non-empty "$etc"
        say "'$APP' is removed. Its data ($state), its parameters ($seed) and its user stay; with --purge they go as well."
    fi
}

main "$@"
