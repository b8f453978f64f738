namespace Aspire.Hosting;

/// <summary>How telemetry is sent.</summary>
public enum OtlpProtocol
{
    /// <summary>gRPC.</summary>
    Grpc,

    /// <summary>Protobuf by HTTP.</summary>
    HttpProtobuf,

    /// <summary>JSON by HTTP.</summary>
    HttpJson,
}
