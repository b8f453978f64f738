namespace Stack.Hosting.Supervision.Commands;

/// <summary>Runs short commands: nginx -v, nginx -t, docker info.</summary>
internal interface ICommandRunner
{
    /// <summary>Runs a command to its end, or to its limit, at which it is killed.</summary>
    /// <returns>What it said; a command that could not be started is a result too.</returns>
    Task<CommandResult> RunAsync(CommandRequest request, CancellationToken cancellationToken);
}

/// <summary>Runs commands that need no input.</summary>
internal static class CommandRunnerExtensions
{
    public static Task<CommandResult> RunAsync(this ICommandRunner runner, string command, IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
        => runner.RunAsync(new CommandRequest(command, arguments, limit), cancellationToken);
}
