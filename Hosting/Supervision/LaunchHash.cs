using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Stack.Hosting.Supervision;

/// <summary>Sums up what a replica is launched with, so that the next AppHost sees whether it would launch it in the same way.</summary>
internal static class LaunchHash
{
    /// <summary>Variables that differ from launch to launch without meaning another configuration.</summary>
    public static IReadOnlySet<string> PassingVariables { get; } = new HashSet<string> { "STACK_GENERATION", "STACK_REPLICAS" };

    /// <summary>A hash of program, arguments, working directory, the settings of the process and the variables that the model sets; a file that is run counts with its time and length, so that a new build is another launch.</summary>
    /// <remarks>What the AppHost itself inherited is left out: a shell and systemd hand on different variables, which is no reason to restart a site.</remarks>
    /// <param name="request">The launch.</param>
    /// <param name="readsFilesAgain">True for a program that takes over changed files while it runs: what its arguments name does not count.</param>
    public static string Of(LaunchRequest request, bool readsFilesAgain)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, request.FileName);
        Add(hash, request.WorkingDirectory);
        Add(hash, Stamp(request.FileName));
        foreach (var argument in request.Arguments)
        {
            Add(hash, argument);
            Add(hash, readsFilesAgain ? "" : Stamp(argument));
        }

        foreach (var name in request.ModelVariables.Where(n => !PassingVariables.Contains(n)).Order(StringComparer.Ordinal))
        {
            Add(hash, name);
            Add(hash, request.Environment.GetValueOrDefault(name, ""));
        }

        foreach (var setting in request.Settings.Texts())
        {
            Add(hash, setting);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static void Add(IncrementalHash hash, string text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        hash.AppendData([0]);
    }

    private static string Stamp(string path)
        => path.StartsWith('/') && new FileInfo(path) is { Exists: true } file
            ? string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks} {file.Length}")
            : "";
}
