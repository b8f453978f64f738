# What all scripts share. They set 'here', the folder with plan.sh in it; lib/supervisor.sh tells systemd's ways from supervisord's.
# shellcheck shell=bash disable=SC2034,SC2154 # plan.sh and supervisor.sh set and use the rest

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

need() { command -v "$1" >/dev/null || fail "'$1' is needed and not installed: apt-get install $2"; }

use_kit() {
    # shellcheck disable=SC1091
    . "$1/plan.sh"
    opt=/opt/$APP
    etc=/etc/$APP
    state=/var/lib/stack/$APP
    flags=/run/$APP/drain
    seed=$etc/secrets.env
    installed=$opt/installed
}

# One at a time: two would roll the same replicas.
be_alone() {
    if ((EUID != 0)); then fail "This has to run as root: it installs files and restarts services."; fi
    exec 9>"/run/lock/$APP-install.lock"
    flock -n 9 || fail "Another install, roll or rollback of '$APP' is under way. Wait for its end."
}

# --- names ------------------------------------------------------------------------------------------------------------------------

has_dashboard() { ((DASHBOARD)); }

# What is built and installed. SERVICES are those of it that are run from here.
everything() { printf '%s\n' "${EVERYTHING[@]}"; }

# site 8001 -> site-8001; dashboard -> dashboard
id_of() { if [[ -n ${2:-} ]]; then echo "$1-$2"; else echo "$1"; fi; }

ids_of() {
    local key
    if [[ -z ${REPLICAS[$1]:-} ]]; then
        echo "$1"
    else
        for key in ${REPLICAS[$1]}; do id_of "$1" "$key"; done
    fi
}

# --- the file of parameters -------------------------------------------------------------------------------------------------------

# Only lines that mean the same to the shell and to systemd, and that run nothing.
check_seed() {
    local file=$1 bad
    bad=$(grep -nvE "^[[:space:]]*(#.*)?$|^[A-Za-z_][A-Za-z0-9_]*=('[^'\\]*'|\"[^\"\\\$\`]*\"|[A-Za-z0-9_./:@%+,=-]*)[[:space:]]*$" "$file" | cut -d: -f1 | paste -sd, -) || true
    if [[ -n $bad ]]; then fail "$file, line $bad: write NAME='value', without ' and \\ in it; or NAME=\"value\" without \", \$, \` and \\."; fi
    local name value empty=()
    for name in "${NEEDED[@]}"; do
        value=$(value_in "$file" "$name")
        if [[ -z $value ]]; then empty+=("$name"); fi
    done
    if ((${#empty[@]} > 0)); then fail "$file: no value for ${empty[*]}. Set what is missing, then try again."; fi
}

value_in() (
    unset -v "$2"
    # shellcheck disable=SC1090
    . "$1"
    printf '%s' "${!2:-}"
)

# The user's values stay; keys that are new come from the output.
merge_seed() {
    local from=$1 line name comment=()
    if [[ ! -e $from ]]; then return 0; fi
    if [[ ! -e $seed ]]; then
        install -D -m 600 "$from" "$seed"
        return 0
    fi
    chmod 600 "$seed"
    while IFS= read -r line; do
        if [[ $line == '#'* ]]; then
            comment+=("$line")
            continue
        fi
        name=${line%%=*}
        if [[ $line == *=* ]] && ! grep -q "^[[:space:]]*$name=" "$seed"; then
            printf '\n' >>"$seed"
            if ((${#comment[@]} > 0)); then printf '%s\n' "${comment[@]}" >>"$seed"; fi
            printf '%s\n' "$line" >>"$seed"
            say "$seed: $name added"
        fi
        comment=()
    done <"$from"
}

# Writes a line of a file of variables, for values that are put together from parameters.
variable() {
    local name=$1 value=$2
    case $value in
        *\\* | *$'\n'*) fail "The value of $name has a backslash or a line end in it, which not every reader takes the same way. Choose another one in $seed." ;;
        *\'*)
            case $value in
                *[\"\$\`]*) fail "The value of $name has a single quote beside \", \$ or \` in it. Choose another one in $seed." ;;
            esac
            printf '%s="%s"\n' "$name" "$value"
            ;;
        *) printf "%s='%s'\n" "$name" "$value" ;;
    esac
}

variable_if_given() { if [[ -n $2 ]]; then variable "$@"; fi; }

# Per process: the variables that have parameters in them, and a mark of everything that it runs with. A process whose mark is another one is restarted.
compose_secrets() {
    local program id text mark file kept=' '
    for program in "${SERVICES[@]}"; do
        for id in $(ids_of "$program"); do
            text=$(
                if [[ -e $seed ]]; then
                    # shellcheck disable=SC1090
                    . "$seed"
                fi
                secrets_of "$program"
                if [[ $id != "$program" ]]; then secrets_of "$id"; fi
            ) || exit 1
            mark=$({
                echo "$RELEASE"
                definition_of "$program" "$id"
                # How many there are changes nothing in those that run.
                cat "$etc/$program.env" "$etc/$id.env" 2>/dev/null | grep -v '^STACK_REPLICAS=' || true
                printf '%s\n' "$text"
            } | sha256sum | cut -c1-16)
            put_text "$etc/$id.secrets.env" "$(printf '%s\n' "$text" "STACK_CONFIGURATION='$RELEASE-$mark'" | sed '/^$/d')" 600
            own_secrets "$etc/$id.secrets.env"
            kept+="$etc/$id.secrets.env "
        done
    done
    for file in "$etc"/*.secrets.env; do
        if [[ $kept != *" $file "* ]]; then rm -f "$file"; fi
    done
}

mark_of() { sed -n "s/^STACK_CONFIGURATION='\(.*\)'$/\1/p" "$etc/$1.secrets.env"; }

# --- files ------------------------------------------------------------------------------------------------------------------------

put_text() {
    local to=$1 text=$2 mode=$3
    if [[ -e $to && $(cat "$to") == "$text" ]]; then return 0; fi
    (umask 077 && printf '%s\n' "$text" >"$to.new")
    chmod "$mode" "$to.new"
    mv -f "$to.new" "$to"
}

# Says whether something was done.
put_file() {
    local from=$1 to=$2 mode=644
    if [[ -x $from ]]; then mode=755; fi
    if cmp -s "$from" "$to"; then return 1; fi
    mkdir -p "$(dirname "$to")"
    install -m "$mode" "$from" "$to.new"
    mv -f "$to.new" "$to"
}

point() {
    if [[ $(readlink "$2") == "$1" ]]; then return 0; fi
    ln -sfn "$1" "$2.new"
    mv -fT "$2.new" "$2"
}

files_below() { if [[ -d $1 ]]; then (cd "$1" && find . -type f | sed 's|^\.||' | LC_ALL=C sort); fi; }

# All but the gateway's files, which come last, and the parameters, which are the user's.
kit_files() { files_below "$1/rootfs" | grep -v -e "^/etc/nginx/" -e "^$seed\$" -e '^/opt/[^/]*/[^/]*/releases/' || true; }

kit_name() { printf '%s-%s' "$RELEASE" "$(cd "$1" && find . -path './rootfs/opt/*/releases' -prune -o -path "./rootfs$seed" -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-12)"; }

# Programs and what describes them are kept together, so that going back takes nothing from elsewhere.
store_kit() {
    local name to
    name=$(kit_name "$here")
    to=$opt/kits/$name
    if [[ ! -d $to ]]; then
        mkdir -p "$opt/kits"
        rm -rf "$to.new"
        mkdir "$to.new"
        (cd "$here" && tar -c --exclude=./rootfs/opt/"$APP"/*/releases --exclude="./rootfs$seed" .) | tar -x -C "$to.new" --no-same-owner
        mv "$to.new" "$to"
    fi
    echo "$name"
}

copy_releases() {
    local program from to
    for program in $(everything); do
        from=$here/rootfs$opt/$program/releases/$RELEASE
        to=$opt/$program/releases/$RELEASE
        if [[ -d $to ]]; then
            if [[ -d $from ]] && ! diff -rq "$from" "$to" >/dev/null; then
                fail "Release '$RELEASE' of '$program' is installed already, with other files. Publish with another name: --release <name>."
            fi
            continue
        fi
        if [[ ! -d $from ]]; then fail "Release '$RELEASE' of '$program' was not built: there is no $from. Run ./build.sh first."; fi
        mkdir -p "$opt/$program/releases"
        rm -rf "$to.new"
        cp -r "$from" "$to.new"
        chown -R "root:$APP" "$to.new"
        chmod -R u=rwX,g=rX,o= "$to.new"
        mv "$to.new" "$to"
        say "$program: release $RELEASE copied"
    done
}

# A program that can't even begin on this machine, for want of .NET for example, is found before anything is touched.
try_programs() {
    local program output
    for program in $(everything); do
        if [[ ${DEFAULTS[$program]:-0} == 1 ]] && ! output=$("$opt/$program/releases/$RELEASE/${FILE[$program]}" --sleep 0 2>&1); then
            fail "'$program' does not start on this machine, and nothing was changed: ${output:-it printed nothing.}"
        fi
    done
}

activate() {
    local kit=$1 file program
    use_kit "$kit"
    for file in $(kit_files "$kit"); do
        if put_file "$kit/rootfs$file" "$file"; then say "$file: written"; fi
    done
    if [[ -e $installed ]]; then
        for file in $(kit_files "$kit" | LC_ALL=C comm -13 - "$installed"); do
            rm -f "$file"
            say "$file: removed"
        done
    fi
    kit_files "$kit" >"$installed.new"
    mv -f "$installed.new" "$installed"
    prepare_machine
    compose_secrets
    for program in $(everything); do point "releases/$RELEASE" "$opt/$program/current"; done
    supervisor_reload
}

# What is no longer needed, after all has gone well: old releases but the last three, and the kits of those.
prune() {
    local program release kit
    for program in $(everything); do
        for release in $(cd "$opt/$program/releases" && ls -t | tail -n +4); do
            if ! is_release_in_use "$release" && [[ $release != "$(first_of "$program")" ]]; then rm -rf "$opt/$program/releases/$release"; fi
        done
    done
    for kit in $(cd "$opt/kits" && ls -t | tail -n +4); do
        if [[ $kit != "$(kit_at kit)" && $kit != "$(kit_at previous)" ]]; then rm -rf "${opt:?}/kits/$kit"; fi
    done
}

# The release that an AppHost began with, and takes for its own build.
first_of() { basename -- "$(readlink "$opt/$1/first" || true)"; }

kit_at() { basename -- "$(readlink "$opt/$1" || true)"; }

is_release_in_use() {
    local link
    for link in kit previous; do
        if [[ -e $opt/$link ]] && [[ $(. "$opt/$link/plan.sh" && echo "$RELEASE") == "$1" ]]; then return 0; fi
    done
    return 1
}

# --- replicas ---------------------------------------------------------------------------------------------------------------------

is_outdated() {
    local pid
    pid=$(supervisor_pid "$@")
    [[ $pid == 0 ]] || [[ $(tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | sed -n 's/^STACK_CONFIGURATION=//p') != "$(mark_of "$(id_of "$@")")" ]]
}

url_of() {
    local port=${2:-18888}
    echo "http://127.0.0.1:$port${HEALTH[$1]:-/}"
}

has_port() { [[ $1 == dashboard || ${WITH_PORT[$1]:-0} == 1 ]]; }

# What listens there already, and is not this replica, would be taken for it, and for one that is ready.
check_ports() {
    local program key
    for program in "${PROGRAMS[@]}"; do
        for key in ${REPLICAS[$program]}; do
            if has_port "$program" && listens "$key" && ! supervisor_runs "$program" "$key"; then
                fail "Something else than $program-$key listens at port $key (ss -ltnp 'sport = :$key' tells what). Stop it, then try again; nothing was changed."
            fi
        done
    done
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Without a path of its own for that, any answer is one.
is_healthy() {
    if ! has_port "$1"; then supervisor_runs "$@"; elif [[ -n ${HEALTH[$1]:-} ]]; then curl -fs -o /dev/null -m 3 "$(url_of "$@")"; else curl -s -o /dev/null -m 3 "$(url_of "$@")"; fi
}

wait_healthy() {
    local until=$((SECONDS + ${START_LIMIT:-60}))
    until is_healthy "$@"; do
        if ((SECONDS >= until)); then return 1; fi
        sleep 0.3
    done
}

in_flight() { curl -s -m 3 -H 'Accept: application/json' "http://127.0.0.1:$2${ALIVE[$1]}" | grep -o '"inFlight":[0-9]*' | cut -d: -f2; }

is_idle() { [[ $(in_flight "$@") == 0 ]]; }

# From now on the gateway gives it nothing new; no reload is needed. Its requests in flight get the time that they need, up to a limit.
drain() {
    local until=$((SECONDS + ${DRAIN_LIMIT:-30}))
    mkdir -p "$flags"
    touch "$flags/$1.drain.$2" "$flags/$1.drain"
    sleep 0.3
    if [[ -z ${ALIVE[$1]:-} ]]; then
        sleep 2
        return
    fi
    until is_idle "$@" && sleep 0.2 && is_idle "$@"; do
        if ((SECONDS >= until)) || ! supervisor_runs "$@"; then return 0; fi
        sleep 0.2
    done
}

undrain() { rm -f "$flags/$1.drain.$2" "$flags/$1.drain"; }

roll_one() {
    local several=0
    if [[ ${REPLICAS[$1]} == *' '* ]] && has_port "$1"; then several=1; fi
    if ((several)); then drain "$@"; fi
    if ! supervisor_restart "$@" || ! wait_healthy "$@"; then
        # It gets no requests: whoever comes next decides what becomes of it.
        say "$(id_of "$@"): did not get ready"
        supervisor_log "$@" || true
        return 1
    fi
    if ((several)); then undrain "$@"; fi
    say "$(id_of "$@"): ready"
}

# Those that do not serve come first: they have nothing to lose.
in_rolling_order() {
    local key ready=() unready=()
    for key in ${REPLICAS[$1]}; do
        if is_healthy "$1" "$key"; then ready+=("$key"); else unready+=("$key"); fi
    done
    echo "${unready[@]}" "${ready[@]}"
}

# Its argument, whether it is a release that is new here, is for those who do it otherwise.
roll_outdated() {
    local program key
    for program in "${PROGRAMS[@]}"; do
        for key in $(in_rolling_order "$program"); do
            if is_outdated "$program" "$key" || ! is_healthy "$program" "$key"; then roll_one "$program" "$key" || return 1; fi
            # One that was kept from requests may have got ready by itself meanwhile.
            undrain "$program" "$key"
        done
    done
}

start_missing() {
    local program key missing=() failed=0
    for program in "${PROGRAMS[@]}"; do
        missing=()
        for key in ${REPLICAS[$program]}; do
            if ! supervisor_runs "$program" "$key"; then missing+=("$key"); fi
        done
        if ((${#missing[@]} == 0)); then continue; fi
        supervisor_start "$program" "${missing[@]}" || failed=1
        for key in "${missing[@]}"; do
            if ((!failed)) && wait_healthy "$program" "$key"; then
                say "$program-$key: ready"
            else
                say "$program-$key: did not get ready"
                supervisor_log "$program" "$key" || true
                return 1
            fi
        done
    done
}

run_jobs() {
    local job
    for job in "${JOBS[@]}"; do
        if [[ -e $opt/$job/done && $(cat "$opt/$job/done") == "$(mark_of "$job")" ]]; then continue; fi
        say "$job: runs"
        if ! supervisor_job "$job"; then
            say "$job: failed"
            supervisor_log "$job" || true
            return 1
        fi
        mark_of "$job" >"$opt/$job/done"
    done
}

# It is never a reason not to serve.
refresh_dashboard() {
    if ! has_dashboard || ! is_outdated dashboard; then return 0; fi
    if supervisor_restart dashboard && wait_healthy dashboard; then say "dashboard: ready"; else say "dashboard: did not get ready; the sites serve without it"; fi
}

# --- the gateway ------------------------------------------------------------------------------------------------------------------

# Tested as a whole before Nginx takes it over; what is not accepted is not left behind either.
put_gateway() {
    local kit=$1 before file changed=0 wanted known=$opt/installed-nginx
    if ((${#GATEWAYS[@]} == 0)) && [[ ! -s $known ]]; then return 0; fi
    before=$(mktemp -d)
    touch "$known"
    wanted=$(files_below "$kit/rootfs" | grep '^/etc/nginx/' || true)
    for file in $(printf '%s\n' "$wanted" | cat - "$known" | LC_ALL=C sort -u); do
        if [[ -e $file ]]; then cp --parents -p "$file" "$before"; fi
        if ! grep -qxF -- "$file" <<<"$wanted"; then
            rm -f "$file"
            changed=1
        elif put_file "$kit/rootfs$file" "$file"; then
            changed=1
        fi
    done
    free_port_80
    if ((changed)) && ! nginx -t -q; then
        for file in $(printf '%s\n' "$wanted" | cat - "$known" | LC_ALL=C sort -u); do
            if [[ -e $before$file ]]; then cp -p "$before$file" "$file"; else rm -f "$file"; fi
        done
        rm -rf "$before"
        say "Nginx refuses its new files, see above; it has the old ones again."
        return 1
    fi
    rm -rf "$before"
    printf '%s\n' "$wanted" | sed '/^$/d' >"$known"
    if [[ -s /run/nginx.pid ]] && kill -0 "$(cat /run/nginx.pid)" 2>/dev/null; then
        if ((changed)); then
            nginx -q -s reload
            say "nginx: took over its new files"
        fi
    elif ((${#GATEWAYS[@]} > 0)); then
        start_nginx
        say "nginx: started"
    fi
}

# Debian's own example claims port 80 as the default server. Only its link goes, not a file of somebody's.
free_port_80() {
    local example=/etc/nginx/sites-enabled/default
    if [[ " ${GATEWAY_PORTS[*]} " == *' 80 '* && -L $example && $(readlink -f "$example") == /etc/nginx/sites-available/default ]]; then
        rm "$example"
        say "$example: removed, since it claims port 80 (the file itself stays in sites-available)"
    fi
}

# --- all of it --------------------------------------------------------------------------------------------------------------------

# Takes the machine from what runs to what a kit describes. The first failure puts back what was there.
bring_up() {
    local name=$1 jobs=$2 before=''
    if [[ -e $opt/kit ]]; then before=$(kit_at kit); fi
    activate "$opt/kits/$name"
    if { ((!jobs)) || run_jobs; } && refresh_dashboard && start_missing && roll_outdated "$jobs" && put_gateway "$opt/kits/$name"; then
        supervisor_settle
        if [[ -n $before && $before != "$name" ]]; then point "kits/$before" "$opt/previous"; fi
        point "kits/$name" "$opt/kit"
        stop_surplus
        prune
        say "$APP: release $RELEASE runs"
        return 0
    fi
    if [[ -z $before ]]; then fail "The installation did not get to its end. Set right what is said above, then run it again."; fi
    if [[ $before == "$name" ]]; then fail "It did not get ready, see above; there is nothing to put back. Replicas that were not touched serve on."; fi
    put_back "$name" "$before"
}

# Ends with exit code 1 in any case. What did not run is not kept: the same name can be used again once it is set right.
put_back() {
    local name=$1 before=$2 failed=$RELEASE program
    say "Release $failed did not get ready, see above. What was there before is put back."
    activate "$opt/kits/$before"
    if ! refresh_dashboard || ! roll_outdated 0; then fail "What was there before does not get ready either, see above. Replicas that were not touched serve on."; fi
    stop_surplus
    # What a job has done for that release says nothing of another one with its name.
    for program in "${JOBS[@]}"; do rm -f "$opt/$program/done"; done
    if [[ $name != "$(kit_at previous)" ]]; then rm -rf "${opt:?}/kits/$name"; fi
    if ! is_release_in_use "$failed"; then
        for program in $(everything); do rm -rf "${opt:?}/$program/releases/$failed"; done
    fi
    fail "Release $failed is not installed: release $RELEASE serves, as before."
}
