using Aspire.Hosting;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Allocation;
using Stack.Hosting.Control;
using Stack.Hosting.Orchestration.Rolling;
using Stack.Hosting.Supervision;

namespace Stack.Hosting.Orchestration;

// Commands, and the changes that take their time: one of them at a time, owned here. Who asked may stop waiting; what was begun goes on.
internal sealed partial class ResourceOrchestrator
{
    private const string ByCommand = "by command";

    /// <summary>Runs a command on the resource, or on one of its replicas.</summary>
    public async Task<CommandOutcome> ExecuteAsync(string command, InstanceSupervisor? replica, CancellationToken cancellationToken)
    {
        switch (command)
        {
            case "start":
                return await OutcomeAsync(() => NothingToSay(StartAsync(replica is null ? Replicas : [replica], cancellationToken))).ConfigureAwait(false);
            case "stop":
                return await OutcomeAsync(() => NothingToSay(replica is null ? StopAsync(cancellationToken) : StopAsync(replica, cancellationToken))).ConfigureAwait(false);
            case "restart" when (replica is null ? Replicas : [replica]).All(r => !r.Current.Wanted):
                return await ExecuteAsync("start", replica, cancellationToken).ConfigureAwait(false);
            case "restart" or "roll":
                return await OutcomeAsync(() => RollAsync(replica is null ? null : [replica.Name], ByCommand, cancellationToken)).ConfigureAwait(false);
            default:
                return CommandOutcome.Failed($"'{Name}' has no command '{command}'. It has start, stop, restart and roll.");
        }
    }

    /// <summary>Restarts the replicas that are meant to run, one at a time, and completes when all are ready again.</summary>
    /// <param name="onlyReplicas">Names of the ones to be restarted; null: all.</param>
    /// <param name="reason">Why, or who asked for it; shown to those who ask for another change meanwhile.</param>
    /// <param name="cancellationToken">Ends the wait; the roll goes on.</param>
    /// <returns>What there is to say of its success; null: nothing.</returns>
    /// <exception cref="RolloutBusyException">Another change is under way.</exception>
    /// <exception cref="DistributedApplicationException">It froze, or the only replica did not start; says where and why.</exception>
    public Task<string?> RollAsync(IReadOnlyCollection<string>? onlyReplicas, string reason, CancellationToken cancellationToken)
        => ChangeAsync("roll", reason, calledOff =>
        {
            _maker.RenewLaunches();
            return RestartInTurnAsync(onlyReplicas ?? ReplicaNames, calledOff);
        }).WaitAsync(cancellationToken);

    private async Task<string?> RestartInTurnAsync(IEnumerable<string> names, CancellationToken calledOff)
    {
        var said = await _rolling.RunAsync(names, calledOff).ConfigureAwait(false);
        await _maker.Rolled(calledOff).ConfigureAwait(false);
        return said;
    }

    /// <summary>Changes the number of replicas, and completes when that is reached. The number that there is already changes nothing.</summary>
    public Task<CommandOutcome> ScaleAsync(int count, CancellationToken cancellationToken) => OutcomeAsync(() => ScaleToAsync(count, cancellationToken));

    private async Task<string?> ScaleToAsync(int count, CancellationToken cancellationToken)
    {
        if (count == Replicas.Count && !_rollout.IsRunning)
        {
            _stack.Keep(Name, count);
            return null;
        }

        return await ChangeAsync($"scale to {count}", ByCommand, async calledOff =>
        {
            await _scaler.RunAsync(Resized(count), calledOff).ConfigureAwait(false);
            _stack.Keep(Name, count);
            return null;
        }).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="InvalidSettingException">There can't be so many.</exception>
    private ResourcePlan Resized(int count)
    {
        var (plan, fault) = new PlanGrowth(FreePorts.Find).Resize(Plan, count, _stack.PortsBeside(Name));
        if (plan is null)
        {
            throw new InvalidSettingException("replicas", fault!);
        }

        var held = _stack.Taken(plan.Ports.Skip(Plan.Ports.Count));
        return held.Count == 0 ? plan : throw new InvalidSettingException("replicas", string.Join(Environment.NewLine, held));
    }

    private Task<string?> ChangeAsync(string what, string reason, Func<CancellationToken, Task<string?>> change, bool preparing = false)
    {
        lock (_changing)
        {
            var calledOff = _rollout.Begin(what, reason, preparing);
            var running = Task.Run(() => RunAsync(what, change, calledOff), CancellationToken.None);
            _change = running;
            return running;
        }
    }

    private async Task<string?> RunAsync(string what, Func<CancellationToken, Task<string?>> change, CancellationToken calledOff)
    {
        LogBegun(Name, what);
        try
        {
            return await change(calledOff).ConfigureAwait(false);
        }
        catch (RolloutFrozenException e)
        {
            var advice = e.Advice ?? $"'stack roll {Name}' tries again, 'stack start {Name}' leaves it as it is.";
            var text = $"The {what} of '{Name}' froze at '{e.Replica}'. {e.Message} The replicas after it were not touched. {advice}";
            _rollout.Freeze(e.Replica, e.Message);
            LogFrozen(text);
            _stack.Alert(Name, e.Replica, text);
            throw new DistributedApplicationException(string.Join(Environment.NewLine, [text, .. e.LastWords.Prepend($"The last lines of '{e.Replica}':").Where(_ => e.LastWords.Count > 0)]), e);
        }
        catch (OperationCanceledException e) when (calledOff.IsCancellationRequested)
        {
            throw new DistributedApplicationException($"The {what} of '{Name}' was called off: the resource is being stopped.", e);
        }
        finally
        {
            _rollout.End();
        }
    }

    private static async Task<string?> NothingToSay(Task task)
    {
        await task.ConfigureAwait(false);
        return null;
    }

    private static async Task<CommandOutcome> OutcomeAsync(Func<Task<string?>> run)
    {
        try
        {
            return CommandOutcome.Done(await run().ConfigureAwait(false));
        }
        catch (RolloutBusyException e)
        {
            return CommandOutcome.Busy(e.Message);
        }
        catch (InvalidSettingException e)
        {
            return CommandOutcome.Invalid(e.Setting, e.Message);
        }
        catch (DistributedApplicationException e)
        {
            return CommandOutcome.Failed(e.Message);
        }
    }

    [LoggerMessage(3122, LogLevel.Information, "Resource '{Resource}': {What} begins.")]
    private partial void LogBegun(string resource, string what);

    [LoggerMessage(3123, LogLevel.Error, "{Text}")]
    private partial void LogFrozen(string text);
}

/// <summary>A command asks for something that can't be.</summary>
internal sealed class InvalidSettingException(string setting, string message) : DistributedApplicationException(message)
{
    /// <summary>The setting, as the command names it.</summary>
    public string Setting { get; } = setting;
}
