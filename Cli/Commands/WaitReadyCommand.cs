using System.CommandLine;
using Stack.Hosting.Control.Contract;
using Stack.Hosting.Orchestration;

namespace Stack.Cli.Commands;

/// <summary>Waits until an AppHost that was just started has everything ready; <c>./stack up --detach</c> ends with it.</summary>
internal static class WaitReadyCommand
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public static Command Create(CommandContext context)
    {
        var pid = new Option<int>("--pid") { Description = "Process of the AppHost.", Required = true };
        var timeout = new Option<int>("--timeout") { Description = "Seconds to wait.", DefaultValueFactory = _ => 300 };
        var command = new Command("wait-ready", "Waits until everything is ready.") { pid, timeout };
        command.Hidden = true;
        context.Set(command, async (parsed, token) =>
        {
            var seconds = parsed.GetRequiredValue(timeout);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds), context.Host.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
            var wait = new ReadyWait(parsed.GetRequiredValue(pid), context.Places(parsed), context.Host);
            try
            {
                return await wait.RunAsync(either.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !token.IsCancellationRequested)
            {
                throw new CliException(ExitCodes.Failed, $"Not everything was ready after {seconds} s.{wait.Describe()}");
            }
        });
        return command;
    }

    private sealed class ReadyWait(int pid, IReadOnlyList<string> places, CliHost host)
    {
        private readonly ProcessWatch _appHost = new(pid);
        private StackStatus? _last;

        public async Task<int> RunAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                // Asked first: what it has said before its end no longer counts.
                if (_appHost.HasEnded)
                {
                    throw new CliException(ExitCodes.Failed, $"The AppHost (process {pid}) ended before everything was ready.{Describe()}");
                }

                using var client = await ControlClient.TryOpenAsync(places, cancellationToken);
                if (client is not null && await LookAsync(client, cancellationToken))
                {
                    StartSummary.Write(
                        host.Out, _last!, await client.FindDashboardAsync(cancellationToken), "It runs in the background: './stack down' stops everything.");
                    return ExitCodes.Done;
                }

                await Task.Delay(PollInterval, host.Time, cancellationToken);
            }
        }

        /// <summary>What is not ready, as far as known.</summary>
        public string Describe()
        {
            var open = _last?.Resources.Where(r => r.Ready < r.Wanted).SelectMany(r => r.Replicas).Where(r => r.Health != "Ready").Select(Describe).ToList() ?? [];
            return open.Count == 0 ? "" : $" Not ready: {string.Join("; ", open)}.";
        }

        private async Task<bool> LookAsync(ControlClient client, CancellationToken cancellationToken)
        {
            StackStatus status;
            try
            {
                status = await client.GetStatusAsync(cancellationToken);
            }
            catch (CliException) when (_appHost.HasEnded)
            {
                return false;
            }

            if (status.Supervisor.Pid != pid)
            {
                return false;   // the socket of an AppHost before this one
            }

            _last = status;
            // Of a job that has ended well nothing is meant to run.
            var lost = status.Resources.Where(r => r.Wanted > 0).SelectMany(r => r.Replicas).FirstOrDefault(r => r.State is "Fatal" or "Exited");
            if (lost is not null)
            {
                throw new CliException(ExitCodes.Failed, $"{Describe(lost)}. Its output is in './stack logs {lost.Name}'.");
            }

            // At the very beginning nothing is meant to run yet; or what ran before runs already, and the rest does not.
            return !status.Supervisor.IsStarting && status.Resources.Any(r => r.Wanted > 0) && StatusRows.AllReady(status);
        }

        private static string Describe(ReplicaStatus replica)
        {
            var why = replica.Reason ?? (replica.LastExit is { } exit ? $"last end: {exit}" : null);
            return $"Replica '{replica.Name}' is {replica.State.ToUpperInvariant()}{(why is null ? "" : $": {why.TrimEnd('.')}")}";
        }
    }
}
