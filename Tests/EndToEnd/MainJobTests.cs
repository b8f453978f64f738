using System.Globalization;
using System.Net;
using System.Text.Json;

namespace EndToEnd;

/// <summary>The first thing a user does: one command, then a site that answers from all its replicas.</summary>
[Collection("running stack")]
[Trait("kind", "e2e")]
public sealed class MainJobTests(RunningStack stack)
{
    private static readonly int Replicas = Environment.ProcessorCount * 2;
    private static readonly string[] Names = [.. Enumerable.Range(8001, Replicas).Select(p => $"site-{p}")];

    [Fact]
    public void Up_prints_the_gateway_the_replicas_and_the_login_link()
    {
        stack.Up.Output.ShouldContain("http://localhost:8080");
        stack.Up.Output.ShouldContain("http://localhost:18888/login?t=");
        foreach (var name in Names)
        {
            stack.Up.Output.ShouldContain(name);
        }
    }

    [Fact]
    public async Task Two_hundred_requests_are_all_answered_and_come_from_every_replica()
    {
        var answers = new List<string>();
        for (var i = 0; i < 200; i++)
        {
            using var answer = await stack.Gateway.GetAsync(new Uri("/whoami", UriKind.Relative), TestContext.Current.CancellationToken);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            var who = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
            who.GetProperty("replica").GetString().ShouldBe($"site-{who.GetProperty("port").GetInt32()}");
            answers.Add(who.GetProperty("replica").GetString()!);
        }

        answers.Distinct().Order(StringComparer.Ordinal).ShouldBe(Names);
    }

    [Fact]
    public async Task Everything_listens_on_the_loopback_address_only()
    {
        var listeners = await Machine.ListenersAsync();

        foreach (var port in Machine.ProductPorts)
        {
            listeners[port].ShouldNotBeEmpty($"port {port}");
            listeners[port].ShouldAllBe(a => a == "127.0.0.1" || a == "[::1]", $"port {port}");
        }

        foreach (var port in Enumerable.Range(8001, Replicas))
        {
            listeners[port].ShouldBe(["127.0.0.1"]);
        }
    }

    [Fact]
    public async Task Status_tells_what_runs_in_the_documented_form()
    {
        var status = await stack.StatusAsync();

        status.GetProperty("supervisor").GetProperty("pid").GetInt32().ShouldBeGreaterThan(0);
        var resources = status.GetProperty("resources").EnumerateArray().ToList();
        resources.Select(r => r.GetProperty("name").GetString()).ShouldBe(["migrations", "site", "nginx", "aspire-dashboard"], ignoreOrder: true);
        var migrations = resources.Single(r => r.GetProperty("name").GetString() == "migrations");
        migrations.GetProperty("state").GetString().ShouldBe("Exited");
        migrations.GetProperty("wanted").GetInt32().ShouldBe(0, "a job that has ended well is not missing");
        resources.Where(r => r.GetProperty("name").GetString() != "migrations").ShouldAllBe(r => r.GetProperty("state").GetString() == "Running" && r.GetProperty("health").GetString() == "Ready");
        var replicas = await stack.ReplicasAsync();
        replicas.Select(r => r.GetProperty("name").GetString()).ShouldBe(Names);
        foreach (var replica in replicas)
        {
            replica.GetProperty("state").GetString().ShouldBe("Running");
            replica.GetProperty("health").GetString().ShouldBe("Ready");
            $"site-{replica.GetProperty("port").GetInt32()}".ShouldBe(replica.GetProperty("name").GetString());
            replica.GetProperty("restarts").GetInt32().ShouldBeGreaterThanOrEqualTo(0);
            Directory.Exists($"/proc/{replica.GetProperty("pid").GetInt32()}").ShouldBeTrue();
            DateTimeOffset.Parse(replica.GetProperty("startedAt").GetString()!, CultureInfo.InvariantCulture).Offset.ShouldBe(TimeSpan.Zero);
        }

        var text = await stack.StackAsync("status");
        text.ExitCode.ShouldBe(0, text.All);
        Names.ShouldAllBe(name => text.Output.Contains(name));
    }

    [Fact]
    public async Task The_form_works_although_every_request_lands_on_another_replica()
    {
        // Round and round by hand, on the replicas' own ports: no two requests of the conversation meet the same process.
        var cookies = new CookieContainer();
        using var client = new HttpClient(new HttpClientHandler { CookieContainer = cookies, AllowAutoRedirect = false });
        var token = TestContext.Current.CancellationToken;
        await SendAsync(0, "/sign-up", new() { ["Name"] = $"Visitor {Guid.NewGuid():N}"[..20], ["Password"] = "correct horse" });
        for (var i = 1; i <= Replicas; i++)
        {
            var page = await SendAsync(i, "/", new() { ["Text"] = $"Message {i} to everybody" });

            page.ShouldContain($"Message {i} to everybody");
        }

        // Fetches the form from one replica, sends it to the next, and follows the redirect to a third.
        async Task<string> SendAsync(int replica, string path, Dictionary<string, string> fields)
        {
            var page = await client.GetStringAsync(Url(replica, path), token);
            var form = page.Split("<form").Single(f => f.Contains(path == "/" ? "id=\"post\"" : "id=\"member\"", StringComparison.Ordinal));
            fields["__RequestVerificationToken"] = Between(form, "name=\"__RequestVerificationToken\" type=\"hidden\" value=\"", "\"");
            using var content = new FormUrlEncodedContent(fields);
            using var answer = await client.PostAsync(Url(replica + 1, WebUtility.HtmlDecode(Between(form, "action=\"", "\""))), content, token);
            answer.StatusCode.ShouldBe(HttpStatusCode.Redirect, await answer.Content.ReadAsStringAsync(token));
            return await client.GetStringAsync(Url(replica + 2, answer.Headers.Location!.OriginalString), token);
        }

        Directory.GetFiles(Path.Combine(stack.StateFolder, "keys"), "key-*.xml").ShouldHaveSingleItem("replicas that make keys of their own can't read each other's cookies");
    }

    [Fact]
    public async Task A_killed_replica_costs_no_request_and_comes_back_with_one_restart()
    {
        using var stop = new CancellationTokenSource();
        var client = ReadUntilAsync(stop.Token);
        var victim = (await stack.ReplicasAsync())[1];
        var before = victim.GetProperty("restarts").GetInt32();
        var pid = victim.GetProperty("pid").GetInt32();

        System.Diagnostics.Process.GetProcessById(pid).Kill();
        JsonElement now = default;
        await Eventually.TrueAsync(
            async () =>
            {
                now = (await stack.ReplicasAsync())[1];
                return now.GetProperty("health").GetString() == "Ready" && now.GetProperty("restarts").GetInt32() > before;
            },
            TimeSpan.FromSeconds(60),
            () => Task.FromResult($"last state: {now}"));
        await stop.CancelAsync();
        var (answered, failures) = await client;

        failures.ShouldBeEmpty();
        answered.ShouldBeGreaterThan(50);
        now.GetProperty("restarts").GetInt32().ShouldBe(before + 1);
        now.GetProperty("pid").GetInt32().ShouldNotBe(pid);
        now.GetProperty("port").GetInt32().ShouldBe(8002);
    }

    [Fact]
    public async Task The_request_log_of_every_replica_is_in_the_telemetry()
    {
        var (url, _, apiKey) = await stack.DashboardAsync();
        using var api = new HttpClient { BaseAddress = url };
        api.DefaultRequestHeaders.Add("X-API-Key", apiKey);
        await AskEveryReplicaAsync();

        foreach (var name in Names)
        {
            var found = 0;
            await Eventually.TrueAsync(
                async () =>
                {
                    var logs = JsonDocument.Parse(await api.GetStringAsync(new Uri($"/api/telemetry/logs?resource={name}&limit=1000", UriKind.Relative))).RootElement;
                    var records = logs.GetProperty("data").GetProperty("resourceLogs").EnumerateArray()
                        .SelectMany(r => r.GetProperty("scopeLogs").EnumerateArray())
                        .Where(s => s.GetProperty("scope").GetProperty("name").GetString() == "Stack.Request")
                        .SelectMany(s => s.GetProperty("logRecords").EnumerateArray());
                    found = records.Count(r => r.GetRawText().Contains("/telemetry-probe", StringComparison.Ordinal));
                    return found > 0;
                },
                TimeSpan.FromSeconds(30),
                () => Task.FromResult($"no request record of {name}"));
        }

        var resources = JsonDocument.Parse(await api.GetStringAsync(new Uri("/api/telemetry/resources", UriKind.Relative))).RootElement.EnumerateArray().ToList();
        foreach (var name in Names)
        {
            var resource = resources.Single(r => r.GetProperty("displayName").GetString() == name);
            resource.GetProperty("name").GetString().ShouldBe("site");
            resource.GetProperty("hasLogs").GetBoolean().ShouldBeTrue();
            resource.GetProperty("hasTraces").GetBoolean().ShouldBeTrue();
            resource.GetProperty("hasMetrics").GetBoolean().ShouldBeTrue();
        }
    }

    [Fact]
    public async Task No_secret_is_in_a_log_an_argument_or_a_file_that_others_can_read()
    {
        var token = TestContext.Current.CancellationToken;
        var secretsFile = Path.Combine(stack.StateFolder, "secrets.json");
        var secrets = JsonDocument.Parse(await File.ReadAllTextAsync(secretsFile, token)).RootElement.EnumerateObject().Select(p => p.Value.GetString()!).ToList();
        secrets.Count.ShouldBe(3);
        File.GetUnixFileMode(secretsFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (var folder in new[] { "logs", "keys", "telemetry" })
        {
            File.GetUnixFileMode(Path.Combine(stack.StateFolder, folder)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var logs = Directory.GetFiles(Path.Combine(stack.StateFolder, "logs")).Concat(Directory.GetFiles(Path.Combine(stack.StateFolder, "nginx"), "*", SearchOption.AllDirectories)).ToList();
        logs.Select(f => Path.GetFileName(f)).ShouldContain("apphost.log");
        foreach (var file in logs)
        {
            var text = await File.ReadAllTextAsync(file, token);
            secrets.ShouldAllBe(secret => !text.Contains(secret), file);
        }

        secrets.ShouldAllBe(secret => !Machine.ProcessesOf(stack.StateFolder).Any(p => p.Contains(secret)));
    }

    [Fact]
    public async Task The_telemetry_api_wants_its_key()
    {
        var (url, _, _) = await stack.DashboardAsync();
        using var api = new HttpClient { BaseAddress = url };

        (await api.GetAsync(new Uri("/api/telemetry/resources", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Console_output_of_a_replica_and_of_all_of_them_can_be_read()
    {
        var one = await stack.StackAsync("logs", "site-8001");
        var all = await stack.StackAsync("logs", "site");

        one.ExitCode.ShouldBe(0, one.All);
        one.Output.ShouldContain("http://127.0.0.1:8001");
        all.ExitCode.ShouldBe(0, all.All);
        Names.ShouldAllBe(name => all.Output.Contains(name));
    }

    [Fact]
    public async Task One_replica_or_all_of_them_can_be_stopped_started_and_restarted()
    {
        (await stack.StackAsync("stop", "site-8001")).ExitCode.ShouldBe(0);
        (await stack.StackAsync("status")).ExitCode.ShouldBe(0, "a replica that was stopped by command is not missing");
        (await stack.ReplicasAsync())[0].GetProperty("state").GetString().ShouldBe("Stopped");
        (await stack.WhoAmIAsync(TestContext.Current.CancellationToken)).ShouldNotBe("site-8001");
        (await stack.StackAsync("start", "site-8001")).ExitCode.ShouldBe(0);
        var before = await stack.ReplicasAsync();

        var restart = await stack.StackAsync("restart", "site");

        restart.ExitCode.ShouldBe(0, restart.All);
        var after = await stack.ReplicasAsync();
        after.ShouldAllBe(r => r.GetProperty("health").GetString() == "Ready");
        after.Select(r => r.GetProperty("pid").GetInt32()).Intersect(before.Select(r => r.GetProperty("pid").GetInt32())).ShouldBeEmpty();
        (await stack.StackAsync("restart", "no-such")).All.ShouldContain("site-8001", customMessage: "an unknown name is answered with the known ones");
    }

    [Fact]
    public async Task Health_of_one_replica_is_nobodys_business_outside()
    {
        foreach (var path in new[] { "/health", "/alive", "/health/", "/Alive" })
        {
            (await stack.Gateway.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task A_second_up_says_that_one_is_running()
    {
        var second = await stack.StackAsync("up", "--detach");

        second.ExitCode.ShouldBe(1, second.All);
        second.All.ShouldContain("running");
        (await stack.WhoAmIAsync(TestContext.Current.CancellationToken)).ShouldStartWith("site-");
    }

    private static Uri Url(int replica, string path) => new($"http://127.0.0.1:{8001 + (replica % Replicas)}{path}");

    private static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal);
        from.ShouldBeGreaterThanOrEqualTo(0, $"'{start}' is not in: {text}");
        from += start.Length;
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private async Task<(int Answered, IReadOnlyList<string> Failures)> ReadUntilAsync(CancellationToken stop)
    {
        var answered = 0;
        List<string> failures = [];
        using var client = new HttpClient { BaseAddress = stack.Gateway.BaseAddress, Timeout = TimeSpan.FromSeconds(20) };
        while (!stop.IsCancellationRequested && answered < 100_000)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri("/whoami", UriKind.Relative), CancellationToken.None);
                answered++;
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    failures.Add($"{(int)answer.StatusCode}");
                }
            }
            catch (HttpRequestException e)
            {
                failures.Add(e.Message);
            }
        }

        return (answered, failures);
    }

    private static async Task AskEveryReplicaAsync()
    {
        using var client = new HttpClient();
        for (var i = 0; i < Replicas; i++)
        {
            using var answer = await client.GetAsync(Url(i, "/telemetry-probe"), TestContext.Current.CancellationToken);
        }
    }
}
