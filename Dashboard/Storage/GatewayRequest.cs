namespace Stack.Dashboard.Storage;

/// <summary>What a gateway's span says beyond itself: which replicas were asked, in order. None: the gateway answered by itself.</summary>
internal sealed record GatewayRequest(IReadOnlyList<GatewayTry> Tries);

/// <summary>One replica that was asked.</summary>
/// <param name="Replica">Its name.</param>
/// <param name="Status">What it answered, or what the gateway made of its silence; null: neither.</param>
/// <param name="Seconds">Until its answer was complete; null: it did not get that far.</param>
internal readonly record struct GatewayTry(string Replica, int? Status, double? Seconds);
