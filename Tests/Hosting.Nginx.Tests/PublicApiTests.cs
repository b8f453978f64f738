using Aspire.Hosting;
using Testing;

namespace Stack.Hosting.Nginx.Tests;

/// <summary>Compares what AppHosts can use with the approved list beside this file. UPDATE_GOLDEN=1 rewrites it.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_approved_one()
        => PublicApi.ShouldBeApproved(typeof(NginxResourceBuilderExtensions).Assembly, Path.Combine(Sources.TestFolder, "PublicApi.approved.txt"));
}
