using System.ComponentModel.DataAnnotations;

namespace Gateway.Site.Models;

/// <summary>The form that the benchmark sends, about 1 KB.</summary>
public sealed class Order
{
    /// <summary>Who orders.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>How many.</summary>
    [Range(1, 1000)]
    public int Quantity { get; init; }

    /// <summary>Anything else.</summary>
    public string Message { get; init; } = "";
}
