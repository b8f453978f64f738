#!/usr/bin/env bash
# Builds the images: images/build.sh [folder of the sources]
# Settings: BASE_IMAGE, ENGINE (docker), and another name for each image:
#   DASHBOARD_IMAGE, WEBSITE_IMAGE
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
probe='Dashboard/Dashboard.csproj'
sources=${1:-}
if [[ -z $sources ]]; then
    sources=$here
    while [[ ! -e $sources/$probe ]]; do
        if [[ $sources == / ]]; then
            echo "There is no $probe in a folder above. Give the folder of the sources: $0 FOLDER" >&2
            exit 2
        fi
        sources=$(dirname -- "$sources")
    done
elif [[ ! -e $sources/$probe ]]; then
    echo "There is no $probe in '$sources'. Give the folder of the sources." >&2
    exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

publish() {
    dotnet publish "$sources/$2" -c Release -o "$work/$1/app" -p:UseAppHost=false -nodeReuse:false -v q --nologo
}

copy() {
    mkdir -p "$work/$1"
    cp -R "$sources/$2" "$work/$1/app"
}

image() {
    mkdir -p "$work/$1/state"
    chmod -R a+rX "$work/$1"
    cp "$here/$1/Dockerfile" "$work/$1/"
    "${ENGINE:-docker}" build --quiet --tag "$2" ${BASE_IMAGE:+--build-arg "BASE_IMAGE=$BASE_IMAGE"} "$work/$1"
    echo "$2"
}

publish dashboard 'Dashboard/Dashboard.csproj'
image dashboard "${DASHBOARD_IMAGE:-stack/dashboard:1.0.0}"
publish website 'WebSite/WebSite.csproj'
image website "${WEBSITE_IMAGE:-stack/website:1.0.0}"
