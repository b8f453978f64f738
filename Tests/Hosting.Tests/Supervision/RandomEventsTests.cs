using Aspire.Hosting;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Observation;
using Stack.Hosting.Supervision;
using Testing;

namespace Hosting.Tests.Supervision;

/// <summary>Random commands and events: whatever the order, the rules hold.</summary>
public class RandomEventsTests
{
    private const int StepsOfOneRun = 500;

    private static readonly InstanceState[] WithProcess = [InstanceState.Running, InstanceState.Stopping, InstanceState.Unknown];

    private static readonly InstanceState[] WithoutProcess =
        [InstanceState.Stopped, InstanceState.Waiting, InstanceState.Backoff, InstanceState.Exited, InstanceState.Fatal];

    private static readonly InstanceState[] Ended = [InstanceState.Stopped, InstanceState.Exited, InstanceState.Fatal];

    [Theory]
    [InlineData(200)] // 100 000 steps
    public async Task Any_order_of_events_keeps_the_rules(int runs)
    {
        var seed = Random.Shared.Next();
        for (var run = 0; run < runs; run++)
        {
            try
            {
                await new RandomRun(new Random(seed + run)).RunAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed + run}: {e.Message}", e);
            }
        }
    }

    /// <summary>One replica, and what happens to it.</summary>
    private sealed class RandomRun(Random random)
    {
        private readonly List<Task> _commands = [];
        private readonly List<string> _steps = [];
        private TaskCompletionSource? _held;

        public async Task RunAsync()
        {
            await using var site = new Supervised(Spec);
            site.Launcher.Script = _ => Script();
            for (var step = 0; step < StepsOfOneRun; step++)
            {
                _steps.Add(await StepAsync(site));
                var idle = random.Next(3) != 0;
                if (idle)
                {
                    await site.Idle();
                }

                Check(site, idle);
            }

            await EndAsync(site);
            site.Log.All.Zip(site.Log.All.Skip(1)).ShouldAllBe(s => s.First != s.Second && s.First.Generation <= s.Second.Generation, What(site));
            site.Logger.Entries.ShouldNotContain(e => e.Id == 2190 || e.Id == 2192, What(site));
        }

        // Nothing is blocked any more: a stop must get through, and no command may be left without an answer.
        private async Task EndAsync(Supervised site)
        {
            site.Gate.Fails = null;
            site.Gate.Open();
            _held?.TrySetResult();
            await site.Idle();
            _commands.Add(site.Supervisor.StopAsync(CancellationToken.None));
            site.Supervisor.Kill();
            await site.Advance(seconds: 1);

            // A launch that was held goes on with a thread of the pool, whenever that gets a processor.
            var start = TimeProvider.System.GetTimestamp();
            do
            {
                foreach (var process in site.Launcher.Launched)
                {
                    process.RefusesSignals = false;
                    process.End(code: 0);
                }

                await site.Advance(seconds: 1);
            }
            while (!Ended.Contains(site.State) && TimeProvider.System.GetElapsedTime(start) < Wait.Patience);
            Check(site, isIdle: true);
            site.Current.Wanted.ShouldBeFalse();
            site.Current.Pid.ShouldBeNull(What(site));
            site.State.ShouldBeOneOf(Ended, What(site));
            foreach (var command in _commands)
            {
                try
                {
                    await command.Within(seen: () => What(site));
                }
                catch (DistributedApplicationException)
                {
                    // Given up, or overtaken by another command: an answer.
                }
            }
        }

        private InstanceSpec Spec(InstanceSpec spec)
        {
            var modes = Enum.GetValues<RestartMode>();
            return spec with
            {
                Readiness = random.Next(2) == 0 ? [] : spec.Readiness,
                Liveness = random.Next(2) == 0 ? null : new LivenessSpec
                {
                    Declared = new ProbeSpec(new Uri("http://127.0.0.1:8001/alive")),
                    Dump = random.Next(2) == 0 ? null : async (_, _, _) =>
                    {
                        await (_held?.Task ?? Task.CompletedTask);
                        return "dump in /dumps/1.dmp";
                    },
                },
                Restart = spec.Restart with
                {
                    Mode = modes[random.Next(modes.Length)],
                    FailureBudget = random.Next(3) == 0 ? null : random.Next(1, 12),
                    ProbationInterval = random.Next(3) == 0 ? null : TimeSpan.FromMinutes(random.Next(1, 6)),
                },
            };
        }

        private LaunchScript Script() => new()
        {
            Held = _held?.Task,
            Fails = random.Next(12) switch
            {
                0 => new LaunchException("try again", 11, isPermanent: false),
                1 => new LaunchException("no such file", 2, isPermanent: true),
                _ => null,
            },
            ReadyAfter = random.Next(6) == 0 ? null : TimeSpan.FromSeconds(random.NextDouble() * 3),
            ExitsAfter = random.Next(3) == 0 ? TimeSpan.FromSeconds(random.NextDouble() * 90) : null,
            Exit = new ExitFacts(random.Next(4) == 0 ? ExitKind.Unknown : ExitKind.Code, random.Next(2)),
            StopTakes = TimeSpan.FromSeconds(random.NextDouble() * 8),
            IgnoresStop = random.Next(5) == 0,
        };

        private async Task<string> StepAsync(Supervised site)
        {
            switch (random.Next(16))
            {
                case 0 or 1 or 2:
                    _commands.Add(site.Supervisor.StartAsync(CancellationToken.None));
                    return "start";
                case 3:
                    _commands.Add(site.Supervisor.StopAsync(CancellationToken.None));
                    return "stop";
                case 4:
                    _commands.Add(site.Supervisor.RestartAsync(CancellationToken.None));
                    return "restart";
                case 5 when random.Next(4) == 0:
                    site.Supervisor.Kill();
                    return "kill";
                case 6 or 7 when site.Launcher.Launched is [.., var last]:
                    last.End(random.Next(2) == 0 ? new ExitFacts(ExitKind.Code, random.Next(3)) : new ExitFacts(ExitKind.Signal, 9));
                    return "exit";
                case 8:
                    site.Prober.Answer = random.Next(3) switch { 0 => null, 1 => ScriptedProber.Success, _ => ScriptedProber.Failure };
                    return $"probe={site.Prober.Answer?.IsSuccess}";
                case 9:
                    return Gate(site.Gate);
                case 10:
                    site.Gate.Fails = random.Next(4) == 0 ? new DistributedApplicationException("dependency failed") : null;
                    return $"gatefails={site.Gate.Fails is not null}";
                case 11:
                    return HoldOrRelease();
                case 12 when random.Next(4) == 0 && site.Launcher.Launched is [.., var process]:
                    process.RefusesSignals = !process.RefusesSignals;
                    return $"refuse={process.RefusesSignals}";
                default:
                    var seconds = Math.Pow(10, (random.NextDouble() * 4) - 1.5);
                    await site.Advance(seconds);
                    return $"+{seconds:0.00}";
            }
        }

        private string Gate(ScriptedGate gate)
        {
            if (random.Next(2) == 0)
            {
                gate.Close();
                return "close";
            }

            gate.Open();
            return "open";
        }

        private string HoldOrRelease()
        {
            if (_held is not { } held)
            {
                _held = new TaskCompletionSource();
                return "hold";
            }

            _held = null;
            held.SetResult();
            return "release";
        }

        private void Check(Supervised site, bool isIdle)
        {
            var current = site.Current;
            Rule(site, "one process at most", site.Launcher.MostLive <= 1);
            Rule(site, "moves of the table only", site.Log.IllegalMoves.Count == 0);
            Rule(site, "ready only while it runs", current.Health != InstanceHealth.Ready || current.State == InstanceState.Running);
            Rule(site, "dead only until it is stopped", current.Health != InstanceHealth.Dead || current.State is InstanceState.Running or InstanceState.Stopping);
            Rule(site, "a process in the states that have one", current.Pid is not null || !WithProcess.Contains(current.State));
            Rule(site, "no process in the states that have none", current.Pid is null || !WithoutProcess.Contains(current.State));
            Rule(site, "a next attempt only after an end", current.NextAttemptAt is null || current.State is InstanceState.Backoff or InstanceState.Fatal);
            if (isIdle)
            {
                // Else a slot that came too late may not have been given back yet, and a launch may just have begun.
                Rule(site, "one start slot at most", site.Gate.Held <= 1);
                Rule(site, "a generation for each launch", site.Launcher.Attempts == current.Generation);
            }
        }

        private void Rule(Supervised site, string rule, bool holds)
        {
            if (!holds)
            {
                throw new InvalidOperationException($"Broken: {rule}. {What(site)}");
            }
        }

        private string What(Supervised site) => $"{site.Current} after {string.Join(' ', _steps.TakeLast(30))}";
    }
}
