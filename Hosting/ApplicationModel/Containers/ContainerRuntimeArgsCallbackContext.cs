namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a callback gets that adds arguments for the container engine.</summary>
/// <param name="args">The arguments so far: strings, or value providers that are evaluated at start.</param>
/// <param name="cancellationToken">Ends when the start is given up.</param>
public sealed class ContainerRuntimeArgsCallbackContext(IList<object> args, CancellationToken cancellationToken = default)
{
    /// <summary>The arguments so far: strings, or value providers that are evaluated at start.</summary>
    public IList<object> Args { get; } = args ?? throw new ArgumentNullException(nameof(args));

    /// <summary>Ends when the start is given up.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}
