namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names a network that endpoints have addresses on.</summary>
/// <param name="Value">Name of the network.</param>
public record NetworkIdentifier(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
