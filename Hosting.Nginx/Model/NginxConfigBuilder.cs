using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Nginx.Model;

/// <summary>Makes the configuration of a plan. Pure; every mistake of the plan is reported at once.</summary>
internal static class NginxConfigBuilder
{
    private const int WantedOpenFiles = 8192;

    /// <exception cref="DistributedApplicationException">The plan is not valid; the message lists everything that is wrong with it.</exception>
    public static NginxConfig Build(NginxPlan plan)
    {
        NginxPlanChecks.ThrowIfInvalid(plan);
        return new NginxConfig
        {
            Version = plan.Version,
            Main = Main(plan),
            Http = Http(plan),
            Pools = [.. plan.Upstreams.SelectMany(upstream => PoolBlock.Build(upstream, plan))],
            Servers = [.. plan.Hosts.Select(host => ServerBlock.Build(plan, host)), .. plan.Options.Tls?.RedirectPort is { } port ? [TlsBlock.Redirect(plan, port)] : Array.Empty<Server>()],
            Admin = plan.Steering is { AdminSocket: { } socket } steering ? AdminBlock.Build(plan, steering.FlagFolder, socket) : null,
            Snippets = SnippetFiles.All(plan.Options).ToDictionary(snippet => snippet.Path, snippet => snippet.Text, StringComparer.Ordinal),
            Includes = Includes(plan),
        };
    }

    private static SortedDictionary<string, IReadOnlyList<Directive>> Includes(NginxPlan plan)
    {
        SortedDictionary<string, IReadOnlyList<Directive>> includes = new(StringComparer.Ordinal)
        {
            [NginxNames.ProxyFile] = ProxyBlock.Build(plan),
            [NginxNames.ErrorsFile] = ErrorPages.Include(plan.Options, $"{plan.Folder}/{NginxNames.CurrentLink}"),
            [NginxNames.MachineFile] = [.. TemporaryPlaces($"{plan.Folder}/tmp"), .. AccessLogBlock.Place(plan)],
        };
        foreach (var upstream in plan.Steering is null ? [] : plan.Upstreams)
        {
            includes[NginxNames.ChoiceFile(upstream.Site)] = PoolBlock.Choice(upstream, plan);
        }

        foreach (var (path, directives) in StaticBlock.Includes(plan.Options))
        {
            includes[path] = directives;
        }

        if (plan.Options.Tls is { } tls)
        {
            includes[NginxNames.TlsFile] = TlsBlock.Include(tls, plan.Version);
        }

        return includes;
    }

    private static IReadOnlyList<Directive> Main(NginxPlan plan)
    {
        List<Directive> main =
        [
            new("pid", $"{plan.Folder}/nginx.pid"),
            new("error_log", "stderr", "error")
            {
                Comment = "Goes to the log of the resource, like the output of every other process; never to a pipe that somebody has to read.\n" +
                    "Not \"warn\": each larger upload would be a line.",
            },
        ];

        if (plan.WorkerUser is { } user)
        {
            main.Add(new("user", user.User, user.Group) { Comment = "The master is root, the workers are not." });
        }

        main.Add(new("worker_processes", plan.Processors <= 2 ? 1 : plan.Processors)
        {
            Comment = "As many as there are processors, quotas taken into account (\"auto\" would count those of the host); one where there are two or fewer.",
        });
        main.Add(new("worker_shutdown_timeout", Time(plan.Timings.WorkerShutdown))
        {
            Comment = "Without a limit old workers pile up behind open WebSockets.",
        });

        if (plan.OpenFiles >= WantedOpenFiles)
        {
            main.Add(new("worker_rlimit_nofile", WantedOpenFiles));
        }

        return [.. main, .. SnippetFiles.Include(plan.Options, NginxScope.Main)];
    }

    private static List<Directive> Http(NginxPlan plan)
    {
        List<Directive> http =
        [
            .. StaticBlock.Http(plan.Options),
            .. HttpMaps.Build(),
            .. TlsBlock.Http(plan.Options.Tls),
            .. StickyBlock.Http(plan.Options),
            .. TrustBlock.Http(plan.Options),
            .. ProxyBlock.Http(),
            .. LimitsBlock.Http(plan.Options.Limits),
        ];

        if (plan.Version >= NginxVersion.KeepAliveMinTimeout)
        {
            http.Add(new("keepalive_min_timeout", "2s") { Comment = "A reload closes no connection that a client is just using." });
        }

        http.AddRange(AccessLogBlock.Http(plan));
        return [.. http, .. StaticBlock.Includes(plan.Options).Select(file => new Directive("include", file.Path)), .. SnippetFiles.Include(plan.Options, NginxScope.Http)];
    }

    /// <summary>The compiled-in places are not writable for a user, nor in a read-only container.</summary>
    private static readonly (string Directive, string Folder)[] TemporaryFolders =
    [
        ("client_body_temp_path", "body"),
        ("proxy_temp_path", "proxy"),
        ("fastcgi_temp_path", "fastcgi"),
        ("uwsgi_temp_path", "uwsgi"),
        ("scgi_temp_path", "scgi"),
    ];

    /// <summary>Where Nginx keeps what does not fit into its memory.</summary>
    internal static IEnumerable<Directive> TemporaryPlaces(string folder) => TemporaryFolders.Select(place => new Directive(place.Directive, $"{folder}/{place.Folder}"));

    internal static string Time(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerSecond == 0 ? $"{(long)span.TotalSeconds}s" : $"{(long)span.TotalMilliseconds}ms";
}
