namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is given from outside: by configuration, by a default, or by code.</summary>
public class ParameterResource : Resource, IManifestExpressionProvider, IValueProvider
{
    private readonly Func<ParameterDefault?, string> _callback;
    private readonly Lock _lock = new();
    private string? _value;

    /// <summary>Creates a parameter.</summary>
    /// <param name="name">Name of the resource.</param>
    /// <param name="callback">Gives the value when it is first asked for; gets the default, if there is one.</param>
    /// <param name="secret">True when the value must not be shown.</param>
    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(callback);
        _callback = callback;
        Secret = secret;
    }

    /// <summary>The value.</summary>
    /// <exception cref="MissingParameterValueException">It has none; names the parameter and the configuration key.</exception>
    [Obsolete("Await GetValueAsync, or hand the parameter itself to what takes it, such as WithEnvironment.")]
    public string Value => Read();

    /// <summary>What gives a value when none is configured.</summary>
    public ParameterDefault? Default { get; set; }

    /// <summary>True when the value must not be shown.</summary>
    public bool Secret { get; }

    /// <summary>True when the parameter stands for a connection string.</summary>
    public bool IsConnectionString { get; set; }

    /// <summary>What the value is for, for those who have to give it.</summary>
    public string? Description { get; set; }

    /// <summary>True when <see cref="Description"/> is Markdown.</summary>
    public bool EnableDescriptionMarkdown { get; set; }

    /// <inheritdoc/>
    public string ValueExpression => IsConnectionString ? $"{{{Name}.connectionString}}" : $"{{{Name}.value}}";

    /// <summary>The key of the value in configuration, for messages; null when it comes from code.</summary>
    internal string? ConfigurationKey { get; init; }

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(Read());

    /// <summary>The value; it is the same for every consumer.</summary>
    /// <param name="context">The consumer.</param>
    /// <param name="cancellationToken">Not needed: the value is not waited for.</param>
    public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) => GetValueAsync(cancellationToken);

    // A value is kept; a failure is not, so that a value that is given later is found.
    private string Read()
    {
        lock (_lock)
        {
            return _value ??= _callback(Default);
        }
    }
}
