using System.Diagnostics;
using System.Globalization;
using Stack.Hosting.Observation;
using Testing;

namespace Hosting.Tests.Observation;

public sealed class ProcessSamplerTests : IDisposable
{
    private readonly string _proc = Directory.CreateTempSubdirectory("proc-").FullName;
    private readonly ManualTimeProvider _time = new();
    private readonly List<(string Replica, int Pid)> _replicas = [("site-8001", 100)];
    private readonly ProcessSampler _sampler;
    private int _seen;

    public ProcessSamplerTests() => _sampler = new ProcessSampler(() => _replicas, new ProcessFiles(_proc), samples => Interlocked.Add(ref _seen, samples.Count), _time);

    public void Dispose() => Directory.Delete(_proc, recursive: true);

    [Fact]
    public void Process_and_all_in_its_session_are_counted_and_no_others()
    {
        Write(100, session: 100, ticks: 500, pages: 10, fds: 7);
        Write(101, session: 100, ticks: 40, pages: 5, fds: 3, name: "a) R 1 (b");
        Write(102, session: 1, ticks: 9000, pages: 1000, fds: 50);
        Round();

        Write(100, session: 100, ticks: 560, pages: 12, fds: 8);
        Write(101, session: 100, ticks: 80, pages: 5, fds: 3, name: "a) R 1 (b");
        Write(102, session: 1, ticks: 9200, pages: 1000, fds: 50);
        Round();

        _sampler.Find("site-8001", 100).ShouldBe(new ProcessSample(100, 17L * Environment.SystemPageSize, 0.5, 11));
    }

    [Fact]
    public void Share_of_a_core_is_known_from_the_second_sample_of_a_process_on()
    {
        Write(100, session: 100, ticks: 500);
        Round();
        _sampler.Find("site-8001", 100)!.Cpu.ShouldBeNull();

        Write(100, session: 100, ticks: 800);
        Round();
        _sampler.Find("site-8001", 100)!.Cpu.ShouldBe(1.5);
    }

    [Fact]
    public void Child_that_came_since_the_last_round_is_counted_whole_and_one_that_went_takes_nothing_back()
    {
        Write(100, session: 100, ticks: 500);
        Write(101, session: 100, ticks: 900);
        Round();

        Directory.Delete(Path.Combine(_proc, "101"), recursive: true);
        Write(102, session: 100, ticks: 100);
        Round();

        _sampler.Find("site-8001", 100)!.Cpu.ShouldBe(0.5);
    }

    [Fact]
    public void Process_that_has_the_number_of_an_earlier_one_begins_anew()
    {
        Write(100, session: 100, ticks: 5000, started: 1);
        Round();

        Write(100, session: 100, ticks: 20, started: 2);
        Round();

        _sampler.Find("site-8001", 100)!.Cpu.ShouldBeNull();
    }

    [Fact]
    public void Sample_of_the_process_before_is_not_taken_for_the_present_one()
    {
        Write(100, session: 100, ticks: 500);
        Round();

        _sampler.Find("site-8001", 200).ShouldBeNull();
        _sampler.Find("site-8001", null).ShouldBeNull();
        _sampler.Find("site-8002", 100).ShouldBeNull();
    }

    [Fact]
    public void Process_that_has_gone_or_can_not_be_read_has_no_sample()
    {
        Write(100, session: 100, ticks: 500);
        File.WriteAllText(Path.Combine(_proc, "100", "stat"), "100 (half a l");

        Round();

        _sampler.Find("site-8001", 100).ShouldBeNull();
    }

    [Fact]
    public void Process_that_was_a_stranger_before_it_led_a_session_of_its_own_is_found_at_once()
    {
        Write(100, session: 100);
        Write(103, session: 1);
        Round();

        _replicas.Add(("site-8002", 103));
        Write(103, session: 103);
        Round();

        _sampler.Find("site-8002", 103).ShouldNotBeNull();
    }

    [Fact]
    public void Child_with_the_number_of_a_stranger_is_found_in_the_end()
    {
        Write(100, session: 100, pages: 1);
        Write(103, session: 1, pages: 1);
        Round();
        Write(103, session: 100, pages: 1);

        for (var i = 0; i < 15; i++)
        {
            Round();
        }

        _sampler.Find("site-8001", 100)!.Rss.ShouldBe(2L * Environment.SystemPageSize);
    }

    [Fact]
    public void Memory_that_is_shared_is_divided_and_read_again_after_some_rounds()
    {
        Write(100, session: 100, pages: 10, pss: 20);
        Write(101, session: 100, pages: 5, pss: 3);
        Write(102, session: 1, pages: 1000, pss: 500);
        Round();
        Pss("site-8001").ShouldBe(23 * 1024);

        Write(100, session: 100, pages: 10, pss: 30);
        for (var i = 1; i < PssTurns.RoundsBetween; i++)
        {
            Round();
            Pss("site-8001").ShouldBe(23 * 1024);
        }

        Round();

        Pss("site-8001").ShouldBe(33 * 1024);
    }

    [Fact]
    public void Replicas_take_turns_with_their_shared_memory_so_that_a_round_stays_short()
    {
        _replicas.Clear();
        foreach (var pid in Enumerable.Range(100, 10))
        {
            _replicas.Add(($"site-{pid}", pid));
            Write(pid, session: pid, pages: 10, pss: 20);
        }

        Round();
        Known().ShouldBe(4);
        Round();
        Known().ShouldBe(8);
        Round();
        Known().ShouldBe(10);

        int Known() => _replicas.Count(r => Pss(r.Replica) is not null);
    }

    [Fact]
    public void Replica_of_whose_processes_one_does_not_tell_its_shared_memory_has_no_figure_for_it()
    {
        Write(100, session: 100, pages: 10, pss: 20);
        Write(101, session: 100, pages: 5);

        Round();

        _sampler.Find("site-8001", 100)!.Rss.ShouldBe(15L * Environment.SystemPageSize);
        Pss("site-8001").ShouldBeNull();
    }

    [Fact]
    public void Figure_of_shared_memory_stays_when_it_cannot_be_read_once()
    {
        Write(100, session: 100, pages: 10, pss: 20);
        Round();

        File.Delete(Path.Combine(_proc, "100", "smaps_rollup"));
        for (var i = 0; i < PssTurns.RoundsBetween; i++)
        {
            Round();
        }

        Pss("site-8001").ShouldBe(20 * 1024);
    }

    [Fact]
    public async Task Round_is_made_at_once_and_then_each_two_seconds_until_the_stop()
    {
        Write(100, session: 100);
        using var stop = new CancellationTokenSource();

        var running = _sampler.RunAsync(stop.Token);
        Volatile.Read(ref _seen).ShouldBe(1);
        _time.Advance(ProcessSampler.Interval);
        await Wait.Until(() => Volatile.Read(ref _seen) == 2);
        _time.Advance(ProcessSampler.Interval);
        await Wait.Until(() => Volatile.Read(ref _seen) == 3);
        await stop.CancelAsync();

        await running.Within();
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Real_process_is_measured_with_its_children()
    {
        // The leader only waits; it is the child that works.
        using var process = Process.Start("setsid", ["sh", "-c", "(while :; do :; done) & wait"]);
        try
        {
            var sampler = new ProcessSampler(() => [("site-8001", process.Id)], new ProcessFiles(), _ => { }, TimeProvider.System);
            var own = new ProcessFiles();

            // Parent and child share nearly all of their pages. What was read before there was a child, or with other neighbours, is replaced after some rounds.
            await Wait.Until(
                () =>
                {
                    sampler.Sample();
                    return sampler.Find("site-8001", process.Id) is { Cpu: > 0.02 } now && now.Pss > own.Pss(process.Id);
                },
                () => $"{sampler.Find("site-8001", process.Id)}; PSS of the parent {own.Pss(process.Id)}");

            var sample = sampler.Find("site-8001", process.Id)!;
            sample.Rss.ShouldBeGreaterThan(own.Read(process.Id)!.Value.Rss);
            sample.Fds!.Value.ShouldBeGreaterThan(own.Descriptors(process.Id)!.Value);
            own.Pss(process.Id)!.Value.ShouldBeGreaterThan(0);
            sample.Pss!.Value.ShouldBeLessThan(sample.Rss);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    [Trait("kind", "slow")]
    public void Two_hundred_replicas_cost_less_than_a_hundredth_of_a_core()
    {
        const int Rounds = 20;
        var processes = Enumerable.Range(0, 200).Select(_ => Process.Start("setsid", ["sleep", "600"])).ToList();
        try
        {
            var sampler = new ProcessSampler(() => processes.Select(p => ($"site-{p.Id}", p.Id)), new ProcessFiles(), _ => { }, TimeProvider.System);
            sampler.Sample();
            var before = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < Rounds; i++)
            {
                sampler.Sample();
            }

            var perRound = (Environment.CpuUsage.TotalTime - before) / Rounds;

            TestContext.Current.TestOutputHelper?.WriteLine($"{perRound.TotalMilliseconds:0.00} ms of processor time for a round.");
            perRound.ShouldBeLessThan(ProcessSampler.Interval / 100);
            processes.ShouldAllBe(p => sampler.Find($"site-{p.Id}", p.Id) != null);
        }
        finally
        {
            foreach (var process in processes)
            {
                process.Kill();
                process.Dispose();
            }
        }
    }

    private void Round()
    {
        _time.Advance(ProcessSampler.Interval);
        _sampler.Sample();
    }

    private long? Pss(string replica) => _sampler.Find(replica, _replicas.First(r => r.Replica == replica).Pid)!.Pss;

    private void Write(int pid, int session, long ticks = 0, long pages = 0, int fds = 0, long started = 7, string name = "dotnet", int? pss = null)
    {
        var folder = Path.Combine(_proc, pid.ToString(CultureInfo.InvariantCulture));
        var descriptors = Directory.CreateDirectory(Path.Combine(folder, "fd"));
        for (var i = 0; i < fds; i++)
        {
            File.WriteAllText(Path.Combine(descriptors.FullName, i.ToString(CultureInfo.InvariantCulture)), "");
        }

        if (pss is { } kilobytes)
        {
            File.WriteAllText(
                Path.Combine(folder, "smaps_rollup"),
                $"55b359934000-7ffe50431000 ---p 00000000 00:00 0                          [rollup]\nRss:                1848 kB\nPss:      {kilobytes,11} kB\nPss_Dirty:           116 kB\n");
        }

        // Half of the time in the program, half in the kernel; the fields as proc(5) has them.
        File.WriteAllText(
            Path.Combine(folder, "stat"),
            $"{pid} ({name}) S 1 {session} {session} 0 -1 4194560 10 20 30 40 {ticks - (ticks / 2)} {ticks / 2} 999 999 20 0 25 0 {started} 123456789 {pages} 18446744073709551615 1 2 3\n");
    }
}
