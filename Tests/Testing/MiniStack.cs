#pragma warning disable ASPIREPROBES001
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Stack.Hosting.Building;

namespace Testing;

/// <summary>A whole AppHost in little, for tests that send it signals: its resources are shell scripts, or the Actor as a site.</summary>
public static partial class MiniStack
{
    /// <param name="args">
    /// State folder, then one resource each: <c>name*replicas@grace&gt;dependency=script</c>, all but name and script may be left out. The scripts <c>serve</c> and <c>hang</c> are sites with a health check; the second never answers; <c>missing</c> is a program that does not exist.
    /// <c>limit=2</c> sets the time that .NET's host gives a stop; <c>handler=2</c> has the AppHost do something of its own for so long before anything starts.
    /// </param>
    public static void Run(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = [$"--Stack:State={args[0]}", $"--Stack:AppName={Path.GetFileName(Path.GetDirectoryName(args[0]))}", "--Logging:LogLevel:Stack=Information"],
            ProjectDirectory = args[0],
            DisableDashboard = true,
        });
        foreach (var text in args[1..])
        {
            var parts = Form().Match(text).Groups;
            if (parts["name"].Value == "handler")
            {
                builder.Eventing.Subscribe<AfterResourcesCreatedEvent>(async (_, token) =>
                {
                    Console.WriteLine($"handling, NOTIFY_SOCKET is '{Environment.GetEnvironmentVariable("NOTIFY_SOCKET")}'");
                    await Task.Delay(TimeSpan.FromSeconds(double.Parse(parts["script"].Value)), TimeProvider.System, token);
                });
            }
            else if (parts["name"].Value == "limit")
            {
                builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(double.Parse(parts["script"].Value)));
            }
            else
            {
                Add(builder, parts);
            }
        }

        builder.Build().Run();
    }

    private static void Add(IDistributedApplicationBuilder builder, GroupCollection parts)
    {
        var name = parts["name"].Value;
        var resource = parts["script"].Value switch
        {
            "serve" or "hang" => Site(builder, name, parts["script"].Value),
            "missing" => builder.AddExecutable(name, "/nowhere/missing", "/"),
            var script => builder.AddExecutable(name, "/bin/sh", "/", "-c", script),
        };
        if (parts["replicas"].Success)
        {
            resource.WithAnnotation(new ReplicaAnnotation(int.Parse(parts["replicas"].Value)));
        }

        if (parts["grace"].Success)
        {
            resource.WithSupervision(s => s.StopWaitSecs = TimeSpan.FromSeconds(double.Parse(parts["grace"].Value)));
        }

        if (parts["dependency"].Success)
        {
            resource.WithAnnotation(new WaitAnnotation(builder.Resources.First(r => r.Name == parts["dependency"].Value), WaitType.WaitUntilHealthy));
        }
    }

    private static IResourceBuilder<ExecutableResource> Site(IDistributedApplicationBuilder builder, string name, string part)
    {
        var site = builder.AddExecutable(name, ActorProgram.Path, "/", part).WithHttpEndpoint(env: "SITE_PORT").WithHttpHealthCheck("/health").WithHttpProbe(ProbeType.Liveness, "/alive");
        foreach (var (key, value) in ActorProgram.Environment)
        {
            site.WithEnvironment(key, value);
        }

        return site.WithArgs(context => context.Args.Add(site.GetEndpoint("http").Property(EndpointProperty.TargetPort)));
    }

    [GeneratedRegex(@"^(?<name>[a-z]+)(\*(?<replicas>\d+))?(@(?<grace>[\d.]+))?(>(?<dependency>[a-z]+))?=(?<script>.*)$", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
