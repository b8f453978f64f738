using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;
using Stack.Hosting.Supervision.Commands;

namespace Stack.Hosting.Nginx.Tests.Publishing;

/// <summary>What Nginx gets where a stack is published to: in the frame of a machine's own main file, and in a container of its own.</summary>
public sealed class PublishedNginxTests
{
    // As Debian 12 has it, with the places of a test.
    private const string MachineMain = """
        user www-data;
        worker_processes auto;
        pid {0}/nginx.pid;
        error_log {0}/error.log;
        events { worker_connections 768; }
        http {
            sendfile on;
            tcp_nopush on;
            types_hash_max_size 2048;
            default_type application/octet-stream;
            ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
            ssl_prefer_server_ciphers on;
            access_log {0}/access.log;
            gzip on;
            include {0}/conf.d/*.conf;
        }
        """;

    private static readonly IReadOnlyDictionary<string, IReadOnlyList<DnsEndPoint>> Machine = Servers("site", ("127.0.0.1", 8001), ("127.0.0.1", 8002));
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<DnsEndPoint>> Containers = Servers("site", ("site-8001", 8001), ("site-8002", 8002));

    [Fact]
    public void On_a_machine_there_is_one_entry_and_a_folder_of_our_own()
    {
        var files = Write(isContainer: false, Machine);

        files.Keys.Where(path => !path.StartsWith("stack/", StringComparison.Ordinal)).ShouldBe(["conf.d/stack.conf"]);
        files["conf.d/stack.conf"].ShouldEndWith("\ninclude stack/http.conf;\n");
        files["stack/server.conf"].ShouldContain("listen 127.0.0.1:8080 default_server;");
        files["stack/server.conf"].ShouldContain("include stack/custom/server*.conf;");
        files["stack/server.conf"].ShouldContain("-f /run/stack/drain/site.drain)");
        files["stack/choose-site.conf"].ShouldContain("/run/stack/drain/site.drain.8002");
        files["stack/errors.conf"].ShouldContain("/etc/nginx/stack/errors/502.html");
        files.Keys.ShouldContain("stack/errors/502.html");
        Pool(files).ShouldBe(["127.0.0.1:8001", "127.0.0.1:8002"]);
        string.Concat(files.Values).ShouldNotContain("conf.d/server*.conf");
    }

    [Fact]
    public void In_a_container_all_is_ours_and_replicas_are_hosts()
    {
        var files = Write(isContainer: true, Containers);

        files["nginx.conf"].ShouldContain("include stack/http.conf;");
        files["stack/main.conf"].ShouldContain("pid /tmp/nginx.pid;");
        files["stack/main.conf"].ShouldNotContain("user ");
        files["stack/machine.conf"].ShouldContain("proxy_temp_path /tmp/proxy;");
        files["stack/machine.conf"].ShouldContain("access_log /dev/stdout combined;");
        files["stack/server.conf"].ShouldContain("listen 0.0.0.0:8080 default_server;");
        files["stack/errors.conf"].ShouldContain("/etc/nginx/errors/502.html");
        Pool(files).ShouldBe(["site-8001:8001", "site-8002:8002"]);
    }

    [Fact]
    public void In_a_cluster_one_host_may_listen_on_the_port_of_Nginx()
        => Pool(Write(isContainer: true, Servers("site", ("site", 8080)), flags: null)).ShouldBe(["site:8080"]);

    [Fact]
    public void What_the_user_wrote_beside_the_AppHost_goes_where_it_is_included()
    {
        using TempFolder temp = new();
        foreach (var file in new[] { "nginx.conf", "mime.types" })
        {
            File.Copy(Path.Combine(Sources.NginxFolder, file), Path.Combine(temp.Path, file));
        }

        Directory.CreateDirectory(Path.Combine(temp.Path, "conf.d"));
        File.WriteAllText(Path.Combine(temp.Path, "conf.d", "server-own.conf"), "add_header X-Own yes;\n");

        Write(isContainer: false, Machine, folder: temp.Path)["stack/custom/server-own.conf"].ShouldBe("add_header X-Own yes;\n");
        Write(isContainer: true, Containers, folder: temp.Path)["conf.d/server-own.conf"].ShouldBe("add_header X-Own yes;\n");
    }

    [Fact]
    public void A_certificate_relative_to_the_AppHost_is_refused()
    {
        var message = Should.Throw<DistributedApplicationException>(() => Write(isContainer: false, Machine, configure: nginx => nginx.WithTls("tls/site.pem", "tls/site.key"))).Message;

        message.ShouldBe("WithTls of Nginx 'nginx' names 'tls/site.pem' and 'tls/site.key' relative to the AppHost, which is not there where the stack is published to. Give the full paths that they have there.");
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Nginx_accepts_it_under_the_main_file_of_a_machine()
    {
        using TempFolder temp = new();
        Save(temp, Write(isContainer: false, Machine, configure: nginx => nginx.WithLimits(body: 5_000_000, perClientRate: 50)));
        File.WriteAllText(Path.Combine(temp.Path, "nginx.conf"), MachineMain.Replace("{0}", temp.Path, StringComparison.Ordinal));

        await ShouldBeAcceptedAsync(temp);
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Nginx_accepts_it_as_a_whole_folder()
    {
        using TempFolder temp = new();
        var servers = Servers("site", ("127.0.0.2", 8001), ("127.0.0.2", 8002)); // it looks names up, and there are none in a test
        Save(temp, Write(isContainer: true, servers));

        await ShouldBeAcceptedAsync(temp);
    }

    private static async Task ShouldBeAcceptedAsync(TempFolder temp)
    {
        var result = await new CommandRunner(TimeProvider.System)
            .RunAsync(Installed.Executable, ["-t", "-c", Path.Combine(temp.Path, "nginx.conf"), "-e", "stderr"], TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        result.Succeeded.ShouldBeTrue(result.Said);
        result.Said.ShouldNotContain("[warn]");
    }

    private static void Save(TempFolder temp, IReadOnlyDictionary<string, string> files)
    {
        foreach (var (path, text) in files)
        {
            var file = Path.Combine(temp.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }

    private static IReadOnlyDictionary<string, string> Write(
        bool isContainer, IReadOnlyDictionary<string, IReadOnlyList<DnsEndPoint>> servers, string? flags = "/run/stack/drain", string? folder = null, Action<IResourceBuilder<NginxResource>>? configure = null)
    {
        var builder = DistributedApplication.CreateBuilder(["--publisher", "systemd", $"--Stack:Nginx:Folder={folder ?? Sources.NginxFolder}"]);
        var site = builder.AddProject("site", Path.Combine(Sources.TestFolder, "Hosting.Nginx.Tests.csproj"), o => o.ExcludeLaunchProfile = true).WithReplicas(2).WithSequentialPorts(8001);
        var nginx = builder.AddNginx("nginx", 8080).WithUpstream(site);
        configure?.Invoke(nginx);
        return nginx.Resource.Annotations.OfType<GatewayFilesAnnotation>().Single()
            .Write(new GatewayFilesContext { IsContainer = isContainer, IsExternal = false, Port = 8080, Servers = servers, FlagFolder = flags });
    }

    private static Dictionary<string, IReadOnlyList<DnsEndPoint>> Servers(string site, params (string Host, int Port)[] servers)
        => new(StringComparer.Ordinal) { [site] = [.. servers.Select(s => new DnsEndPoint(s.Host, s.Port))] };

    private static IEnumerable<string> Pool(IReadOnlyDictionary<string, string> files)
        => files["stack/pools.conf"].Split("upstream stack_site {")[1].Split('}')[0].Split('\n').Select(l => l.Trim().Split(' ')).Where(w => w[0] == "server" && !w.Contains("backup;")).Select(w => w[1].TrimEnd(';'));
}
