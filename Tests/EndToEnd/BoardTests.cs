using System.Globalization;

namespace EndToEnd;

/// <summary>The board under the stack as its users run it.</summary>
[Collection("running stack")]
public sealed class BoardTests(RunningStack stack)
{
    private const int FewestLooks = 12;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    /// <summary>STACK_BOARD_SECONDS has it last longer, for a closer look.</summary>
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("STACK_BOARD_SECONDS") ?? "240", CultureInfo.InvariantCulture));

    [Fact]
    [Trait("kind", "e2e")]
    public async Task A_rolling_restart_signs_nobody_out_refuses_no_form_and_loses_and_doubles_no_message()
    {
        using var forms = await OpenForms.FetchAsync();
        await using var lives = new BoardLives(members: 2);
        await using var people = await BoardTraffic.StartAsync(writers: 2, events: 4, polls: 4, pause: TimeSpan.FromMilliseconds(200));

        var roll = await stack.StackAsync("roll", "site");

        roll.ExitCode.ShouldBe(0, roll.All);
        await forms.ShouldBeTakenAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{await lives.ShouldHaveGoneWellAsync()} lives, {people.Taken} messages");
        await people.ShouldHaveLostNothingAsync();
    }

    [Fact]
    [Trait("kind", "slow")]
    public async Task Five_hundred_who_read_by_long_polls_and_twenty_who_write_are_served_without_an_error_and_memory_stays_flat()
    {
        await using var people = await BoardTraffic.StartAsync(writers: 20, events: 0, polls: 500, pause: TimeSpan.FromMilliseconds(500));
        List<double> memory = [];
        for (var start = TimeProvider.System.GetTimestamp(); memory.Count < FewestLooks || TimeProvider.System.GetElapsedTime(start) < Load;)
        {
            await Task.Delay(BetweenLooks, TimeProvider.System, TestContext.Current.CancellationToken);
            memory.Add(await MemoryAsync());
            TestContext.Current.TestOutputHelper?.WriteLine($"{TimeProvider.System.GetElapsedTime(start).TotalSeconds:0} s: {memory[^1]:0} MB in all replicas, {people.Taken} messages taken");
        }

        await people.ShouldHaveLostNothingAsync();

        // The first half warms up: code is compiled, pools and caches fill. What grows after that grows for ever.
        var (third, last) = (memory.Skip(memory.Count / 2).Take(memory.Count / 4).Average(), memory.TakeLast(memory.Count / 4).Average());
        last.ShouldBeLessThan(third * 1.05, string.Join(", ", memory.Select(m => $"{m:0}")));
    }

    /// <summary>Resident memory of all replicas, in MB.</summary>
    private async Task<double> MemoryAsync()
        => (await stack.ReplicasAsync()).Sum(r => double.Parse(
            File.ReadLines($"/proc/{r.GetProperty("pid").GetInt32()}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024);
}
