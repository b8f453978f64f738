using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Injection;

/// <summary>Decides whether a site gets ServiceDefaults from the AppHost: pure.</summary>
internal static class InjectionPolicy
{
    public const string Remedy = "Reference ServiceDefaults in the site (docs/any-site.md), or end this warning with WithServiceDefaults(inject: false).";

    private const int FirstRuntime = 10;

    /// <param name="asked">What the AppHost's code says; null: nothing.</param>
    /// <param name="site">The site; null: it can't be told what it is.</param>
    public static InjectionDecision Decide(bool? asked, SiteFacts? site) => site switch
    {
        _ when asked == false => InjectionDecision.No,
        null => InjectionDecision.No,
        { HasDefaults: true } when asked is null => InjectionDecision.No,
        { IsWeb: false } => asked is null ? InjectionDecision.No : Impossible("it is no ASP.NET Core site"),
        { Runtime: < FirstRuntime } => Impossible($"it runs on .NET {site.Runtime}, and they are for .NET {FirstRuntime} and later"),
        { TakesHooks: false } => Impossible("its build has turned start-up hooks off (StartupHookSupport, PublishTrimmed, PublishAot)"),
        _ => new InjectionDecision(IsInjected: true, Warning: null),
    };

    private static InjectionDecision Impossible(string reason) => new(
        IsInjected: false, $"The site does not reference ServiceDefaults, and they can't be added to it: {reason}. It sends no telemetry and shares no keys with its other replicas. {Remedy}");
}

/// <summary>What was decided.</summary>
/// <param name="IsInjected">True: the site gets them.</param>
/// <param name="Warning">What the user should know, in full sentences; null: nothing.</param>
internal sealed record InjectionDecision(bool IsInjected, string? Warning)
{
    public static readonly InjectionDecision No = new(IsInjected: false, Warning: null);
}
