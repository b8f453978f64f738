using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>A service that runs elsewhere: the application only knows its address.</summary>
public sealed class ExternalServiceResource : Resource
{
    /// <summary>Creates a service with a known address.</summary>
    /// <param name="name">Name of the resource.</param>
    /// <param name="uri">The address: absolute, the path ends with a slash, no query, no fragment.</param>
    /// <exception cref="ArgumentException">The address breaks one of these rules; the message says which.</exception>
    public ExternalServiceResource(string name, Uri uri)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (BrokenRule(uri) is { } rule)
        {
            throw new ArgumentException($"The address '{uri.OriginalString}' of external service '{name}' is invalid: {rule}.", nameof(uri));
        }

        Uri = uri;
    }

    /// <summary>Creates a service whose address is given by a parameter.</summary>
    /// <param name="name">Name of the resource.</param>
    /// <param name="urlParameter">The parameter; the rules for the address are checked when its value is used.</param>
    public ExternalServiceResource(string name, ParameterResource urlParameter)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(urlParameter);
        UrlParameter = urlParameter;
    }

    /// <summary>The address, if it is known without a parameter.</summary>
    public Uri? Uri { get; }

    /// <summary>The parameter that gives the address, if there is one.</summary>
    public ParameterResource? UrlParameter { get; }

    /// <summary>The address, read from the parameter if need be.</summary>
    /// <exception cref="DistributedApplicationException">The parameter's value is no such address.</exception>
    internal async ValueTask<Uri> GetUriAsync(CancellationToken cancellationToken)
    {
        if (Uri is not null)
        {
            return Uri;
        }

        var text = await UrlParameter!.GetValueAsync(cancellationToken).ConfigureAwait(false) ?? "";
        return BrokenRule(text, out var uri) is not { } rule
            ? uri!
            : throw new DistributedApplicationException(
                $"The address of external service '{Name}', given by parameter '{UrlParameter.Name}', is invalid: {rule}. Correct the parameter's value.");
    }

    internal static string? BrokenRule(string text, out Uri? uri)
        => Uri.TryCreate(text, UriKind.Absolute, out uri) && !uri.IsFile ? BrokenRule(uri) : "it must be absolute, as in https://api.example.org/";

    internal static string? BrokenRule(Uri uri) => uri switch
    {
        { IsAbsoluteUri: false } => "it must be absolute, as in https://api.example.org/",
        _ when !uri.AbsolutePath.EndsWith('/') => "its path must end with a slash",
        _ when uri.Query.Length > 0 => "it may not have a query",
        _ when uri.Fragment.Length > 0 => "it may not have a fragment",
        _ => null,
    };
}
