using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Stack.Dashboard.Ingest;
using Stack.Dashboard.Queries;
using Stack.Dashboard.Storage;
using Stack.Dashboard.Tests.Web.Data;

namespace Stack.Dashboard.Tests.Web.Pages;

public sealed class SettingsPageTests
{
    private const string Secret = "a-secret-that-must-not-show";

    [Fact]
    public async Task An_empty_store_is_shown_with_its_limits_and_where_they_come_from()
    {
        await using var dashboard = await TestDashboard.StartAsync(settings: "--Dashboard:Storage:MaxBytes=123000000");

        var page = await dashboard.OpenAsync("/settings");

        page.QuerySelector("nav [aria-current], .bar [aria-current]")!.GetAttribute("href").ShouldBe("/settings");
        var options = page.QuerySelectorAll("#options tbody tr").ToDictionary(row => row.QuerySelector("code")!.TextContent, row => row.QuerySelectorAll("td").Select(cell => cell.TextContent).ToList());
        options["Dashboard:Storage:MaxBytes"].ShouldBe(["117 MB", "command line"]);
        options["Dashboard:Storage:MaxAge"].ShouldBe(["7 days", "default"]);
        options.Keys.ShouldContain("Dashboard:Storage:RollupAge");
        page.QuerySelectorAll("#segments tbody tr").Length.ShouldBe(1);
        page.QuerySelector("#not-storing").ShouldBeNull();
        page.QuerySelector("#refused").ShouldBeNull();
        page.QuerySelectorAll("[style], script:not([src])").ShouldBeEmpty();
    }

    [Fact]
    public async Task What_comes_in_is_shown_by_sender_also_one_with_a_hostile_name()
    {
        const string Evil = "</table><script>alert(1)</script>";
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("a"), new SentLog("b", Evil));
        await dashboard.WaitForResourceAsync("site-" + Evil);

        var page = await dashboard.OpenAsync("/settings?done=imported-1-2-<script>");

        page.QuerySelectorAll("#senders tbody th").Select(cell => cell.TextContent).ShouldBe(["site-8001", "site-" + Evil], ignoreOrder: true);
        page.QuerySelectorAll("#clear option").Select(option => option.GetAttribute("value")).ShouldContain("site-" + Evil);
        page.QuerySelectorAll("main script").ShouldBeEmpty();
        page.QuerySelector("#done").ShouldBeNull();
        page.QuerySelectorAll("#segments tbody td.num")[0].TextContent.ShouldBe("2");
    }

    [Fact]
    public async Task Refusals_of_the_last_minutes_stand_on_every_page()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        dashboard.Service<IngestCounters>().Refused("10.0.0.7", Signal.Logs, Refusal.Unauthenticated);

        (await dashboard.OpenAsync("/structuredlogs")).QuerySelector("#refused")!.GetAttribute("href").ShouldBe("/settings#ingest");
        (await dashboard.OpenAsync("/settings")).QuerySelector("#ingest .notice")!.TextContent
            .ShouldBe("1 export request was refused in the last five minutes: the key was missing or wrong.");
    }

    [Fact]
    public async Task Clearing_one_instance_is_asked_for_first_and_noted()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        await dashboard.SendLogsAsync(new SentLog("a"), new SentLog("b", "site-8002"));
        await dashboard.WaitForResourceAsync("site-8002");

        var question = await dashboard.OpenAsync("/settings/clear?instance=site-8002");
        question.QuerySelector<IHtmlFormElement>("#confirm-clear")!.Method.ShouldBe("post");
        question.QuerySelector("h1")!.TextContent.ShouldBe("Clear what site-8002 has sent?");
        using var unknown = await dashboard.PostAsync("/settings/clear", ("instance", "nobody"));
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var cleared = await dashboard.PostAsync("/settings/clear", ("instance", "site-8002"));

        cleared.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await dashboard.Service<LogQueries>().FindAsync(new LogFilter(), CancellationToken.None)).Rows.Single().Body.ShouldBe("a");
        dashboard.Service<TelemetryStore>().Catalogue.Audit.Newest(1).Single().ShouldSatisfyAllConditions(
            entry => entry.Command.ShouldBe("clear telemetry"), entry => entry.Target.ShouldBe("site-8002"), entry => entry.Role.ShouldBe("operator"));
    }

    [Fact]
    public async Task Theme_clock_and_zone_are_kept_in_cookies()
    {
        await using var dashboard = await TestDashboard.StartAsync();

        using (var saved = await dashboard.PostAsync("/settings/view", ("theme", "dark"), ("clock", "12"), ("zone", "Europe/Berlin")))
        {
            saved.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        }

        var page = await dashboard.OpenAsync("/settings");
        page.DocumentElement.GetAttribute("data-theme").ShouldBe("dark");
        page.QuerySelector<IHtmlSelectElement>("select[name=clock]")!.Value.ShouldBe("12");
        page.QuerySelector<IHtmlSelectElement>("select[name=zone]")!.Value.ShouldBe("Europe/Berlin");
        await dashboard.SendLogsAsync(new SentLog("a"));
        (await dashboard.OpenAsync("/structuredlogs")).QuerySelector("#lines time")!.TextContent.ShouldMatch("[AP]M$");
        using var reset = await dashboard.PostAsync("/settings/view", ("theme", "auto"), ("clock", "24"), ("zone", "Nowhere/At all"));
        (await dashboard.OpenAsync("/settings")).QuerySelector<IHtmlSelectElement>("select[name=zone]")!.Value.ShouldBe("");
    }

    [Fact]
    public async Task The_support_bundle_has_settings_state_configuration_and_telemetry_and_no_secret()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("nginx"));
        await File.WriteAllTextAsync(folder.File("nginx/site.conf"), $"upstream site {{ }}\nproxy_set_header Authorization \"Bearer {Secret}\";\nproxy_set_header X-Api-Key {Secret};\n");
        var socket = folder.File("c.sock");
        await using var host = await FakeAppHost.StartAsync(socket, Sample.Nginx($"http://localhost:8080/login?t={Secret}"), Sample.Site(2));
        await using var dashboard = await TestDashboard.StartSecuredAsync(
            socket, folder.Path, $"--Dashboard:Frontend:BrowserToken={Secret}", $"--Dashboard:Frontend:ViewerToken={Secret}-2", $"--Dashboard:Otlp:PrimaryApiKey={Secret}-3", $"--Dashboard:Api:PrimaryApiKey={Secret}-4");
        (await dashboard.Browser.GetAsync($"/login?t={Secret}")).Dispose();
        await dashboard.SendLogsAsync(new SentLog("just now"));
        await dashboard.WaitForResourceAsync("site-8001");
        await Stack.Dashboard.Tests.Storage.OpenStore.UntilAsync(() => dashboard.Service<Stack.Dashboard.Web.Control.StackWatch>().Current.Status is not null, "the status");

        var files = await dashboard.UnzipAsync("/export/support.zip");

        files.Keys.ShouldBe(["settings.json", "store.json", "status.json", "nginx/nginx/site.conf", "logs/000001.json", "export.json"]);
        files["logs/000001.json"].ShouldContain("just now");
        files["nginx/nginx/site.conf"].ShouldContain("upstream site");
        files["status.json"].ShouldContain("site-8001");
        files["settings.json"].ShouldContain("\"frontendAuthMode\": \"BrowserToken\"");
        foreach (var (name, text) in files)
        {
            text.ShouldNotContain(Secret, Case.Insensitive, name);
        }

        (await (await dashboard.Browser.GetAsync("/settings")).Content.ReadAsStringAsync()).ShouldNotContain(Secret);
    }

    [Theory]
    [InlineData("/settings")]
    [InlineData("/export/telemetry.zip")]
    [InlineData("/export/support.zip")]
    [InlineData("/export/logs.csv")]
    public async Task Nothing_of_it_is_shown_to_who_is_not_signed_in(string address)
    {
        await using var dashboard = await TestDashboard.StartSecuredAsync();

        using var answer = await dashboard.Browser.GetAsync(address);

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldContain("/login");
    }
}
