using Stack.Dashboard.Web.Control;
using Stack.Hosting.Control.Contract;

namespace Stack.Dashboard.Web.Components;

/// <summary>A command before it is given: what it will do, and whether it can be given at all.</summary>
public sealed record ConfirmModel
{
    public required string Command { get; init; }

    public required string Target { get; init; }

    /// <summary>With scale: how many there are to be at first.</summary>
    public int? Replicas { get; init; }

    /// <summary>With rollback: where it can go to.</summary>
    public IReadOnlyList<string> Releases { get; init; } = [];

    public required string Title { get; init; }

    /// <summary>What will happen, one sentence after another.</summary>
    public required IReadOnlyList<string> Text { get; init; }

    /// <summary>Text of the button.</summary>
    public required string Button { get; init; }

    /// <summary>True where something may be lost by it.</summary>
    public bool IsGrave { get; init; }

    /// <summary>Why it can't be given now; null: it can.</summary>
    public string? WhyNot { get; init; }

    public required string ReturnUrl { get; init; }

    internal static ConfirmModel From(StackOrder order, StackView view, CommandDetails? command, IReadOnlyList<ReleaseInfo> releases, Viewer viewer, string returnUrl)
    {
        var known = OfEveryResource(order, command);
        var others = releases.Where(r => !r.Current).OrderByDescending(r => r.Previous).Select(r => r.Name).ToList();
        var resource = view.Find(order.Target);
        var isWhole = resource?.Name == order.Target && (resource.Replicas.Count > 1 || resource.Wanted > 1);
        return new ConfirmModel
        {
            Command = order.Command,
            Target = order.Target,
            Replicas = order.Command == StackOrder.Scale ? order.Replicas ?? resource?.Wanted : null,
            Releases = others,
            Title = $"{known} {order.Target}",
            Text = [.. Explain(order, resource, isWhole, command)],
            Button = known,
            IsGrave = order.Command is "stop" || RefusesRequests(order, resource),
            WhyNot = CommandRules.WhyNot(view, viewer)
                ?? (resource is null ? $"There is no resource or replica '{order.Target}'." : null)
                ?? (order.Command == StackOrder.Rollback && others.Count == 0 ? $"'{order.Target}' has no other release to go to." : null),
            ReturnUrl = returnUrl,
        };
    }

    private static string OfEveryResource(StackOrder order, CommandDetails? command) => order.Command switch
    {
        StackOrder.Scale => "Scale",
        StackOrder.Rollback => "Roll back",
        _ => command?.DisplayName ?? Capital(order.Command),
    };

    private static IEnumerable<string> Explain(StackOrder order, ResourceStatus? resource, bool isWhole, CommandDetails? command)
    {
        var all = resource is null ? "" : $"All {resource.Replicas.Count} replicas of '{resource.Name}'";
        switch (order.Command)
        {
            case "start":
                yield return isWhole ? $"{all} are started; those that run already stay as they are." : $"'{order.Target}' is started.";
                break;
            case "stop":
                yield return isWhole ? $"{all} are stopped, and stay so until they are started." : $"'{order.Target}' gets no more requests, is stopped, and stays so until it is started.";
                break;
            case "restart" or "roll" when isWhole:
                yield return $"{all} that run are restarted one after another: each gets no more requests, is stopped and started, and is ready again before the next one's turn.";
                yield return "It freezes at the first that does not get ready; the others are not touched then.";
                break;
            case "restart":
                yield return $"'{order.Target}' gets no more requests, is stopped, and is started again.";
                break;
            case StackOrder.Scale:
                yield return $"'{order.Target}' has {resource?.Wanted} replicas that are meant to run. New ones get requests when they are ready; those with the highest ports are taken away first, one at a time.";
                break;
            case StackOrder.Rollback:
                yield return $"'{order.Target}' runs '{resource?.Release}'. It goes over to the release that you choose, one replica after another; what does not get ready there costs one replica, which gets the present one back.";
                break;
            default:
                if (command?.Description is { Length: > 0 } description)
                {
                    yield return description;
                }

                break;
        }

        if (command?.Confirmation is { Length: > 0 } question)
        {
            yield return question;
        }

        if (RefusesRequests(order, resource))
        {
            yield return "Nothing else of it is ready: requests are refused meanwhile.";
        }

        if (resource?.Rollout is { State: "Running" } rollout)
        {
            yield return $"'{resource.Name}' is being changed just now: {rollout.What}{(rollout.Replica is { } at ? $", at '{at}'" : "")}.";
        }
    }

    private static bool RefusesRequests(StackOrder order, ResourceStatus? resource) => order.Command switch
    {
        "stop" or "restart" when resource?.Replicas.FirstOrDefault(r => r.Name == order.Target) is { } replica =>
            IsReady(replica) && resource.Replicas.Count(IsReady) == 1 && (replica.Traffic != "None" || resource.Urls.Count > 0),
        "stop" => resource is { Ready: > 0 },
        StackOrder.Scale => order.Replicas == 0,
        _ => false,
    };

    private static bool IsReady(ReplicaStatus replica) => replica is { State: "Running", Health: "Ready" };

    private static string Capital(string text) => text.Length == 0 ? text : $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
