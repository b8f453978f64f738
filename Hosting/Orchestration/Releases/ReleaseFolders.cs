using Aspire.Hosting.ApplicationModel;
using Stack.Hosting.ApplicationModel;

namespace Stack.Hosting.Orchestration.Releases;

/// <summary>Notes with a resource which published folders its replicas run from, for its gateways to read.</summary>
internal static class ReleaseFolders
{
    public static void Set(IResource resource, IReadOnlyList<string> folders)
    {
        List<ReleaseFoldersAnnotation> before = [.. resource.Annotations.OfType<ReleaseFoldersAnnotation>()];
        resource.Annotations.Add(new ReleaseFoldersAnnotation(folders));
        before.ForEach(b => resource.Annotations.Remove(b)); // the last one counts, so there is no moment without
    }
}
