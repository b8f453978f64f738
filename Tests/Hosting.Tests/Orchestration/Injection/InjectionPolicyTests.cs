using Stack.Hosting.ApplicationModel;
using Stack.Hosting.Orchestration.Injection;

namespace Hosting.Tests.Orchestration.Injection;

/// <summary>Which sites get ServiceDefaults from the AppHost.</summary>
public sealed class InjectionPolicyTests : IDisposable
{
    private readonly SiteFolder _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public void Site_without_them_gets_them_unless_the_AppHost_says_no()
    {
        _site.Runtime().Dependencies();

        Decide(null).ShouldBe(new InjectionDecision(true, null));
        Decide(true).ShouldBe(new InjectionDecision(true, null));
        Decide(false).ShouldBe(InjectionDecision.No);
    }

    [Theory]
    [InlineData("Stack.ServiceDefaults/0.1.0")]
    [InlineData("stack.servicedefaults/2.0.0")]
    public void Site_that_lists_them_has_them(string library)
    {
        _site.Runtime().Dependencies($$$"""{ "libraries": { "My.Shop/1.0.0": {}, "{{{library}}}": {} } }""");

        Decide(null).ShouldBe(InjectionDecision.No);
        Decide(true).ShouldBe(new InjectionDecision(true, null));
    }

    [Fact]
    public void Library_of_a_similar_name_is_another_one()
        => Decide(null, _site.Runtime().Dependencies("""{"libraries":{"Stack.ServiceDefaults.Extra/1.0.0":{}}}""")).IsInjected.ShouldBeTrue();

    [Fact]
    public void Without_a_list_what_lies_there_counts()
    {
        _site.Runtime();
        Decide(null).IsInjected.ShouldBeTrue();

        _site.With("Stack.ServiceDefaults.dll");
        Decide(null).ShouldBe(InjectionDecision.No);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"libraries\":")]
    [InlineData("{}")]
    [InlineData("[]")]
    public void Site_with_a_broken_list_is_left_to_NET_which_refuses_it(string dependencies)
        => Decide(null, _site.Runtime().Dependencies(dependencies)).ShouldBe(InjectionDecision.No);

    [Theory]
    [InlineData("")]
    [InlineData("{\"name\":\"Microsoft.AspNetCore.App\",\"version\":\"ten\"}")]
    [InlineData("{\"name\":\"Microsoft.AspNetCore.App\"}")]
    public void So_is_one_whose_runtime_is_not_told(string frameworks)
        => Decide(null, _site.Runtime(frameworks).Dependencies()).ShouldBe(InjectionDecision.No);

    [Fact]
    public void Program_that_is_not_there_is_none_to_inject_into() => Decide(null).ShouldBe(InjectionDecision.No);

    [Fact]
    public void Program_that_brings_its_runtime_along_is_looked_at_in_the_same_way()
    {
        _site.Dependencies();
        File.WriteAllText(Path.ChangeExtension(_site.Program, "runtimeconfig.json"), $$"""{ "runtimeOptions": { "includedFrameworks": [{{SiteFolder.Web}}] } }""");

        InjectionPolicy.Decide(null, SiteFacts.Read(_site.Program[..^4])).IsInjected.ShouldBeTrue();
    }

    [Fact]
    public void Worker_is_left_alone_and_only_who_asks_for_it_is_told()
    {
        _site.Runtime("""{"name":"Microsoft.NETCore.App","version":"10.0.0"}""").Dependencies();

        Decide(null).ShouldBe(InjectionDecision.No);
        Decide(true).Warning.ShouldBe("The site does not reference ServiceDefaults, and they can't be added to it: it is no ASP.NET Core site. It sends no telemetry and shares no keys with its other replicas. "
            + "Reference ServiceDefaults in the site (docs/any-site.md), or end this warning with WithServiceDefaults(inject: false).");
    }

    [Fact]
    public void Site_for_an_older_runtime_would_not_start_with_them()
    {
        var decision = Decide(null, _site.Runtime("""{"name":"Microsoft.AspNetCore.App","version":"8.0.11"}""").Dependencies());

        decision.IsInjected.ShouldBeFalse();
        decision.Warning!.ShouldContain("it runs on .NET 8, and they are for .NET 10 and later");
    }

    [Fact]
    public void Site_whose_build_turned_hooks_off_can_not_get_them()
    {
        var decision = Decide(null, _site.Runtime(more: ""","configProperties":{"System.StartupHookProvider.IsSupported":false}""").Dependencies());

        decision.IsInjected.ShouldBeFalse();
        decision.Warning!.ShouldContain("its build has turned start-up hooks off (StartupHookSupport, PublishTrimmed, PublishAot)");
        Decide(null, _site.Runtime(more: ""","configProperties":{"System.StartupHookProvider.IsSupported":true}""")).IsInjected.ShouldBeTrue();
    }

    private InjectionDecision Decide(bool? asked, SiteFolder? site = null) => InjectionPolicy.Decide(asked, SiteFacts.Read((site ?? _site).Program));
}
