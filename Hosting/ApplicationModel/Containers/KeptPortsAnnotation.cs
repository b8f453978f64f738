using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>The ports of this machine that a persistent container had when the AppHost ended: it keeps them, or it would have to be made anew.</summary>
/// <param name="Ports">The ports, by endpoint.</param>
/// <param name="AreHeld">True when the container still runs, so that they are in use by it.</param>
internal sealed record KeptPortsAnnotation(IReadOnlyDictionary<string, int> Ports, bool AreHeld) : IResourceAnnotation;
