using System.CommandLine;
using System.Text.Json;
using Stack.Hosting.Control.Contract;

namespace Stack.Cli.Commands;

/// <summary><c>stack down [--force|--leave-running]</c>: returns when the AppHost's process has gone. With <c>--force</c> and without an AppHost it ends what one has left running.</summary>
internal static class DownCommand
{
    public static Command Create(CommandContext context)
    {
        var force = new Option<bool>("--force") { Description = "Kills all processes of the stack instead of stopping them in order." };
        var leave = new Option<bool>("--leave-running") { Description = "The AppHost ends and the replicas serve on; the next AppHost takes them over. Production only." };
        var command = new Command("down", "Stops everything, the AppHost included.") { force, leave };
        command.Validators.Add(result =>
        {
            if (result.GetValue(force) && result.GetValue(leave))
            {
                result.AddError("--force and --leave-running exclude each other.");
            }
        });
        context.Set(command, async (parsed, token) =>
        {
            using var client = parsed.GetValue(force) ? await ControlClient.TryOpenAsync(context.Places(parsed), token) : await ControlClient.OpenAsync(context.Places(parsed), token);
            if (client is null)
            {
                return await new ForcedDown(context.Host).RunAsync(context.StateFolders(parsed), token);
            }

            var pid = (await client.GetStatusAsync(token)).Supervisor.Pid;
            var appHost = new ProcessWatch(pid);
            var body = JsonSerializer.Serialize(new DownRequest { Force = parsed.GetValue(force), LeaveRunning = parsed.GetValue(leave) }, ControlJson.Default.DownRequest);
            await client.PostAsync("down", body, token);

            // No limit of our own: the AppHost has one for each process, and Ctrl+C ends the wait.
            await appHost.WaitAsync(context.Host.Time, token);
            await context.Host.Out.WriteLineAsync(parsed.GetValue(leave) ? "The AppHost has ended; the replicas serve on." : "Everything has stopped.");
            return ExitCodes.Done;
        });
        return command;
    }
}
