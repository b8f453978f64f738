using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.ApplicationModel;

/// <summary>
/// Something that is wrong with a resource that runs on all the same, as a changed configuration that was not accepted. Shown by <c>stack status</c> and the dashboard until it is over; its beginning is an
/// alert and a line in the log.
/// </summary>
/// <example><code>
/// var trouble = new TroubleAnnotation();
/// gateway.WithAnnotation(trouble);
/// trouble.Tell("The certificate has expired. Renew it.");
/// </code></example>
public sealed class TroubleAnnotation : IResourceAnnotation
{
    private readonly Lock _lock = new();

    /// <summary>What is wrong and what to do about it, in full sentences; null: nothing is.</summary>
    public string? Text { get; private set; }

    /// <summary>Called after each change.</summary>
    internal Action? Changed { get; set; }

    /// <summary>Says what is wrong from now on.</summary>
    /// <param name="text">In full sentences; null: it is over.</param>
    public void Tell(string? text)
    {
        lock (_lock)
        {
            if (Text == text)
            {
                return;
            }

            Text = text;
        }

        Changed?.Invoke();
    }
}
