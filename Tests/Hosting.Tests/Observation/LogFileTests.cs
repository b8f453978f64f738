using System.Text;
using Stack.Hosting.Observation;
using static Hosting.Tests.Observation.RotationFolder;

namespace Hosting.Tests.Observation;

public sealed class LogFileTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("Collapse")]
    [InlineData("Punch")]
    [InlineData("Truncate")]
    public void Rotated_log_reads_as_if_it_were_one_file_whose_offsets_stay(string way)
    {
        using var folder = new RotationFolder(Enum.Parse<HeadCutWay>(way));
        var log = new LogFile(folder.LogPath);
        var text = new StringBuilder();
        for (var i = 0; i < 4; i++)
        {
            var more = Lines(i * 300, 300);   // 9600 bytes: a cut after whole blocks is inside a line
            folder.Append(more);
            text.Append(more);

            log.Rotate(2 * Block, 10, folder.Cutter, Now).ShouldBe(0);

            ReadAll(log).ShouldBe((0, text.ToString()));
            ReadAll(log, 5000).ShouldBe((5000, text.ToString(5000, text.Length - 5000)));
            log.Look().End.ShouldBe(text.Length);
        }

        folder.Archives.Count().ShouldBe(4);
        string.Concat(folder.Archives.Select(File.ReadAllText)).ShouldBe(text.ToString(0, (int)(log.Look().End - log.Look().Live)));
        ReadAll(new LogFile(folder.LogPath)).ShouldBe((0, text.ToString()));
    }

    [Fact]
    public void What_a_cut_gives_back_is_the_disks_again()
    {
        using var folder = new RotationFolder(HeadCutWay.Collapse);
        folder.Append(Lines(0, 1000));
        var log = new LogFile(folder.LogPath);

        log.Rotate(5 * Block, 10, HeadCut.Of(HeadCutWay.Collapse), Now);

        new FileInfo(folder.LogPath).Length.ShouldBe(32_000 - (5 * Block));
        log.Look().Live.ShouldBe(32_000 - (5 * Block));
    }

    [Fact]
    public void More_archives_than_are_wanted_are_dropped_oldest_first_and_the_log_begins_later()
    {
        using var folder = new RotationFolder(HeadCutWay.Punch);
        var log = new LogFile(folder.LogPath);
        folder.Append(Lines(0, 1000));

        for (var i = 0; i < 5; i++)
        {
            log.Rotate(Block, 3, folder.Cutter, Now);
        }

        folder.Archives.Select(Path.GetFileName).ShouldBe(["site-8001.log.3", "site-8001.log.2", "site-8001.log.1"]);
        log.Look().First.ShouldBe(2 * Block);
        ReadAll(log).ShouldBe((2 * Block, Lines(0, 1000)[(2 * Block)..]));
    }

    [Fact]
    public void Dropped_head_takes_the_archives_along_for_they_are_older()
    {
        using var folder = new RotationFolder(HeadCutWay.Collapse);
        var log = new LogFile(folder.LogPath);
        folder.Append(Lines(0, 1000));
        log.Rotate(Block, 3, folder.Cutter, Now);

        log.DropHead(Block, folder.Cutter).ShouldBe(2 * Block);

        folder.Archives.ShouldBeEmpty();
        ReadAll(log).ShouldBe((2 * Block, Lines(0, 1000)[(2 * Block)..]));
        ReadAll(new LogFile(folder.LogPath)).ShouldBe((2 * Block, Lines(0, 1000)[(2 * Block)..]));
    }

    [Fact]
    public void Emptying_loses_what_is_written_in_that_moment_and_nothing_else()
    {
        using var folder = new RotationFolder(HeadCutWay.Truncate);
        var log = new LogFile(folder.LogPath);
        folder.Append(Lines(0, 10));
        var cutter = folder.Cutter with
        {
            TryCut = (file, to) =>
            {
                folder.Append("too late\n");
                return folder.Cutter.TryCut(file, to);
            },
        };

        log.Rotate(Block, 3, cutter, Now);
        folder.Append("after\n");

        folder.Archives.Select(File.ReadAllText).ShouldBe([Lines(0, 10)]);
        ReadAll(log).Text.ShouldBe(Lines(0, 10) + "after\n");
    }

    [Theory]
    [InlineData("Collapse", "nothing")]
    [InlineData("Collapse", "copied")]
    [InlineData("Collapse", "recorded")]
    [InlineData("Collapse", "shifting")]
    [InlineData("Collapse", "shifted")]
    [InlineData("Collapse", "cut")]
    [InlineData("Punch", "recorded")]
    [InlineData("Punch", "shifting")]
    [InlineData("Punch", "shifted")]
    [InlineData("Punch", "cut")]
    [InlineData("Truncate", "recorded")]
    [InlineData("Truncate", "shifting")]
    [InlineData("Truncate", "shifted")]
    [InlineData("Truncate", "cut")]
    public void Crash_at_any_step_of_a_rotation_loses_nothing_and_doubles_nothing(string way, string step)
    {
        using var folder = new RotationFolder(Enum.Parse<HeadCutWay>(way));
        var text = Lines(0, 1000);
        var log = new LogFile(folder.LogPath);
        folder.Append(text[..10_000]);
        log.Rotate(Block, 10, folder.Cutter, Now);
        folder.Append(text[10_000..20_000]);
        log.Rotate(Block, 10, folder.Cutter, Now);
        folder.Append(text[20_000..25_000]);
        CrashIn(step, folder, log);
        folder.Append(text[25_000..]);   // those who write outlive the AppHost

        var next = new LogFile(folder.LogPath);

        ReadAll(next).ShouldBe((0, text));
        File.Exists($"{folder.LogPath}.new").ShouldBeFalse();
        next.Rotate(Block, 10, folder.Cutter, Now);
        ReadAll(next).ShouldBe((0, text));
        ReadAll(new LogFile(folder.LogPath)).ShouldBe((0, text));
    }

    // Leaves the files as they are when the process ends right after a step.
    private static void CrashIn(string step, RotationFolder folder, LogFile log)
    {
        var (draft, record) = ($"{folder.LogPath}.new", $"{folder.LogPath}.json");
        var before = File.ReadAllBytes(record);
        byte[] recorded = [];
        var cutter = folder.Cutter with
        {
            TryCut = (file, to) =>
            {
                recorded = File.ReadAllBytes(record);
                _ = step == "cut" && folder.Cutter.TryCut(file, to);
                throw new InvalidOperationException("the end of the process");
            },
        };
        Should.Throw<InvalidOperationException>(() => log.Rotate(Block, 10, cutter, Now));
        switch (step)
        {
            case "nothing" or "copied" or "recorded" or "shifting":
                File.Move($"{folder.LogPath}.1", draft);
                File.Move($"{folder.LogPath}.2", $"{folder.LogPath}.1");
                if (step != "shifting")
                {
                    File.Move($"{folder.LogPath}.3", $"{folder.LogPath}.2");
                }

                File.WriteAllBytes(record, step is "nothing" or "copied" ? before : recorded);
                if (step == "nothing")
                {
                    File.WriteAllText(draft, "half a cop");
                }

                break;
        }
    }

    [Fact]
    public void Log_without_its_record_is_put_together_from_its_files()
    {
        using var folder = new RotationFolder(HeadCutWay.Collapse);
        folder.Append(Lines(0, 1000));
        var log = new LogFile(folder.LogPath);
        log.Rotate(Block, 10, folder.Cutter, Now);
        log.Rotate(Block, 10, folder.Cutter, Now);

        foreach (var broken in (string?[])[null, "", "{", "[]"])
        {
            File.Delete($"{folder.LogPath}.json");
            if (broken is not null)
            {
                File.WriteAllText($"{folder.LogPath}.json", broken);
            }

            ReadAll(new LogFile(folder.LogPath)).ShouldBe((0, Lines(0, 1000)), broken);
        }
    }

    [Fact]
    public void Copied_state_folder_has_its_archives_still()
    {
        using var folder = new RotationFolder(HeadCutWay.Collapse);
        using var other = new RotationFolder(HeadCutWay.Collapse);
        folder.Append(Lines(0, 1000));
        new LogFile(folder.LogPath).Rotate(Block, 10, folder.Cutter, Now);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(folder.LogPath)!))
        {
            File.Copy(file, other.File(Path.GetFileName(file)));
        }

        ReadAll(new LogFile(other.LogPath)).ShouldBe((0, Lines(0, 1000)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void File_that_somebody_emptied_or_replaced_goes_on_with_its_offsets(bool replaced)
    {
        using var folder = new RotationFolder(HeadCutWay.Collapse);
        var log = new LogFile(folder.LogPath);
        folder.Append("before\n");
        ReadAll(log).ShouldBe((0, "before\n"));

        if (replaced)
        {
            File.WriteAllText(folder.File("other"), "after, and longer\n");
            File.Move(folder.File("other"), folder.LogPath, overwrite: true);
        }
        else
        {
            File.WriteAllText(folder.LogPath, "after\n");
        }

        ReadAll(log).ShouldBe((7, replaced ? "after, and longer\n" : "after\n"));
    }

    [Fact]
    public async Task Log_that_somebody_empties_again_and_again_during_rotations_keeps_what_was_not_emptied()
    {
        using var folder = new RotationFolder(HeadCutWay.Collapse);
        var log = new LogFile(folder.LogPath);
        using var stop = new CancellationTokenSource();
        var emptying = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                folder.Append(Lines(0, 2000));
                using var file = File.OpenHandle(folder.LogPath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                RandomAccess.SetLength(file, 0);
            }
        });

        for (var i = 0; i < 100; i++)
        {
            try
            {
                log.Rotate(2 * Block, 5, folder.Cutter, Now);
            }
            catch (IOException)
            {
                // Emptied between the last look and the cut: tried again.
            }
        }

        await stop.CancelAsync();
        await emptying;
        folder.Append("the end\n");
        ReadAll(log).Text.ShouldEndWith("the end\n");
        ReadAll(new LogFile(folder.LogPath)).Text.ShouldEndWith("the end\n");
        log.Look().Cut.ShouldBeNull();
    }

    [Fact]
    public void Offsets_go_on_after_a_restart_even_if_the_file_was_taken_away_meanwhile()
    {
        using var folder = new RotationFolder(HeadCutWay.Collapse);
        folder.Append("before\n");
        new LogFile(folder.LogPath).SaveEnd();
        File.Delete(folder.LogPath);
        folder.Append("after\n");

        ReadAll(new LogFile(folder.LogPath)).ShouldBe((7, "after\n"));
    }

    [Fact]
    public void Archive_that_somebody_removed_is_passed_over()
    {
        using var folder = new RotationFolder(HeadCutWay.Collapse);
        folder.Append(Lines(0, 1000));
        var log = new LogFile(folder.LogPath);
        log.Rotate(Block, 10, folder.Cutter, Now);

        File.Delete($"{folder.LogPath}.1");

        ReadAll(log).ShouldBe((Block, Lines(0, 1000)[Block..]));
        ReadAll(new LogFile(folder.LogPath)).ShouldBe((Block, Lines(0, 1000)[Block..]));
    }

    [Fact]
    public void Generations_are_known_by_where_they_began()
    {
        using var folder = new RotationFolder(HeadCutWay.Collapse);
        var log = new LogFile(folder.LogPath);
        log.GenerationAt(0).ShouldBeNull();
        log.BeginGeneration(1).ShouldBe(0);
        folder.Append("one\n");
        log.BeginGeneration(2).ShouldBe(4);
        log.BeginGeneration(3).ShouldBe(4);   // the second wrote nothing
        folder.Append("three\n");

        log = new LogFile(folder.LogPath);

        log.GenerationAt(3).ShouldBe(1);
        log.GenerationAt(4).ShouldBe(3);
        log.GenerationAt(99).ShouldBe(3);
    }
}
