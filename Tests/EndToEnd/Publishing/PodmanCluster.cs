using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Testing;
using Testing.Kubernetes;

namespace EndToEnd.Publishing;

/// <summary>
/// Runs published objects with podman, one pod for each replica. What a cluster's controllers do is done here in their place, from what the objects say:
/// a Service has an address of its own from which each new connection goes to one of its pods by chance, and pods belong to it when their readiness probe says so.
/// How a pod is changed for podman is in <see cref="PodmanPods"/>.
/// </summary>
internal sealed class PodmanCluster
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly PodmanEngine _podman;
    private readonly IReadOnlyList<JsonObject> _objects;
    private readonly PodmanPods _pods;
    private readonly Dictionary<string, string> _addresses = [];

    public PodmanCluster(PodmanEngine podman, IReadOnlyList<JsonObject> objects)
    {
        (_podman, _objects) = (podman, objects);
        Services = Of("Service").Select((s, i) => (Name: Name(s), Address: $"10.96.0.{10 + i}")).ToDictionary(s => s.Name, s => s.Address);
        _pods = new PodmanPods(objects, Services);
    }

    /// <summary>The addresses of services, by name.</summary>
    public IReadOnlyDictionary<string, string> Services { get; }

    /// <summary>Makes what pods need, then all pods; those of a workload at the same time, each after its own init containers.</summary>
    public async Task StartAsync(string folder)
    {
        await MakeServicesAsync();
        foreach (var secret in Of("Secret"))
        {
            var file = Path.Combine(folder, "secret.json");
            await File.WriteAllTextAsync(file, secret["data"]!.ToJsonString());
            await _podman.PodmanAsync("secret", "create", Name(secret), file);
        }

        foreach (var claim in Of("PersistentVolumeClaim"))
        {
            await _podman.PodmanAsync("volume", "create", Name(claim));
        }

        foreach (var map in Of("ConfigMap"))
        {
            await FillAsync(map);
        }

        foreach (var workload in Of("StatefulSet").Concat(Of("Deployment").OrderBy(d => Name(d) == "nginx")))
        {
            var pods = Enumerable.Range(0, (int)workload["spec"]!["replicas"]!).Select(i => $"{Name(workload)}-{i}").ToList();
            await Task.WhenAll(pods.Select(pod => RunAsync(workload, pod)));
            await RouteAsync(Name(workload), pods);
        }
    }

    /// <summary>Starts another pod of a Deployment, and waits until it is ready.</summary>
    public async Task RunAsync(string deployment, string pod) => await RunAsync(Of("Deployment").Single(d => Name(d) == deployment), pod);

    /// <summary>From now on new connections to a service go to these pods.</summary>
    public async Task RouteAsync(string service, IReadOnlyList<string> pods)
    {
        var rules = PortsOf(service).SelectMany(port => pods.Select((pod, i) =>
            string.Create(CultureInfo.InvariantCulture, $"-A SVC-{service} -p tcp --dport {port.Port} -m statistic --mode random --probability {1.0 / (pods.Count - i):0.00000} -j DNAT --to-destination {_addresses[pod]}:{port.Target}")));
        await TableAsync([$":SVC-{service} - [0:0]", .. rules]);
    }

    public string AddressOf(string pod) => _addresses[pod];

    /// <summary>What podman says of the only container of a pod.</summary>
    public Task<string> InspectAsync(string pod, string format) => _podman.PodmanAsync("inspect", "--format", format, $"{pod}-{PodmanPods.ContainerOf(pod)}");

    /// <summary>Whether its readiness probe succeeds.</summary>
    public async Task<bool> IsReadyAsync(string deployment, string pod)
        => await IsReadyAsync(Of("Deployment").Concat(Of("StatefulSet")).Single(d => Name(d) == deployment), pod);

    /// <summary>Ends a pod as its node does it: first what the pod wants to do before, then the signal, and the rest of its time.</summary>
    /// <param name="deployment">Whose pod it is.</param>
    /// <param name="pod">The pod.</param>
    /// <returns>The exit code of its container.</returns>
    public async Task<string> EndAsync(string deployment, string pod)
    {
        var template = Of("Deployment").Single(d => Name(d) == deployment)["spec"]!["template"]!["spec"]!;
        var before = KubernetesYaml.List(template["containers"]![0]!["lifecycle"]!["preStop"]!["exec"]!["command"]).Select(w => $"{w}");
        await _podman.PodmanAsync(["exec", $"{pod}-{PodmanPods.ContainerOf(pod)}", .. before]);
        await _podman.PodmanAsync("stop", "--time", $"{template["terminationGracePeriodSeconds"]}", $"{pod}-{PodmanPods.ContainerOf(pod)}");
        return await InspectAsync(pod, "{{.State.ExitCode}}");
    }

    private IEnumerable<JsonObject> Of(string kind) => _objects.Where(o => $"{o["kind"]}" == kind);

    private static string Name(JsonNode found) => $"{found["metadata"]!["name"]}";

    private IEnumerable<(string Port, string Target)> PortsOf(string service)
        => KubernetesYaml.List(Of("Service").Single(s => Name(s) == service)["spec"]!["ports"]).Select(p => ($"{p["port"]}", $"{p["targetPort"]}"));

    // Their addresses are the loopback's where there is no pod behind them: connections are refused. An answer has to come back the way it went, also from pods beside the one that asked.
    private async Task MakeServicesAsync()
    {
        await _podman.InsideAsync("ip", "address", "add", "10.96.0.1/24", "dev", "lo");
        await TableAsync(
        [
            .. Services.Keys.Select(s => $":SVC-{s} - [0:0]"),
            .. Services.SelectMany(s => new[] { "PREROUTING", "OUTPUT" }.Select(chain => $"-A {chain} -d {s.Value} -j SVC-{s.Key}")),
            "-A POSTROUTING -m conntrack --ctstate DNAT -j MASQUERADE",
        ]);
    }

    private Task<string> TableAsync(IEnumerable<string> lines) => _podman.InsideAsync("/bin/sh", "-c", $"iptables-restore --noflush <<'END'\n*nat\n{string.Join('\n', lines)}\nCOMMIT\nEND");

    private async Task FillAsync(JsonObject map)
    {
        await _podman.PodmanAsync("volume", "create", Name(map));
        var folder = await _podman.PodmanAsync("volume", "inspect", "--format", "{{.Mountpoint}}", Name(map));
        foreach (var (path, text) in _pods.FilesOf(map))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            await File.WriteAllTextAsync(Path.Combine(folder, path), text);
        }
    }

    private async Task RunAsync(JsonObject workload, string pod)
    {
        foreach (var before in _pods.InitOf(workload, pod))
        {
            await PlayAsync(before);
            var container = $"{Name(before)}-{before["spec"]!["containers"]![0]!["name"]}";
            (await _podman.PodmanAsync("wait", container)).ShouldBe("0", container);
        }

        await PlayAsync(_pods.Of(workload, pod));
        var infra = await _podman.PodmanAsync("pod", "inspect", "--format", "{{.InfraContainerID}}", pod);
        _addresses[pod] = await _podman.PodmanAsync("inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", infra);
        await Eventually.TrueAsync(() => IsReadyAsync(workload, pod), Limit, async () => $"{pod} is not ready; its container: {await InspectAsync(pod, "{{.State.Status}} {{.RestartCount}}")}, it wrote: {await File.ReadAllTextAsync(await InspectAsync(pod, "{{.HostConfig.LogConfig.Path}}"))}");
    }

    private async Task PlayAsync(JsonObject pod)
    {
        using TempFolder temp = new();
        await File.WriteAllTextAsync(temp.File("pod.json"), pod.ToJsonString());
        await _podman.PodmanAsync("kube", "play", "--network", PodmanEngine.Network, temp.File("pod.json"));
    }

    private async Task<bool> IsReadyAsync(JsonObject workload, string pod)
    {
        var container = workload["spec"]!["template"]!["spec"]!["containers"]![0]!;
        var probe = container["readinessProbe"]!;
        var name = $"{(probe["httpGet"] ?? probe["tcpSocket"])!["port"]}";
        var port = (int)KubernetesYaml.List(container["ports"]).Single(p => $"{p["name"]}" == name)["containerPort"]!;
        var limit = TimeSpan.FromSeconds((int?)probe["timeoutSeconds"] ?? 1);
        try
        {
            if (probe["httpGet"] is not { } get)
            {
                using var connected = await NetworkNamespace.ConnectAsync(_podman.Pid, new DnsEndPoint(_addresses[pod], port)).WaitAsync(limit, TimeProvider.System);
                return true;
            }

            using var client = new HttpClient(NetworkNamespace.Handler(_podman.Pid)) { Timeout = limit };
            using var answer = await client.GetAsync(new Uri($"http://{_addresses[pod]}:{port}{get["path"]}"));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or SocketException or TimeoutException)
        {
            return false;
        }
    }
}
