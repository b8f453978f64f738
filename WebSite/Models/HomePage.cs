namespace WebSite.Models;

/// <summary>Everything the home page shows.</summary>
public sealed record HomePage(Replica Replica, string Version, GreetingForm Form, Greeting? Sent, bool WhoAmI);
