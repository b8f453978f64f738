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

    [Theory]
    [InlineData(40)]
    public async Task Any_order_of_events_keeps_the_rules(int runs)
    {
        var seed = Random.Shared.Next();
        for (var run = 0; run < runs; run++)
        {
            try
            {
                await RunAsync(new Random(seed + run));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed + run}: {e.Message}", e);
            }
        }
    }

    private static async Task RunAsync(Random random)
    {
        var modes = Enum.GetValues<RestartMode>();
        await using var site = new Supervised(s => s with
        {
            Readiness = random.Next(2) == 0 ? [] : s.Readiness,
            Restart = s.Restart with { Mode = modes[random.Next(modes.Length)], FailureBudget = random.Next(3) == 0 ? null : random.Next(1, 12) },
        });
        var commands = new List<Task>();
        TaskCompletionSource? held = null;
        site.Launcher.Script = _ => RandomScript(random, held?.Task);
        var steps = new List<string>();
        for (var step = 0; step < StepsOfOneRun; step++)
        {
            steps.Add(await StepAsync(site, random, commands, () => held, h => held = h));
            Check(site, steps);
        }

        // Nothing is blocked any more: a stop must get through, and no command may be left without an answer.
        site.Gate.Fails = null;
        site.Gate.Open();
        held?.TrySetResult();
        await site.Idle();
        commands.Add(site.Supervisor.StopAsync(CancellationToken.None));
        site.Supervisor.Kill();
        await site.Advance(seconds: 1);
        foreach (var process in site.Launcher.Launched)
        {
            process.RefusesSignals = false;
            process.End(code: 0);
        }

        await site.Advance(seconds: 1);
        Check(site, steps);
        site.Current.Wanted.ShouldBeFalse();
        site.Current.Pid.ShouldBeNull(string.Join(' ', steps.TakeLast(30)));
        (site.State is InstanceState.Stopped or InstanceState.Exited or InstanceState.Fatal).ShouldBeTrue(site.Current.ToString());
        foreach (var command in commands)
        {
            try
            {
                await command.Within(seen: () => $"{site.Current} after {string.Join(' ', steps.TakeLast(30))}");
            }
            catch (DistributedApplicationException)
            {
                // Given up, or overtaken by another command: an answer.
            }
        }
    }

    private static async Task<string> StepAsync(Supervised site, Random random, List<Task> commands, Func<TaskCompletionSource?> held, Action<TaskCompletionSource?> hold)
    {
        var step = "";
        switch (random.Next(16))
        {
            case 0 or 1 or 2:
                commands.Add(site.Supervisor.StartAsync(CancellationToken.None));
                step = "start";
                break;
            case 3:
                commands.Add(site.Supervisor.StopAsync(CancellationToken.None));
                step = "stop";
                break;
            case 4:
                commands.Add(site.Supervisor.RestartAsync(CancellationToken.None));
                step = "restart";
                break;
            case 5 when random.Next(4) == 0:
                site.Supervisor.Kill();
                step = "kill";
                break;
            case 6 or 7:
                if (site.Launcher.Launched is [.., var last])
                {
                    last.End(random.Next(2) == 0 ? new ExitFacts(ExitKind.Code, random.Next(3)) : new ExitFacts(ExitKind.Signal, 9));
                    step = "exit";
                }

                break;
            case 8:
                site.Prober.Answer = random.Next(3) switch { 0 => null, 1 => ScriptedProber.Success, _ => ScriptedProber.Failure };
                step = $"probe={site.Prober.Answer?.IsSuccess}";
                break;
            case 9:
                if (random.Next(2) == 0)
                {
                    site.Gate.Close();
                }
                else
                {
                    site.Gate.Open();
                }

                step = "gate";
                break;
            case 10:
                site.Gate.Fails = random.Next(4) == 0 ? new DistributedApplicationException("dependency failed") : null;
                step = $"gatefails={site.Gate.Fails is not null}";
                break;
            case 11:
                if (held() is { } before)
                {
                    hold(null);
                    before.SetResult();
                    step = "release";
                }
                else
                {
                    hold(new TaskCompletionSource());
                    step = "hold";
                }

                break;
            case 12 when random.Next(4) == 0 && site.Launcher.Launched is [.., var process]:
                process.RefusesSignals = !process.RefusesSignals;
                step = $"refuse={process.RefusesSignals}";
                break;
            default:
                var seconds = Math.Pow(10, (random.NextDouble() * 4) - 1.5);
                await site.Advance(seconds);
                step = $"+{seconds:0.00}";
                break;
        }

        if (random.Next(3) != 0)
        {
            await site.Idle();
        }

        return step;
    }

    private static LaunchScript RandomScript(Random random, Task? held) => new()
    {
        Held = held,
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

    private static void Check(Supervised site, List<string> steps)
    {
        var current = site.Current;
        var what = $"{current} after {string.Join(' ', steps.TakeLast(30))}";
        site.Launcher.MostLive.ShouldBeLessThanOrEqualTo(1, what);
        site.Log.IllegalMoves.ShouldBeEmpty(what);
        (current.Health == InstanceHealth.Ready && current.State != InstanceState.Running).ShouldBeFalse(what);
        (current.Pid is null && WithProcess.Contains(current.State)).ShouldBeFalse(what);
        (current.Pid is not null && WithoutProcess.Contains(current.State)).ShouldBeFalse(what);
        site.Logger.Entries.ShouldNotContain(e => e.Id == 2190 || e.Id == 2192, what);
        site.Gate.Held.ShouldBeLessThanOrEqualTo(1, what);
    }
}
