using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Tests.Serving;

[Trait("kind", "process")]
public sealed class StickyTests
{
    private const string Cookie = "stack_route";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Forty_of_forty_clients_stay_with_the_replica_of_their_first_answer_also_beside_a_dead_one(bool oneIsDead)
    {
        await using var sites = await Sites.StartAsync(4);
        await using var nginx = await StartAsync(sites);
        if (oneIsDead)
        {
            await sites[1].VanishAsync();
        }

        Dictionary<string, string> replicas = [];
        for (var client = 0; client < 40; client++)
        {
            var (first, cookie) = await AskAsync(nginx, null);
            for (var request = 0; request < 3; request++)
            {
                (await AskAsync(nginx, cookie)).Replica.ShouldBe(first, $"client {client}, request {request}");
            }

            replicas[cookie!] = first;
        }

        replicas.Count.ShouldBe(40);
        replicas.Values.Distinct().Count().ShouldBe(oneIsDead ? 3 : 4);
    }

    [Fact]
    public async Task A_client_whose_replica_is_taken_out_moves_and_comes_back_and_nobody_else_does()
    {
        await using var sites = await Sites.StartAsync(3);
        await using var nginx = await StartAsync(sites);
        List<(string Replica, string Cookie)> clients = [];
        for (var client = 0; client < 20; client++)
        {
            var (replica, cookie) = await AskAsync(nginx, null);
            clients.Add((replica, cookie!));
        }

        var out_ = sites[0].Port;
        var flags = Path.Combine(nginx.Request.Folder, NginxNames.FlagFolder);
        File.WriteAllText(Flags.OfReplica(flags, "site", out_), "");
        File.WriteAllText(Flags.OfSite(flags, "site"), "");
        var during = await AllAsync(nginx, clients);
        File.Delete(Flags.OfSite(flags, "site"));
        File.Delete(Flags.OfReplica(flags, "site", out_));
        var after = await AllAsync(nginx, clients);

        clients.ShouldContain(client => client.Replica == $"{out_}");
        during.ShouldNotContain($"{out_}");
        after.ShouldBe(clients.Select(client => client.Replica));
        clients.Zip(during).Where(client => client.First.Replica != $"{out_}").Count(client => client.First.Replica != client.Second).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task The_cookie_is_not_for_scripts_nor_other_sites_and_is_set_once()
    {
        await using var sites = await Sites.StartAsync(2);
        await using var nginx = await StartAsync(sites);

        using var first = await nginx.Client.GetAsync("/no-such-page", TestContext.Current.CancellationToken);
        using var second = await SendAsync(nginx, CookieOf(first));

        var attributes = first.Headers.GetValues("Set-Cookie").ShouldHaveSingleItem().Split("; ");
        attributes[0].ShouldMatch($"^{Cookie}=[0-9a-f]{{32}}$");
        attributes[1..].ShouldBe(["Path=/", "HttpOnly", "SameSite=Lax"]);
        second.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    private static Task<RunningNginx> StartAsync(Sites sites) =>
        RunningNginx.StartAsync(NginxRuntime.Process, sites.Ports, change: request => request with { Options = new() { StickyCookie = Cookie } });

    private static async Task<List<string>> AllAsync(RunningNginx nginx, IEnumerable<(string Replica, string Cookie)> clients)
    {
        List<string> replicas = [];
        foreach (var client in clients)
        {
            replicas.Add((await AskAsync(nginx, client.Cookie)).Replica);
        }

        return replicas;
    }

    private static async Task<(string Replica, string? Cookie)> AskAsync(RunningNginx nginx, string? cookie)
    {
        using var response = await SendAsync(nginx, cookie);
        return (await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(TestContext.Current.CancellationToken), CookieOf(response));
    }

    private static Task<HttpResponseMessage> SendAsync(RunningNginx nginx, string? cookie)
    {
        HttpRequestMessage request = new(HttpMethod.Get, "/");
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", $"theme=dark; {cookie}");
        }

        return nginx.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string? CookieOf(HttpResponseMessage response) => response.Headers.TryGetValues("Set-Cookie", out var values) ? values.Single().Split(';')[0] : null;
}
