using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Plans;

/// <summary>Resolves what can be known when publishing, and leaves parameters as they are.</summary>
internal static class PublishedValues
{
    /// <param name="value">What the model has set.</param>
    /// <param name="context">The consumer.</param>
    /// <param name="owner">What to call it in an error.</param>
    /// <returns>Null: it is left out.</returns>
    /// <exception cref="DistributedApplicationException">It can't be known before the stack runs.</exception>
    public static async ValueTask<PublishedValue?> ResolveAsync(object? value, ValueProviderContext context, string owner)
    {
        switch (value is IResourceBuilder<IResource> builder ? builder.Resource : value)
        {
            case null:
                return null;
            case string text:
                return new PublishedValue(text);
            case ParameterResource parameter:
                return new PublishedValue([new ValuePart("", parameter)]);
            case ConnectionStringReference reference:
                return await ResolveAsync(reference.Resource, context, owner).ConfigureAwait(false);
            case ReferenceExpression expression:
                return await ResolveAsync(expression, context, owner).ConfigureAwait(false);
            case EndpointReference endpoint:
                return await AddressAsync(endpoint, endpoint, context, owner).ConfigureAwait(false);
            case EndpointReferenceExpression property:
                return await AddressAsync(property, property.Endpoint, context, owner).ConfigureAwait(false);
            case IResourceWithConnectionString { ConnectionStringExpression: { } expression }:
                return await ResolveAsync(expression, context, owner).ConfigureAwait(false);
            case ReplicaValue replica:
                return await replica.GetValueAsync(context).ConfigureAwait(false) is { } own ? new PublishedValue(own) : null;
            case IValueProvider provider:
                throw new DistributedApplicationException(
                    $"{owner} is known only when the application runs ({provider.GetType().Name}), so it can't be published. Set it in run mode only, or make it a parameter.");
            case bool flag:
                return new PublishedValue(flag ? "true" : "false");
            case IFormattable number:
                return new PublishedValue(number.ToString(null, CultureInfo.InvariantCulture));
            case var other:
                return new PublishedValue(other.ToString() ?? "");
        }
    }

    private static async ValueTask<PublishedValue?> ResolveAsync(ReferenceExpression expression, ValueProviderContext context, string owner)
    {
        if (expression.IsConditional)
        {
            return await ResolveAsync(expression.KnownBranch(), context, owner).ConfigureAwait(false);
        }

        if (expression.Format.Length == 0)
        {
            return null;
        }

        List<PublishedValue> values = [];
        foreach (var (index, provider) in expression.ValueProviders.Index())
        {
            var value = await ResolveAsync(provider, context, owner).ConfigureAwait(false) ?? new PublishedValue("");
            values.Add(expression.StringFormats[index] is null ? value : Encode(value, owner));
        }

        return PublishedValue.Format(expression.Format, values);
    }

    private static PublishedValue Encode(PublishedValue value, string owner)
        => value.Text is { } text
            ? new PublishedValue(Uri.EscapeDataString(text))
            : throw new DistributedApplicationException(
                $"{owner} has the parameter '{value.Parameters.First().Name}' percent-encoded in it, which is not possible where the stack is published to. Make a parameter of the encoded value, or of the whole.");

    private static async ValueTask<PublishedValue?> AddressAsync(IValueProvider address, EndpointReference endpoint, ValueProviderContext context, string owner)
    {
        if (endpoint.EndpointAnnotation.AllocatedEndpoint is null)
        {
            throw new DistributedApplicationException(
                $"{owner} refers to the endpoint '{endpoint.EndpointName}' of '{endpoint.Resource.Name}', which is not part of what is published. Publish that too, or make the address a parameter.");
        }

        return await address.GetValueAsync(context).ConfigureAwait(false) is { } text ? new PublishedValue(text) : null;
    }
}
