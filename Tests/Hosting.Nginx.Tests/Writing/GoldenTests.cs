using System.Net;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;
using Stack.Hosting.Nginx.Runtime;
using Stack.Hosting.Nginx.Writing;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Tests.Writing;

/// <summary>Compares what is written with the files beside this one. UPDATE_GOLDEN=1 rewrites them.</summary>
public sealed class GoldenTests
{
    private const string OddFolder = "/srv/my \"own\" {state}; of \\ mine/nginx";

    public static TheoryData<string> Cases => [.. All.Keys];

    private static Dictionary<string, NginxPlan> All { get; } = new(OptionPlans.All, StringComparer.Ordinal)
    {
        ["replicas-0"] = Plans.Default(replicas: 0),
        ["replicas-1"] = Plans.Default(replicas: 1),
        ["replicas-2"] = Plans.Default(replicas: 2),
        ["replicas-4"] = Plans.Default(),
        ["replicas-32-random-two"] = With(Plans.Default(replicas: 32), NginxBalancing.RandomTwo),
        ["nginx-1.25.1"] = Plans.Default(version: "1.25.1"),
        ["nginx-1.27.4"] = Plans.Default(version: "1.27.4"),
        ["nginx-1.29.7"] = Plans.Default(version: "1.29.7"),
        ["client-ip"] = With(Plans.Default(replicas: 2), NginxBalancing.ClientIp),
        ["round-robin"] = With(Plans.Default(replicas: 2), NginxBalancing.RoundRobin),
        ["root-external-production"] = Plans.Default() with
        {
            WorkerUser = new WorkerUser("www-data", "www-data"),
            ListenOn = [IPAddress.Any, IPAddress.IPv6Any],
            OpenFiles = 20_000,
        },
        ["without-steering"] = Plans.Default() with { Steering = null },
        ["down"] = Plans.Default(replicas: 3).With(u => u with { Down = new HashSet<IPEndPoint> { u.Servers[1] } }),
        ["client-trace"] = Plans.Default(replicas: 2) with { ClientTraceContext = true },
        ["odd-names"] = Plans.Default(replicas: 2).WithUpstream(new UpstreamPlan("Shop-Front-2", [new(IPAddress.Parse("10.0.0.5"), 5000), new(IPAddress.IPv6Loopback, 5001)])) with
        {
            Folder = OddFolder,
            Steering = new SteeringPlan($"{OddFolder}/flags", "/run/my \"own\" {run}; of \\ mine/admin.sock"),
        },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_written_is_as_in_the_golden_files(string name) =>
        Compare(Path.Combine(Sources.TestFolder, "Golden", name), Render(All[name]));

    [Fact]
    public void The_committed_sample_is_what_the_default_AppHost_gets() =>
        Compare(Path.Combine(Sources.NginxFolder, "sample"), Render(Plans.Default()));

    [Theory]
    [MemberData(nameof(Cases))]
    [Trait("kind", "process")]
    public async Task Nginx_accepts_every_golden(string name)
    {
        using TempFolder temp = new();
        var state = Directory.CreateDirectory(Path.Combine(temp.Path, "a \"state\" {of}; \\ nginx")).FullName;
        var installed = await Installed.VersionAsync();
        var texts = Render(At(All[name], state, TestCertificate.Create(temp, "a {cert}; \"of\" mine"))).ToDictionary(file => file.Key, file => WithoutNewer(file.Value, installed));

        var version = new ConfigFolder(state, TimeProvider.System).Write(HandWrittenFiles.Load(Sources.NginxFolder), texts);
        var result = await new CommandRunner(TimeProvider.System)
            .RunAsync(Installed.Executable, ["-t", "-c", $"{version}/nginx.conf", "-e", "stderr"], TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        result.Succeeded.ShouldBeTrue(result.Said);
        result.Said.ShouldContain("test is successful");
        result.Said.ShouldNotContain("[warn]");
    }

    [Fact]
    public void Writing_twice_gives_the_same_bytes()
    {
        Render(Plans.Default(replicas: 32)).ShouldBe(Render(Plans.Default(replicas: 32)));
    }

    private static NginxPlan With(NginxPlan plan, NginxBalancing balancing) => plan.With(u => u with { Balancing = balancing });

    private static NginxPlan At(NginxPlan plan, string state, TestCertificate certificate) => plan with
    {
        Folder = state,
        Options = plan.Options.Tls is null ? plan.Options : plan.Options with { Tls = plan.Options.Tls with { Certificate = certificate.Certificate, Key = certificate.Key } },
        Steering = plan.Steering is null ? null : new SteeringPlan($"{state}/flags", $"{state}/admin.sock"),
    };

    private static IReadOnlyDictionary<string, string> Render(NginxPlan plan) => NginxConfigWriter.Write(NginxConfigBuilder.Build(plan));

    /// <summary>The nginx of this machine may be older than the one that a golden is for: it can check everything but the directives it lacks.</summary>
    private static string WithoutNewer(string text, NginxVersion installed) =>
        string.Join('\n', text.Split('\n')
            .Where(line => installed >= NginxVersion.KeepAliveMinTimeout || !line.StartsWith("keepalive_min_timeout ", StringComparison.Ordinal))
            .Where(line => installed >= NginxVersion.Http2Directive || line != "http2 on;"));

    private static void Compare(string folder, IReadOnlyDictionary<string, string> texts)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            foreach (var (path, text) in texts)
            {
                var file = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, text);
            }
        }

        var committed = Directory.EnumerateFiles(Path.Combine(folder, "stack")).Select(file => Path.GetRelativePath(folder, file));
        committed.ShouldBe(texts.Keys, ignoreOrder: true);
        foreach (var (path, text) in texts)
        {
            text.ShouldBe(File.ReadAllText(Path.Combine(folder, path)), $"{path} of {folder} (UPDATE_GOLDEN=1 rewrites it)");
        }
    }
}
