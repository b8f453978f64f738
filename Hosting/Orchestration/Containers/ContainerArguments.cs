using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Containers;

/// <summary>The engine's command line that makes a container: pure.</summary>
internal static class ContainerArguments
{
    /// <summary>The arguments of <c>create</c>. Values of variables are not among them: others on this machine could read them there.</summary>
    public static IReadOnlyList<string> Create(ContainerSpec spec)
    {
        List<string> all = ["create", "--name", spec.Name];
        all.AddRange(spec.Labels.SelectMany(l => new[] { "--label", $"{l.Key}={l.Value}" }));
        all.AddRange(["--pull", "never"]);
        if (spec.Network is { } network)
        {
            all.AddRange(["--network", network]);
            all.AddRange(spec.Aliases.SelectMany(a => new[] { "--network-alias", a }));
        }

        if (spec.HostAlias is { } alias)
        {
            all.AddRange(["--add-host", $"{alias}:host-gateway"]);
        }

        all.AddRange(spec.Ports.SelectMany(p => new[] { "--publish", Publish(p) }));
        all.AddRange(spec.Mounts.SelectMany(m => new[] { "--mount", Mount(m) }));
        if (spec.Entrypoint is { } entrypoint)
        {
            all.AddRange(["--entrypoint", entrypoint]);
        }

        // The engine reads lines; a value that has more than one goes by the client's own environment.
        if (spec.Environment.Any(v => !HasLines(v.Value)))
        {
            all.AddRange(["--env-file", "/dev/stdin"]);
        }

        all.AddRange(spec.Environment.Where(v => HasLines(v.Value)).SelectMany(v => new[] { "--env", v.Key }));
        all.AddRange(spec.RuntimeArguments);
        all.Add(spec.Image);
        all.AddRange(spec.Arguments);
        return all;
    }

    /// <summary>What <c>create</c> reads from standard input: variables of one line.</summary>
    public static string VariableLines(ContainerSpec spec) => string.Concat(spec.Environment.Where(v => !HasLines(v.Value)).Select(v => $"{v.Key}={v.Value}\n"));

    /// <summary>What <c>create</c> finds in its own environment: variables of several lines.</summary>
    public static IReadOnlyDictionary<string, string> VariablesWithLines(ContainerSpec spec)
        => spec.Environment.Where(v => HasLines(v.Value)).ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);

    /// <summary>True when the arguments choose a network, so that the container does not join ours.</summary>
    public static bool ChooseNetwork(IEnumerable<string> runtimeArguments) => Networks(runtimeArguments).Any();

    /// <summary>True when the arguments give the container this machine's network.</summary>
    public static bool ChooseHostNetwork(IEnumerable<string> runtimeArguments) => Networks(runtimeArguments).LastOrDefault() == "host";

    private static IEnumerable<string> Networks(IEnumerable<string> arguments)
    {
        string? before = null;
        foreach (var argument in arguments)
        {
            if (before is "--network" or "--net")
            {
                yield return argument;
            }
            else if (argument.StartsWith("--network=", StringComparison.Ordinal) || argument.StartsWith("--net=", StringComparison.Ordinal))
            {
                yield return argument[(argument.IndexOf('=', StringComparison.Ordinal) + 1)..];
            }

            before = argument;
        }
    }

    private static string Publish(PublishedPort port)
    {
        var host = port.HostAddress.Contains(':', StringComparison.Ordinal) ? $"[{port.HostAddress.Trim('[', ']')}]" : port.HostAddress;
        return $"{host}:{port.HostPort}:{port.ContainerPort}{(port.Protocol == "udp" ? "/udp" : "")}";
    }

    private static string Mount(ContainerMountAnnotation mount)
    {
        List<string> fields = [mount.Type == ContainerMountType.BindMount ? "type=bind" : "type=volume"];
        if (!string.IsNullOrEmpty(mount.Source))
        {
            fields.Add($"source={mount.Source}");
        }

        fields.Add($"target={mount.Target}");
        if (mount.IsReadOnly)
        {
            fields.Add("readonly");
        }

        return string.Join(',', fields.Select(Field));
    }

    // The engine reads a line of comma-separated values.
    private static string Field(string text) => text.AsSpan().ContainsAny(',', '"', '\n') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;

    private static bool HasLines(string value) => value.AsSpan().ContainsAny('\n', '\r');
}
