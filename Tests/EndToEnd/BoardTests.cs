using System.Globalization;

namespace EndToEnd;

/// <summary>The board under the stack as its users run it.</summary>
[Collection("running stack")]
public sealed class BoardTests(RunningStack stack)
{
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(4);

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
        await Task.Delay(Warm, TimeProvider.System, TestContext.Current.CancellationToken);
        var before = await MemoryAsync();

        await Task.Delay(Warm * 3, TimeProvider.System, TestContext.Current.CancellationToken);

        var after = await MemoryAsync();
        await people.ShouldHaveLostNothingAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"{people.Taken} messages to 500 readers; resident memory of the replicas {before} -> {after} MB");
        after.ShouldBeLessThan((before * 1.4) + 60);
    }

    private async Task<double> MemoryAsync()
        => (await stack.ReplicasAsync()).Sum(r => double.Parse(
            File.ReadLines($"/proc/{r.GetProperty("pid").GetInt32()}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024);
}
