using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Tests.Fakes;

namespace ServiceDefaults.Tests.Keys;

public class KeyRingTests
{
    [Fact]
    public async Task What_one_replica_protects_the_other_reads_whatever_folder_it_runs_from()
    {
        using var folder = new TempFolder();
        Dictionary<string, string?> settings = new() { ["STACK_KEYS"] = folder.Create("keys"), ["OTEL_SERVICE_NAME"] = "site" };
        await using var first = await TestSite.StartAsync(new(settings) { ["contentRoot"] = folder.Create("release-1") });
        await using var second = await TestSite.StartAsync(new(settings) { ["contentRoot"] = folder.Create("release-2") });

        var secret = Protector(first).Protect("hello");

        Protector(second).Unprotect(secret).ShouldBe("hello");
    }

    [Fact]
    public async Task Another_service_on_the_same_folder_can_not_read_it()
    {
        using var folder = new TempFolder();
        var keys = folder.Create("keys");
        await using var site = await TestSite.StartAsync(new() { ["STACK_KEYS"] = keys, ["OTEL_SERVICE_NAME"] = "site" });
        await using var other = await TestSite.StartAsync(new() { ["STACK_KEYS"] = keys, ["OTEL_SERVICE_NAME"] = "other" });

        var secret = Protector(site).Protect("hello");

        Should.Throw<System.Security.Cryptography.CryptographicException>(() => Protector(other).Unprotect(secret));
    }

    [Fact]
    public async Task Missing_folder_is_named_with_the_user()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var keys = Path.Combine(file, "keys");

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => TestSite.StartAsync(new() { ["STACK_KEYS"] = keys }));

        failure.Message.ShouldBe($"The key folder '{keys}' does not exist. Create it (mode 0700) for user '{Environment.UserName}', or set STACK_KEYS to another folder.");
    }

    [Fact]
    public async Task Folder_that_can_not_be_written_to_is_named_with_the_user()
    {
        const string keys = "/proc/self"; // not even root writes here

        var failure = await Should.ThrowAsync<InvalidOperationException>(() => TestSite.StartAsync(new() { ["STACK_KEYS"] = keys }));

        failure.Message.ShouldStartWith($"User '{Environment.UserName}' can't write to the key folder '/proc/self': ");
        failure.Message.ShouldEndWith("Give the user the folder (mode 0700), or set STACK_KEYS to another one.");
    }

    [Fact]
    public async Task Check_of_the_folder_leaves_nothing_behind()
    {
        using var folder = new TempFolder();
        var keys = folder.Create("keys");

        await using var site = await TestSite.StartAsync(new() { ["STACK_KEYS"] = keys });

        Directory.GetFiles(keys).ShouldAllBe(file => file.EndsWith(".xml"));
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Process_without_its_key_folder_does_not_start_and_says_why()
    {
        await using var site = SiteProcess.Launch(("STACK_KEYS", "/etc/hostname/keys"));

        (await site.ExitAsync()).ShouldNotBe(0);
        site.Output.ShouldContain($"The key folder '/etc/hostname/keys' does not exist. Create it (mode 0700) for user '{Environment.UserName}', or set STACK_KEYS to another folder.");
        site.Output.ShouldNotContain("Now listening on");
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Form_fetched_from_one_process_is_taken_by_a_second_and_its_cookie_read_by_the_first()
    {
        using var folder = new TempFolder();
        var keys = folder.Create("keys");
        await using var first = await SiteProcess.StartAsync(("STACK_KEYS", keys), ("STACK_INSTANCE", "site-8001"), ("OTEL_SERVICE_NAME", "site"));
        await using var second = await SiteProcess.StartAsync(("STACK_KEYS", keys), ("STACK_INSTANCE", "site-8002"), ("OTEL_SERVICE_NAME", "site"));
        using var visitor = new Visitor();

        var form = await visitor.GetAsync(new Uri(first.Address, "/sign-up"));
        using var posted = await visitor.PostAsync(second.Address, form, ("Name", "Ada & Eve"), ("Password", "correct horse"));
        var board = await visitor.GetAsync(first.Address);

        posted.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        posted.Headers.Location!.ToString().ShouldBe("/");
        board.QuerySelector("#replica")!.TextContent.ShouldBe("site-8001");
        board.QuerySelector(".who")!.TextContent.ShouldContain("Ada & Eve");
    }

    [Fact]
    [Trait("kind", "process")]
    public async Task Cookie_outlives_a_deploy_into_another_folder_also_of_a_user_without_a_home()
    {
        using var folder = new TempFolder();
        (string, string?)[] variables = [("STACK_KEYS", folder.Create("keys")), ("OTEL_SERVICE_NAME", "site"), ("HOME", null)];
        await using var before = await SiteProcess.StartAsync([.. variables, ("STACK_INSTANCE", "before"), ("ASPNETCORE_CONTENTROOT", folder.Create("release-1"))]);
        await using var after = await SiteProcess.StartAsync([.. variables, ("STACK_INSTANCE", "after"), ("ASPNETCORE_CONTENTROOT", folder.Create("release-2"))]);
        await before.SeeAsync("release-1"); // its content root
        await after.SeeAsync("release-2");
        using var visitor = new Visitor();

        var form = await visitor.GetAsync(new Uri(before.Address, "/sign-up"));
        using var posted = await visitor.PostAsync(before.Address, form, ("Name", "Ada"), ("Password", "correct horse"));
        var board = await visitor.GetAsync(after.Address);

        posted.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        board.QuerySelector("#replica")!.TextContent.ShouldBe("after");
        board.QuerySelector(".who")!.TextContent.ShouldContain("Ada");
    }

    private static IDataProtector Protector(TestSite site) => site.App.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
}
