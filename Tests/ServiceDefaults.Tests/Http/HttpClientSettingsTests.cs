using System.Net;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Http;

public class HttpClientSettingsTests
{
    private const string Address = "http://catalog.test/";

    [Fact]
    public async Task Client_has_what_its_section_says_and_otherwise_what_is_set_for_all()
    {
        await using var site = await ClientSite.StartAsync(new()
        {
            ["Stack:Http:Default:Retries"] = "1", ["Stack:Http:Default:AttemptTimeout"] = "00:00:03", ["Stack:Http:catalog:AttemptTimeout"] = "00:00:04",
        });
        site.Network.Answer = (_, _, token) => ScriptedHandler.Hang(token);

        await Should.ThrowAsync<TaskCanceledException>(() => site.SendAsync(HttpMethod.Post, Address));
        var afterOwn = site.Time.Now;
        await Should.ThrowAsync<TaskCanceledException>(() => site.RunAsync(site.Create("other").PostAsync(Address, null, TestContext.Current.CancellationToken)));
        var afterOther = site.Time.Now - afterOwn;
        site.Network.AnswerWith(HttpStatusCode.ServiceUnavailable);
        using var answer = await site.SendAsync(HttpMethod.Get, Address);

        afterOwn.ShouldBe(TimeSpan.FromSeconds(4));
        afterOther.ShouldBe(TimeSpan.FromSeconds(3));
        site.Network.Sent.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Client_without_a_name_has_what_is_set_for_all()
    {
        await using var site = await ClientSite.StartAsync(new() { ["Stack:Http:Default:Retries"] = "0" });
        site.Network.AnswerWith(HttpStatusCode.ServiceUnavailable);

        using var answer = await site.Create("").GetAsync(Address, TestContext.Current.CancellationToken);

        site.Network.Sent.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Switched_off_a_call_goes_out_as_it_is_but_still_finds_services()
    {
        await using var site = await ClientSite.StartAsync(new() { ["Stack:Http:catalog:Enabled"] = "false", ["services:shop:http:0"] = "http://10.0.0.1:81" });
        site.Network.Answer = async (_, _, _) =>
        {
            await Task.Yield();
            throw ScriptedHandler.Failure(HttpRequestError.ResponseEnded);
        };

        await Should.ThrowAsync<HttpRequestException>(() => site.SendAsync(HttpMethod.Get, "http://shop/"));

        site.Network.Sent.ShouldHaveSingleItem().Uri.ToString().ShouldBe("http://10.0.0.1:81/");
        site.Time.NextDue.ShouldBeNull();
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_the_start_each_with_its_key()
        => (await RefusedAsync(new()
        {
            ["Stack:Http:Default:TotalTimeout"] = "30",
            ["Stack:Http:Default:Retrys"] = "3",
            ["Stack:Http:catalog:TotalTimeout"] = "00:00:08",
            ["Stack:Http:catalog:Retries"] = "11",
            ["Stack:Http:orders:Enabled"] = "perhaps",
        })).ShouldBe(
        [
            "Stack:Http:Default:Retrys is no setting of HTTP clients. There are Enabled, TotalTimeout, Retries, AttemptTimeout.",
            "Stack:Http:Default:TotalTimeout is 30.00:00:00; it has to be 10 ms to 23 hours. A time is written as hours:minutes:seconds, half a minute as 00:00:30.",
            "Stack:Http:Default:AttemptTimeout (00:00:10) has to be shorter than Stack:Http:catalog:TotalTimeout (00:00:08), which is the time of all tries together. Lower the one, or raise the other.",
            "Stack:Http:catalog:Retries is 11; it has to be 0 to 10.",
            "Failed to convert configuration value 'perhaps' at 'Stack:Http:orders:Enabled' to type 'System.Boolean'.",
        ]);

    [Fact]
    public async Task Total_beyond_the_clients_own_time_out_is_refused_where_somebody_has_set_it()
    {
        (await RefusedAsync(new() { ["Stack:Http:Default:TotalTimeout"] = "00:01:00" }, client => client.Timeout = TimeSpan.FromSeconds(5))).ShouldBe(
        [
            "Stack:Http:Default:TotalTimeout (00:01:00) is longer than HttpClient.Timeout of client 'catalog' (00:00:05), which ends the call before. Lower the one, or raise the other.",
        ]);
        (await RefusedAsync(new() { ["Stack:Http:catalog:TotalTimeout"] = "00:02:00" })).ShouldBe(
        [
            "Stack:Http:catalog:TotalTimeout (00:02:00) is longer than HttpClient.Timeout of client 'catalog' (00:01:40), which ends the call before. Lower the one, or raise the other.",
        ]);
    }

    [Fact]
    public async Task Short_time_out_of_the_clients_own_is_nobodys_fault()
    {
        await using var site = await ClientSite.StartAsync(client: client => client.ConfigureHttpClient(http => http.Timeout = TimeSpan.FromSeconds(5)));
        site.Network.AnswerWith(HttpStatusCode.OK);

        using var answer = await site.SendAsync(HttpMethod.Get, Address);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("OtlpTraceExporter")]
    [InlineData("OtlpMetricExporter")]
    [InlineData("OtlpLogExporter")]
    public async Task Exporters_of_telemetry_keep_their_own_ways(string client)
    {
        await using var site = await ClientSite.StartAsync(new() { ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Information" });
        site.Network.AnswerWith(HttpStatusCode.ServiceUnavailable);

        using var answer = await site.Create(client).GetAsync(Address, TestContext.Current.CancellationToken);

        site.Network.Sent.ShouldHaveSingleItem();
        site.Time.NextDue.ShouldBeNull();
        site.Logs.Lines.ShouldNotContain(line => line.Category.Contains(client));
    }

    [Fact]
    public async Task What_the_site_adds_to_a_client_sees_every_try_and_the_address_it_goes_to()
    {
        var seen = new SeenAddresses();
        await using var site = await ClientSite.StartAsync(
            new() { ["services:shop:http:0"] = "http://10.0.0.1:81", ["services:shop:http:1"] = "http://10.0.0.2:81" },
            client => client.AddHttpMessageHandler(() => seen));
        site.Network.AnswerWith(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);

        using var answer = await site.SendAsync(HttpMethod.Get, "http://shop/");

        seen.Addresses.ShouldBe(["http://10.0.0.1:81/", "http://10.0.0.2:81/"]);
    }

    private static async Task<string[]> RefusedAsync(Dictionary<string, string?> settings, Action<HttpClient>? client = null)
        => (await Should.ThrowAsync<InvalidOperationException>(() => ClientSite.StartAsync(settings, named => named.ConfigureHttpClient(http => client?.Invoke(http)))))
            .Message.Split(Environment.NewLine);

    private sealed class SeenAddresses : DelegatingHandler
    {
        public List<string> Addresses { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Addresses.Add(request.RequestUri!.ToString());
            return base.SendAsync(request, cancellationToken);
        }
    }
}
