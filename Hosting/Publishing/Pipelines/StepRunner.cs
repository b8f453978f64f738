using Aspire.Hosting;
using Aspire.Hosting.Pipelines;

namespace Stack.Hosting.Publishing.Pipelines;

/// <summary>Runs steps: each as soon as those before it are done. One that fails keeps those after it from running, and nothing else.</summary>
internal sealed class StepRunner(PipelineContext context, IPipelineActivityReporter reporter, bool withDetails)
{
    private readonly Dictionary<PipelineStep, Task<Outcome>> _running = [];

    private enum Outcome
    {
        Done,
        Failed,
        Skipped,
    }

    /// <param name="steps">The steps, each after those it depends on.</param>
    /// <exception cref="DistributedApplicationException">Steps failed; the message has each of them, and what was skipped.</exception>
    public async Task RunAsync(IReadOnlyList<PlannedStep> steps)
    {
        var failures = new Exception?[steps.Count];
        for (var i = 0; i < steps.Count; i++)
        {
            var (index, step, before) = (i, steps[i].Step, steps[i].After.Select(s => _running[s]).ToList());
            _running[step] = Task.Run(() => RunAsync(step, before, e => failures[index] = e), CancellationToken.None);
        }

        var outcomes = await Task.WhenAll(steps.Select(s => _running[s.Step])).ConfigureAwait(false);
        context.CancellationToken.ThrowIfCancellationRequested();
        List<string> lines = [.. steps.Zip(failures).Where(f => f.Second is not null).Select(f => $"Step '{f.First.Step.Name}' failed: {Text(f.Second!)}")];
        if (lines.Count == 0)
        {
            return;
        }

        var skipped = steps.Zip(outcomes).Where(s => s.Second == Outcome.Skipped).Select(s => $"'{s.First.Step.Name}'").ToList();
        if (skipped.Count > 0)
        {
            lines.Add($"Not run because of that: {string.Join(", ", skipped)}.");
        }

        var first = failures.First(f => f is not null)!;
        throw new DistributedApplicationException(string.Join(Environment.NewLine, lines), lines.Count(l => l.StartsWith("Step", StringComparison.Ordinal)) == 1 ? first : new AggregateException(failures.OfType<Exception>()));
    }

    private async Task<Outcome> RunAsync(PipelineStep step, List<Task<Outcome>> before, Action<Exception> failed)
    {
        var outcomes = await Task.WhenAll(before).ConfigureAwait(false);
        if (outcomes.Any(o => o != Outcome.Done) || context.CancellationToken.IsCancellationRequested)
        {
            return Outcome.Skipped;
        }

        try
        {
            var reporting = await reporter.CreateStepAsync(step.Name, context.CancellationToken).ConfigureAwait(false);
            await using (reporting.ConfigureAwait(false))
            {
                await step.Action(new PipelineStepContext { PipelineContext = context, ReportingStep = reporting }).ConfigureAwait(false);
            }

            return Outcome.Done;
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            return Outcome.Skipped;
        }
        catch (Exception e)
        {
            // A step's own fault of any kind: it becomes part of the one message at the end.
            failed(e);
            return Outcome.Failed;
        }
    }

    private string Text(Exception error) => withDetails ? error.ToString() : error.Message;
}
