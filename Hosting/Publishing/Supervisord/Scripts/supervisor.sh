# What the scripts have to know of supervisord.
# shellcheck shell=bash disable=SC2154 # common.sh sets the rest

name_of() { echo "$APP-$(id_of "$@")"; }

conf_of() { echo "/etc/supervisor/conf.d/$1.conf"; }

logs=/var/log/$APP

supervisor_check() {
    need supervisorctl supervisor
    # For bin/watch. Elsewhere than on Debian cron is called crond.
    command -v crond >/dev/null || need cron cron
    need pgrep procps
    if [[ $(supervisorctl pid 2>&1) != [1-9]* ]]; then fail "supervisord does not run on this machine, or does not answer: $(supervisorctl pid 2>&1). Start it: systemctl start supervisor"; fi
}

make_user() {
    if ! getent passwd "$APP" >/dev/null; then useradd --system --user-group --home-dir "$state" --no-create-home --shell /usr/sbin/nologin "$APP"; fi
}

# Log files are readable by all, so that their folder must not be.
prepare_machine() {
    install -d -m 755 "/run/$APP" "$flags" /var/lib/stack
    install -d -m 750 -o root -g "$APP" "$logs"
    install -d -m 750 -o "$APP" -g "$APP" "$state"
    install -d -m 700 -o "$APP" -g "$APP" "$state/keys" "$state/telemetry"
}

# They are read by the program's own user.
own_secrets() {
    chown "root:$APP" "$1"
    chmod 640 "$1"
}

definition_of() { cat "$(conf_of "$APP-$2")" 2>/dev/null || true; }

# Only looks. 'update' without names would restart all that has changed, at once.
supervisor_reload() { supervisorctl reread >/dev/null; }

supervisor_pid() {
    local pid
    pid=$(supervisorctl pid "$(name_of "$@")" 2>/dev/null) || true
    if [[ $pid == [1-9]* ]]; then echo "$pid"; else echo 0; fi
}

supervisor_runs() { [[ $(supervisor_pid "$@") != 0 ]]; }

supervisor_restart() {
    local name
    name=$(name_of "$@")
    supervisorctl stop "$name" >/dev/null 2>&1 || true
    # Takes over a section that has changed, and begins one that is new.
    supervisorctl update "$name" >/dev/null
    supervisorctl start "$name" >/dev/null 2>&1 || true
    supervisor_runs "$@"
}

supervisor_start() {
    local program=$1 key name
    shift
    if [[ ${DEFAULTS[$program]:-0} == 1 ]]; then as_user "$program" "$(id_of "$program" "$1")" --create-keys >/dev/null || return 1; fi
    for key in "$@"; do
        name=$(name_of "$program" "$key")
        # A new section starts by itself, and is not waited for here.
        if supervisorctl add "$name" 2>/dev/null | grep -q 'added process group'; then continue; fi
        supervisorctl update "$name" >/dev/null
        supervisorctl start "$name" >/dev/null 2>&1 || true
    done
}

# A program of the same files, variables and user as one that supervisord runs.
as_user() {
    local program=$1 id=$2
    shift 2
    (cd "$opt/$program/current" && runuser -u "$APP" -- env HOME="$state" "$opt/bin/with-env" $(env_files "$program" "$id") -- "$opt/$program/current/${FILE[$program]}" "$@")
}

env_files() {
    echo "$etc/$1.env"
    if [[ $1 != "$2" ]]; then echo "$etc/$2.env"; fi
    echo "$etc/$2.secrets.env"
}

supervisor_job() { (job_"$1") >"$logs/$1.log" 2>&1; }

supervisor_log() { tail -n 20 "$logs/$(id_of "$@").log"; }

supervisor_settle() { :; }

names_now() { supervisorctl status | cut -d' ' -f1 | grep -E "^$APP-($(cd "$opt" && ls -d -- */releases | cut -d/ -f1 | paste -sd'|'))(-[0-9]+)?\$" || true; }

stop_surplus() {
    local name
    for name in $(names_now); do
        if [[ ! -e $(conf_of "$name") ]]; then
            supervisorctl stop "$name" >/dev/null
            supervisorctl remove "$name" >/dev/null
            say "$name: stopped, it is not needed any more"
        fi
    done
}

supervisor_stop_all() {
    local names
    names=$(names_now)
    if [[ -n $names ]]; then
        # shellcheck disable=SC2086 # words
        supervisorctl stop $names >/dev/null
        # shellcheck disable=SC2086
        supervisorctl remove $names >/dev/null
    fi
    rm -rf "${logs:?}"
}

start_nginx() {
    if [[ -d /run/systemd/system ]]; then
        systemctl -q enable nginx
        systemctl start nginx
    else
        service nginx start >/dev/null
    fi
}
