# What the scripts have to know where the AppHost supervises, and systemd only the AppHost.
# shellcheck shell=bash disable=SC2154 # common.sh and plan.sh set the rest
. "$here/lib/systemd.sh"

unit_of() { echo "$APP.service"; }

definition_of() { cat "/etc/systemd/system/$APP.service"; }

stack() { "$opt/bin/stack" "$@"; }

supervisor_check() {
    if [[ ! -d /run/systemd/system ]]; then fail "This machine does not run systemd."; fi
    if ((NGINX)); then need nginx nginx; fi
}

try_programs() {
    local output
    output=$("$opt/cli/releases/$RELEASE/${FILE[cli]}" --version 2>&1) || fail "Programs of this release do not start on this machine, and nothing was changed: $output"
}

# Its own lines: systemd tells of each process that serves on.
supervisor_log() { journalctl -q --no-pager -n 40 -o cat -u "$APP.service" -t apphost; }

supervisor_settle() { systemctl -q enable "$APP.service"; }

supervisor_stop_all() {
    systemctl -q disable "$APP.service" 2>/dev/null || true
    systemctl stop "$APP.service" 2>/dev/null || true
    # It stopped what it supervises. When it was not there any more, that still runs.
    stack down --force >/dev/null 2>&1 || true
    systemctl reset-failed "$APP.service" 2>/dev/null || true
    rm -rf "/run/stack/$APP"
}

# The AppHost has the releases of the sites itself. The first one that is installed is what it begins with, its build.
roll_outdated() {
    local is_new=$1 site
    for site in "${SITES[@]}"; do
        if [[ ! -e $opt/$site/first ]]; then point "releases/$RELEASE" "$opt/$site/first"; fi
    done
    exchange || return 1
    for site in "${SITES[@]}"; do go_over "$site" "$is_new" || return 1; done
}

# What it supervises serves on meanwhile, and the next AppHost takes it over.
exchange() {
    local before
    before=$(supervisor_pid apphost)
    if ! supervisor_runs apphost; then
        systemctl restart "$APP.service" || true
    elif is_outdated apphost; then
        stack down --leave-running >/dev/null || systemctl kill --kill-whom=main --signal=KILL "$APP.service"
        until [[ $(supervisor_pid apphost) != "$before" && $(supervisor_pid apphost) != 0 ]]; do sleep 0.2; done
    fi
    if ! stack wait-ready --pid "$(supervisor_pid apphost)" --timeout "${START_LIMIT:-180}" >/dev/null; then
        say "The AppHost did not get ready."
        supervisor_log apphost || true
        return 1
    fi
    if [[ $(supervisor_pid apphost) != "$before" ]]; then say "apphost: ready"; fi
}

# Without the time that the AppHost puts before the name.
current_of() {
    local name
    name=$(stack releases "$1" --json | sed -n 's/^  "current": "\(.*\)",$/\1/p')
    if [[ $name == build ]]; then first_of "$1"; else echo "${name#????????-??????-}"; fi
}

# The newest of that name which the AppHost has kept.
kept_as() { stack releases "$1" --json | sed -n "s/^ *\"name\": \"\([0-9]\{8\}-[0-9]\{6\}-$RELEASE\)\",\$/\1/p" | head -n 1; }

go_over() {
    local site=$1 is_new=$2 kept
    if [[ $(current_of "$site") == "$RELEASE" ]]; then return 0; fi
    kept=$(kept_as "$site")
    if [[ $RELEASE == "$(first_of "$site")" ]]; then
        stack rollback "$site" --to build && return 0
    elif ((!is_new)) && [[ -n $kept ]]; then
        stack rollback "$site" --to "$kept" && return 0
    else
        stack deploy "$site" --from "$opt/$site/releases/$RELEASE" --name "$RELEASE" && return 0
    fi
    # What was there before serves, in all replicas that were not touched and in the one that was.
    stack start "$site" >/dev/null 2>&1 || true
    return 1
}
