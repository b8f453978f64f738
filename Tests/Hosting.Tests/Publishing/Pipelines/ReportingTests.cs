using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.Logging;
using Stack.Hosting.Publishing.Pipelines;
using Testing;

namespace Hosting.Tests.Publishing.Pipelines;

public sealed class ReportingTests : IDisposable
{
    private readonly RecordingLogger _log = new();

    private string[] Lines => [.. _log.Entries.Select(e => $"{e.Level} {e.Message}")];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData("succeed", "Information web: fine")]
    [InlineData("warn", "Warning web: fine")]
    [InlineData("fail", "Error web: fine")]
    public async Task How_a_step_ended_is_a_line_of_that_level(string how, string expected)
    {
        await using (var step = await StepAsync())
        {
            await (how switch
            {
                "succeed" => step.SucceedAsync("fine", Cancelled),
                "warn" => step.WarnAsync("fine", Cancelled),
                _ => step.FailAsync("fine", Cancelled),
            });
        }

        Lines.ShouldBe(["Debug Step 'web' begins.", expected]);
    }

    [Fact]
    public async Task A_step_that_says_nothing_is_done_when_it_is_disposed()
    {
        await using (await StepAsync())
        {
        }

        Lines.ShouldBe(["Debug Step 'web' begins.", "Debug Step 'web' is done."]);
    }

    [Fact]
    public async Task A_step_ends_once()
    {
        await using var step = await StepAsync();

        await step.CompleteAsync("first", cancellationToken: Cancelled);
        await step.CompleteAsync("second", CompletionState.CompletedWithError, Cancelled);

        Lines[1..].ShouldBe(["Information web: first"]);
    }

    [Fact]
    public async Task Lines_of_a_step_keep_their_level()
    {
        await using var step = await StepAsync();

        step.Log(LogLevel.Warning, "careful");
        step.Log(LogLevel.Information, "**so**", enableMarkdown: true);

        Lines[1..].ShouldBe(["Warning web: careful", "Information web: **so**"]);
    }

    [Fact]
    public async Task Parts_of_a_step_speak_in_its_name()
    {
        await using var step = await StepAsync();
        await using var task = await step.CreateTaskAsync("copying", Cancelled);

        await task.UpdateStatusAsync("half", Cancelled);
        await task.SucceedAsync("copied", Cancelled);
        await task.WarnAsync("slowly", Cancelled);
        await task.FailAsync("no", Cancelled);
        await task.CompleteAsync(cancellationToken: Cancelled);

        Lines[1..].ShouldBe(["Information web: copying", "Information web: half", "Information web: copied", "Warning web: slowly", "Error web: no"]);
    }

    [Theory]
    [InlineData(null, "Information over")]
    [InlineData(CompletionState.CompletedWithWarning, "Warning over")]
    [InlineData(CompletionState.CompletedWithError, "Error over")]
    public async Task The_end_of_publishing_is_a_line_too(CompletionState? state, string expected)
    {
        await new LoggedActivity(_log).CompletePublishAsync("over", state, Cancelled);

        Lines.ShouldBe([expected]);
    }

    private Task<IReportingStep> StepAsync() => new LoggedActivity(_log).CreateStepAsync("web", Cancelled);
}
