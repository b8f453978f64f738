using Stack.Hosting.Nginx.Model;

namespace Stack.Hosting.Nginx.Runtime;

/// <summary>What Nginx will run as, decided once at start.</summary>
/// <param name="Version">What <c>nginx -v</c> of it says.</param>
/// <param name="Reason">Why, in a sentence.</param>
internal abstract record RuntimeChoice(NginxVersion Version, string Reason);

/// <summary>A local executable.</summary>
internal sealed record ProcessChoice(string Executable, NginxVersion Version, string Reason) : RuntimeChoice(Version, Reason);

/// <summary>A container with the host's network.</summary>
internal sealed record ContainerChoice(string Engine, string Image, NginxVersion Version, string Reason) : RuntimeChoice(Version, Reason);
