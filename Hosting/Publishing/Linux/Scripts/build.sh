#!/usr/bin/env bash
# Builds the programs of this release into rootfs: build.sh [--source DIR] [arguments of dotnet publish]. On the machine with the sources and the .NET SDK.
set -euo pipefail
here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd)
. "$here/lib/common.sh"
use_kit "$here"

has_sources() {
    local program
    for program in "${!PROJECT[@]}"; do [[ -e $1/${PROJECT[$program]} ]] || return 1; done
}

find_sources() {
    local folder=$here
    while ! has_sources "$folder"; do
        if [[ $folder == / ]]; then fail "The sources (${PROJECT[*]}) are not in a folder above $here. Say where they are: ./build.sh --source DIR"; fi
        folder=$(dirname "$folder")
    done
    echo "$folder"
}

publish() {
    local program=$1 to=$here/rootfs$opt/$1/releases/$RELEASE
    shift
    rm -rf "$to" "$to.new"
    mkdir -p "$(dirname "$to")"
    if [[ -n ${built[${PROJECT[$program]}]:-} ]]; then
        # The same project once more.
        cp -rl "${built[${PROJECT[$program]}]}" "$to"
    elif [[ ${PROJECT[$program]} == *proj ]]; then
        dotnet publish "$source/${PROJECT[$program]}" -c Release -o "$to.new" -p:UseAppHost=true -p:IsPublishable=true -nodeReuse:false -v q "$@"
        mv "$to.new" "$to"
    else
        cp -r "$source/${PROJECT[$program]}" "$to"
    fi
    built[${PROJECT[$program]}]=$to
    say "$program: ${to#"$here"/}"
}

source=''
if [[ ${1:-} == --source ]]; then
    if (($# < 2)); then fail "--source takes the folder that has ${PROJECT[*]} in it."; fi
    source=$(cd -- "$2" && pwd)
    has_sources "$source" || fail "$source does not have ${PROJECT[*]} in it."
    shift 2
else
    source=$(find_sources)
fi
declare -A built=()
for program in $(everything); do publish "$program" "$@"; done
