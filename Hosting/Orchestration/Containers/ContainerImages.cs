using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>Sees to it that the image of a container is there: builds it from its Dockerfile, or pulls it as its policy says.</summary>
internal static class ContainerImages
{
    /// <summary>Returns the image's name.</summary>
    /// <exception cref="DistributedApplicationException">The image is not there, and can't be made or pulled.</exception>
    public static async Task<string> EnsureAsync(ContainerEngine engine, IResource resource, ValueProviderContext context, string logFile, CancellationToken cancellationToken)
    {
        if (!resource.TryGetContainerImageName(out var image))
        {
            throw new DistributedApplicationException($"The container '{resource.Name}' has no image. Name one with WithImage.");
        }

        if (resource.TryGetLastAnnotation<DockerfileBuildAnnotation>(out var build))
        {
            await BuildAsync(engine, resource, build, image, context, logFile, cancellationToken).ConfigureAwait(false);
            return image;
        }

        var policy = resource.TryGetLastAnnotation<ContainerImagePullPolicyAnnotation>(out var annotation) ? annotation.ImagePullPolicy : ImagePullPolicy.Default;
        if (policy != ImagePullPolicy.Always && await engine.InspectAsync("image", image, "{{.Id}}", cancellationToken).ConfigureAwait(false) is not null)
        {
            return image;
        }

        if (policy == ImagePullPolicy.Never)
        {
            throw new DistributedApplicationException($"The image '{image}' of resource '{resource.Name}' is not there, and its pull policy is Never. Pull it with '{engine.Program} pull {image}', or choose another policy.");
        }

        var pull = await engine.RunIntoLogAsync(["pull", image], logFile, Nothing, cancellationToken).ConfigureAwait(false);
        return pull.Succeeded
            ? image
            : throw new DistributedApplicationException($"The image '{image}' of resource '{resource.Name}' can't be pulled. What {engine.Program} said of it is in the resource's log; check the name, and the network.");
    }

    /// <summary>The arguments of <c>build</c>: pure.</summary>
    /// <param name="build">The Dockerfile.</param>
    /// <param name="image">The name to give.</param>
    /// <param name="arguments">Evaluated build arguments; a null value is taken from the client's environment.</param>
    /// <param name="pull">True when base images are pulled each time.</param>
    public static IReadOnlyList<string> Arguments(DockerfileBuildAnnotation build, string image, IEnumerable<KeyValuePair<string, string?>> arguments, bool pull)
        =>
        [
            "build", "--file", build.DockerfilePath, "--tag", image,
            .. build.Stage is { Length: > 0 } stage ? ["--target", stage] : Array.Empty<string>(),
            .. pull ? ["--pull"] : Array.Empty<string>(),
            .. arguments.SelectMany(a => new[] { "--build-arg", a.Value is null ? a.Key : $"{a.Key}={a.Value}" }),
            .. build.BuildSecrets.Keys.SelectMany(s => new[] { "--secret", $"id={s},env={s}" }),
            build.ContextPath,
        ];

    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    private static async Task BuildAsync(
        ContainerEngine engine, IResource resource, DockerfileBuildAnnotation build, string image, ValueProviderContext context, string logFile, CancellationToken cancellationToken)
    {
        if (!File.Exists(build.DockerfilePath))
        {
            throw new DistributedApplicationException($"The image of resource '{resource.Name}' can't be built: there is no Dockerfile '{build.DockerfilePath}'. Correct the paths given to WithDockerfile.");
        }

        // Secrets go by the client's environment: others on this machine can read a command line.
        Dictionary<string, string?> arguments = new(StringComparer.Ordinal);
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach (var (name, value) in build.BuildArguments)
        {
            var text = await ValueText.ResolveAsync(value, context, cancellationToken).ConfigureAwait(false);
            var hidden = text is not null && Sensitivity.IsSensitive(value);
            arguments[name] = hidden ? null : text;
            if (hidden)
            {
                environment[name] = text!;
            }
        }

        foreach (var (name, value) in build.BuildSecrets)
        {
            environment[name] = await ValueText.ResolveAsync(value, context, cancellationToken).ConfigureAwait(false) ?? "";
            environment["DOCKER_BUILDKIT"] = "1";
        }

        var pull = resource.TryGetLastAnnotation<ContainerImagePullPolicyAnnotation>(out var policy) && policy.ImagePullPolicy == ImagePullPolicy.Always;
        var result = await engine.RunIntoLogAsync(Arguments(build, image, arguments, pull), logFile, environment, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            throw new DistributedApplicationException($"The image of resource '{resource.Name}' can't be built from '{build.DockerfilePath}': {engine.Program} ended with {result.Said}. Its output is in the resource's log.");
        }
    }
}
