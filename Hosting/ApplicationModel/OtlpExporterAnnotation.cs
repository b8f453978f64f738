namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource sends its telemetry to the dashboard; the last one counts.</summary>
public class OtlpExporterAnnotation : IResourceAnnotation
{
    /// <summary>The protocol it needs; null: what the dashboard prefers.</summary>
    public OtlpProtocol? RequiredProtocol { get; init; }
}
