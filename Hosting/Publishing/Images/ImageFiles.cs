using Stack.Hosting.Publishing.Output;
using Stack.Hosting.Publishing.Plans;

namespace Stack.Hosting.Publishing.Images;

/// <summary>Writes what images are made from: a Dockerfile for each, without features of BuildKit, and a script that builds them all.</summary>
internal static class ImageFiles
{
    public const string Script = "images/build.sh";

    /// <param name="plan">What is to run.</param>
    /// <param name="images">Its images.</param>
    /// <param name="folderOf">The folder in which the programs of an image keep what they write.</param>
    public static IEnumerable<PublishedFile> Of(PublishPlan plan, PublishedImages images, Func<PublishedImage, string> folderOf)
        => [.. images.All.Select(image => new PublishedFile($"images/{image.Name}/Dockerfile", Dockerfile(image, folderOf(image)))), new PublishedFile(Script, BuildScript(plan, images), IsExecutable: true)];

    private static string Dockerfile(PublishedImage image, string folder) => $$"""
        # Generated; build.sh puts what is copied beside it.
        ARG BASE_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0
        FROM ${BASE_IMAGE}

        # ASPNETCORE_URLS says where to listen; the base image says it once more.
        ENV ASPNETCORE_HTTP_PORTS=

        WORKDIR /app
        COPY app/ ./

        # A new volume that is mounted here takes over the owner.
        COPY --chown={{PublishedImage.User}} state/ {{folder}}/

        USER {{PublishedImage.User}}
        ENTRYPOINT ["dotnet", "/app/{{image.Assembly}}"]

        """;

    private static string BuildScript(PublishPlan plan, PublishedImages images) => $$"""
        #!/usr/bin/env bash
        # Builds the images: images/build.sh [folder of the sources]
        # Settings: BASE_IMAGE, ENGINE (docker), and another name for each image:
        #   {{string.Join(", ", images.All.Select(i => i.Variable))}}
        set -euo pipefail

        here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
        probe={{ShellText.Quote(images.All.FirstOrDefault()?.Source ?? "")}}
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

        {{string.Join('\n', images.All.Select(i => $"{(i.IsProject ? "publish" : "copy")} {i.Name} {ShellText.Quote(i.Source)}\nimage {i.Name} \"${{{i.Variable}:-{i.Reference(plan)}}}\""))}}

        """;
}
