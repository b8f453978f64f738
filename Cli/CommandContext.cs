using System.CommandLine;

namespace Stack.Cli;

/// <summary>What all commands share: the options that say which AppHost is meant, and the way errors end a command.</summary>
internal sealed class CommandContext(CliHost host)
{
    public CliHost Host => host;

    public Option<string> AppHost { get; } = new("--app-host")
    {
        Description = "Folder of the AppHost whose stack is meant.",
        Recursive = true,
        DefaultValueFactory = _ => "AppHost",
    };

    public Option<string> AppName { get; } = new("--app-name")
    {
        Description = "Name of the app, if the AppHost was given one.",
        Recursive = true,
        DefaultValueFactory = _ => host.Variable("Stack__AppName") is { Length: > 0 } name ? name : "stack",
    };

    public Option<string?> State { get; } = new("--state")
    {
        Description = "State folder, if the AppHost was given one.",
        Recursive = true,
        DefaultValueFactory = _ => host.Variable("Stack__State"),
    };

    /// <summary>Where the control socket of the AppHost that is meant may be.</summary>
    public IReadOnlyList<string> Places(ParseResult parsed) => SocketPlaces.Of(
        host.Variable(SocketPlaces.Variable),
        Path.GetFullPath(parsed.GetRequiredValue(AppHost), host.WorkingDirectory),
        parsed.GetRequiredValue(AppName),
        parsed.GetValue(State));

    /// <summary>The state folders that the AppHost that is meant may have.</summary>
    public IReadOnlyList<string> StateFolders(ParseResult parsed)
    {
        var appHost = Path.GetFullPath(parsed.GetRequiredValue(AppHost), host.WorkingDirectory);
        return parsed.GetValue(State) is { Length: > 0 } state
            ? [Path.GetFullPath(state, appHost)]
            : [Path.Combine(appHost, ".stack"), $"/var/lib/stack/{parsed.GetRequiredValue(AppName)}"];
    }

    /// <summary>Makes a command of a function that gets the connection to the running AppHost.</summary>
    public void OnAppHost(Command command, Func<ParseResult, ControlClient, CancellationToken, Task<int>> run) =>
        Set(command, async (parsed, token) =>
        {
            using var client = await ControlClient.OpenAsync(Places(parsed), token);
            return await run(parsed, client, token);
        });

    public void Set(Command command, Func<ParseResult, CancellationToken, Task<int>> run) =>
        command.SetAction(async (parsed, token) =>
        {
            try
            {
                return await run(parsed, token);
            }
            catch (CliException e)
            {
                await host.Error.WriteLineAsync(e.Message);
                return e.ExitCode;
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }
            catch (IOException e) when (e is not FileNotFoundException)
            {
                // Whoever read our output has had enough ('stack logs | head').
                return ExitCodes.Done;
            }
        });
}
