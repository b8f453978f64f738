using System.CommandLine;

namespace Stack.Cli;

/// <summary>Gives the AppHost a command and prints how it goes: a line for each step of a roll-out, then the outcome.</summary>
internal sealed class CommandRun(CliHost host)
{
    public Option<bool> NoWait { get; } = new("--no-wait") { Description = "Returns at once and prints the operation's id, for 'stack operation'." };

    /// <param name="parsed">Says whether to wait.</param>
    /// <param name="client">The AppHost.</param>
    /// <param name="path">The command's path.</param>
    /// <param name="json">Its body; null: none.</param>
    /// <param name="done">What to print at the end if the AppHost has nothing to say.</param>
    /// <param name="cancellationToken">Ends the wait; what was begun goes on.</param>
    public async Task RunAsync(ParseResult parsed, ControlClient client, string path, string? json, string done, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(NoWait))
        {
            await host.Out.WriteLineAsync((await client.BeginAsync(path, json, cancellationToken)).Id);
            return;
        }

        var progress = new Progress(client, host.Out, host.Time);
        var result = await progress.ShowAsync(() => client.PostAsync(path, json, cancellationToken), cancellationToken);
        await host.Out.WriteLineAsync(result.Message ?? done);
    }
}
