namespace Gateway.Site.Models;

/// <summary>A line of the page.</summary>
public sealed record Product(int Id, string Name, decimal Price, int InStock)
{
    /// <summary>What the shop has.</summary>
    public static IReadOnlyList<Product> All { get; } = [.. Enumerable.Range(1, 40).Select(id => new Product(id, $"Product <no. {id}>", 3.25m * id, id * 7 % 13))];
}
