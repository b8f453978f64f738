namespace Aspire.Hosting.ApplicationModel;

/// <summary>The site that gets the requests of the default route.</summary>
internal sealed record NginxUpstreamAnnotation(ProjectResource Site, NginxBalancing Balancing) : IResourceAnnotation;

/// <summary>What the AppHost's code says Nginx is to run as.</summary>
internal sealed record NginxRuntimeAnnotation(NginxRuntime Runtime) : IResourceAnnotation;

/// <summary>What a replica is asked for before it gets requests of clients.</summary>
internal sealed record WarmUpAnnotation(IReadOnlyList<string> Paths) : IResourceAnnotation;

/// <summary>A request belongs to the trace that its client names.</summary>
internal sealed record NginxClientTraceAnnotation : IResourceAnnotation;
