namespace Aspire.Hosting.ApplicationModel;

/// <summary>Walks through what values refer to.</summary>
internal static class ValueReferences
{
    /// <summary>The values other than plain text, and all that they refer to, directly or through others; each once.</summary>
    public static IReadOnlyList<object> All(IEnumerable<object> values)
    {
        List<object> found = [];
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        foreach (var value in values)
        {
            Visit(value, found, seen);
        }

        return found;
    }

    /// <summary>The resources among what a value refers to; a resource's own parts are not looked into.</summary>
    public static IEnumerable<IResource> Resources(object value)
    {
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        return Resources(value, seen);
    }

    private static IEnumerable<IResource> Resources(object value, HashSet<object> seen)
    {
        if (value is IResourceBuilder<IResource> builder)
        {
            value = builder.Resource;
        }

        if (!seen.Add(value))
        {
            return [];
        }

        return value switch
        {
            IResource resource => [resource],
            IValueWithReferences references => references.References.SelectMany(r => Resources(r, seen)),
            _ => [],
        };
    }

    private static void Visit(object? value, List<object> found, HashSet<object> seen)
    {
        if (value is IResourceBuilder<IResource> builder)
        {
            value = builder.Resource;
        }

        if (value is null or string || !seen.Add(value))
        {
            return;
        }

        if (value is IValueProvider or IManifestExpressionProvider or IValueWithReferences or IResource)
        {
            found.Add(value);
        }

        if (value is IValueWithReferences references)
        {
            foreach (var reference in references.References)
            {
                Visit(reference, found, seen);
            }
        }
    }
}
