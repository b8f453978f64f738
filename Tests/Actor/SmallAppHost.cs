using Aspire.Hosting;
using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Building;

namespace Actor;

/// <summary>A real AppHost with nothing but this program as its site, for tests that kill AppHosts. Its settings: Site:Replicas, Site:FirstPort, Site:Setting (a variable of the site), Site:Part (what it plays; default: it serves), Site:Folder (a published folder of this program, which is the site then, in the version that it is of), Site:Prepared (with that: a job of the site writes its version there first), Other (the port of a second resource; empty: none).</summary>
internal static class SmallAppHost
{
    public static async Task<int> RunAsync(string[] args)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { Args = args, DisableDashboard = true });
        var settings = builder.Configuration;
        var (firstPort, replicas, setting) = (int.Parse(settings["Site:FirstPort"]!), int.Parse(settings["Site:Replicas"]!), settings["Site:Setting"] ?? "");
        if (settings["Site:Folder"] is { Length: > 0 } folder)
        {
            var site = builder.AddProject("site", folder).WithArgs("release")
                .WithReplicas(replicas)
                .WithSequentialPorts(firstPort)
                .WithHttpHealthCheck("/")
                .WithEnvironment("SETTING", setting)
                .WithRestartPolicy(RestartMode.Always)
                .WithSupervision(Supervise);
            if (settings["Site:Prepared"] is { Length: > 0 } prepared)
            {
                site.WaitForCompletion(builder.AddProject("prepare", folder).WithArgs("prepare").WithEnvironment("PREPARED", prepared).WithRestartPolicy(RestartMode.Never));
            }
        }
        else
        {
            Add(builder, "site", firstPort, replicas, setting, settings["Site:Part"] ?? "site");
        }

        if (settings["Other"] is { Length: > 0 } other)
        {
            Add(builder, "other", int.Parse(other), 1, "");
        }

        try
        {
            await builder.Build().RunAsync();
            return 0;
        }
        catch (DistributedApplicationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static void Add(IDistributedApplicationBuilder builder, string name, int firstPort, int replicas, string setting, string part = "site")
    {
        builder.AddExecutable(name, Environment.ProcessPath!, AppContext.BaseDirectory, part)
            .WithHttpEndpoint()
            .WithReplicas(replicas)
            .WithSequentialPorts(firstPort)
            .WithHttpHealthCheck("/")
            .WithEnvironment("SETTING", setting)
            .WithSupervision(Supervise);
    }

    private static void Supervise(SupervisionOptions supervision) => supervision.StopWaitSecs = TimeSpan.FromSeconds(5);
}
