using System.CommandLine;
using System.Text.Json;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli.Commands;

/// <summary><c>stack down [--force]</c>: returns when the AppHost's process has gone.</summary>
internal static class DownCommand
{
    public static Command Create(CommandContext context)
    {
        var force = new Option<bool>("--force") { Description = "Kills all processes of the stack instead of stopping them in order." };
        var command = new Command("down", "Stops everything, the AppHost included.") { force };
        context.OnAppHost(command, async (parsed, client, token) =>
        {
            var pid = (await client.GetStatusAsync(token)).Supervisor.Pid;
            var appHost = new ProcessWatch(pid);
            var body = JsonSerializer.Serialize(new DownRequest { Force = parsed.GetValue(force) }, ControlJson.Default.DownRequest);
            await client.PostAsync("down", body, token);

            // No limit of our own: the AppHost has one for each process, and Ctrl+C ends the wait.
            await appHost.WaitAsync(context.Host.Time, token);
            await context.Host.Out.WriteLineAsync("Everything has stopped.");
            return ExitCodes.Done;
        });
        return command;
    }
}
