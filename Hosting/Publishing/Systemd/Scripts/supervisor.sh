# What the scripts have to know of systemd.
# shellcheck shell=bash disable=SC2154 # common.sh sets the rest

unit_of() { if [[ -n ${2:-} ]]; then echo "$APP-$1@$2.service"; else echo "$APP-$1.service"; fi; }

supervisor_check() { if [[ ! -d /run/systemd/system ]]; then fail "This machine does not run systemd. Publish for supervisord instead."; fi; }

make_user() { systemd-sysusers "$here/rootfs/usr/lib/sysusers.d/$APP.conf"; }

prepare_machine() { systemd-tmpfiles --create "/usr/lib/tmpfiles.d/$APP.conf"; }

# systemd itself reads them before it gives up its rights.
own_secrets() { chown root:root "$1"; }

definition_of() {
    if [[ $1 != "$2" ]]; then cat "/etc/systemd/system/$APP-$1@.service"; else cat "/etc/systemd/system/$APP-$1.service"; fi
}

supervisor_reload() { systemctl daemon-reload; }

supervisor_pid() { systemctl show -p MainPID --value "$(unit_of "$@")"; }

supervisor_runs() { systemctl -q is-active "$(unit_of "$@")"; }

supervisor_restart() {
    local unit
    unit=$(unit_of "$@")
    # Starts by hand count as well: without this the limit would be reached by rolling often.
    systemctl reset-failed "$unit" 2>/dev/null || true
    systemctl restart "$unit"
}

supervisor_start() {
    local program=$1 key units=()
    shift
    for key in "$@"; do units+=("$(unit_of "$program" "$key")"); done
    systemctl reset-failed "${units[@]}" 2>/dev/null || true
    systemctl start "${units[@]}"
}

# Without its dependencies: a restart would be handed on to those who need it, which are all replicas.
supervisor_job() { systemctl restart --job-mode=ignore-dependencies "$(unit_of "$1")"; }

supervisor_log() { journalctl -q --no-pager -n 20 -o cat -u "$(unit_of "$@")"; }

supervisor_settle() {
    systemctl -q enable "$APP.target"
    systemctl start "$APP.target"
}

# Also of programs that are no longer part of it. By name: another application's may begin alike.
replica_units() {
    local program patterns=()
    for program in $(cd "$opt" && ls -d -- */releases 2>/dev/null | cut -d/ -f1); do patterns+=("$APP-$program@*.service"); done
    if ((${#patterns[@]} > 0)); then systemctl list-units --all --plain --no-legend "${patterns[@]}" | cut -d' ' -f1; fi
}

stop_surplus() {
    local unit program key known=()
    for program in "${PROGRAMS[@]}"; do
        for key in ${REPLICAS[$program]}; do known+=("$(unit_of "$program" "$key")"); done
    done
    for unit in $(replica_units); do
        if [[ " ${known[*]} " != *" $unit "* ]]; then
            systemctl stop "$unit"
            systemctl reset-failed "$unit" 2>/dev/null || true
            say "$unit: stopped, it is not needed any more"
        fi
    done
}

supervisor_stop_all() {
    local units
    units=("$APP.target" $(replica_units) $(grep -o "^/etc/systemd/system/[^@]*\.\(service\|timer\|target\)$" "$installed" | xargs -r -n1 basename))
    systemctl -q disable "$APP.target" 2>/dev/null || true
    systemctl stop "${units[@]}" 2>/dev/null || true
    systemctl reset-failed "${units[@]}" 2>/dev/null || true
}

start_nginx() {
    systemctl -q enable nginx
    systemctl start nginx
}
