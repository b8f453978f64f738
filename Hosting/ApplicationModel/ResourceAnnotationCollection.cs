using System.Collections;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The annotations of one resource, in the order they were added. Safe for use from several threads; enumeration sees a snapshot.</summary>
public sealed class ResourceAnnotationCollection : ICollection<IResourceAnnotation>
{
    private readonly Lock _lock = new();
    private IResourceAnnotation[] _items = [];

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public void Add(IResourceAnnotation item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (_lock)
        {
            _items = [.. _items, item];
        }
    }

    /// <inheritdoc/>
    public void Clear()
    {
        lock (_lock)
        {
            _items = [];
        }
    }

    /// <inheritdoc/>
    public bool Contains(IResourceAnnotation item) => _items.Contains(item);

    /// <inheritdoc/>
    public void CopyTo(IResourceAnnotation[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    /// <inheritdoc/>
    public bool Remove(IResourceAnnotation item)
    {
        lock (_lock)
        {
            var before = _items.Length;
            _items = [.. _items.Where(i => !ReferenceEquals(i, item))];
            return _items.Length < before;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<IResourceAnnotation> GetEnumerator() => ((IEnumerable<IResourceAnnotation>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
