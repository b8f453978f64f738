using Stack.Hosting.Supervision;
using Stack.Hosting.Supervision.Posix;
using Testing;

namespace Hosting.Tests.Orchestration;

/// <summary>An AppHost of scripts as a process of its own, that a test sends signals to. Whatever it leaves behind is ended with it.</summary>
internal sealed class RunningMiniStack : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _logger = new();
    private IInstanceProcess? _process;

    public string State => _folder.File("state");

    /// <summary>A file that scripts write to: <c>$NOTES</c> in them.</summary>
    public string Notes => _folder.File("notes");

    /// <summary>Of a stack in development.</summary>
    public string ControlSocket => Directory.EnumerateFiles(_folder.Path, "control.sock", SearchOption.AllDirectories).Single();

    public int Pid => _process!.Pid;

    public Task<ExitFacts> Exited => _process!.Exited;

    public string Output => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => _folder.File("stack.log");

    /// <param name="environment">Development or Production.</param>
    /// <param name="resources">As MiniStack takes them.</param>
    /// <param name="variables">More of its environment.</param>
    public static async Task<RunningMiniStack> StartAsync(string environment, IReadOnlyList<string> resources, IReadOnlyDictionary<string, string>? variables = null)
    {
        var stack = new RunningMiniStack();
        Directory.CreateDirectory(stack.State);
        stack._process = await Launchers.Create(stack._logger).LaunchAsync(
            new LaunchRequest
            {
                FileName = ActorProgram.Path,
                Arguments = ["stack", stack.State, .. resources],
                WorkingDirectory = stack._folder.Path,
                Environment = new Dictionary<string, string>([.. ActorProgram.Environment, .. variables ?? new Dictionary<string, string>()], StringComparer.Ordinal)
                {
                    ["DOTNET_ENVIRONMENT"] = environment, ["NOTES"] = stack.Notes, ["XDG_RUNTIME_DIR"] = stack._folder.Path,
                },
                LogFile = stack.LogFile,
            },
            CancellationToken.None);
        return stack;
    }

    /// <summary>To the AppHost alone, as <c>kill</c> does.</summary>
    public void Signal(int signal) => Libc.Kill(Pid, signal).ShouldBe(0);

    /// <summary>Processes that carry the mark of this stack.</summary>
    public IReadOnlyList<int> Replicas() => [.. ProcessTable.All().Where(p => p.IsLive && ProcessTable.Environment(p.Pid).Contains($"STACK_STATE={State}")).Select(p => p.Pid)];

    public string[] Noted() => File.Exists(Notes) ? File.ReadAllLines(Notes) : [];

    public Task UntilNoted(string line) => Wait.Until(() => Noted().Contains(line), Seen, what: $"the note '{line}'");

    public Task UntilSaid(string text) => Wait.Until(() => Output.Contains(text, StringComparison.Ordinal), Seen, what: $"the output '{text}'");

    /// <summary>What a replica has written.</summary>
    public string Seen(string replica) => File.ReadAllText(Path.Combine(State, "logs", $"{replica}.log"));

    public string Seen() => $"notes: {string.Join(", ", Noted())}; output: {Output}";

    public async ValueTask DisposeAsync()
    {
        if (_process is { Exited.IsCompleted: false } process)
        {
            process.Signal(SignalNames.Kill);
            await process.Exited.Within();
        }

        foreach (var replica in Replicas())
        {
            _ = Libc.Kill(replica, SignalNames.Kill);
        }

        var sockets = $"/run/stack/{Path.GetFileName(_folder.Path)}";
        if (Directory.Exists(sockets))
        {
            Directory.Delete(sockets, recursive: true);
        }

        _folder.Dispose();
    }
}
