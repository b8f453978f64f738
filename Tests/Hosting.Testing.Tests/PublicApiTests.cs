using System.Runtime.CompilerServices;
using Aspire.Hosting.Testing;
using Testing;

namespace Hosting.Testing.Tests;

/// <summary>Compares what tests of AppHosts can use with the approved list beside this file. UPDATE_GOLDEN=1 rewrites it.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_approved_one()
        => PublicApi.ShouldBeApproved(typeof(DistributedApplicationTestingBuilder).Assembly, Path.Combine(Here(), "PublicApi.approved.txt"));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
