using System.CommandLine;
using System.CommandLine.Invocation;
using Stack.Cli.Commands;

namespace Stack.Cli;

/// <summary>The command line: which commands there are, and what becomes of their errors.</summary>
internal static class StackCommand
{
    public static async Task<int> RunAsync(string[] args, CliHost host, CancellationToken cancellationToken = default)
    {
        var context = new CommandContext(host);
        var root = new RootCommand("Looks at a running stack and commands it.") { context.AppHost, context.AppName, context.State };
        root.Subcommands.Add(StatusCommand.Create(context));
        root.Subcommands.Add(LogsCommand.Create(context));
        root.Subcommands.Add(ReplicaCommand.Create("start", "Starts a resource or one replica.", context));
        root.Subcommands.Add(ReplicaCommand.Create("stop", "Stops a resource or one replica; it stays stopped.", context));
        root.Subcommands.Add(ReplicaCommand.Create("restart", "Restarts one replica, or a resource: one replica after another.", context));
        root.Subcommands.Add(ReplicaCommand.Create("roll", "Restarts a resource, one replica after another, while the others serve.", context));
        root.Subcommands.Add(ScaleCommand.Create(context));
        root.Subcommands.Add(DeployCommand.Create(context));
        root.Subcommands.Add(DeployCommand.CreateRollback(context));
        root.Subcommands.Add(ReleasesCommand.Create(context));
        root.Subcommands.Add(ReplicaCommand.CreateOwn(context));
        root.Subcommands.Add(OperationCommand.Create(context));
        root.Subcommands.Add(DashboardCommand.Create(context));
        root.Subcommands.Add(TelemetryCommand.Create(context));
        root.Subcommands.Add(DownCommand.Create(context));
        root.Subcommands.Add(WaitReadyCommand.Create(context));

        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors)
            {
                await host.Error.WriteLineAsync(error.Message);
            }

            await host.Error.WriteLineAsync("'./stack help' lists the commands.");
            return ExitCodes.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = host.Out, Error = host.Error }, cancellationToken);
    }
}
