#!/usr/bin/env bash
# Goes over to what docker-compose.yaml says now, one replica after another while the others serve; replicas that are not healthy come first.
# ./stack-roll.sh [--changed] [site…]   --changed: only what is not as docker-compose.yaml says; without it every replica is replaced
# Settings: ROLL_TIMEOUT (90 s for each replica), DRAIN (2 s)
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")"

if docker compose version >/dev/null 2>&1; then
    compose() { docker compose "$@"; }
else
    compose() { docker-compose "$@"; }
fi

replace=--force-recreate
if [[ ${1:-} == --changed ]]; then
    replace=
    shift
fi

say() { printf '%s\n' "$*" >&2; }

health() {
    docker inspect -f '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$1" 2>/dev/null || echo missing
}

serves() { [[ $(health "$1") =~ ^(healthy|running)$ ]]; }

wait_until_it_serves() {
    local id second
    id=$(compose ps -q "$1")
    for ((second = 0; second < ${ROLL_TIMEOUT:-90}; second++)); do
        if serves "$id"; then return 0; fi
        sleep 1
    done
    say "$1 is $(health "$id") after ${ROLL_TIMEOUT:-90} s; its last lines:"
    docker logs --tail 20 "$id" >&2 || true
    return 1
}

# A flag keeps new requests from a replica, without a reload of the gateway.
drain() {
    local flag=$1/drain/$2.drain
    touch "$flag.$3" "$flag"
}

undrain() {
    local flag=$1/drain/$2.drain
    rm -f "$flag.$3"
    if ! compgen -G "$flag.*" >/dev/null; then rm -f "$flag"; fi
}

label() { docker inspect -f "{{index .Config.Labels \"com.docker.compose.$1\"}}" "$2" 2>/dev/null; }

# What a container was made from, and what docker-compose.yaml has in its place now.
is_as_wanted() {
    [[ $(label config-hash "$(compose ps -q "$1")") == "$(compose config --hash "$1" | cut -d' ' -f2)" ]]
}

# What is not part of the stack any more may end what it has in hand; Compose 1 would kill it.
stop_surplus() {
    local services id surplus=()
    services=$(compose config --services)
    for id in $(docker ps -q --filter "label=com.docker.compose.project=$(label project "$(compose ps -q | head -n 1)")"); do
        if ! grep -qxF "$(label service "$id")" <<<"$services"; then surplus+=("$id"); fi
    done
    if ((${#surplus[@]} > 0)); then docker stop -t 35 "${surplus[@]}" >&2; fi
}

# site, its gateways, replica and port
roll() {
    local gateway replica=${3%:*} port=${3#*:}
    for gateway in $2; do drain "$gateway" "$1" "$port"; done
    sleep "${DRAIN:-2}"
    compose up -d --no-deps $replace "$replica"
    if ! wait_until_it_serves "$replica"; then
        say "Stopped at $replica, which gets no requests; the others are as they were. Put it right, then run this again."
        exit 1
    fi
    for gateway in $2; do undrain "$gateway" "$1" "$port"; done
    say "$replica serves"
}

# site, its gateways, jobs to run before, replicas and ports
roll_site() {
    local site=$1 gateways=$2 jobs=$3 job replica gateway first=() later=()
    shift 3
    for job in $jobs; do
        say "$job"
        compose run --rm --no-deps -T "$job"
    done
    for replica in "$@"; do
        if serves "$(compose ps -q "${replica%:*}")"; then later+=("$replica"); else first+=("$replica"); fi
    done
    for replica in ${first[@]+"${first[@]}"}; do roll "$site" "$gateways" "$replica"; done

    # What serves now is in the gateway's configuration from here on, also if it was not before.
    for gateway in $gateways; do
        compose exec -T "$gateway" nginx -t -q
        compose exec -T "$gateway" nginx -s reload
    done
    for replica in ${later[@]+"${later[@]}"}; do roll "$site" "$gateways" "$replica"; done
}

wanted=${*:-site}
for site in $wanted; do
    case $site in
        site) roll_site site 'nginx' 'migrations' site-8001:8001 site-8002:8002 site-8003:8003 site-8004:8004 ;;
        *)
            say "There is no site '$site' here."
            exit 2
            ;;
    esac
done

# The rest: what has changed besides the sites, and what is not part of the stack any more. Not the gateways, which are closed while they are replaced.
if (($# == 0)); then
    mapfile -t rest < <(compose config --services | grep -vxE 'nginx')
    stop_surplus
    compose up -d --remove-orphans "${rest[@]}"
    for gateway in nginx; do
        if ! is_as_wanted "$gateway"; then
            say "$gateway runs on with its container of before, and the configuration of now. When a moment without it does no harm, replace it: docker-compose up -d $gateway"
        fi
    done
fi
