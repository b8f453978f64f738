using System.Net;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Aspire.Hosting;
using Testing;

namespace AppHost.Tests;

/// <summary>The AppHost in an integration test as its users write one: on free ports, beside whatever else runs.</summary>
[Trait("kind", "process")]
public sealed class SiteTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _state = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task The_site_answers_through_its_gateway()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.AppHost>([$"--Stack:State={_state.Path}"], Cancelled);
        builder.CreateResourceBuilder(builder.Resources.OfType<ProjectResource>().Single(r => r.Name == "site")).WithReplicas(2);
        Uri address;
        await using (var app = await builder.BuildAsync(Cancelled))
        {
            await app.StartAsync(Cancelled).Within(Patience);
            await app.ResourceNotifications.WaitForResourceHealthyAsync("site", Cancelled).Within(Patience);
            await app.ResourceNotifications.WaitForResourceHealthyAsync("nginx", Cancelled).Within(Patience);
            using var client = app.CreateHttpClient("nginx");
            address = app.GetEndpoint("nginx");

            (await client.GetAsync(new Uri("/", UriKind.Relative), Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
            HashSet<string> replicas = [];
            for (var i = 0; i < 20; i++)
            {
                replicas.Add(JsonDocument.Parse(await client.GetStringAsync(new Uri("/whoami", UriKind.Relative), Cancelled)).RootElement.GetProperty("replica").GetString()!);
            }

            replicas.Count.ShouldBe(2);
            using var one = app.CreateHttpClient(replicas.First());
            (await one.GetStringAsync(new Uri("/whoami", UriKind.Relative), Cancelled)).ShouldContain($"\"{replicas.First()}\"");
            await app.StopAsync(Cancelled).Within(Patience);
        }

        using var after = new HttpClient();
        await Should.ThrowAsync<HttpRequestException>(() => after.GetAsync(address, Cancelled));
    }
}
