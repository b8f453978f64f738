using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace WebSite.Models;

/// <summary>A greeting on its way from the replica that took it to the one that makes the next page.</summary>
public sealed record Greeting(string Name, string Message, string TakenBy)
{
    private const string Key = "greeting";

    /// <summary>Puts it into the protected cookie.</summary>
    public void PutInto(ITempDataDictionary data)
    {
        ArgumentNullException.ThrowIfNull(data);
        data[Key] = new[] { Name, Message, TakenBy };
    }

    /// <summary>Takes it out again, if there is one; it is shown once.</summary>
    public static Greeting? TakeFrom(ITempDataDictionary data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data[Key] is string[] { Length: 3 } parts ? new(parts[0], parts[1], parts[2]) : null;
    }
}
