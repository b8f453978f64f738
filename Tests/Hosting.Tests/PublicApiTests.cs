using System.Runtime.CompilerServices;
using Aspire.Hosting;
using Testing;

namespace Hosting.Tests;

/// <summary>Compares what AppHosts can use with the approved list beside this file. UPDATE_GOLDEN=1 rewrites it.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_approved_one()
        => PublicApi.ShouldBeApproved(typeof(DistributedApplication).Assembly, Path.Combine(Here(), "PublicApi.approved.txt"));

    [Fact]
    public void Types_outside_the_namespaces_of_Aspire_are_ours_by_name()
        => typeof(DistributedApplication).Assembly.GetExportedTypes()
            .Where(t => !t.Namespace!.StartsWith("Aspire.Hosting", StringComparison.Ordinal) && t.Namespace is not ("Stack.Hosting.Building" or "Stack.Hosting.ApplicationModel"))
            .ShouldBeEmpty();

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
