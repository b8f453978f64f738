using System.Text.Json.Serialization;

namespace Stack.Hosting.Control.Contract;

/// <summary>The serializer settings that both sides of the control socket use.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StackStatus))]
[JsonSerializable(typeof(ResourceChange))]
[JsonSerializable(typeof(ResourceDetails))]
[JsonSerializable(typeof(ConsoleLine))]
[JsonSerializable(typeof(DashboardAccess))]
[JsonSerializable(typeof(ControlProblem))]
[JsonSerializable(typeof(CommandResult))]
[JsonSerializable(typeof(DeployRequest))]
[JsonSerializable(typeof(DownRequest))]
[JsonSerializable(typeof(Operation))]
[JsonSerializable(typeof(ReleaseList))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(ScaleRequest))]
[JsonSerializable(typeof(StackSample))]
[JsonSerializable(typeof(StackAlert))]
[JsonSerializable(typeof(EventGap))]
internal sealed partial class ControlJson : JsonSerializerContext;
