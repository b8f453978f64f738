namespace Stack.ServiceDefaults.Http;

/// <summary>The addresses of one service, handed out in turns.</summary>
internal sealed class ServiceAddresses(IReadOnlyList<Uri> all)
{
    private uint _taken;

    /// <summary>All addresses, each request beginning with another one.</summary>
    public IEnumerable<Uri> InTurn()
    {
        var first = (int)((Interlocked.Increment(ref _taken) - 1) % (uint)all.Count);
        for (var i = 0; i < all.Count; i++)
        {
            yield return all[(first + i) % all.Count];
        }
    }

    /// <summary>What was asked of the service, at one of its addresses: with the path that the address has before the request's own.</summary>
    public static Uri At(Uri address, Uri asked)
        => new($"{address.GetLeftPart(UriPartial.Authority)}{address.AbsolutePath.TrimEnd('/')}{asked.PathAndQuery}{asked.Fragment}");
}
