using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Stack.Hosting.Observation;
using Testing;

namespace Hosting.Tests.Observation;

/// <summary>A disk that somebody fills: the site serves on, nothing of ours ends, and all goes on when there is room again.</summary>
[Trait("kind", "process")]
public sealed class FullDiskTests
{
    private const long DiskBytes = 16 << 20;

    [Fact]
    public async Task Site_on_a_full_disk_serves_on_and_its_log_goes_on_when_there_is_room_again()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            await RunInNamespaceAsync();
            return;
        }

        using var disk = new SmallDisk(DiskBytes);
        await using var writers = new LogWriters(disk.Path);
        var path = writers.LogPath("site-8001");
        var rotation = new LogRotation(writers.Folder, new LogSettings { MinFreeBytes = 1 << 20 }, TimeProvider.System, NullLogger<LogRotation>.Instance);
        rotation.Watch(path, new LogLimits(2 << 20, 3));
        var port = FreePort.Next();
        await writers.LaunchAsync(path, ActorProgram.Path, "serve-flood", $"{port}");
        await AnswersAsync(port);
        await Wait.Until(() => Turn(rotation, path).Archives.Count > 0);

        // The log has filled what was free, with a stranger's help, and nobody makes room.
        disk.Fill();
        await Wait.Until(() => disk.FreeBytes == 0);
        for (var i = 0; i < 20; i++)
        {
            await AnswersAsync(port);
        }

        // Rotation does not fail for it, and gives up what it has: all but the last words.
        await Wait.Until(() => Turn(rotation, path).Archives.Count == 0);
        disk.Fill();
        for (var i = 0; i < 20; i++)
        {
            Turn(rotation, path);
            await AnswersAsync(port);
        }

        disk.MakeRoom();
        var before = LogFile.At(path).Look();
        await Wait.Until(() => Turn(rotation, path) is var now && now.End > before.End + (5 << 20) && now.Archives.Count > 0);
        await AnswersAsync(port);
        disk.FreeBytes.ShouldBeGreaterThan(0);
        LogRecord.Load($"{path}.json")!.Archives.Count.ShouldBeGreaterThan(0);
        LastLine(path).ShouldMatch(@"^\d{10}\.+$");
    }

    private static LogRecord Turn(LogRotation rotation, string path)
    {
        rotation.Look();
        return LogFile.At(path).Look();
    }

    private static string LastLine(string path)
    {
        var lines = new LogLines("site-8001", LogTail.FromLastLines(path, 3), TimeProvider.System);
        lines.Read(last: false);
        return lines.Lines[0].Text;
    }

    private static async Task AnswersAsync(int port)
    {
        using var client = new HttpClient();
        await Wait.Until(() => System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == port));
        using var response = await client.GetAsync($"http://127.0.0.1:{port}/").Within();
        ((int)response.StatusCode).ShouldBe(200);
    }

    /// <summary>Mounting is root's: others run this test in a namespace in which they are.</summary>
    private static async Task RunInNamespaceAsync()
    {
        using var inner = Process.Start(new ProcessStartInfo("unshare", ["-rm", Environment.ProcessPath!, "-class", typeof(FullDiskTests).FullName!]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await inner.StandardOutput.ReadToEndAsync().Within(TimeSpan.FromMinutes(2));
        await inner.WaitForExitAsync().Within();
        inner.ExitCode.ShouldBe(0, $"This test mounts a small file system, as root or in a namespace of its own (unshare -rm). {output}");
    }

    /// <summary>A file system of a given size, and a file that takes all of it.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private readonly TempFolder _place = new();
        private readonly string _filler;

        public SmallDisk(long bytes)
        {
            Run("mount", "-t", "tmpfs", "-o", $"size={bytes}", "stack-test", Path);
            _filler = System.IO.Path.Combine(Path, "filler");
        }

        public string Path => _place.Path;

        public long FreeBytes => new DriveInfo(Path).AvailableFreeSpace;

        public void Fill()
        {
            using var file = new FileStream(_filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 1);
            var page = new byte[4096];
            try
            {
                while (true)
                {
                    file.Write(page);
                }
            }
            catch (IOException)
            {
                // Full.
            }
        }

        public void MakeRoom() => File.Delete(_filler);

        public void Dispose()
        {
            Run("umount", Path);
            _place.Dispose();
        }

        private static void Run(string program, params string[] arguments)
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {error}");
        }
    }
}
