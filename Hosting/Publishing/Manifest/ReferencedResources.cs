using Aspire.Hosting.ApplicationModel;

namespace Stack.Hosting.Publishing.Manifest;

/// <summary>The resources that values refer to, directly or by other values, in the order they were met.</summary>
internal sealed class ReferencedResources
{
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly List<IResource> _resources = [];

    public IReadOnlyList<IResource> All => _resources;

    public void Add(object? value)
    {
        if (value is null or string || !_seen.Add(value))
        {
            return;
        }

        switch (value)
        {
            case IResourceBuilder<IResource> builder:
                Add(builder.Resource);
                return;
            case IResource resource:
                _resources.Add(resource);
                break;
            default:
                break;
        }

        if (value is IValueWithReferences references)
        {
            foreach (var reference in references.References)
            {
                Add(reference);
            }
        }
    }
}
