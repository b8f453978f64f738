using System.IO.Pipes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using ServiceDefaults.Tests.Fakes;
using Stack.ServiceDefaults.Lifetime;

namespace ServiceDefaults.Tests.Lifetime;

public class StdinLifelineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Site_stops_when_the_other_end_is_closed_and_not_before()
    {
        using var end = new AnonymousPipeServerStream(PipeDirection.Out);
        using var input = new AnonymousPipeClientStream(PipeDirection.In, end.ClientSafePipeHandle);
        using var lifetime = new FakeLifetime();
        var lifeline = new StdinLifeline(input, lifetime, NullLogger<StdinLifeline>.Instance);

        await lifeline.StartAsync(TestContext.Current.CancellationToken);
        end.Write("anything"u8);
        lifeline.Ended.IsCompleted.ShouldBeFalse();
        lifetime.StopRequested.IsCompleted.ShouldBeFalse();
        end.Dispose();

        await lifetime.StopRequested.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Unknown_lifeline_is_refused()
        => (await Should.ThrowAsync<InvalidOperationException>(() => TestSite.StartAsync(new() { ["STACK_LIFELINE"] = "rope" })))
            .Message.ShouldBe("STACK_LIFELINE is 'rope', but only 'stdin' is known. Correct or remove it.");

    [Fact]
    [Trait("kind", "process")]
    public async Task Process_ends_in_order_when_its_standard_input_ends()
    {
        await using var site = await SiteProcess.StartAsync(("STACK_LIFELINE", "stdin"));
        using var client = site.CreateClient();
        (await client.GetStringAsync("/health", TestContext.Current.CancellationToken)).ShouldBe("Healthy");

        site.Input.Close();

        (await site.ExitAsync()).ShouldBe(0);
        site.Output.ShouldContain("Standard input has ended, so the AppHost is gone: stopping (STACK_LIFELINE=stdin).");
        site.Output.ShouldContain("Application is shutting down");
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Without_the_variable_the_end_of_standard_input_means_nothing()
    {
        await using var site = await SiteProcess.StartAsync();
        using var client = site.CreateClient();

        site.Input.Close();

        (await client.GetStringAsync("/health", TestContext.Current.CancellationToken)).ShouldBe("Healthy");
        site.Terminate();
        (await site.ExitAsync()).ShouldBe(0);
        site.Output.ShouldNotContain("Standard input has ended");
    }

    private sealed class FakeLifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public Task StopRequested => _requested.Task;

        public void StopApplication() => _requested.TrySetResult();

        public void Dispose() => _stopping.Dispose();
    }
}
