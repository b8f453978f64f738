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

    /// <summary>The annotation at a position.</summary>
    /// <param name="index">0-based position.</param>
    public IResourceAnnotation this[int index]
    {
        get => _items[index];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            lock (_lock)
            {
                IResourceAnnotation[] items = [.. _items];
                items[index] = value;
                _items = items;
            }
        }
    }

    /// <inheritdoc/>
    public void Add(IResourceAnnotation item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (_lock)
        {
            _items = [.. _items, item];
        }
    }

    /// <summary>Adds an annotation at a position; those from there on move up.</summary>
    /// <param name="index">0-based position.</param>
    /// <param name="item">The annotation.</param>
    public void Insert(int index, IResourceAnnotation item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (_lock)
        {
            _items = [.. _items[..index], item, .. _items[index..]];
        }
    }

    /// <summary>The position of an annotation; -1: it is not here.</summary>
    /// <param name="item">The annotation.</param>
    public int IndexOf(IResourceAnnotation item) => Array.IndexOf(_items, item);

    /// <summary>Takes away the annotation at a position.</summary>
    /// <param name="index">0-based position.</param>
    public void RemoveAt(int index)
    {
        lock (_lock)
        {
            _items = [.. _items[..index], .. _items[(index + 1)..]];
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
