using System.Globalization;
using Stack.ServiceDefaults.Commands;
using Stack.ServiceDefaults.Keys;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// What a site can do in place of serving: images have no shell, no curl and no sleep, so that their health checks, their preparation
/// and their pause before a stop are done by the site itself.
/// </summary>
/// <example>
/// The first line of <c>Program.cs</c>:
/// <code>
/// if (await StackCommands.TryRunAsync(args) is { } code) return code;
/// </code>
/// </example>
public static class StackCommands
{
    internal const int Done = 0;
    internal const int Failed = 1;
    internal const int NotUnderstood = 2;

    /// <summary>
    /// Carries out what the first argument asks for: <c>--probe URL [status]</c> asks an address, for 3 s at most; <c>--create-keys</c> makes the
    /// first key of the ring in <c>STACK_KEYS</c> where there is none, one process at a time; <c>--sleep N</c> waits so many seconds.
    /// </summary>
    /// <param name="args">The arguments of the program.</param>
    /// <param name="cancellationToken">Calls it off.</param>
    /// <returns>The exit code: 0 done, 1 failed (the reason is on standard error), 2 not understood; null: there is no such command, so that the site is to start.</returns>
    public static Task<int?> TryRunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        return TryRunAsync(args, Environment.GetEnvironmentVariable(KeyRing.Variable), TimeProvider.System, Console.Out, Console.Error, cancellationToken);
    }

    internal static async Task<int?> TryRunAsync(
        string[] args, string? keys, TimeProvider time, TextWriter output, TextWriter error, CancellationToken cancellationToken) => args switch
    {
        ["--probe", .. var rest] => await ProbeCommand.RunAsync(rest, time, error, cancellationToken),
        ["--create-keys"] => await CreateKeysCommand.RunAsync(keys, time, output, error, cancellationToken),
        ["--create-keys", ..] => Refuse(error, $"--create-keys takes no argument; {KeyRing.Variable} names the folder."),
        ["--sleep", .. var rest] => await SleepAsync(rest, time, error, cancellationToken),
        _ => null,
    };

    internal static int Refuse(TextWriter error, string reason)
    {
        error.WriteLine(reason);
        return NotUnderstood;
    }

    private static async Task<int> SleepAsync(string[] args, TimeProvider time, TextWriter error, CancellationToken cancellationToken)
    {
        const double most = 3600;
        if (args is not [var text] || !double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || seconds > most)
        {
            return Refuse(error, "--sleep takes a number of seconds, at most 3600: --sleep 5");
        }

        await Task.Delay(TimeSpan.FromSeconds(seconds), time, cancellationToken);
        return Done;
    }
}
